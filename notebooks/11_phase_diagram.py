# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Where memories are attractors
#
# ## The claim
#
# The paper's abstract says that for several training examples the norm of the largest Jacobian eigenvalue drops below one with increasing
# input norm, in the limit of infinite width. How large must the norm be, for how many examples, and for which activation? And
# does the limit tend to $\rho = 1/2$ as the norm grows?

# %% tags=["remove-cell"]
from sigae.parameters import Activation, Ascending, Count, Distinct, Positive, Seed, Several, check

# %% tags=["parameters"]
activations: Distinct[Activation] = ["sigmoid", "tanh", "erf"]  # one column of panels each
dim: Count = 32  # dimension d of the patterns
counts: Ascending[Count] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]  # numbers of patterns n
norms: Ascending[Positive] = [0.5, 0.8, 1.2, 2, 3, 4.5, 6, 8, 11, 16, 24, 40, 70, 130, 300]  # norms of the patterns
seed: Seed = 0  # of the patterns and of the samples
points_seen: Count = 3  # training points at which the Jacobian is looked at
samples: Count = 5  # Jacobians drawn at each of them
large_counts: Ascending[Count] = [1, 5, 20]  # numbers of patterns for the large-norm limit
large_norms: Several[Positive] = [30, 100, 300, 1000, 3000, 10_000]  # norms for the large-norm limit

# %% tags=["remove-input", "check-parameters"]
check(globals())

# %% [markdown]
# ## The setting
#
# No network is trained on this page. The infinite-width limit of the two-layer autoencoder, trained on $n$ patterns of one norm in $d$
# dimensions, has a Jacobian whose law is known exactly (see {doc}`../infinite_width`). Two radii are shown over the plane of norm and load $n / d$: that of the
# *mean* Jacobian, which is the Jacobian of the mean network, and the mean of the radii of *sampled* Jacobians, which is what a single
# very wide network has. The first is what averaging over many networks would give; the second is what experiments measure.

# %% tags=["hide-input"]
from sigae.experiments.phase_diagram import approach_to_one_half, limit_radius
from sigae.pages import plots, publish
from sigae.pages.tables import phase_diagram as tables
from sigae.pages.tables import summaries
from sigae.sweeps import grid, sweep

shared = {"activation": activations, "seed": seed, "dim": dim}
seen = {"points_seen": points_seen, "samples": samples}
plane = sweep(limit_radius, grid(**shared, n_points=counts, norm=norms, **seen))
publish.failures(plane)
solved = summaries.usable(plane)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-phase-diagram", "caption": "Spectral radius of the trained Jacobian at infinite width over the plane of input norm and load n/d, one column an activation. Top: of the mean Jacobian. Bottom: of sampled Jacobians, averaged. Patterns are attractors where the radius is below one. Solid contour: one. Dashed contour: one half. White would be a tangent kernel that is singular to working precision."}, "image": {"alt": "Six panels. In the top row the radius stays below one everywhere, close to one at small norms and near one half at the largest. In the bottom row a region of small norms exceeds one; it is faint for sigmoid, where it needs some load, and strong for tanh and erf, where it grows with the load."}}
publish.figure(
    plots.phase_diagram(
        plane,
        {"mean_jacobian_radius": "mean Jacobian", "radius": "sampled Jacobians"},
        levels=[0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.04, 1.08, 1.12, 1.16, 1.2],
    )
)

# %% tags=["hide-input"]
publish.table(plane[["activation", "n_points", "dim", "norm", "mean_jacobian_radius", "radius"]], "phase_diagram")

# %% tags=["remove-cell"]
border = tables.border(solved)
publish.numbers(**tables.told_of_plane(plane, solved))

# %% tags=["hide-input"]
publish.table(
    border.pivot(index="load", columns="activation", values="border").reindex(columns=activations).reset_index(),
    "border_of_the_attractors",
)

# %% [markdown]
# The mean Jacobian exceeds one in {glue:text}`mean_cells_above` of {glue:text}`cells` cells: the mean network has every pattern for an
# attractor everywhere on the plane that was computed, although at small norm and large load by a margin as small as
# {glue:text}`smallest_gap:.1e`. A single very wide network is another matter. Sampled Jacobians exceed one, on average, in
# {glue:text}`sampled_cells_above` cells, and what separates the two rows of panels is nothing but the random initial weights. At
# the load {glue:text}`most_load:g` the border lies between norms {glue:text}`lowest_border:.1f` and {glue:text}`highest_border:.1f`, depending on the
# activation; the table above has it for every load.
#
# Three regimes can be told apart. At small norm the network is linear on the patterns, whose span is mapped to itself with eigenvalues at one, and the
# remaining directions carry what is left of the initial weights, of radius near $\phi'(0) \sqrt{1 - k/d}$ with $k$ directions in the span ($n$, or $n - 1$ for the sigmoid): harmless for the sigmoid, where $\phi'(0) = 1/4$, but above
# one for erf at small load. In between, fluctuations push some of the eigenvalues at one outwards, more so the larger the load. At large norm
# every pattern is alone with its own tangent kernel, and the radius falls below one half before it returns there.

# %% [markdown]
# ## Towards one half
#
# The theorem on large norms ({doc}`../infinite_width`) says that at a training point $\rho = \tfrac12 - a / r + O(1 / r^2)$ with a
# coefficient $a$ that depends on the activation, on $d$ and on the angles between the patterns. Here $\tfrac12 - \rho$ is evaluated up to large norms, beside that leading
# term, which has no free parameter.

# %% tags=["hide-input"]
approach = sweep(approach_to_one_half, grid(**shared, n_points=large_counts, norm=large_norms))
publish.failures(approach)
measured = summaries.over_seeds(approach.query("gap > 0"), "gap", ["activation", "n_points", "norm"])
leading = approach.rename(columns={"leading": "value"})

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-large-norm", "caption": "How far the spectral radius of the mean Jacobian is below one half, against the input norm, at infinite width. Markers: exact values, averaged over the training points, where positive. Dashed: the leading term of the theorem on large norms."}, "image": {"alt": "In each panel the markers of all three activations approach straight dashed lines of slope minus one."}}
publish.figure(
    plots.power_laws(
        measured,
        leading,
        x="norm",
        panel_by="n_points",
        colour_by="activation",
        x_label="input norm $|x|$",
        y_label=r"$\frac{1}{2} - \rho$",
        line_label="leading term",
        panel_titles={n: f"$n$ = {n}" for n in large_counts},
    )
)

# %% tags=["hide-input"]
publish.table(approach[["activation", "n_points", "dim", "norm", "gap", "leading"]], "large_norm")

# %% tags=["remove-cell"]
last = approach[approach["norm"].eq(large_norms[-1])]
exponents = tables.closing_exponents(approach, large_norms)
publish.numbers(
    last_norm=large_norms[-1],
    exponent_least=exponents.min(),
    exponent_most=exponents.max(),
    largest_gap=last["gap"].max(),
    worst_leading_percent=100 * (last["gap"] / last["leading"] - 1).abs().max(),
)

# %% [markdown]
# At norm {glue:text}`last_norm:g` all curves are within {glue:text}`largest_gap:.4f` of one half and below it, and differ from the leading term by
# at most {glue:text}`worst_leading_percent:.1f` %. Between the last two norms the gap falls with exponents from {glue:text}`exponent_least:.2f` to
# {glue:text}`exponent_most:.2f`, where the theorem has $-1$.
#
# ## The verdict
#
# The abstract's statement holds at every load shown: at large norms the radius is below one, for tanh and erf as well as for the
# sigmoid. And the limit tends to one half, from below, at the rate $1 / r$.
#
# ## How it differs from the report
#
# The report has no infinite-width curve; it trains networks of widths 1000 and 10 000 at three loads. The plane has {glue:text}`cells` cells, of which
# {glue:text}`unsolved` could not be solved.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=11 PARAMETERS="dim=64 counts=[1,4,16,64] samples=10"
# ```
