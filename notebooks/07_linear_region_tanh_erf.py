# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The linear region, with tanh and erf
#
# How many eigenvalues are one for tanh and erf, which have no bias of their own?
#
# **C9** The same or similar results hold for tanh and erf. On this page it is experiment 2: $n - 1$ eigenvalue norms are around one.

# %% tags=["remove-cell"]
from book.parameters import (
    Activation,
    Ascending,
    Count,
    Device,
    Distinct,
    Positive,
    Seed,
    Tolerance,
    check,
    check_fits,
    require,
)

# %% tags=["parameters"]
activations: Distinct[Activation] = ["tanh", "erf"]  # of sigmoid, tanh and erf
dim: Count = 10  # dimension d of the patterns
width: Count = 1000  # hidden units m
n_points: Ascending[Count] = [2, 5, 8]  # numbers n of patterns, each at most dim
norm: Positive = 1  # norm of the patterns
small_norm: Positive = 0.1  # norm at which tanh and erf are linear to well below the window
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws patterns and a network
tolerance: Tolerance = 1e-7  # mean squared error at which training ends, at norm 1; it scales with the norm squared
around: Positive = 0.1  # a norm that is no further from one counts as around one
limit_samples: Count = 100  # Jacobians drawn at each pattern from the infinite-width law
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
require(
    n_points[-1] <= dim,
    f"n_points has {n_points[-1]}, but dim is {dim}: give n_points of at most {dim}, or a larger dim.",
)
require(
    small_norm <= norm,
    f"small_norm is {small_norm}, but norm is {norm}: give small_norm of at most {norm}, or a larger norm.",
)
check_fits(
    width=width, dim=dim, n_points=n_points, repeats=2 * len(activations) * len(seeds), norms=1, tolerance=tolerance
)

# %% [markdown]
# ## The setting, and what algebra expects
#
# As on the page for the sigmoid, {doc}`02_linear_region`, with the same experiment. Two things are different for tanh and erf. Since $\phi(0) = 0$ the hidden layer
# has no constant part that could act as a bias, so the fit is linear instead of affine, and all $n$ patterns are eigenvectors with
# eigenvalue one: $n$ of them, not $n - 1$. And since the slope $\phi'(0)$ is 1 or $2/\sqrt\pi$ instead of 1/4, the disc of the others, of radius
# $\phi'(0) \sqrt{(d - n)/d}$, is larger: where patterns are few it reaches close to one, and by chance some of the
# others are "around one" too.
#
# The hidden units also saturate earlier: $\sigma(z) = \tfrac12 + \tfrac12 \tanh(z / 2)$, so tanh's at half the norm of the sigmoid's. {numref}`fig-linear-spectrum-tanh-erf` is at the report's norm; {numref}`fig-linear-small-tanh-erf`, at norm 0.1, shows the linear region itself.

# %% tags=["remove-cell"]
import pandas as pd

from book import figures, publish
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.statistics import linear_region as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
shared = {"activation": activations, "dim": dim, "n_points": n_points, "seed": seeds}
both = list(dict.fromkeys([norm, small_norm]))
names = list(dict.fromkeys([*activations, "sigmoid"]))  # the sigmoid is what is compared with
training = [
    grid(**shared | {"activation": names}, width=width, norm=r, tolerance=tolerance * min(1, r**2)) for r in both
]
everything = pd.concat([sweep(trained_spectrum, given, device=device) for given in training], ignore_index=True)
swept = everything[everything["activation"].isin(activations)]
(sigmoid,) = summaries.of_activation("sigmoid", everything)
limit = sweep(limit_spectrum, grid(**shared | {"seed": seeds[:3]}, norm=both, samples=limit_samples))
publish.failures(everything=everything, limit=limit)
cases = [(name, n) for name in activations for n in n_points]
edges = {(name, n): tables.edge_of_the_others(name, n, dim) for name, n in cases}
theory = {(name, n): tables.count_at_one(name, n) / dim for name, n in cases}
trained = tables.with_shares(swept, around)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-linear-spectrum-tanh-erf", "caption": "Distribution of the eigenvalue norms of the trained Jacobian at norm 1, pooled over all training points and seeds, for 2, 5 and 8 patterns; above tanh, below erf. Bars: trained networks. Outline: infinite width. Dashed: the share that algebra puts at one. Dotted: the radius of the disc that the circular law gives to the others."}, "image": {"alt": "Histograms in two rows: norms are spread from zero to beyond one, with a peak around one that is not separated from the others."}}
publish.figure(
    figures.eigenvalue_histograms(
        trained[trained["norm"].eq(norm)],
        limit[limit["norm"].eq(norm)],
        theory=theory,
        edges=edges,
        row_by="activation",
        upper=1.6,
    )
)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-linear-small-tanh-erf", "caption": "The same at norm 0.1, where the hidden units are linear."}, "image": {"alt": "Histograms in two rows as before; the peak at one is now narrow, and the others spread up to the dotted line."}}
publish.figure(
    figures.eigenvalue_histograms(
        trained[trained["norm"].eq(small_norm)],
        limit[limit["norm"].eq(small_norm)],
        theory=theory,
        edges=edges,
        row_by="activation",
        upper=1.6,
    )
)

# %% tags=["hide-input"]
shares = tables.shares(trained, ["activation", "norm", "n_points"])
publish.table(shares, "linear_shares_tanh_erf")

# %% tags=["remove-cell"]
off = trained.groupby("norm")["nearest"].mean()
publish.numbers(
    around=around,
    norm=norm,
    small_norm=small_norm,
    most=n_points[-1],
    fewest=n_points[0],
    claimed_fewest=100 * (n_points[0] - 1) / dim,
    claimed_most=100 * (n_points[-1] - 1) / dim,
    **tables.share_statistics(shares, norm),
    off_one=off[norm],
    off_one_small=off[small_norm],
    **summaries.failure_counts(swept),
)

# %% tags=["hide-input"]
radii = tables.above_one(trained[trained["norm"].eq(norm)])
publish.table(
    radii, "unstable_tanh_erf", title=f"Patterns of norm {norm:g} whose spectral radius is above one, in per cent"
)

# %% [markdown]
# At norm {glue:text}`norm` the share of norms within {glue:text}`around` of one with $n$ = {glue:text}`fewest` is
# {glue:text}`share_fewest`, where the claim says
# {glue:text}`claimed_fewest:.0f` %. With $n$ = {glue:text}`most` it is {glue:text}`share_most`, where the claim says
# {glue:text}`claimed_most:.0f` %. That is
# not the linear region any more: the $n$ norms nearest to one are off by {glue:text}`off_one:.3f` on average, and by {glue:text}`off_one_small:.4f` at norm
# {glue:text}`small_norm`, where theory's count of $n$ comes out, together with whatever part of the disc happens to
# be near one. The table
# above says how many patterns of norm {glue:text}`norm` are no attractors.
#
# ## The verdicts

# %% tags=["hide-input"]
as_sigmoid = tables.with_shares(sigmoid, around)
alike = tables.around_one(as_sigmoid[as_sigmoid["norm"].eq(norm)])
for name in activations:
    mine, networks = summaries.of_activation(name, trained, swept)
    found = tables.around_one(mine[mine["norm"].eq(norm)])
    at_norm = [table[table["norm"].eq(norm)] for table in (networks, sigmoid)]
    tried = [tables.other_windows(at_norm[0], around, at_norm[1]), tables.other_norms(mine, norm, as_sigmoid)]
    judged = verdicts.judge_again("C4", found, name, alike, choices=tried, around=around)
    publish.verdict(judged, figure="fig-linear-spectrum-tanh-erf")

# %% [markdown]
# ## How it differs from the report
#
# The report proposes this experiment and does not do it. The count that it would have looked for, $n - 1$, belongs to
# activations with
# $\phi(0) \ne 0$. At the smaller norm training ends at a loss that is smaller in proportion to the norm squared, so that all patterns are learned
# equally well. {glue:text}`converged`.
#
# **What was learned.** Without a bias there are $n$ eigenvalues at one and not $n - 1$; and with steeper slopes norm {glue:text}`norm` is no longer in the linear region.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=07 PARAMETERS="n_points=[3,6,9] small_norm=0.3"
# ```
