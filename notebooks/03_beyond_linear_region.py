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
# From which norm on are several patterns attractors, and does the network's width matter?
#
# **C5** For several training examples the largest eigenvalue norm drops below one with increasing input norm.
#
# **C6** Wider networks follow the infinite-width limit to larger norms, and that limit tends to 1/2 as the norm grows.
#
# This is the report's attempt at the paper's figure 3.

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
judged_every: Count = 3  # verdicts rest on the first four norms, one norm in so many, and the last
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
limit_every: Count = 2  # the infinite-width law is sampled at one norm in so many, and at those of the verdicts
limit_samples: Count = 10  # Jacobians drawn at each pattern from the infinite-width law
far_norms: Ascending[Positive] = [75, 100, 150, 200, 300, 500, 1000, 1500]  # larger norms, for the limit alone
descent_norms: Ascending[Positive] = [5, 13, 25, 50]  # norms at which training is repeated by gradient descent
learning_rate: Positive = 5  # of that gradient descent
explored_norms: Ascending[Positive] = [1, 2, 3, 5, 8, 13, 20, 30, 50]  # norms at which all eigenvalues are shown
close: Positive = 0.05  # a mean spectral radius no further from the limit's follows it
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
all_norms = [*norms, *descent_norms]
repeats = len(norms) * len(seeds)
check_fits(width=widths, dim=dim, n_points=n_points, repeats=repeats, norms=all_norms, tolerance=tolerance)

# %% [markdown]
# ## The setting
#
# At the default parameters two-layer networks of 1000 and 10 000 hidden units store 2, 5 or 10 patterns of norm 3 to 52 in 32 dimensions. One seed uses the same directions
# and the same initial weights at every norm. The spectral radius $\rho$ is taken at **every** training point; shown are its mean over the points and
# the worst point. At infinite width $\rho$ at the same points is sampled from its exact law, see {doc}`../infinite_width`.
# {numref}`fig-beyond-radius` shows networks and limit, {numref}`fig-beyond-limit` the limit alone at larger norms.

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.explorers import trained_eigenvalues
from book.experiments.from_hours_to_a_second import flow_and_descent
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures import explorers
from book.statistics import beyond_linear_region as tables
from book.statistics import spectra, summaries, verdicts
from book.sweep import grid, sweep
from book.typeset import from_norm_on
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

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-beyond-radius", "caption": "Spectral radius of the trained Jacobian at the training points, against the norm of the patterns, for 2, 5 and 10 patterns. With markers: networks of two widths, mean over the training points, then mean and range over seeds; dotted in their colours: the worst training point of any seed. Without markers: infinite width, with the band that holds 90 % of single points. Grey lines: 1 (dashed), below which a pattern is an attractor, and 1/2 (dotted), the limit at large norm. Rings: one network of the first seed each, trained by gradient descent at the report's learning rate."}, "image": {"alt": "In each panel all curves start near one and fall with the norm; the narrower networks fall fastest, the infinite-width curve slowest. Rings lie on the curves of both widths."}}
radii = summaries.over_seeds(trained, "radius_mean", ["n_points", "width", "norm"], worst="radius_worst")
exact = summaries.over_samples(limit, "radii", ["n_points", "norm"])
descended = summaries.converged(descent).rename(columns={"radius_descent": "mean"})
rings = {rf"descent, $\eta$ = {learning_rate:g}": descended} if len(descended) else {}
publish.figure(
    figures.against(
        radii,
        y_label=r"spectral radius $\rho(J)$",
        colour_by="width",
        panel_by="n_points",
        limit=exact[exact["norm"] <= norms[-1]],
        rings=rings,
        references={r"$\rho = 1$": 1.0, r"$\rho = 1/2$": 0.5},
    )
)

# %% tags=["hide-input"]
publish.table(radii, "beyond_radius")
columns = ["n_points", "width", "norm", "descent_steps", "radius_descent", "radius_flow", "difference"]
publish.table(descent.reindex(columns=columns), "beyond_descent")
publish.networks(judged, "beyond_networks", "radius_mean", "radius_worst")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-beyond-limit", "caption": "The infinite-width limit alone, followed to larger norms on a logarithmic axis: spectral radius at the training points, mean and the band that holds 90 % of single points, for 2, 5 and 10 patterns. Dashed: 1/2."}, "image": {"alt": "Curves for three numbers of patterns fall from one, and come back to or approach the dashed line at one half at the largest norms.", "width": "75%"}}
publish.figure(
    figures.against(
        exact,
        y_label=r"spectral radius $\rho(J)$",
        colour_by="n_points",
        references={r"$\rho = 1/2$": 0.5},
        log="x",
    )
)

# %% tags=["hide-input"]
publish.table(exact, "beyond_limit")

# %% tags=["remove-cell"]
publish.numbers(
    most=n_points[-1],
    widest=widths[-1],
    narrowest=widths[0],
    first_norm=norms[0],
    last_norm=norms[-1],
)

# %% tags=["remove-cell"]
many = radii[radii["n_points"].eq(n_points[-1]) & radii["width"].eq(widths[-1])]["mean"]
shared_norms = exact[exact["n_points"].eq(n_points[-1]) & exact["norm"].le(norms[-1])]
far = exact[exact["norm"].eq(exact["norm"].max())]
follows = tables.deviations(judged, judged_limit, close).groupby("width")["deviation_norm"].mean()
publish.numbers(
    far_norm=far["norm"].max(),
    all_below=from_norm_on(tables.all_attractors_from(trained, judged)),
    radius_first=many.iloc[0],
    radius_last=many.iloc[-1],
    limit_last=shared_norms["mean"].iloc[-1],
    limit_far_low=far["mean"].min(),
    limit_far_high=far["mean"].max(),
    limit_lowest=exact["mean"].min(),
    reach_narrow=follows.iloc[0],
    reach_wide=follows.iloc[-1],
    close=close,
    learning_rate=learning_rate,
    norms_of_report=50,
    norms_used=len({*norms} & {*range(3, 53)}),
    **summaries.failure_counts(trained, judged),
)

# %% tags=["remove-cell"]
gaps = summaries.converged(descent).reindex(columns=columns)
gaps["radii"] = (gaps["radius_descent"] - gaps["radius_flow"]).abs()
apart = gaps.groupby(["width", "norm"], as_index=False)[["difference", "radii"]].max()
narrow, wide = (apart[apart["width"].eq(width)] for width in (widths[0], widths[-1]))
most = gaps[gaps["width"].eq(widths[-1]) & gaps["n_points"].eq(n_points[-1])]["descent_steps"]
last = gaps[gaps["width"].eq(widths[-1]) & gaps["norm"].eq(gaps["norm"].max())].sort_values("radii").tail(1)
publish.numbers(
    descent_first_norm=apart["norm"].min(),
    descent_last_norm=apart["norm"].max(),
    descent_narrow_first=100 * narrow["difference"].head(1).max(),
    descent_narrow_last=100 * narrow["difference"].tail(1).max(),
    descent_wide_first=100 * wide["difference"].head(1).max(),
    descent_wide_last=100 * wide["difference"].tail(1).max(),
    descent_radius_wide=wide["radii"].max(),
    descent_last_radius=last["radius_descent"].max(),
    flow_last_radius=last["radius_flow"].max(),
    descent_steps_first=most.head(1).max(),
    descent_steps_last=most.tail(1).max(),
)

# %% [markdown]
# At norm {glue:text}`first_norm`, $n$ = {glue:text}`most` patterns have a mean spectral radius of
# {glue:text}`radius_first:.3f` at width
# {glue:text}`widest`. Every pattern of every network is an attractor {glue:text}`all_below`. Beyond that the finite
# networks fall much further than the limit: at norm {glue:text}`last_norm` the mean is {glue:text}`radius_last:.2f` for $n$ = {glue:text}`most` where the limit
# has {glue:text}`limit_last:.2f`. Averaged over seeds, the mean radius stays within {glue:text}`close` of the limit up to norm {glue:text}`reach_narrow:.0f` at width
# {glue:text}`narrowest` and norm {glue:text}`reach_wide:.0f` at width {glue:text}`widest`, averaged over $n$: large patterns move the hidden weights
# further, and the kernel no longer stands still.
#
# The limit itself does not settle at 1/2 from above, as the dashed lines of the report's figure may suggest: it falls to {glue:text}`limit_lowest:.2f`, and
# comes back to between {glue:text}`limit_far_low:.3f` and {glue:text}`limit_far_high:.3f` at norm {glue:text}`far_norm`.
#
# ## The eigenvalues behind the radii

# %% tags=["hide-input"]
one = {"activation": activation, "dim": dim, "seed": seeds[0], "n_points": n_points[-1], "norm": explored_norms}
one_network = sweep(trained_eigenvalues, grid(**one, width=widths[-1]), device=device)
publish.failures(one_network=one_network)
eigenvalues = summaries.converged(one_network)
publish.numbers(**spectra.spectrum_statistics(eigenvalues))

# %% [markdown]
# The radius is the largest of $d$ eigenvalue norms. {numref}`fig-beyond-spectra` shows all $d$ at the worst of $n$ =
# {glue:text}`most` patterns of one network: at $r$ =
# {glue:text}`spectra_first_norm` the largest has norm {glue:text}`spectra_first_radius:.3f`, at $r$ = {glue:text}`spectra_last_norm` it has
# {glue:text}`spectra_last_radius:.3f`. For other activations, $n$ and $m$ the page {doc}`05_activations` has an interactive version.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-beyond-spectra", "caption": "Eigenvalues of the trained Jacobian in the complex plane, at the pattern where its spectral radius is largest, of one network of the largest number of patterns and the largest width. Columns: norm r of the patterns. Dots lie inside the unit circle (dashed), diamonds on it or outside."}, "image": {"alt": "A row of complex planes with the unit circle. At small norms some eigenvalues lie on or outside the circle; at large norms all lie inside and near the origin."}}
publish.figure(explorers.spectra_figure(eigenvalues, norms=sorted(set(eigenvalues["norm"]))[::2]))

# %% tags=["hide-input"]
publish.table(eigenvalues[["n_points", "width", "norm", "radius"]], "beyond_spectra")

# %% [markdown]
# ## The verdicts
#
# C5 is about numbers of patterns whose radius is above one at some norm. One that never is has nothing to drop from,
# and is not judged. C6 has two halves, and both decide.

# %% tags=["hide-input"]
found = tables.drop_below_one(judged)
tried = tables.up_to_each_norm(judged)
publish.verdict(verdicts.judge("C5", found, choices=[tried]), figure="fig-beyond-radius")

# %% tags=["hide-input"]
found = tables.following_the_limit(judged, judged_limit, close) + tables.half_at_the_end(judged_limit)
tried = tables.other_distances(judged, judged_limit, close)
publish.verdict(verdicts.judge("C6", found, choices=[tried], close=close), figure="fig-beyond-radius")

# %% [markdown]
# ## How it differs from the report
#
# - Parameterisation, initialisation and sampling are inferred, as the report's module `utils` was not published ({doc}`../method`).
# - The report looks at one training point, index 2, of one network. For two patterns that index does not exist, and its code as printed stops
#   with an IndexError, so its curve for two patterns must come from other code. Here all points and several seeds are shown.
# - The report trains at every whole norm from 3 to 52, and plots every fifth against its position in a list, so that
#   its axis reads 0 to 45 for norms 3 to 48. Here
#   {glue:text}`norms_used` of those {glue:text}`norms_of_report` norms are trained at, all where radii cross one; the
#   preset `report` has every one.
# - The curves are the gradient flow's. The rings are descent with the report's learning rate of
#   {glue:text}`learning_rate:.0f`, from the same patterns and weights. At the report's larger width,
#   {glue:text}`widest`, the mean radii of the two differ by at most {glue:text}`descent_radius_wide:.4f`: at norm
#   {glue:text}`descent_last_norm` they are {glue:text}`descent_last_radius:.4f` by descent and
#   {glue:text}`flow_last_radius:.4f` by the flow where they differ most. The Jacobians differ by
#   {glue:text}`descent_wide_first:.2f` % (Frobenius norm) at norm {glue:text}`descent_first_norm` and by
#   {glue:text}`descent_wide_last:.1f` % at norm {glue:text}`descent_last_norm`. At width {glue:text}`narrowest` they
#   differ by {glue:text}`descent_narrow_first:.2f` % and {glue:text}`descent_narrow_last:.0f` %. There the matrices are
#   small and the flow itself is followed less closely, see {doc}`09_from_hours_to_a_second`.
# - At width {glue:text}`widest` descent takes {glue:text}`descent_steps_last:,.0f` steps for $n$ =
#   {glue:text}`most` at norm {glue:text}`descent_last_norm`, and {glue:text}`descent_steps_first:,.0f` at norm {glue:text}`descent_first_norm`.
#   It takes still more at smaller norms, which are left out for that reason.
# - {glue:text}`converged`. The paper's scale as the report gives it (5, 20 and 40 patterns, widths up to a million) is
#   the preset `paper` of this notebook, and the page {doc}`12_paper_scale`.
#
# **What was learned.** Beyond the linear region several patterns are attractors, here in every network
# {glue:text}`all_below`. At larger norms the width
# decides: finite networks part from the limit, the narrower the earlier, and then have the smaller radius.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=03 PARAMETERS="widths=[2000,20000] n_points=[4]"
# ```
#
# With a single width C6 is not judged, and with a single norm neither C5 is: there is then nothing to compare.
