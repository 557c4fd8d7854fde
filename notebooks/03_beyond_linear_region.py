# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Beyond the linear region
#
# Do several patterns become attractors as their norm grows, and does the width of the network matter?
#
# They do: at every pattern the spectral radius of the Jacobian, its largest eigenvalue norm, falls below one, so that
# nearby states converge to the pattern. Width matters, too: wider networks follow the infinite-width limit to larger
# norms. In that limit the spectral radius tends to 1/2 at very large norms.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Device, Positive, Seed, Tolerance, check, check_fits

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 32  # dimension d of the patterns
widths: Ascending[Count] = [1000, 10_000]  # hidden units m
n_points: Ascending[Count] = [2, 5, 10]  # numbers n of patterns
norms: Ascending[Positive] = [
    3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 52,
]  # norms of the patterns  # fmt: skip
seeds: Ascending[Seed] = [0, 1, 2]  # each draws patterns and a network
judged_seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # those at the norms that the verdicts rest on
judged_every: Count = 3  # verdicts rest on the first four norms, then every so many, and the last
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
limit_every: Count = 2  # infinite width is sampled at one norm in so many, and at those of the verdicts
limit_samples: Count = 10  # Jacobians drawn at each pattern at infinite width
far_norms: Ascending[Positive] = [75, 100, 150, 200, 300, 500, 1000, 1500]  # larger norms, for the limit alone
descent_norms: Ascending[Positive] = [5, 13, 25, 50]  # norms at which training is repeated by gradient descent
learning_rate: Positive = 5  # of that gradient descent
close: Positive = 0.05  # a mean spectral radius at most this far from the limit's follows it
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
all_norms = [*norms, *descent_norms]
repeats = len(norms) * len(seeds)
check_fits(width=widths, dim=dim, n_points=n_points, repeats=repeats, norms=all_norms, tolerance=tolerance)

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.from_hours_to_a_second import flow_and_descent
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures.style import point_out
from book.statistics import beyond_linear_region as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from sigae.training import memory_needed

# %% tags=["hide-input"]
shared = {"activation": activation, "dim": dim, "n_points": n_points, "seed": seeds}
training = {"width": widths, "norm": norms, "tolerance": tolerance, "step_tolerance": step_tolerance}
memory = memory_needed(n_points=max(n_points), dim=dim, width=max(widths))
trained = sweep(trained_spectrum, grid(**shared, **training), memory=memory, device=device)
at_some = training | {"norm": tables.judged_norms(norms, judged_every)}
judged = sweep(trained_spectrum, grid(**shared | {"seed": judged_seeds}, **at_some), memory=memory, device=device)
exact_norms = sorted({*norms[::limit_every], *at_some["norm"], *far_norms})
limit = sweep(limit_spectrum, grid(**shared, norm=exact_norms, samples=limit_samples))
compared = shared | {"seed": judged_seeds, "norm": sorted({*at_some["norm"], *far_norms[-2:]})}
judged_limit = sweep(limit_spectrum, grid(**compared, samples=limit_samples))
by_descent = {"seed": seeds[0], "norm": descent_norms, "learning_rate": learning_rate, "tolerance": tolerance}
descent = sweep(flow_and_descent, grid(**shared | by_descent, width=widths), memory=memory, device=device)
publish.failures(trained=trained, judged=judged, limit=limit, judged_limit=judged_limit)
publish.failures(descent=descent, optional=["descent"])
n_points, widths, norms = summaries.remaining(trained, "n_points", "width", "norm")

# %% tags=["hide-input"]
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
columns = ["n_points", "width", "norm", "descent_steps", "radius_descent", "radius_flow", "difference"]
publish.table(descent.reindex(columns=columns), "beyond_descent")
publish.networks(judged, "beyond_networks", "radius_mean", "radius_worst")

# %% tags=["remove-cell"]
follows = tables.deviations(judged, judged_limit, close).groupby("width")["deviation_norm"].mean()
publish.numbers(most=n_points[-1], widest=widths[-1], narrowest=widths[0], first_norm=norms[0], last_norm=norms[-1])
publish.numbers(
    all_below=tables.all_attractors_from(trained, judged),
    radius_first=widest.iloc[0],
    radius_last=widest.iloc[-1],
    limit_last=shown[shown["n_points"].eq(n_points[-1])]["mean"].iloc[-1],
    follows_narrow=follows.iloc[0],
    follows_wide=follows.iloc[-1],
    close=close,
    converged=summaries.convergence(trained, judged),
)

# %% tags=["remove-cell"]
publish.numbers(far_norm=far["norm"].max(), limit_far_low=far["mean"].min(), limit_far_high=far["mean"].max())
apart = summaries.converged(descent).reindex(columns=columns)
wide = apart[apart["width"].eq(widths[-1])]
publish.numbers(
    limit_lowest=exact["mean"].min(),
    norms_used=len({*norms} & {*range(3, 53)}),
    learning_rate=learning_rate,
    descent_radius_wide=(wide["radius_descent"] - wide["radius_flow"]).abs().max(),
)

# %% [markdown]
# All patterns of all networks are attractors {glue:text}`all_below` ({numref}`fig-beyond-radius`). For networks of
# width {glue:text}`narrowest` the mean spectral radius first deviates from the limit by {glue:text}`close` at norm
# {glue:text}`follows_narrow:.0f`. For those of width {glue:text}`widest` it does so at norm
# {glue:text}`follows_wide:.0f`. Both norms are averages over $n$. Networks deviate because patterns of larger norm move
# the hidden weights further, so that the {doc}`tangent kernel <../method>` changes during training.
# {numref}`fig-spectra` shows all eigenvalues, not only the largest.
#
# ## Setting
#
# Two-layer networks of $m = 1000$ and $m = 10\,000$ hidden units store $n = 2$, $5$ or $10$ patterns in $d = 32$
# dimensions. The spectral radius $\rho$ is the largest eigenvalue norm of the Jacobian at a pattern. Where $\rho < 1$,
# the pattern is an attractor. For each seed the pattern directions and the initial weights are the same at every norm.
# At infinite width $\rho$ is sampled from its exact distribution ({doc}`../infinite_width`).
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
print(f"attractors: {int((after < 1).sum())} of {len(points)}")

# %% [markdown]
# The function {py:func}`~book.experiments.linear_region_and_beyond.trained_spectrum` does the same as this cell, but
# computes no Jacobian before training. The results for networks come from calling it for every number of patterns,
# width, norm and seed.
#
# ## The limit at larger norms

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-beyond-limit", "caption": "Spectral radius of the trained Jacobian at infinite width, against the norm r up to larger norms, for each number n of patterns. Curves: mean over patterns and sampled networks. Bands hold 90 % of the values."}, "image": {"alt": "Curves for three numbers of patterns fall from one, and return to or approach the dashed line at one half at the largest norms.", "width": "75%"}}
wanted |= {"colour_by": "n_points", "panel_by": None, "references": {r"$\rho = 1/2$": 0.5}}
publish.figure(figures.against(exact, **wanted, log="x", markers=False))
publish.table(exact, "beyond_limit")

# %% [markdown]
# In the limit the mean spectral radius falls to {glue:text}`limit_lowest:.2f` before it approaches 1/2
# ({numref}`fig-beyond-limit`). At norm {glue:text}`far_norm` it is between {glue:text}`limit_far_low:.3f` and
# {glue:text}`limit_far_high:.3f`, depending on $n$. Finite networks deviate from the limit at much smaller norms. At
# norm {glue:text}`last_norm`, with $n$ = {glue:text}`most`, the mean radius is {glue:text}`limit_last:.2f` in the limit
# and {glue:text}`radius_last:.2f` at width {glue:text}`widest`.
#
# ## Verdicts
#
# A spectral radius that is never above one cannot drop below it. So the first claim is judged only for those $n$ and
# widths at which the radius exceeds one at some norm.

# %% tags=["hide-input"]
found = tables.drop_below_one(judged)
tried = tables.up_to_each_norm(judged)
publish.verdict(verdicts.judge("C5", found, choices=[tried]), figure="fig-beyond-radius")

# %% tags=["hide-input"]
found = tables.following_the_limit(judged, judged_limit, close) + tables.half_at_the_end(judged_limit)
tried = tables.other_distances(judged, judged_limit, close)
publish.verdict(verdicts.judge("C6", found, choices=[tried], close=close), figure="fig-beyond-radius")

# %% [markdown]
# ## Differences from the report
#
# - Parameterisation, initialisation and sampling are inferred ({doc}`../method`).
# - The report looks at training point 2, counted from 0, of one network. With two patterns there is no such point, and
#   the report's code stops with an IndexError. Here all patterns and several seeds are shown.
# - The report trains at every integer norm from 3 to 52. Here {glue:text}`norms_used` of these are used; the preset
#   `report` uses all. The report plots every fifth norm by its position in a list, so that its axis reads 0 at norm 3.
# - The curves show networks trained by gradient flow. The rings show gradient descent at the report's learning rate,
#   {glue:text}`learning_rate:g`. At width {glue:text}`widest` their mean radii differ by at most
#   {glue:text}`descent_radius_wide:.4f`. The whole Jacobians differ by more ({doc}`09_from_hours_to_a_second`).
# - {glue:text}`converged`. Larger networks are on another page ({doc}`12_paper_scale`).
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=03 PARAMETERS="widths=[2000,20000] n_points=[4]"
# ```
#
# With a single width the second claim is not judged; with a single norm neither claim is.
