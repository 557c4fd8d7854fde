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
# How many eigenvalues near one does training produce with tanh and erf?
#
# In the linear region, as many as there are patterns: $n$, where the sigmoid has $n - 1$. But at the report's norm tanh
# and erf have already left that region.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Device, Distinct, Positive, Seed, Tolerance

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
limit_samples: Count = 100  # Jacobians drawn at each pattern at infinite width
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
from book.parameters import check, check_fits, require

check(globals())
last = n_points[-1]
require(last <= dim, f"n_points has {last}, but dim is {dim}: give n_points of at most {dim}, or a larger dim.")
require(
    small_norm <= norm,
    f"small_norm is {small_norm}, but norm is {norm}: give small_norm of at most {norm}, or a larger norm.",
)
repeats = 2 * len(activations) * len(seeds)
check_fits(width=width, dim=dim, n_points=n_points, repeats=repeats, norms=1, tolerance=tolerance)

# %% tags=["remove-cell"]
import numpy as np
import pandas as pd

from book import figures, publish
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures.style import point_out
from book.statistics import linear_region as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from book.typeset import listed, of_each

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
counted = tables.with_shares(everything, around)
(as_sigmoid,), trained = summaries.of_activation("sigmoid", counted), counted[counted["activation"].isin(activations)]


# %% tags=["hide-input"]
def by_rank(table):
    """Average eigenvalue norms by their rank, the largest first, over seeds and patterns; 90 % lie between the ends."""
    parts, by = [], ["activation", "norm", "n_points"]
    for condition, part in summaries.converged(table).groupby(by, sort=False):
        found = np.concatenate([np.array(values) for values in part["eigenvalue_norms"]])  # a row a Jacobian
        low, high = np.quantile(found, [0.05, 0.95], axis=0)
        ranks = {"rank": range(1, dim + 1), "mean": found.mean(axis=0), "low": low, "high": high}
        parts.append(pd.DataFrame(ranks | dict(zip(by, condition, strict=True))))
    return pd.concat(parts)


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-linear-tanh-erf", "caption": "Eigenvalue norms of the trained Jacobian by rank, the largest first: mean over seeds and patterns, and the range that holds 90 %. Without markers: infinite width, for tanh and erf. Shaded: what counts as around one."}, "image": {"alt": "A grid of six panels. In the lower row, at norm 0.1, the norms stay at one up to rank n for tanh and erf and up to rank n minus one for the sigmoid, and then drop. In the upper row, at norm 1, those of tanh and erf fall off gradually instead."}}
ranked = by_rank(everything)
axes = {"x": "rank", "x_label": "rank of the norm", "y_label": r"eigenvalue norm $|\lambda|$"}
by = {"colour_by": "activation", "panel_by": "n_points", "row_by": "norm"}
drawing = figures.against(ranked, limit=by_rank(limit).drop(columns=["low", "high"]), bars=True, **axes, **by)
for ax in drawing.axes:
    ax.axhspan(1 - around, 1 + around, color="#555555", alpha=0.12, linewidth=0)
    ax.set_xticks(range(1, dim + 1, 2))
point_out(drawing.axes[-1], f"$n$ for {listed(activations)}", (last, 1), (0.12, 0.45))
for drop in ranked.query("activation == 'sigmoid' and norm == @small_norm and n_points == rank == @last")["mean"]:
    point_out(drawing.axes[-1], "$n - 1$ for the sigmoid", (last, drop), (0.05, 0.22))
publish.figure(drawing)

# %% tags=["hide-input"]
publish.table(tables.shares(trained, ["activation", "norm", "n_points"]), "linear_shares_tanh_erf")
groups = trained[trained["norm"].eq(norm)].groupby(["activation", "n_points"], sort=False)
unstable = groups["radii"].agg(lambda radii: 100 * radii.explode().gt(1).mean()).rename("above_one").to_frame()
unstable = unstable.assign(mean_radius=groups["radius_mean"].mean(), largest_radius=groups["radius_worst"].max())
publish.table(unstable.reset_index(), "unstable_tanh_erf")

# %% tags=["remove-cell"]
at_one = dim * counted[counted["n_points"].eq(last)].groupby(["norm", "activation"], sort=False)["share"].mean()
publish.numbers(
    norm=norm,
    small_norm=small_norm,
    around=around,
    most=last,
    at_one=of_each({name: f"{count:.1f}" for name, count in at_one[norm].items()}),
    at_one_small=of_each({name: f"{count:.1f}" for name, count in at_one[small_norm].items()}),
    unstable=of_each({name: f"{share:.0f} %" for name, share in unstable["above_one"].xs(last, level=1).items()}),
    converged=summaries.convergence(swept),
)

# %% [markdown]
# With $n$ = {glue:text}`most` patterns of norm {glue:text}`small_norm`, the number of eigenvalue norms within
# {glue:text}`around` of one is {glue:text}`at_one_small` on average. At norm {glue:text}`norm` it is
# {glue:text}`at_one` ({numref}`fig-linear-tanh-erf`).
#
# ## Setting
#
# The experiment is that of {doc}`02_linear_region`, with other activations and with a smaller norm beside the report's.
# At the smaller norm, training ends at an error reduced in proportion to the norm squared.
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(5, 10, norm=0.1, seed=0)  # five patterns, (5, 10)

for activation in ("sigmoid", "tanh", "erf"):
    model = sigae.Autoencoder(10, 1000, depth=2, activation=activation, seed=0)
    before = sigae.eigenvalue_norms(sigae.jacobian(model, points))  # (5, 10)
    result = sigae.train(model, points, tolerance=1e-9)  # 1e-7 times norm squared
    after = sigae.eigenvalue_norms(sigae.jacobian(model, points))
    print(f"{activation}, at the first pattern; converged: {result.converged}")
    print("  before:", before[0].numpy().round(2))
    print("  after: ", after[0].numpy().round(2))

# %% [markdown]
# The sweep calls {py:func}`~book.experiments.linear_region_and_beyond.trained_spectrum` for every activation, norm,
# number of patterns and seed.
#
# ## Why $n$, and why a smaller norm
#
# With the sigmoid, $\phi(0) = 1/2$ acts as a bias, and the network fits an affine map. With tanh and erf
# $\phi(0) = 0$, so the fit is linear, and all $n$ patterns are eigenvectors with eigenvalue one.
#
# The other eigenvalues fill a disc of radius $\phi'(0) \sqrt{(d - n)/d}$. The slope $\phi'(0)$ is $1$ for tanh and
# $2/\sqrt\pi$ for erf, instead of $1/4$. With few patterns the edge of the disc is near one, and some of these
# eigenvalues are near one by chance.
#
# The hidden units also saturate at smaller norms. Since the sigmoid is $\tfrac12 + \tfrac12 \tanh(z / 2)$, tanh units
# saturate at half the norm at which the sigmoid's do. At norm {glue:text}`norm` with $n$ = {glue:text}`most`, the
# share of patterns with a spectral radius above one is {glue:text}`unstable`.
#
# ## Verdicts

# %% tags=["hide-input"]
alike = tables.around_one(as_sigmoid[as_sigmoid["norm"].eq(norm)])
for name in activations:
    mine, networks = summaries.of_activation(name, trained, swept)
    found = tables.around_one(mine[mine["norm"].eq(norm)])
    at_norm = [table[table["norm"].eq(norm)] for table in (networks, sigmoid)]
    norms = verdicts.try_values(
        "norm of the patterns", norm, sorted(mine["norm"].unique().tolist()), "C4",
        lambda table, r: tables.around_one(table[table["norm"].eq(r)]), mine, as_sigmoid,
    )  # fmt: skip
    tried = [tables.other_windows(at_norm[0], around, at_norm[1]), norms]
    judged = verdicts.judge_again("C4", found, name, alike, choices=tried, around=around)
    publish.verdict(judged, figure="fig-linear-tanh-erf")

# %% [markdown]
# ## Differences from the report
#
# - The report proposes this experiment but does not run it. Its count, $n - 1$, holds for activations with
#   $\phi(0) \ne 0$.
# - {glue:text}`converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=07 PARAMETERS="n_points=[3,6,9] small_norm=0.3"
# ```
