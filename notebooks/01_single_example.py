# %% [markdown]
# # A single training example
#
# Does training on one pattern make it an attractor, and how much does training change the Jacobian?
#
# The pattern becomes an attractor in {glue:text}`attractors` of {glue:text}`networks` networks. Training changes the
# Jacobian of a deeper network less, mostly because the Jacobian of a deeper network is smaller from the start.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Depth, Device, Positive, Seed, Tolerance, check, check_fits

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 32  # dimension d of the pattern
width: Count = 1000  # hidden units m in each layer
depths: Ascending[Depth] = [2, 3, 4]  # numbers L of weight matrices
norms: Ascending[Positive] = [1, 2, 3, 5, 8, 14, 30]  # norms of the pattern
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws a pattern, a network and untrained ones
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
initial_dims: Ascending[Count] = [8, 16, 32, 64, 128, 256]  # dimensions of the untrained networks
initial_width: Count = 10_000  # hidden units of those networks
limit_samples: Count = 100  # Jacobians drawn at each norm at infinite width
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
repeats = len(norms) * len(seeds)
memory = check_fits(width=width, dim=dim, depth=depths, repeats=repeats, norms=norms, tolerance=tolerance)
memory = max(memory, check_fits(width=initial_width, dim=max(initial_dims)))

# %% tags=["remove-cell"]
import pandas as pd
from matplotlib import rc_context

from book import figures, publish
from book.experiments.single_example import initial_jacobian, limit_single_example, single_example
from book.figures.style import INK, draw_curve, draw_thresholds, legend, panels, point_out
from book.statistics import single_example as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from sigae.activations import get_activation

# %% tags=["hide-input"]
shared = {"dim": dim, "activation": activation}
training = {"width": width, "norm": norms, "tolerance": tolerance, "step_tolerance": step_tolerance}
trained = sweep(single_example, grid(**shared, depth=depths, **training, seed=seeds), memory=memory, device=device)
# At infinite width nothing depends on the pattern's direction: one seed serves all.
exact = {"depth": sorted({2, *depths}), "norm": norms, "seed": seeds[0], "samples": limit_samples}
limit = sweep(limit_single_example, grid(**shared, **exact))
wide = {"activation": activation, "dim": initial_dims, "width": initial_width, "norm": 1, "seed": seeds}
initial = sweep(initial_jacobian, grid(**wide), memory=memory, device=device)
saturating = sweep(initial_jacobian, grid(**shared, width=width, norm=norms, seed=seeds), memory=memory, device=device)
publish.failures(trained=trained, limit=limit, initial=initial, saturating=saturating)
depths, norms = summaries.remaining(trained, "depth", "norm")
deep = limit[limit["depth"].isin(depths)]

# %% [markdown]
# The Jacobian $J_T$ is the derivative of the trained network's output with respect to its input, at the pattern. Its
# spectral radius $\rho(J_T)$ is the largest norm $|\lambda|$ of its eigenvalues. A pattern that the network maps to
# itself is an attractor if $\rho < 1$: iterates that start nearby converge to it, the faster the smaller $\rho$. The
# largest $\rho$ of any trained network is {glue:text}`worst_radius:.2f` ({numref}`fig-single-radius`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-radius", "caption": "Spectral radius of the trained Jacobian at the pattern, against the norm r of the pattern, by depth L (number of weight matrices). With markers: networks, mean and range over seeds. Dotted: the largest of any seed. Without markers: infinite width, with the band that holds 90 % of networks. Dashed: one, below which the pattern is an attractor."}, "image": {"alt": "All curves lie far below the dashed line at one; deeper networks have smaller radii."}}
radii = summaries.over_seeds(trained, "final_radius", ["depth", "norm"], worst="final_radius")
drawing = figures.against(
    radii,
    y_label=r"spectral radius $\rho(J_T)$",
    colour_by="depth",
    limit=summaries.over_samples(deep, "final_radius", ["depth", "norm"]),
    references={r"$\rho = 1$": 1.0},
)
networks = summaries.converged(trained)
worst = networks.loc[networks["final_radius"].idxmax()]
point_out(drawing.axes[0], "the largest of all networks", (worst["norm"], worst["final_radius"]), (0.2, 0.5))
publish.figure(drawing)
publish.table(radii, "single_radius")
attractors = int(networks["final_radius"].lt(1).sum())
publish.numbers(worst_radius=worst["final_radius"], attractors=attractors, networks=len(networks))

# %% [markdown]
# ## Setting
#
# Networks with $L$ weight matrices and {glue:text}`width` hidden units per layer store one pattern $x$ of norm $r$ in
# {glue:text}`dim` dimensions. Each seed draws a pattern and a network. $J_0$ is the Jacobian at $x$ before training,
# $J_T$ after it. At infinite width the distribution of $J_T$ is known exactly ({doc}`../infinite_width`).
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(1, 32, norm=10, seed=0)  # one pattern, (1, 32)
model = sigae.Autoencoder(32, 1000, depth=2, activation="sigmoid", seed=0)

before = sigae.jacobian(model, points)[0]  # J_0, (32, 32)
result = sigae.train(model, points, tolerance=1e-7, step_tolerance=0.03)
after = sigae.jacobian(model, points)[0]  # J_T

print("converged:", result.converged)
for name, J in {"before": before, "after": after}.items():
    print(f"{name}: eigenvalue norms", sigae.eigenvalue_norms(J)[:6].numpy().round(3))
    print(f"{name}: operator norm {sigae.operator_norm(J):.3f}")
print(f"operator norm of the change: {sigae.operator_norm(after - before):.3f}")

# %% [markdown]
# The sweep does this for every depth, norm and seed ({py:func}`~book.experiments.single_example.single_example`).
#
# ## Before training
#
# The operator norm $\lVert J_0 \rVert_2$ is the largest factor by which $J_0$ stretches a vector. In an untrained
# two-layer network with activation $\phi$ it is near $2 \phi'(0)$, which is $1/2$ for the sigmoid, only for patterns of
# small norm in many dimensions ({numref}`fig-single-initial-norm`).
#
# As the norm grows, the hidden units saturate and $\lVert J_0 \rVert_2$ falls. At norm {glue:text}`last_norm` it is
# {glue:text}`operator_norm_last:.2f`. In few dimensions it is smaller, too: at small norm $J_0$ is nearly a Gaussian
# matrix, whose operator norm approaches its limit from below as the dimension grows.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-initial-norm", "caption": "Operator norm of the Jacobian of untrained two-layer networks. Left: against the norm r of the pattern. Right: against its dimension d, at norm 1 and in wider networks. With markers: networks, mean and range over seeds. Without markers: infinite width, with the band that holds 90 % of networks. Dashed: twice the slope of the activation at zero."}, "image": {"alt": "Left, the operator norm starts just below the dashed line and falls steadily with the norm, on top of the infinite-width curve. Right, it rises slowly with the dimension towards the dashed line."}}
by_norm = summaries.over_seeds(saturating, "operator_norm", ["norm"])
by_dimension = summaries.over_seeds(initial, "operator_norm", ["dim"])
with rc_context(figures.STYLE):
    drawing, axes = panels(1, 2, share_y=True, share_x=False)
    (left, right), style = axes[0], {"color": figures.colour("activation", activation)}
    exact = summaries.over_samples(limit[limit["depth"].eq(2)], "initial_operator_norm", ["norm"])
    draw_curve(left, exact, "norm", "infinite width", {"color": INK}, "")
    draw_curve(left, by_norm, "norm", "networks", style, "o")
    draw_curve(right, by_dimension, "dim", "networks", style, "o")
    left.set(xlabel="norm $r$ of the pattern", ylabel=r"operator norm $\|J_0\|_2$")
    right.set(xlabel="dimension $d$", xscale="log", xticks=initial_dims, xticklabels=initial_dims)
    right.minorticks_off()
    draw_thresholds(axes, {r"$2\,\phi'(0)$": 2 * get_activation(activation).slope_at_zero})
    legend(drawing, axes)
publish.figure(drawing)

# %% tags=["hide-input"]
publish.table(by_norm, "single_initial_by_norm")
publish.table(by_dimension, "single_initial_by_dimension")
publish.numbers(last_norm=norms[-1], operator_norm_last=by_norm["mean"].iloc[-1])
relative = tables.mean_changes(trained).groupby("depth")["relative_change"].mean()
publish.numbers(shallowest=depths[0], deepest=depths[-1], dim=dim, width=width)
publish.numbers(relative_change_shallow=relative.iloc[0], relative_change_deep=relative.iloc[-1])
publish.numbers(norms_used=len({*norms} & {*range(1, 31)}), converged=summaries.convergence(trained))

# %% [markdown]
# ## What training changes
#
# The report compares spectral radii before and after training. The norm $\lVert J_T - J_0 \rVert_2$ compares the
# matrices themselves. Both measures of change shrink with depth ({numref}`fig-single-change`). But so does the Jacobian
# itself: each further sigmoid layer multiplies it by slopes of at most $1/4$. Relative to $\lVert J_0 \rVert_2$ the
# change is {glue:text}`relative_change_shallow:.2f` at depth {glue:text}`shallowest` and
# {glue:text}`relative_change_deep:.2f` at depth {glue:text}`deepest`, averaged over the norms. Deep networks of this
# width change more than infinitely wide ones.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-change", "caption": "Change of the Jacobian in training, against the norm r of the pattern, by depth L (number of weight matrices). First panel: change of the spectral radius, the report's measure. Second: operator norm of the change. Third: the same over the operator norm before training. With markers: networks, mean and range over seeds. Without markers: infinite width, with the band that holds 90 % of networks."}, "image": {"alt": "Three panels. On the left and in the middle the curve of depth 2 lies highest, depth 3 well below it and depth 4 lowest; on the right the three lie close together."}}
by, titles = ["depth", "norm"], [r"$|\rho(J_T) - \rho(J_0)|$", r"$\|J_T - J_0\|_2$", r"$\|J_T - J_0\|_2 / \|J_0\|_2$"]
titles = dict(zip(tables.CHANGES, titles, strict=True))
exact = pd.concat([summaries.over_samples(deep, name, by).assign(quantity=name) for name in titles])
changes = tables.changes(trained, by)
wanted = {"y_label": "change in training", "colour_by": "depth", "panel_by": "quantity", "panel_titles": titles}
publish.figure(figures.against(changes, **wanted, limit=exact, share_y=False, log="y"))
publish.table(changes, "single_change")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
found = tables.concentration(saturating, initial, activation) if activation == "sigmoid" else []  # C1 is about it
tried = tables.up_to_each_norm(saturating, initial, activation, norms)
publish.verdict(verdicts.judge("C1", found, choices=[tried]), figure="fig-single-initial-norm")

# %% tags=["hide-input"]
found = tables.alike_with_depth(trained, depths)
tried = tables.from_each_norm("C2", trained, lambda table: tables.alike_with_depth(table, depths))
publish.verdict(verdicts.judge("C2", found, choices=[tried]), figure="fig-single-change")

# %% tags=["hide-input"]
found = tables.always_an_attractor(trained)
tried = tables.from_each_norm("C3", trained, tables.always_an_attractor)
publish.verdict(verdicts.judge("C3", found, choices=[tried]), figure="fig-single-radius")

# %% [markdown]
# ## Differences from the report
#
# - The report trains by gradient descent, this book by gradient flow ({doc}`09_from_hours_to_a_second`).
# - The report draws each condition once, at every whole norm from 1 to 30. Here {glue:text}`norms_used` of these norms
#   are used; the preset `report` has them all.
# - Parameterisation, initialisation and sampling are inferred, since the report's module `utils` was not published
#   ({doc}`../method`). {glue:text}`converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=01 PARAMETERS="width=2000 seeds=[0,1,2,3,4]"
# ```
