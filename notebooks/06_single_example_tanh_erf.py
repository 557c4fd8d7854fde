# %% [markdown]
# # A single training example, with tanh and erf
#
# Do the results for one pattern also hold for tanh and erf?
#
# Not at small norms. With tanh and erf the Jacobian is larger from the start, and training on one pattern leaves most
# of it unchanged. At norm {glue:text}`first_norm` the pattern is not an attractor in {glue:text}`unstable`.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Depth, Device, Distinct, Positive, Seed, Tolerance

# %% tags=["parameters"]
activations: Distinct[Activation] = ["tanh", "erf"]  # of sigmoid, tanh and erf
dim: Count = 32  # dimension d of the pattern
width: Count = 1000  # hidden units m in each layer
depths: Ascending[Depth] = [2, 3, 4]  # numbers L of weight matrices
norms: Ascending[Positive] = [1, 2, 3, 5, 8, 14, 30]  # norms of the pattern
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws a pattern, a network and untrained ones
initial_dims: Ascending[Count] = [8, 16, 32, 64, 128, 256]  # dimensions of the untrained networks
initial_width: Count = 10_000  # hidden units of those networks
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
limit_samples: Count = 100  # Jacobians drawn at each norm at infinite width
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
from book.parameters import check, check_fits

check(globals())
repeats = len(activations) * len(norms) * len(seeds)
memory = check_fits(width=width, dim=dim, depth=depths, repeats=repeats, norms=norms, tolerance=tolerance)
memory = max(memory, check_fits(width=initial_width, dim=max(initial_dims)))

# %% tags=["remove-cell"]
from itertools import product

from matplotlib import rc_context

from book import figures, publish
from book.experiments.single_example import initial_jacobian, limit_single_example, single_example
from book.figures.style import MARKERS, draw_curve, draw_thresholds, legend, panels, point_out
from book.statistics import single_example as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from book.typeset import of_each
from sigae.activations import get_activation

# %% tags=["hide-input"]
shared = {"activation": [*dict.fromkeys(["sigmoid", *activations])], "seed": seeds}  # the sigmoid to compare with
networks = {"depth": depths, "tolerance": tolerance, "step_tolerance": step_tolerance}
small = {"dim": dim, "norm": norms, "width": width}
everything = sweep(single_example, grid(**shared, **small, **networks), memory=memory, device=device)
initial = sweep(initial_jacobian, grid(**shared, **small), memory=memory, device=device)
by_dimension = sweep(initial_jacobian, grid(**shared, dim=initial_dims, norm=1, width=initial_width), device=device)
exact = {"activation": activations, "dim": dim, "norm": norms[0], "seed": seeds[0], "samples": limit_samples}
limit = sweep(limit_single_example, grid(**exact))

# %% tags=["remove-input"]
(as_sigmoid,), trained = summaries.of_activation("sigmoid", everything), everything.query("activation in @activations")
publish.failures(trained=trained, limit=limit, initial=initial, by_dimension=by_dimension)
publish.failures(as_sigmoid=as_sigmoid, optional=["as_sigmoid"])
depths, norms = summaries.remaining(trained, "depth", "norm")
networks = summaries.converged(trained)
first = networks[networks["norm"].eq(norms[0])].groupby("activation", sort=False)["final_radius"]
drawn = limit.explode("final_radius").groupby("activation", sort=False)["final_radius"]
publish.numbers(
    limit_unstable=of_each({name: f"{100 * radii.ge(1).mean():.0f} %" for name, radii in drawn}),
    first_norm=norms[0],
    worst=networks["final_radius"].max(),
    last_unstable=networks.loc[networks["final_radius"].ge(1), "norm"].max(),
    unstable=of_each({name: f"{radii.ge(1).sum()} of {len(radii)} networks" for name, radii in first}, "with"),
    converged=summaries.convergence(trained),
)

# %% tags=["hide-input"]
slopes = initial["activation"].map(lambda name: get_activation(name).slope_at_zero)
ratios = initial.assign(ratio=initial["operator_norm"] / (2 * slopes))
changes = summaries.converged(everything).groupby(["activation", "depth", "seed"], sort=False)["radius_change"].mean()
changes = changes.groupby(["activation", "depth"], sort=False).agg(mean="mean", low="min", high="max").reset_index()
ratios = summaries.over_seeds(ratios, "ratio", ["activation", "norm"])
radii = summaries.over_seeds(everything, "final_radius", ["activation", "norm"])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-single-tanh-erf", "caption": "One pattern, three activations: mean and range over seeds, in the last panel over seeds and depths. Before training: two layers. Change in training: averaged over norms."}, "image": {"alt": "Left, the three curves start near one and fall with the norm, tanh and erf earlier than the sigmoid. Middle, the sigmoid's change falls steeply with depth, those of tanh and erf hardly. Right, the sigmoid's radius is far below one everywhere, those of tanh and erf reach beyond one at norm 1 and fall."}}
with rc_context(figures.STYLE):
    drawing, axes = panels(1, 3, share_y=False, share_x=False)
    before, change, after = axes[0]
    for ax, (x, table) in zip(axes[0], [("norm", ratios), ("depth", changes), ("norm", radii)], strict=True):
        for marker, (name, part) in zip(MARKERS, table.groupby("activation", sort=False), strict=False):
            draw_curve(ax, part, x, name, {"color": figures.colour("activation", name)}, marker)
    before.set(title=r"before: $\|J_0\|_2 \,/\, 2\,\phi'(0)$", xlabel="norm $r$ of the pattern")
    change.set(title=r"change: $|\rho(J_T) - \rho(J_0)|$", xlabel="depth $L$", xticks=depths, yscale="log")
    after.set(title=r"after: $\rho(J_T)$", xlabel="norm $r$ of the pattern")
    draw_thresholds(axes[:, 2:], {r"$\rho = 1$": 1})
    for worst in networks.nlargest(1, "final_radius").query("final_radius >= 1").itertuples():
        point_out(after, "no attractor", (worst.norm, worst.final_radius), (0.3, 0.9))
    legend(drawing, axes)
publish.figure(drawing)
publish.table(summaries.over_seeds(trained, "final_radius", ["activation", "depth", "norm"]), "single_radius_tanh_erf")

# %% [markdown]
# The experiment is that of {doc}`01_single_example`. The largest spectral radius with tanh and erf is
# {glue:text}`worst:.2f` ({numref}`fig-single-tanh-erf`), and some patterns are not attractors up to norm
# {glue:text}`last_unstable`. The slope at zero, $\phi'(0)$, is $1/4$ for the sigmoid, $1$ for tanh and $2/\sqrt\pi$ for
# erf. Before training $\rho$ should be near it by the circular law.
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(1, 32, norm=1, seed=0)  # one pattern, (1, 32)

for activation in ("sigmoid", "tanh", "erf"):
    model = sigae.Autoencoder(32, 1000, depth=2, activation=activation, seed=0)
    before = sigae.jacobian(model, points)[0]  # J_0, (32, 32)
    result = sigae.train(model, points, tolerance=1e-7, step_tolerance=0.03)
    after = sigae.jacobian(model, points)[0]  # J_T
    print(f"{activation}, converged: {result.converged}")
    print("  before:", sigae.eigenvalue_norms(before)[:6].numpy().round(3))
    print("  after: ", sigae.eigenvalue_norms(after)[:6].numpy().round(3))
    print(f"  operator norm of the change: {sigae.operator_norm(after - before):.3f}")

# %% [markdown]
# ## Why small norms fail
#
# At infinite width, training on one pattern changes the Jacobian of a two-layer network by a matrix of rank one. The
# rest of $J_0$ stays, with a spectral radius of about $\phi'(0)$. At norm {glue:text}`first_norm` the share of such
# networks with $\rho \geq 1$ is {glue:text}`limit_unstable`. At larger norms the hidden units saturate, and $J_0$
# shrinks. Sigmoid layers, with slopes up to $1/4$, shrink the Jacobian and its change. Tanh and erf layers do not.
#
# ## Verdicts

# %% tags=["hide-input"]
sigmoid = summaries.of_activation("sigmoid", initial, by_dimension)
alike = tables.concentration(*sigmoid, "sigmoid")
for name in activations:
    mine = summaries.of_activation(name, initial, by_dimension)
    tried = tables.up_to_each_norm(*mine, name, norms, sigmoid)
    judged = verdicts.judge_again("C1", tables.concentration(*mine, name), name, alike, choices=[tried])
    publish.verdict(judged, figure="fig-single-tanh-erf")

# %% tags=["hide-input"]
asked = {"C2": lambda table: tables.alike_with_depth(table, depths), "C3": tables.always_an_attractor}
for (claim, evidence_of), name in product(asked.items(), activations):
    (mine,) = summaries.of_activation(name, trained)
    tried = tables.from_each_norm(claim, mine, evidence_of, as_sigmoid)
    judged = verdicts.judge_again(claim, evidence_of(mine), name, evidence_of(as_sigmoid), choices=[tried])
    publish.verdict(judged, figure="fig-single-tanh-erf")

# %% [markdown]
# ## Differences from the report
#
# The report proposes this experiment but does not do it. The differences on the page {doc}`01_single_example` apply
# here, too. {glue:text}`converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=06 PARAMETERS="activations=[tanh] depths=[2,5]"
# ```
