# %% [markdown]
# # Beyond the linear region
#
# Do several patterns become attractors as their norm grows, and does the width of the network matter?
#
# They do: the spectral radius $\rho$ of the Jacobian, its largest eigenvalue norm, falls below one at every pattern.
# Wider networks follow the infinite-width limit to larger norms. In that limit $\rho$ tends to 1/2.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Device, Positive, Seed, Tolerance, check, check_fits

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 32  # dimension d of the patterns
widths: Ascending[Count] = [1000, 10_000]  # hidden units m
n_points: Ascending[Count] = [2, 5, 10]  # numbers n of patterns
norms: Ascending[Positive] = [3, 4, 5, 6, 9, 15, 21, 30, 52]  # norms of the patterns
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws patterns and a network
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
limit_samples: Count = 10  # Jacobians drawn at each pattern at infinite width
far_norms: Ascending[Positive] = [75, 100, 1000, 1500]  # larger norms, for the limit alone
descent_norms: Ascending[Positive] = [15, 50]  # norms at which training is repeated by gradient descent
learning_rate: Positive = 5  # of that gradient descent
close: Positive = 0.05  # a mean spectral radius at most this far from the limit's follows it
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
repeats, all_norms = len(norms) * len(seeds), [*norms, *descent_norms]
memory = check_fits(width=widths, dim=dim, n_points=n_points, repeats=repeats, norms=all_norms, tolerance=tolerance)

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.from_hours_to_a_second import flow_and_descent
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures.style import point_out
from book.statistics import beyond_linear_region as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
shared = {"activation": activation, "dim": dim, "n_points": n_points, "seed": seeds}
training = {"width": widths, "norm": norms, "tolerance": tolerance, "step_tolerance": step_tolerance}
trained = sweep(trained_spectrum, grid(**shared, **training), memory=memory, device=device)
limit = sweep(limit_spectrum, grid(**shared, norm=sorted({*norms, *far_norms}), samples=limit_samples))
by_descent = {"seed": seeds[0], "norm": descent_norms, "learning_rate": learning_rate, "tolerance": tolerance}
descent = sweep(flow_and_descent, grid(**shared | by_descent, width=widths), memory=memory, device=device)

# %% tags=["hide-input"]
publish.failures(trained=trained, limit=limit, descent=descent, optional=["descent"])
n_points, widths, norms = summaries.remaining(trained, "n_points", "width", "norm")
radii = summaries.over_seeds(trained, "radius_mean", ["n_points", "width", "norm"], worst="radius_worst")
exact = summaries.over_samples(limit, "radii", ["n_points", "norm"])
shown, far = exact[exact["norm"] <= norms[-1]], exact[exact["norm"].eq(exact["norm"].max())]
descended = summaries.converged(descent).rename(columns={"radius_descent": "mean"})
rings = {rf"descent, $\eta$ = {learning_rate:g}": descended} if len(descended) else {}
most = radii[radii["n_points"].eq(n_points[-1])]
narrowest, widest = (most[most["width"].eq(width)].set_index("norm")["mean"] for width in (widths[0], widths[-1]))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-beyond-radius", "caption": "Spectral radius of the trained Jacobian against the norm r of n patterns. Curves with markers: networks of width m; mean over patterns, then mean and range over seeds. Dotted: the largest radius at any pattern of any seed. Without markers: infinite width, with the band that holds 90 % of its values. Rings: the first seed's networks, trained by gradient descent."}, "image": {"alt": "In each panel all curves start near one and fall with the norm; the narrower networks fall fastest, the infinite-width curve slowest. Rings lie on the curves of both widths."}}
wanted = {"y_label": r"spectral radius $\rho(J)$", "colour_by": "width", "panel_by": "n_points"}
references = {r"$\rho = 1$": 1.0, r"$\rho = 1/2$": 0.5}
drawing = figures.against(radii, **wanted, limit=shown, rings=rings, references=references)
if len(widths) > 1:
    at = (narrowest - 0.6).abs().idxmin()
    point_out(drawing.axes[-1], "the narrower\nnetwork\nfalls first", (at, narrowest[at]), (0.02, 0.02))
publish.figure(drawing)
publish.table(radii, "beyond_radius")
publish.table(exact, "beyond_limit")

# %% tags=["remove-cell"]
follows = tables.deviations(trained, limit, close).groupby("width")["deviation_norm"].mean()
publish.numbers(most=n_points[-1], widest=widths[-1], narrowest=widths[0], first_norm=norms[0], last_norm=norms[-1])
publish.numbers(radius_first=widest.iloc[0], radius_last=widest.iloc[-1], limit_lowest=exact["mean"].min())
publish.numbers(far_norm=far["norm"].max(), limit_far_low=far["mean"].min(), limit_far_high=far["mean"].max())
wide = descended[descended["width"].eq(widths[-1])].reindex(columns=["mean", "radius_flow"])
publish.numbers(dim=dim, close=close, norms_used=len({*norms} & {*range(3, 53)}))
publish.numbers(all_below=tables.all_attractors_from(trained))
publish.numbers(limit_last=shown[shown["n_points"].eq(n_points[-1])]["mean"].iloc[-1])
publish.numbers(follows_narrow=follows.iloc[0], follows_wide=follows.iloc[-1])
publish.numbers(descent_radius_wide=(wide["mean"] - wide["radius_flow"]).abs().max())

# %% [markdown]
# All patterns of all networks are attractors {glue:text}`all_below` ({numref}`fig-beyond-radius`). The mean spectral
# radius first deviates from the limit by {glue:text}`close` at norm {glue:text}`follows_narrow:.0f` for networks of
# width {glue:text}`narrowest`, and at norm {glue:text}`follows_wide:.0f` for those of width {glue:text}`widest`,
# averaged over $n$. Networks deviate because patterns of larger norm move the hidden weights further, so that the
# {doc}`tangent kernel <../method>` changes during training. {numref}`fig-spectra` shows all eigenvalues.
#
# ## Setting
#
# Two-layer networks of $m$ hidden units store $n$ patterns of norm $r$ in {glue:text}`dim` dimensions. Where
# $\rho < 1$, the pattern is an attractor. For each seed the pattern directions and the initial weights are the same at
# every norm. At infinite width $\rho$ is sampled from its exact distribution ({doc}`../infinite_width`).
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(5, 32, norm=30, seed=0)  # five patterns, (5, 32)
model = sigae.Autoencoder(32, 10_000, depth=2, activation="sigmoid", seed=0)

before = sigae.spectral_radius(sigae.jacobian(model, points))  # (5,), one per pattern
result = sigae.train(model, points, tolerance=1e-7, step_tolerance=0.03)
after = sigae.spectral_radius(sigae.jacobian(model, points))

print(f"error below 1e-7: {result.converged}")
print(f"rho at each pattern before: {', '.join(f'{rho:.2f}' for rho in before)}")
print(f"rho at each pattern after:  {', '.join(f'{rho:.2f}' for rho in after)}")

# %% [markdown]
# {py:func}`~book.experiments.linear_region_and_beyond.trained_spectrum` does this for every network of the sweep.
#
# ## The limit at larger norms
#
# In the limit the mean spectral radius falls to {glue:text}`limit_lowest:.2f` before it approaches 1/2
# ({numref}`fig-limit-radius`). At norm {glue:text}`far_norm` it is between {glue:text}`limit_far_low:.3f` and
# {glue:text}`limit_far_high:.3f`, depending on $n$. Finite networks have deviated by then: at norm
# {glue:text}`last_norm`, with $n$ = {glue:text}`most`, the mean radius is {glue:text}`limit_last:.2f` in the limit and
# {glue:text}`radius_last:.2f` at width {glue:text}`widest`.
#
# ## Verdicts
#
# The first claim is judged only for those $n$ and widths at which the radius exceeds one at some norm.

# %% tags=["hide-input"]
found = tables.drop_below_one(trained)
tried = tables.up_to_each_norm(trained)
publish.verdict(verdicts.judge("C5", found, choices=[tried]), figure="fig-beyond-radius")

# %% tags=["hide-input"]
found = tables.following_the_limit(trained, limit, close) + tables.half_at_the_end(limit)
tried = tables.other_distances(trained, limit, close)
publish.verdict(verdicts.judge("C6", found, choices=[tried], close=close), figure="fig-beyond-radius")
publish.numbers(learning_rate=learning_rate, converged=summaries.convergence(trained))

# %% [markdown]
# ## Differences from the report
#
# - The report looks at training point 2, counted from 0, of one network. With two patterns there is no such point, and
#   the report's code stops with an IndexError. Here all patterns and several seeds are shown.
# - The report trains at every integer norm from 3 to 52, and plots against the position in a list. Here
#   {glue:text}`norms_used` of these norms are used; the preset `report` uses all.
# - The curves show gradient flow, the rings gradient descent at the report's learning rate,
#   {glue:text}`learning_rate:g`. At width {glue:text}`widest` their mean radii differ by at most
#   {glue:text}`descent_radius_wide:.4f`, the whole Jacobians by more ({doc}`09_from_hours_to_a_second`).
# - Parameterisation, initialisation and sampling are inferred ({doc}`../method`). {glue:text}`converged`. Larger
#   networks are on the page {doc}`12_paper_scale`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=03 PARAMETERS="widths=[2000,20000] n_points=[4]"
# ```
