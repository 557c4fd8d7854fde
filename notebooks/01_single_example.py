# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A single training example
#
# Does a network that is trained on one pattern make it an attractor, and what does training change?
#
# **C1** The operator norm of the untrained two-layer sigmoid network's Jacobian concentrates around 1/2.
#
# **C2** Initial and final Jacobians grow more alike with depth.
#
# **C3** A single training example is an attractor at every input norm tried.
#
# The first two are what the report says of the paper's figure 2. Of the third the paper's abstract says that
# attractors exist for one example, under certain conditions; that
# they do at every norm is this book's question.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Depth, Device, Positive, Seed, Tolerance, check, check_fits

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 32  # dimension d of the pattern
width: Count = 1000  # hidden units m in each layer
depths: Ascending[Depth] = [2, 3, 4]  # numbers L of weight matrices
norms: Ascending[Positive] = [1, 2, 3, 5, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]  # norms of the pattern
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws one pattern and one network
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
initial_dims: Ascending[Count] = [8, 16, 32, 64, 128, 256]  # dimensions in which untrained networks are looked at
initial_width: Count = 10_000  # hidden units of those networks
initial_seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # seeds of those networks
descent_norms: Ascending[Positive] = [2, 10, 30]  # norms at which training is repeated by gradient descent
learning_rate: Positive = 1  # of that gradient descent
limit_samples: Count = 100  # Jacobians drawn at each norm from the infinite-width law
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
all_norms = [*norms, *descent_norms]
check_fits(width=width, dim=dim, depth=depths, repeats=len(norms) * len(seeds), norms=all_norms, tolerance=tolerance)
check_fits(width=initial_width, dim=max(initial_dims))

# %% [markdown]
# ## The setting
#
# At the default parameters one pattern $x$ of norm 1 to 30 in $d = 32$ dimensions is stored in networks of depth $L = 2, 3, 4$, by gradient flow down to a mean squared
# error of $10^{-7}$. Its Jacobian is taken before training, $J_0$, and after, $J_T$. The report compares their spectral radii, $|\rho(J_T) - \rho(J_0)|$, which can
# agree for very different matrices; $\lVert J_T - J_0 \rVert_2$ compares the matrices, and both are shown. Each condition is repeated
# with new patterns and weights. At infinite width the trained Jacobian's law is known exactly ({doc}`../infinite_width`): it is sampled for depth 2, and the norm
# of the rank-one change $J_T - J_0$ at every depth.

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.from_hours_to_a_second import flow_and_descent
from book.experiments.single_example import initial_jacobian, limit_single_example, single_example
from book.statistics import intervals, summaries, verdicts
from book.statistics import single_example as tables
from book.sweep import grid, sweep
from sigae.activations import get_activation

# %% tags=["hide-input"]
shared = {"dim": dim, "activation": activation}
training = {"width": width, "norm": norms, "tolerance": tolerance, "step_tolerance": step_tolerance}
trained = sweep(single_example, grid(**shared, depth=depths, **training, seed=seeds), device=device)
# The law at infinite width depends on the norm alone, not on the pattern's direction: one seed serves all. Depth 2 is
# always sampled, where all of the law is known.
exact = {"depth": sorted({2, *depths}), "norm": norms, "seed": seeds[0], "samples": limit_samples}
limit = sweep(limit_single_example, grid(**shared, **exact))
wide = {"activation": activation, "dim": initial_dims, "width": initial_width, "norm": 1, "seed": initial_seeds}
initial = sweep(initial_jacobian, grid(**wide), device=device)
saturating = sweep(initial_jacobian, grid(**shared, width=width, norm=norms, seed=initial_seeds), device=device)
by_descent = {"norm": descent_norms, "learning_rate": learning_rate, "tolerance": tolerance}
descent = sweep(flow_and_descent, grid(**shared, width=width, seed=seeds[0], **by_descent), device=device)

# %% tags=["remove-input"]
publish.failures(trained=trained, limit=limit, initial=initial, saturating=saturating)
publish.failures(descent=descent, optional=["descent"])
depths, norms = summaries.remaining(trained, "depth", "norm")
shallow = limit[limit["depth"] == 2]
target = 2 * get_activation(activation).slope_at_zero

# %% [markdown]
# ## Before training
#
# {numref}`fig-single-initial` has the operator norm of the untrained Jacobian against the dimension, {numref}`fig-single-initial-norm` against the norm of the point.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-initial", "caption": "Operator norm of the untrained two-layer network's Jacobian at a point of norm 1, against the dimension d. Mean and range over seeds; the dashed line is the large-d limit 2 φ'(0), which is 1/2 for the sigmoid."}, "image": {"alt": "The operator norm rises slowly with the dimension towards the dashed line at two times the slope at zero.", "width": "75%"}}
by_dimension = summaries.over_seeds(initial, "operator_norm", ["dim"]).assign(activation=activation)
publish.figure(
    figures.against(
        by_dimension,
        x="dim",
        y_label=r"operator norm $\|J_0\|_2$",
        colour_by="activation",
        references={r"$2\,\phi'(0)$": target},
        log="x",
    )
)

# %% tags=["hide-input"]
publish.table(by_dimension, "single_initial_by_dimension")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-initial-norm", "caption": "Operator norm of the untrained two-layer network's Jacobian against the norm of the point. Mean and range over seeds. Without markers: infinite width, with the band that holds 90 % of networks. Dashed: 2 φ'(0)."}, "image": {"alt": "The operator norm starts just below the dashed line and falls steadily with the norm, on top of the infinite-width curve.", "width": "75%"}}
by_norm = summaries.over_seeds(saturating, "operator_norm", ["norm"]).assign(activation=activation)
exact_by_norm = summaries.over_samples(shallow, "initial_operator_norm", ["norm"])
publish.figure(
    figures.against(
        by_norm,
        y_label=r"operator norm $\|J_0\|_2$",
        colour_by="activation",
        limit=exact_by_norm,
        references={r"$2\,\phi'(0)$": target},
    )
)

# %% tags=["hide-input"]
publish.table(by_norm, "single_initial_by_norm")

# %% tags=["remove-cell"]
at_first = saturating.loc[saturating["norm"].eq(norms[0]), "operator_norm"]
publish.numbers(
    d=dim,
    target=target,
    slope=target / 2,
    operator_norm_error=intervals.half_width(at_first),
    largest_dim=initial_dims[-1],
    initial_width=initial_width,
    smallest_dim=initial_dims[0],
)

# %% tags=["remove-cell"]
publish.numbers(
    operator_norm_smallest_dim=by_dimension["mean"].iloc[0],
    operator_norm_largest_dim=by_dimension["mean"].iloc[-1],
    first_norm=norms[0],
    last_norm=norms[-1],
    operator_norm_first=by_norm["mean"].iloc[0],
    operator_norm_last=by_norm["mean"].iloc[-1],
)

# %% [markdown]
# At norm {glue:text}`first_norm`, $d$ = {glue:text}`d` and $m$ = {glue:text}`width` the operator norm is
# {glue:text}`operator_norm_first:.3f` ±
# {glue:text}`operator_norm_error:.3f` (95 % interval of the mean). At norm 1 and $m$ = {glue:text}`initial_width` it
# grows from
# {glue:text}`operator_norm_smallest_dim:.3f` at $d$ = {glue:text}`smallest_dim` to
# {glue:text}`operator_norm_largest_dim:.3f` at
# $d$ = {glue:text}`largest_dim`. In few dimensions the largest singular value of a Gaussian matrix lies
# below the edge of its spectrum, and a width that is not large beside $d$ puts it above. And {glue:text}`target:.2f` is a small-norm statement: from norm {glue:text}`first_norm` to norm {glue:text}`last_norm` the
# operator norm falls from {glue:text}`operator_norm_first:.2f` to {glue:text}`operator_norm_last:.2f`, because the hidden units
# saturate, as the infinite-width law says, too.

# %% tags=["hide-input"]
found = tables.concentration(saturating, initial, activation) if activation == "sigmoid" else []  # C1 is about it
tried = tables.up_to_each_norm(saturating, initial, activation, norms)
publish.verdict(verdicts.judge("C1", found, choices=[tried]), figure="fig-single-initial-norm")

# %% [markdown]
# ## Before against after training
#
# {numref}`fig-single-change` shows the difference by three measures: the report's, that of the largest eigenvalue
# norms; that of the matrices; and the latter over the norm of $J_0$.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-change", "caption": "How much training changes the Jacobian at the pattern, against the pattern's norm, for depths 2, 3 and 4. Left: difference of the spectral radii, the report's measure. Middle: operator norm of the difference of the matrices. Right: the latter over the initial operator norm. Bands: range over seeds. Dashed: infinite width, with the band that holds 90 % of networks (on the left worked out for depth 2 only; on the right not drawn)."}, "image": {"alt": "Three panels. On the left and in the middle the curve of depth 2 lies highest, depth 3 well below it and depth 4 lowest; on the right the three lie close together."}}
changes = tables.changes(trained, ["depth", "norm"])
publish.figure(
    figures.against(
        changes,
        y_label="change in training",
        colour_by="depth",
        panel_by="quantity",
        limit=tables.limit_changes(limit, depths, ["depth", "norm"]),
        panel_titles=tables.TITLES,
        share_y=False,
        log="y",
    )
)

# %% tags=["hide-input"]
publish.table(changes, "single_change")
publish.networks(
    trained, "single_networks", "radius_change", "jacobian_change", "initial_operator_norm", "final_radius"
)

# %% tags=["remove-cell"]
publish.numbers(
    width=width,
    deep_over_limit=tables.over_limit(trained, limit, depths[-1]),
    **summaries.failure_counts(trained),
    shallowest=depths[0],
    deepest=depths[-1],
    **tables.change_statistics(tables.mean_changes(trained)),
)

# %% [markdown]
# Averaged over all norms and seeds, the radii differ by {glue:text}`radius_change_shallow:.3f` at depth
# {glue:text}`shallowest` and by {glue:text}`radius_change_deep:.5f` at depth {glue:text}`deepest`, the matrices by
# {glue:text}`jacobian_change_shallow:.3f` and {glue:text}`jacobian_change_deep:.4f`: in both senses the Jacobians grow
# more alike. But each further sigmoid layer also multiplies the whole Jacobian by a slope of at most
# {glue:text}`slope:.2f`. Divided by $\lVert J_0 \rVert_2$, the change is {glue:text}`relative_change_shallow:.2f`,
# {glue:text}`relative_change_middle:.2f` and {glue:text}`relative_change_deep:.2f` from the shallowest to the deepest:
# most of what deep Jacobians gain in likeness, they gain by being small. They are also far from their limit: at depth
# {glue:text}`deepest` and width {glue:text}`width` the change is {glue:text}`deep_over_limit:.1f` times that at
# infinite width, where the fluctuations of a finite network's kernel are absent.

# %% tags=["hide-input"]
tried = tables.from_each_norm("C2", trained, lambda table: tables.alike_with_depth(table, depths))
publish.verdict(
    verdicts.judge("C2", tables.alike_with_depth(trained, depths), choices=[tried]), figure="fig-single-change"
)

# %% [markdown]
# ## Is the pattern an attractor?
#
# It is where the spectral radius after training is below one ({numref}`fig-single-radius`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-radius", "caption": "Spectral radius of the trained network's Jacobian at its pattern, against the pattern's norm, for depths 2, 3 and 4. Bands: range over seeds. Without markers: infinite width at depth 2, with the band that holds 90 % of networks. Below the dashed line the pattern is an attractor."}, "image": {"alt": "All curves lie far below the dashed line at one; deeper networks have smaller radii.", "width": "75%"}}
radii = summaries.over_seeds(trained, "final_radius", ["depth", "norm"], worst="final_radius")
exact_radii = summaries.over_samples(shallow, "final_radius", ["norm"])
publish.figure(
    figures.against(
        radii,
        y_label=r"spectral radius $\rho(J_T)$",
        colour_by="depth",
        limit=exact_radii,
        references={r"$\rho = 1$": 1.0},
    )
)

# %% tags=["hide-input"]
publish.table(radii, "single_radius")

# %% tags=["remove-cell"]
networks = summaries.converged(trained)
publish.numbers(
    worst_radius=networks["final_radius"].max(),
    attractors=int(networks["final_radius"].lt(1).sum()),
    networks=len(networks),
    limit_radius_high=exact_radii["high"].max(),
)

# %% [markdown]
# The largest spectral radius of any trained network is {glue:text}`worst_radius:.2f`, and at infinite width 95 % of two-layer
# networks stay below {glue:text}`limit_radius_high:.2f` at every norm tried.

# %% tags=["hide-input"]
tried = tables.from_each_norm("C3", trained, tables.always_an_attractor)
found = tables.always_an_attractor(trained)
publish.verdict(verdicts.judge("C3", found, choices=[tried]), figure="fig-single-radius")

# %% [markdown]
# ## How it differs from the report
#
# The report trains with gradient descent. Here the gradient flow which descent discretises is integrated, and descent
# is repeated with two layers, one seed and a few norms to
# see how near it ends.

# %% tags=["hide-input"]
columns = ["norm", "descent_steps", "equivalent_steps", "radius_descent", "radius_flow", "difference"]
publish.table(descent.reindex(columns=columns), "single_descent")

# %% tags=["remove-cell"]
followed = summaries.converged(descent).reindex(columns=columns)
publish.numbers(
    learning_rate=learning_rate,
    norms_of_report=30,
    norms_used=len({*norms} & {*range(1, 31)}),
    descent_difference_percent=100 * followed["difference"].max(),
    descent_steps=followed["descent_steps"].max(),
)

# %% [markdown]
# With learning rate {glue:text}`learning_rate:.0f` the Jacobians of the two differ by at most {glue:text}`descent_difference_percent:.1f` % in Frobenius
# norm, after up to {glue:text}`descent_steps` descent steps, at the norms tried.
#
# - Parameterisation, initialisation and sampling are inferred, as the report's module `utils` was not published ({doc}`../method`).
# - The report draws each condition once and shows no error bars; here every condition has its own band.
# - The report trains at every whole norm from 1 to 30, and plots against the position in a list, so that its axis
#   reads 0 for norm 1. Here
#   {glue:text}`norms_used` of those {glue:text}`norms_of_report` norms stand for all; the preset `report` has every
#   one.
# - The report's figure shows a single number per depth and norm, computed by a function that was not published. Its
#   axis calls it the difference
#   between the largest eigenvalue norms, which is what the left panel of {numref}`fig-single-change` shows.
# - The report keeps every loss and output of a training that may never end; here training is bounded.
#   {glue:text}`converged`.
# - Neither the fall of the initial operator norm at large norms nor the size of deep Jacobians is mentioned in the report.
#
# **What was learned.** One pattern is an attractor of {glue:text}`attractors` of {glue:text}`networks` networks, over
# all norms and depths tried. Training changes a
# deeper network's Jacobian less, mostly because all of it is
# small; and before training its norm is near {glue:text}`target:.2f` for small patterns in many dimensions only.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=01 PARAMETERS="width=2000 seeds=[0,1,2,3,4]"
# ```
