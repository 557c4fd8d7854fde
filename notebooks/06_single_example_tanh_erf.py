# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A single training example, with tanh and erf
#
# Is a single pattern an attractor for tanh and erf, too?
#
# **C9** The same or similar results hold for tanh and erf in experiments 1, 2 and 3. The report names this as its
# possible extension. On this page it is experiment 1:
# the initial Jacobian concentrates, training changes it less in deeper networks, and the pattern is an attractor at every norm.

# %% tags=["remove-cell"]
from book.parameters import (
    Activation,
    Ascending,
    Count,
    Depth,
    Device,
    Distinct,
    Positive,
    Seed,
    Tolerance,
    check,
    check_fits,
)

# %% tags=["parameters"]
activations: Distinct[Activation] = ["tanh", "erf"]  # of sigmoid, tanh and erf
dim: Count = 32  # dimension d of the pattern
width: Count = 1000  # hidden units m in each layer
depths: Ascending[Depth] = [2, 3, 4]  # numbers L of weight matrices
norms: Ascending[Positive] = [1, 2, 3, 5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]  # norms of the pattern
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws one pattern and one network
initial_seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # seeds of the untrained networks
initial_dims: Ascending[Count] = [8, 16, 32, 64, 128, 256]  # dimensions in which untrained networks are looked at
initial_width: Count = 10_000  # hidden units of those networks
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
limit_samples: Count = 100  # Jacobians drawn at each norm from the infinite-width law
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
repeats = len(activations) * len(norms) * len(seeds)
check_fits(width=width, dim=dim, depth=depths, repeats=repeats, norms=norms, tolerance=tolerance)
check_fits(width=initial_width, dim=max(initial_dims))

# %% [markdown]
# ## The setting
#
# As on the page for the sigmoid, {doc}`01_single_example`, with the same experiment and nothing else changed. The slope at zero is 1 for tanh and
# $2/\sqrt\pi$ for erf, so the initial operator norm should concentrate around $2 \phi'(0)$ = 2 and 2.26, far above one, and the initial spectral radius
# around $\phi'(0)$ by the circular law: training has to bring the radius down, or at least not raise it. The operator norm is in
# {numref}`fig-single-initial-tanh-erf`, what training changes in {numref}`fig-single-change-tanh-erf`, and the radius after it in {numref}`fig-single-radius-tanh-erf`.

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.single_example import initial_jacobian, limit_single_example, single_example
from book.statistics import single_example as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from sigae.activations import get_activation

# %% tags=["hide-input"]
shared = {"activation": activations, "dim": dim, "norm": norms}
training = {"depth": depths, "width": width, "tolerance": tolerance, "step_tolerance": step_tolerance}
trained = sweep(single_example, grid(**shared, **training, seed=seeds), device=device)
limit = sweep(limit_single_example, grid(**shared, depth=sorted({2, *depths}), seed=seeds[0], samples=limit_samples))
initial = sweep(initial_jacobian, grid(**shared, width=width, seed=initial_seeds), device=device)
wide = {"activation": activations, "dim": initial_dims, "width": initial_width, "norm": 1}
by_dimension = sweep(initial_jacobian, grid(**wide, seed=initial_seeds), device=device)
sigmoid = {"activation": "sigmoid"}  # what is compared with
as_sigmoid = sweep(single_example, grid(**shared | training | sigmoid, seed=seeds), device=device)
sigmoid_initial = sweep(initial_jacobian, grid(**shared | sigmoid, width=width, seed=initial_seeds), device=device)
sigmoid_by_dimension = sweep(initial_jacobian, grid(**wide | sigmoid, seed=initial_seeds), device=device)

# %% tags=["remove-input"]
shallow = limit[limit["depth"] == 2]  # where all of the law is known
publish.failures(trained=trained, limit=limit, initial=initial, by_dimension=by_dimension)
compared = {"as_sigmoid": as_sigmoid, "initial_sigmoid": sigmoid_initial, "dimension_sigmoid": sigmoid_by_dimension}
publish.failures(**compared, optional=list(compared))
depths, norms = summaries.remaining(trained, "depth", "norm")
target = {name: 2 * get_activation(name).slope_at_zero for name in activations}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-initial-tanh-erf", "caption": "Operator norm of the untrained two-layer network's Jacobian against the norm of the point, for tanh and erf. Solid: mean and range over seeds. Dashed: infinite width, with the band that holds 90 % of networks. Thin lines: 2 φ'(0)."}, "image": {"alt": "Both operator norms start near two times the slope at zero and fall with the norm, on top of the infinite-width curves.", "width": "75%"}}
initial_norms = summaries.over_seeds(initial, "operator_norm", ["activation", "norm"])
publish.figure(
    figures.against(
        initial_norms,
        y_label=r"operator norm $\|J_0\|_2$",
        colour_by="activation",
        limit=summaries.over_samples(shallow, "initial_operator_norm", ["activation", "norm"]),
        references={rf"$2\,\phi'(0)$, {name}": height for name, height in target.items()},
    )
)

# %% tags=["hide-input"]
publish.table(initial_norms, "single_initial_tanh_erf")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-change-tanh-erf", "caption": "How much training changes the Jacobian at the pattern, against the pattern's norm, for depths 2, 3 and 4; above tanh, below erf. Left: difference of the spectral radii. Middle: operator norm of the difference of the matrices. Right: the latter over the initial operator norm. Bands: range over seeds. Dashed: infinite width, with the band that holds 90 % of networks (on the left worked out for depth 2 only; on the right not drawn)."}, "image": {"alt": "Six panels. The changes of the three depths lie close to each other."}}
changes = tables.changes(trained, ["activation", "depth", "norm"])
publish.figure(
    figures.against(
        changes,
        y_label="change in training",
        colour_by="depth",
        panel_by="quantity",
        row_by="activation",
        limit=tables.limit_changes(limit, depths, ["activation", "depth", "norm"]),
        panel_titles=tables.TITLES,
        share_y=False,
    )
)

# %% tags=["hide-input"]
publish.table(changes, "single_change_tanh_erf")
measured = ["radius_change", "jacobian_change", "initial_operator_norm", "final_radius"]
publish.networks(trained, "single_networks_tanh_erf", *measured)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-radius-tanh-erf", "caption": "Spectral radius of the trained network's Jacobian at its pattern, against the pattern's norm, for depths 2, 3 and 4; left tanh, right erf. Bands: range over seeds. Without markers: infinite width at depth 2, with the band that holds 90 % of networks. Below the dashed line the pattern is an attractor."}, "image": {"alt": "At norm 1 the curves of tanh start near one and those of erf between 1.1 and 1.4, highest for the deepest; all fall with the norm."}}
radii = summaries.over_seeds(trained, "final_radius", ["activation", "depth", "norm"])
exact_radii = summaries.over_samples(shallow, "final_radius", ["activation", "norm"])
publish.figure(
    figures.against(
        radii,
        y_label=r"spectral radius $\rho(J_T)$",
        colour_by="depth",
        panel_by="activation",
        limit=exact_radii,
        references={r"$\rho = 1$": 1.0},
    )
)

# %% tags=["hide-input"]
publish.table(radii, "single_radius_tanh_erf")

# %% tags=["remove-cell"]
publish.numbers(
    **tables.statistics_in_words(trained, initial, shallow),
    first_norm=norms[0],
    shallowest=depths[0],
    deepest=depths[-1],
    **summaries.failure_counts(trained),
)

# %% [markdown]
# The initial operator norm at norm {glue:text}`first_norm` is {glue:text}`initials`; small norms and large dimensions
# lead to {glue:text}`targets`.
# Averaged over the norms, $\lVert J_T - J_0 \rVert_2$ goes from depth {glue:text}`shallowest` to depth
# {glue:text}`deepest`
# {glue:text}`change`. The sigmoid's falls further ({doc}`01_single_example`), since its layers shrink every Jacobian.
# The verdict on C2 rests on the difference of the radii instead, from each depth to the next.
#
# Not every pattern is an attractor. At norm {glue:text}`first_norm`, over all depths and seeds, the spectral radius
# is one or more in {glue:text}`unstable`.
# The largest radius at any norm is {glue:text}`worst`. At infinite width and norm {glue:text}`first_norm` the radius
# is one or more in
# {glue:text}`limit_unstable` of two-layer networks: training changes the Jacobian there by a
# matrix of rank one, and leaves all else of the initial Jacobian, with its radius of about $\phi'(0)$, as it was.
#
# ## The verdicts

# %% [markdown]
# *Similar* is what holds and fails under the same conditions as with the sigmoid, condition by condition.

# %% tags=["hide-input"]
alike = tables.concentration(sigmoid_initial, sigmoid_by_dimension, "sigmoid")
for name in activations:
    networks = summaries.of_activation(name, initial, by_dimension)
    found = tables.concentration(*networks, name)
    tried = tables.up_to_each_norm(*networks, name, norms, (sigmoid_initial, sigmoid_by_dimension))
    verdict = verdicts.judge_again("C1", found, name, alike, choices=[tried])
    publish.verdict(verdict, figure="fig-single-initial-tanh-erf")

# %% tags=["hide-input"]
alike = tables.alike_with_depth(as_sigmoid, depths)
for name in activations:
    (mine,) = summaries.of_activation(name, trained)
    tried = tables.from_each_norm("C2", mine, lambda table: tables.alike_with_depth(table, depths), as_sigmoid)
    verdict = verdicts.judge_again("C2", tables.alike_with_depth(mine, depths), name, alike, choices=[tried])
    publish.verdict(verdict, figure="fig-single-change-tanh-erf")

# %% tags=["hide-input"]
alike = tables.always_an_attractor(as_sigmoid)
for name in activations:
    (mine,) = summaries.of_activation(name, trained)
    tried = tables.from_each_norm("C3", mine, tables.always_an_attractor, as_sigmoid)
    verdict = verdicts.judge_again("C3", tables.always_an_attractor(mine), name, alike, choices=[tried])
    publish.verdict(verdict, figure="fig-single-radius-tanh-erf")

# %% [markdown]
# ## How it differs from the report
#
# The report proposes this experiment and does not do it. It differs from {doc}`01_single_example` in the activation
# only, and from the report's experiment 1
# in all that is listed there, too. {glue:text}`converged`.
#
# **What was learned.** A single pattern is an attractor of every network {glue:text}`attractor`. Where it is not, the
# initial Jacobian is too large, and what training
# adds, at infinite width a matrix of rank one, does not bring its radius below one.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=06 PARAMETERS="activations=[tanh] depths=[2,5]"
# ```
