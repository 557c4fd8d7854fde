# %% [markdown]
# # Where memories are attractors
#
# How large must the norm of the patterns be for them to become attractors?
#
# At infinite width it must exceed a **stability boundary**, which grows with the load $n/d$, the number of patterns
# over their dimension. Beyond it the spectral radius $\rho$ of the trained Jacobian, its largest eigenvalue norm, is
# below one, and at large norm it tends to $1/2$.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Distinct, Positive, Seed, Several, check, require

# %% tags=["parameters"]
activations: Distinct[Activation] = ["sigmoid", "tanh", "erf"]  # one column of panels each
dim: Count = 32  # dimension d of the patterns
counts: Ascending[Count] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]  # numbers of patterns n
norms: Ascending[Positive] = [0.5, 0.8, 1.2, 2, 3, 4.5, 6, 8, 11, 16, 24, 40, 70, 130, 300]  # norms of the patterns
seed: Seed = 0  # of the patterns and of the samples
points_seen: Count = 2  # training points at which Jacobians are sampled
samples: Count = 20  # Jacobians drawn at each of them
crowded_dims: Ascending[Count] = [2, 4, 8, 16]  # small dimensions in which the mean network is put to the test
crowded_load: Count = 4  # patterns per dimension there
crowded_norms: Ascending[Positive] = [3, 10, 30, 100]  # norms there
draws: Count = 20  # of patterns there
large_counts: Ascending[Count] = [1, 5, 20]  # numbers of patterns for the large-norm limit
large_norms: Several[Positive] = [30, 100, 300, 1000, 3000, 10_000]  # norms for the large-norm limit

# %% tags=["remove-input", "check-parameters"]
check(globals())
most, least = max([*counts, *large_counts]), min(crowded_dims)
require(dim > 1 or most <= 2, f"dim is 1, where only two patterns differ, but {most} are asked for: give a larger dim.")
require(
    least > 1 or crowded_load <= 2,
    f"crowded_dims has 1, where only two patterns differ, but crowded_load is {crowded_load}: leave 1 out.",
)

# %% tags=["hide-input"]
from matplotlib.patheffects import withStroke

from book import figures, publish
from book.experiments.explorers import limit_eigenvalues
from book.experiments.phase_diagram import approach_to_one_half, boundary_in_high_dimension, crowded_limit, limit_radius
from book.figures import explorers
from book.statistics import phase_diagram as tables
from book.statistics import summaries
from book.sweep import grid, sweep
from sigae.activations import get_activation

# %% tags=["hide-input"]
shared = {"activation": activations, "seed": seed, "dim": dim}
seen = {"points_seen": points_seen, "samples": samples}
plane = sweep(limit_radius, grid(**shared, n_points=counts, norm=norms, **seen))
steps = [norms[0] * (norms[-1] / norms[0]) ** (k / 80) for k in range(81)]
theory = sweep(boundary_in_high_dimension, grid(activation=activations, dim=dim, norm=steps))
publish.failures(plane=plane, theory=theory)
solved = summaries.converged(plane)
boundary = tables.stability_boundary(solved)
edges = {name: 1 - get_activation(name).slope_at_zero ** -2 for name in activations}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-phase-diagram", "caption": "Spectral radius of the trained Jacobian at infinite width over the plane of norm r and load n/d. Mean Jacobian: the largest over all patterns. Sampled Jacobians: averaged. Solid contour: radius one, the stability boundary, to the right of which patterns are attractors. Thin dashed contour: one half. Green dashes: the critical load in high dimension. Green triangle: the load below which, at small norm, eigenvalues off the patterns' span exceed one."}, "image": {"alt": "Six panels. In the top row the radius stays below one everywhere, close to one at small norms but for a single pattern of the sigmoid, and near one half at the largest. In the bottom row a region of small norms exceeds one; it is faint for the sigmoid, where it needs some load, and strong for tanh and erf, where it grows with the load. A green dashed line rises from left to right and runs close to the contour at one where the load is large."}}
figure = figures.phase_diagram(
    plane,
    {"mean_jacobian_radius": "mean Jacobian", "radius": "sampled Jacobians"},
    levels=[0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.04, 1.08, 1.12, 1.16, 1.2],
    borders=theory,
    edges={name: edge for name, edge in edges.items() if edge > 0},
)
halo = {"path_effects": [withStroke(linewidth=2.5, foreground="white")], "fontsize": 8.5}
for ax, name in zip(figure.axes[len(activations) :], activations, strict=False):
    for row in boundary[boundary["activation"].eq(name)].iloc[-3:-2].itertuples():
        ax.annotate("attractors", (row.boundary * 2, row.load), va="center", **halo)
        ax.annotate("unstable", (row.boundary / 1.6, row.load), va="center", ha="right", **halo)
publish.figure(figure)

# %% tags=["hide-input"]
publish.table(plane[["activation", "n_points", "dim", "norm", "mean_jacobian_radius", "radius"]], "phase_diagram")
ratio = tables.against_high_dimension(boundary, theory)
high = boundary["load"].ge(0.5)
fullest = boundary.loc[boundary["load"].eq(max(counts) / dim), "boundary"]
publish.numbers(
    dim=dim,
    cells=len(solved),
    mean_cells_above=int(solved["mean_jacobian_radius"].gt(1).sum()),
    sampled_cells_above=int(solved["radius"].gt(1).sum()),
    most_load=max(counts) / dim,
    lowest_boundary=fullest.min(),
    highest_boundary=fullest.max(),
    boundary_high_load_percent=100 * (ratio[high] - 1).abs().max(),
)

# %% [markdown]
# At load {glue:text}`most_load:g` the boundary lies between norms {glue:text}`lowest_boundary:.1f` and
# {glue:text}`highest_boundary:.1f`, depending on the activation ({numref}`fig-phase-diagram`).
#
# ## Setting
#
# No network is trained on this page: the infinite-width limit of the two-layer autoencoder gives the distribution of
# the trained Jacobian exactly ({doc}`../infinite_width`). The *mean* Jacobian is the average over many networks; a
# *sampled* Jacobian is that of a single, very wide network.
#
# ## One network, step by step

# %% tags=["show-input"]
import torch

import sigae

points = sigae.sphere_points(16, 32, norm=3.0, seed=0)  # load n/d = 1/2
limit = sigae.InfiniteWidth(points, activation="tanh")
rho_mean = sigae.spectral_radius(limit.mean_jacobian(points))  # one per pattern
J = torch.cat([limit.sample_jacobians(x, samples=20, seed=0) for x in points[:2]])
rho = sigae.spectral_radius(J)  # of forty networks
print(f"condition number of the tangent kernel: {limit.condition_number:.1f}")
print(f"mean Jacobian: largest rho {rho_mean.max():.3f}")
print(f"sampled Jacobians: mean rho {rho.mean():.3f}, largest {rho.max():.3f}")

# %% [markdown]
# The sweep calls {py:func}`~book.experiments.phase_diagram.limit_radius` for every cell.
#
# ## The stability boundary
#
# The mean radius of sampled Jacobians exceeds one in {glue:text}`sampled_cells_above` of {glue:text}`cells` cells, and
# that of the mean Jacobian in {glue:text}`mean_cells_above`. So a single wide network can fail to store
# patterns that the average over networks stores.
#
# The green dashes are not fitted. They are the critical load {eq}`eq-critical-load` for $d \to \infty$, where norm and
# dimension enter as $r / \sqrt d$. In dimension {glue:text}`dim`, at loads of one half or more, the boundary is within
# {glue:text}`boundary_high_load_percent:.0f` % of it. With one or two patterns the sigmoid can lack a boundary: then
# at most one eigenvalue is near one at small norm, and it falls with the norm ({prf:ref}`prop-end-of-linear-region`).
#
# Three regimes explain the map:
#
# - *Small norm.* Along the patterns the eigenvalues are near one. In the other directions the initial weights remain,
#   with eigenvalue norms up to about $\phi'(0) \sqrt{1 - k/d}$ if the patterns span $k$ directions ($k = n - 1$ for the
#   sigmoid). That is below one for the sigmoid, and above one for erf at loads below $1 - \pi/4$ (the triangle).
# - *Intermediate norm.* Random fluctuations push eigenvalues that are near one outwards, more so at larger load.
# - *Large norm.* The patterns no longer interact through the tangent kernel, and $\rho$ tends to one half.

# %% tags=["hide-input"]
here = sweep(limit_eigenvalues, grid(**shared, n_points=counts, norm=norms, points_seen=1))
publish.failures(here=here)
explorers.plane_explorer(solved, summaries.converged(here))

# %% [markdown]
# ## Where the mean network fails
#
# With many patterns in few dimensions, even the mean network can fail to make every pattern an attractor. Here
# {glue:text}`crowded_load` $d$ patterns are drawn {glue:text}`draws` times at each norm.

# %% tags=["hide-input"]
crowds = {"load": crowded_load, "norm": crowded_norms, "seed": range(seed, seed + draws)}
crowd = sweep(crowded_limit, grid(activation=activations, dim=crowded_dims, **crowds))
publish.failures(crowd=crowd)
radii = summaries.converged(crowd).groupby("dim")["largest_radius"].max()
publish.numbers(crowded_load=crowded_load, draws=draws, few_largest=radii.iloc[0], many_largest=radii.iloc[-1])
publish.numbers(few_dimensions=crowded_dims[0], many_dimensions=crowded_dims[-1])

# %% [markdown]
# The largest radius found is {glue:text}`few_largest:.2f` in {glue:text}`few_dimensions` dimensions and
# {glue:text}`many_largest:.3f` in {glue:text}`many_dimensions`. No bound for a given dimension and load is known.
#
# ## Towards one half
#
# The theorem on large norms ({doc}`../infinite_width`) says that $\rho = \tfrac12 - a / r + O(1 / r^2)$ at a training
# point. The coefficient $a$ follows from the activation, $d$ and the angles between the patterns.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-large-norm", "caption": "One half minus the spectral radius of the mean Jacobian, against the norm of the patterns, at infinite width. Markers: exact values, averaged over the training points, where positive. Lines: the theorem's leading term."}, "image": {"alt": "In each panel the markers of all three activations approach straight lines of slope minus one."}}
approach = sweep(approach_to_one_half, grid(**shared, n_points=large_counts, norm=large_norms))
publish.failures(approach=approach)
measured = summaries.over_seeds(approach.query("gap > 0"), "gap", ["activation", "n_points", "norm"])
look = {"x": "norm", "panel_by": "n_points", "colour_by": "activation", "y_label": r"$\frac{1}{2} - \rho$"}
look |= {"line_label": "leading term", "panel_titles": {n: f"$n$ = {n}" for n in large_counts}}
publish.figure(figures.power_laws(measured, approach.rename(columns={"leading": "value"}), **look))
publish.table(approach[["activation", "n_points", "dim", "norm", "gap", "leading"]], "large_norm")
last = approach[approach["norm"].eq(large_norms[-1])]
publish.numbers(last_norm=large_norms[-1], worst_leading_percent=100 * (last["gap"] / last["leading"] - 1).abs().max())

# %% [markdown]
# At norm {glue:text}`last_norm:g` the exact value is within {glue:text}`worst_leading_percent:.1f` % of the leading
# term ({numref}`fig-large-norm`).
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=11 PARAMETERS="dim=64 counts=[1,4,16,64] samples=10"
# ```
