# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The linear region
#
# How many eigenvalues of the trained Jacobian are one where the network is still linear?
#
# **C4** In the linear region the trained Jacobian has $n - 1$ eigenvalue norms around one: 10 %, 40 % and 70 % of all of them for $n$ = 2, 5
# and 8 patterns in $d = 10$ dimensions. The report reads this off a histogram, and cites lemma 4 of the paper.

# %% tags=["remove-cell"]
from book.parameters import (
    Activation,
    Ascending,
    Count,
    Device,
    Positive,
    Seed,
    Tolerance,
    check,
    check_fits,
    require,
)

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 10  # dimension d of the patterns
width: Count = 1000  # hidden units m
n_points: Ascending[Count] = [2, 5, 8]  # numbers n of patterns, each at most dim
norm: Positive = 1  # norm of the patterns
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws patterns and a network
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
around: Positive = 0.1  # a norm that is no further from one counts as around one
learning_rate: Positive = 3  # of the gradient descent that the first seed's networks are also trained by
linear_norms: Ascending[Positive] = [1, 2, 3, 5, 8]  # norms at which networks are tried for being linear
limit_samples: Count = 100  # Jacobians drawn at each pattern from the infinite-width law
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
require(
    n_points[-1] <= dim,
    f"n_points has {n_points[-1]}, but dim is {dim}: give n_points of at most {dim}, or a larger dim.",
)
check_fits(width=width, dim=dim, n_points=n_points, repeats=len(seeds), norms=norm, tolerance=tolerance)

# %% [markdown]
# ## The setting, and what algebra expects
#
# At the default parameters two-layer networks of 1000 hidden units store 2, 5 or 8 patterns of norm 1 in 10 dimensions. The norms of all eigenvalues of the Jacobian at all
# patterns are pooled.
#
# At a small input norm a hidden unit is linear in its input, $\phi(z) \approx \phi(0) + \phi'(0) z$, so the trained network is the affine map
# $f(x) = A x + c$ that fits the patterns with the least change of its weights. Fitting $f(x_i) = x_i$ means $A (x_i - x_j) = x_i - x_j$:
#
# - **sigmoid**: $\phi(0) = 1/2$ makes the hidden layer's mean act as a bias $c$, which is cheap to move, so that the $n - 1$
#   differences of the patterns are eigenvectors with eigenvalue one, and the patterns' mean is taken care of by $c$;
# - **tanh, erf**: $\phi(0) = 0$ leaves no bias, so that all $n$ patterns are eigenvectors with eigenvalue one.
#
# On the $k$ remaining dimensions training changes nothing, and $A$ acts there, up to its triangular coupling to the others, as the initial Jacobian does: a
# $k \times k$ Gaussian matrix with entries of variance $\phi'(0)^2 / d$. By the circular law its eigenvalues fill a disc of radius $\phi'(0) \sqrt{k / d}$, with
# $k = d - n + 1$ for the sigmoid and $k = d - n$ for tanh and erf. {numref}`fig-linear-spectrum` shows what training found.

# %% tags=["hide-input"]
from book import figures, publish
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.statistics import linear_region as tables
from book.statistics import report_compared, summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
shared = {"activation": activation, "dim": dim, "n_points": n_points, "norm": norm, "seed": seeds}
swept = sweep(trained_spectrum, grid(**shared, width=width, tolerance=tolerance), device=device)
limit = sweep(limit_spectrum, grid(**shared | {"seed": seeds[:3]}, samples=limit_samples))
descending = {"width": width, "tolerance": tolerance, "learning_rate": learning_rate}
descent = sweep(trained_spectrum, grid(**shared | {"seed": seeds[0]}, **descending), device=device)
publish.failures(swept=swept, limit=limit, descent=descent, optional=["descent"])
(n_points,) = summaries.remaining(swept, "n_points")
edges = {n: tables.edge_of_the_others(activation, n, dim) for n in n_points}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-linear-spectrum", "caption": "Distribution of the eigenvalue norms of the trained Jacobian, pooled over all training points and seeds, for 2, 5 and 8 patterns. Bars: trained networks. Outline: infinite width. Dashed: the share that algebra puts at one. Dotted: the radius of the disc that the circular law gives to the others. Rings: the networks of the first seed, trained by gradient descent at the report's learning rate."}, "image": {"alt": "Histograms for three numbers of patterns: a bulk of small norms below the dotted line, and a narrow peak at one that grows with the number of patterns. Rings, one network each, lie near the tops of the bars."}}
publish.figure(
    figures.eigenvalue_histograms(
        summaries.converged(swept),
        limit,
        theory={n: tables.count_at_one(activation, n) / dim for n in n_points},
        edges=edges,
        rings={rf"descent, $\eta$ = {learning_rate:g}": summaries.converged(descent)},
    )
)

# %% tags=["hide-input"]
trained = tables.with_shares(swept, around)
shares = tables.shares(trained, ["n_points"], edges=True)
publish.table(shares, "linear_shares")

# %% tags=["remove-cell"]
publish.numbers(
    around=around,
    fewest=n_points[0],
    most=n_points[-1],
    share_first=100 * shares["mean"].iloc[0],
    share_last=100 * shares["mean"].iloc[-1],
    claimed_first=100 * shares["claimed"].iloc[0],
    claimed_last=100 * shares["claimed"].iloc[-1],
    **tables.shares_in_words(shares, trained),
    worst_radius=trained["radius_worst"].max(),
    **summaries.failure_counts(swept),
)

# %% tags=["remove-cell"]
off = report_compared.descent_and_flow(descent, swept, "eigenvalue_norms", "radius_mean")
publish.numbers(
    middle=n_points[len(n_points) // 2],
    share_middle=100 * shares["mean"].iloc[len(n_points) // 2],
    learning_rate=learning_rate,
    descent_off=off["off_eigenvalue_norms"].max(),
    descent_steps_first=off["steps"].min(),
    descent_steps_last=off["steps"].max(),
)

# %% [markdown]
# The share of norms within {glue:text}`around` of one is {glue:text}`share_first:.0f` % for $n$ = {glue:text}`fewest` and {glue:text}`share_last:.0f` %
# for $n$ = {glue:text}`most`, where the claim says {glue:text}`claimed_first:.0f` % and {glue:text}`claimed_last:.0f`
# %. By the
# circular law the disc of the others ends at radius {glue:text}`edges`. The share of them that lies inside is
# {glue:text}`inside` (in so few dimensions the edge is soft).
#
# An eigenvalue at one is the border of stability, and small departures from the linear region decide on which side a
# pattern lies. The share of patterns
# whose spectral radius is above one is {glue:text}`above_one`. The largest radius is {glue:text}`worst_radius:.3f`.
#
# Gradient descent at the report's learning rate of {glue:text}`learning_rate:.0f` finds the same eigenvalues: at the
# first seed no norm differs from the flow's by more than {glue:text}`descent_off:.4f`. It takes from
# {glue:text}`descent_steps_first:,.0f` to {glue:text}`descent_steps_last:,.0f` steps, the more the more patterns.
#
# ## Does an eigenvalue of one show that a network is linear?
#
# The report concludes from eigenvalues of norm one that its network operates in the linear region. A network that does
# has one Jacobian for all patterns. {numref}`fig-linear-or-not` compares the Jacobians of a network at its patterns as
# the norm grows.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-linear-or-not", "caption": "Whether networks are linear, against the norm of the patterns. Left: relative difference (Frobenius norm) between the Jacobian at a pattern and the mean over the patterns, at the worst pattern; zero in a linear network. Middle: share of the patterns with at least one eigenvalue norm within 0.1 of one. Right: share of the patterns with as many as a linear network has, n − 1 for the sigmoid. Mean and range over seeds."}, "image": {"alt": "Left, the difference of the Jacobians rises steadily with the norm. Middle, for the larger numbers of patterns the share stays at one up to norm 5. Right, the share falls to zero soon after norm 1."}}
at_norms = shared | {"norm": linear_norms, "width": width, "tolerance": tolerance}
tried = sweep(trained_spectrum, grid(**at_norms), device=device)
publish.failures(tried=tried)
linear = report_compared.linearity(tried, around)
publish.figure(figures.against(linear, y_label="share", colour_by="n_points", panel_by="quantity"))

# %% tags=["hide-input"]
publish.table(linear, "linear_or_not")
publish.numbers(**report_compared.linearity_statistics(linear, linear_norms[0]), linear_norm=linear_norms[0])

# %% [markdown]
# At norm {glue:text}`linear_norm` the conclusion is right: no Jacobian differs from its network's mean by more than
# {glue:text}`spread_here:.1f` %. The reason given for it is not enough: at norm {glue:text}`still_norm` every pattern
# of $n$ = {glue:text}`still_points` still has an eigenvalue of norm within {glue:text}`around` of one, while the
# Jacobians differ by {glue:text}`still_spread:.0f` %. What marks the linear region is the number of such eigenvalues:
# all $n - 1$ of them are found at {glue:text}`still_all:.0f` % of those patterns.
#
# ## The verdict

# %% tags=["hide-input"]
tried = tables.other_windows(swept, around)
publish.verdict(
    verdicts.judge("C4", tables.around_one(trained), choices=[tried], around=around), figure="fig-linear-spectrum"
)

# %% [markdown]
# ## How it differs from the report
#
# - Parameterisation, initialisation and sampling are inferred, as the report's module `utils` was not published ({doc}`../method`).
# - The report pools the patterns of one network; here several seeds are pooled, and the share at one is counted rather than read off a histogram.
# - What the remaining eigenvalues are is not discussed in the report.
# - Training here is gradient flow, except for the rings in {numref}`fig-linear-spectrum`. {glue:text}`converged`.
#
# **What was learned.** $n - 1$ eigenvalues are one because the differences of the patterns must be mapped to
# themselves. One is the border of stability: whether
# a pattern is an attractor is decided by how the network departs from the linear region.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=02 PARAMETERS="n_points=[3,6,9] norm=0.1"
# ```
