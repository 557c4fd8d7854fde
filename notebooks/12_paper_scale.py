# %% [markdown]
# # At the paper's scale
#
# Do the results hold at the paper's scale, with up to {glue:text}`most` patterns and {glue:text}`widest` hidden units?
#
# The central one does: the spectral radius $\rho$ of the trained Jacobian falls below one as
# the norm grows. The norm up to which a network follows the infinite-width limit grows like the width to the
# power {glue:text}`rising_mean:.2f`.

# %% tags=["remove-cell"]
from pathlib import Path

from book.parameters import Activation, Positive, check, require

# %% tags=["parameters"]
tables_folder: str = "../book/paper_scale"  # what `make paper` computed
activation: Activation = "sigmoid"  # of the verdicts on C5 and C6, and of the page's numbers
close: Positive = 0.05  # distance of the mean spectral radius from the limit's that counts as deviating
fit_from: Positive = 10  # smallest norm of the cells that the power law is fitted to
fit_up_to: Positive = 0.25  # largest distance of the Jacobians of those cells

# %% tags=["remove-input", "check-parameters"]
check(globals())
require(
    Path(tables_folder, "networks.csv").is_file(),
    f"tables_folder is {tables_folder!r}, where no networks.csv is: give another.",
)

# %% tags=["remove-cell"]
import pandas as pd

from book import figures, publish
from book.figures.style import point_out
from book.statistics import activations as of_activations
from book.statistics import beyond_linear_region as beyond
from book.statistics import paper_scale as tables
from book.statistics import summaries, verdicts

# %% tags=["hide-input"]
files = [Path(tables_folder, f"{name}.csv") for name in ("networks", "limit", "basins")]
networks, limit, basins = (pd.read_csv(file).assign(error=None) for file in files)
publish.failures(networks=networks, basins=basins)
axes = ["activation", "n_points", "width", "norm"]
radii = summaries.over_seeds(networks, "radius_mean", axes, worst="radius_worst")
names = {"radius_mean": "mean", "radius_low": "low", "radius_high": "high"}
exact = limit.groupby(["activation", "n_points", "norm"], sort=False)[list(names)].mean()
exact = exact.rename(columns=names).reset_index()
mine, mine_limit = summaries.of_activation(activation, networks, limit)
most, most_norm = networks["n_points"].max(), networks["norm"].max()
# Ten patterns are for the comparison of activations alone.
on_grid, shown, shown_exact = (table[table["n_points"].ne(10)] for table in (networks, radii, exact))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-paper-sigmoid", "caption": "Sigmoid networks: spectral radius of the trained Jacobian at the training points, against the norm of 5, 20 and 40 patterns. With markers: networks of four widths, mean over the points, then mean and range over seeds; dotted: the worst training point of any seed. Without markers: infinite width, with the band that holds 90 % of single points. Dashed: 1, below which a pattern is an attractor, and 1/2."}, "image": {"alt": "In each panel all curves begin near one, rise a little above it with more patterns, and fall; each wider network stays longer with the infinite-width curve, and the widest hardly leaves it."}}
wanted = {"y_label": r"spectral radius $\rho(J)$", "colour_by": "width", "panel_by": "n_points"}
wanted["references"] = {r"$\rho = 1$": 1.0, r"$\rho = 1/2$": 0.5}
sigmoid, sigmoid_exact = summaries.of_activation("sigmoid", shown, shown_exact)
drawing = figures.against(sigmoid, **wanted, limit=sigmoid_exact)
narrowest = sigmoid[sigmoid["n_points"].eq(most) & sigmoid["width"].eq(sigmoid["width"].min())]
at = narrowest.loc[(narrowest["mean"] - 0.6).abs().idxmin()]
point_out(drawing.axes[-1], "the narrowest\nfall first", (at["norm"], at["mean"]), (0.02, 0.05))
publish.figure(drawing)
publish.table(radii, "paper_scale_radius")

# %% tags=["remove-cell"]
many = shown[shown["activation"].eq(activation) & shown["n_points"].eq(most)].sort_values("width")
widest, ends = many[many["width"].eq(many["width"].max())], many[many["norm"].eq(most_norm)]["mean"]
beside = exact[exact["activation"].eq(activation) & exact["n_points"].eq(most) & exact["norm"].eq(most_norm)]
publish.numbers(most=int(most), widest=int(networks["width"].max()), most_norm=most_norm)
publish.numbers(narrow_last=ends.iloc[0], wide_last=ends.iloc[-1], limit_last=beside["mean"].iloc[0])
publish.numbers(all_below=summaries.from_norm_on(widest.set_index("norm")["worst"].lt(1)))
every = pd.concat([networks, basins])
largest = networks[networks["n_points"].eq(most) & networks["width"].eq(networks["width"].max())]
publish.numbers(networks=len(every), hours=every["seconds"].sum() / 3600, converged=summaries.convergence(every))
publish.numbers(norms=networks["norm"].nunique(), seeds=networks["seed"].nunique())
publish.numbers(widest_seconds=largest["seconds"].median())

# %% [markdown]
# With {glue:text}`most` patterns of norm {glue:text}`most_norm` the mean radius is {glue:text}`narrow_last:.2f` for the
# narrowest networks, {glue:text}`wide_last:.2f` for the widest and {glue:text}`limit_last:.2f` for the limit
# ({numref}`fig-paper-sigmoid`). Every pattern of the widest networks is an attractor {glue:text}`all_below`.
#
# ## Setting
#
# This is the experiment of {doc}`03_beyond_linear_region` with 5, 20 and 40 patterns in 32 dimensions, at
# {glue:text}`norms` norms and with {glue:text}`seeds` seeds. Sigmoid networks have up to a million hidden units, those
# of tanh and erf up to 100 000. `make paper` trained these {glue:text}`networks` networks once, in
# {glue:text}`hours:.1f` hours on one processor. This page reads the tables that it wrote.
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(5, 32, norm=20, seed=0)  # five patterns, (5, 32)
model = sigae.Autoencoder(32, 10_000, depth=2, activation="sigmoid", seed=0)
outputs, before = model(points).detach(), sigae.jacobian(model, points)
infinite = sigae.InfiniteWidth(points, activation="sigmoid")
predicted = infinite.trained_jacobian(points, outputs, before)  # (5, 32, 32)
result = sigae.train(model, points, tolerance=1e-7, step_tolerance=0.03)
after = sigae.jacobian(model, points)

print(f"error below 1e-7: {result.converged}")
for name, J in {"before": before, "predicted": predicted, "after": after}.items():
    radii_here = ", ".join(f"{rho:.2f}" for rho in sigae.spectral_radius(J))
    print(f"rho {name}: {radii_here}")

# %% [markdown]
# `make paper` calls {py:func}`~book.experiments.paper_scale.network_cell` for every activation, number of patterns,
# width, norm and seed.
#
# ## With tanh and erf

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-paper-tanh-erf", "caption": "Tanh and erf networks of three widths: spectral radius of the trained Jacobian at the training points against the norm of the patterns. Lines as for the sigmoid."}, "image": {"alt": "All curves begin above one, rise further with more patterns, and fall below one between norms 5 and 15; narrower networks then fall below the infinite-width curve. Those of erf begin higher than those of tanh."}}
(others, others_exact) = (table[table["activation"].isin(["tanh", "erf"])] for table in (shown, shown_exact))
publish.figure(figures.against(others, **wanted, row_by="activation", limit=others_exact))
publish.table(exact, "paper_scale_limit")

# %% [markdown]
# At small norms the radius is further above one than with the sigmoid ({numref}`fig-paper-tanh-erf`).
#
# ## How far a network follows the limit

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-collapse", "caption": "Relative distance of the trained Jacobian from the infinite-width prediction from the same initial weights, against the norm squared over the square root of the width. Mean and range over seeds."}, "image": {"alt": "In each panel the curves of all widths come together on a line of slope near one, and bend to one at its upper end. For 5 and 20 patterns each leaves it at the lower end towards a floor of its own, the lower the wider the network; for 40 patterns they go on falling."}}
distance = summaries.over_seeds(on_grid[on_grid["activation"].eq(activation)], "jacobian_distance", axes)
distance["scaled"] = distance["norm"] ** 2 / distance["width"] ** 0.5
look = {"x_label": r"$r^2 / \sqrt{m}$", "y_label": r"$\|J - J_\infty\|_F \,/\, \|J_\infty\|_F$", "log": "xy"}
publish.figure(figures.against(distance, x="scaled", colour_by="width", panel_by="n_points", **look))
fits = tables.collapse(networks, from_norm=fit_from, up_to=fit_up_to)
publish.table(fits, "collapse")
publish.numbers(fit_from=fit_from, fit_up_to=fit_up_to, fitted=int(fits["cells"].sum()))
publish.numbers(a_least=fits["a"].min(), a_most=fits["a"].max(), b_least=fits["b"].min(), b_most=fits["b"].max())

# %% [markdown]
# Against $r^2 / \sqrt m$, the distances at large norm nearly coincide for all widths ({numref}`fig-collapse`).
#
# A power law $c\, r^a / m^b$ was fitted for each activation and number of patterns, to the {glue:text}`fitted` networks
# of norm {glue:text}`fit_from:g` or more at a distance of at most {glue:text}`fit_up_to:g`. It has $a$ between
# {glue:text}`a_least:.2f` and {glue:text}`a_most:.2f`, and $b$ between {glue:text}`b_least:.2f` and
# {glue:text}`b_most:.2f`.
#
# :::{dropdown} Why about $a = 2$ and $b = 1/2$
# :class-container: derivation
#
# At a pattern of norm $r$, training changes the input of a hidden unit by
# $\Delta z \propto \frac{r^2}{d \sqrt m}\, \phi'(z)\, w \cdot v$, where $w \sim \mathcal N(0, I)$ are the unit's output
# weights and $v = \Theta^{-1} (X - f_0(X))$ is the accumulated residual. At large norm $\Theta$ grows like $r$, so that
# $|v|$ tends to a constant of order $\sqrt d$, and $\Delta z \propto r^2 / \sqrt{d m}$. The deviation from the limit is
# of first order in $\Delta z$. At smaller norms the fluctuation of the initial kernel, $\propto 1 / \sqrt m$, sets a
# floor.
# :::

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-deviation", "caption": "Norm at which a network's mean spectral radius deviates by 0.05 from the infinite-width prediction, against the width. Mean and range over seeds. Widths that do not deviate at any norm tried are left out."}, "image": {"alt": "Lines that rise with the width on logarithmic axes, for three numbers of patterns and three activations, all of about the same slope."}}
deviating = tables.deviation_norms(on_grid, close)
chosen = {"x": "width", "y_label": "norm of deviation", "colour_by": "n_points", "panel_by": "activation"}
publish.figure(figures.against(deviating, **chosen, log="xy"))
publish.table(deviating, "parting")
rising = tables.deviation_exponents(deviating)
publish.numbers(rising_least=rising.min(), rising_most=rising.max(), rising_mean=rising.mean(), close=close)

# %% [markdown]
# With $a = 2$ and $b = 1/2$, a network follows the limit up to a norm that grows like $m^{1/4}$. The norm at which the
# mean radius deviates by {glue:text}`close` grows like $m$ to the power {glue:text}`rising_least:.2f` to
# {glue:text}`rising_most:.2f` ({numref}`fig-deviation`).
#
# ## Recall at width 100 000

# %% tags=["hide-input"]
rates = summaries.over_seeds(basins.assign(rate=basins["recalled"] / basins["cues"]), "rate", ["noise", "norm"])
publish.table(rates, "paper_scale_recall")

# %% [markdown]
# In the experiment of {doc}`04_basin_of_attraction`, at this width, too, noisy patterns are recalled only at larger
# norms, the larger the stronger the noise.
#
# ## Verdicts
#
# Of the claim on the limit only the first half is judged here.

# %% tags=["hide-input"]
scale = "the paper's scale"
tried = beyond.up_to_each_norm(mine)
verdict = verdicts.judge("C5", beyond.drop_below_one(mine), choices=[tried], scale=scale)
publish.verdict(verdict, figure="fig-paper-sigmoid")
found = beyond.following_the_limit(mine, mine_limit, close)
first_half = ["reach", "width"]  # the limit is not followed to larger norms here
tried = beyond.other_distances(mine, mine_limit, close, criteria=first_half)
verdict = verdicts.judge("C6", found, criteria=first_half, choices=[tried], scale=scale, close=close)
publish.verdict(verdict, figure="fig-deviation")

# %% tags=["hide-input"]
small = networks["norm"].min()
found = of_activations.above_one_at(networks, small)
tried = of_activations.other_norms(networks, networks, small)
publish.verdict(verdicts.judge("C8", found, choices=[tried], scale=scale), figure="fig-paper-tanh-erf")

# %% [markdown]
# ## Differences from the report
#
# - The paper was not at hand, so its figures are not compared.
# - {glue:text}`converged`. Each of the largest trains in {glue:text}`widest_seconds:.0f` s (median).
#
# ## Run it again
#
# ```bash
# make paper   # an hour or two; goes on where it was stopped
# make rerun NOTEBOOK=12 PARAMETERS="fit_from=15 fit_up_to=0.1"
# ```
