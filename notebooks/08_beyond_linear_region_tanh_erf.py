# %% [markdown]
# # Beyond the linear region, with tanh and erf
#
# With tanh and erf, too, do several patterns become attractors as their norm grows?
#
# They do, as with the sigmoid: the spectral radius $\rho$ of the trained Jacobian falls below one.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Device, Distinct, Positive, Seed, Tolerance, check, check_fits

# %% tags=["parameters"]
activations: Distinct[Activation] = ["tanh", "erf"]  # of sigmoid, tanh and erf
dim: Count = 32  # dimension d of the patterns
widths: Ascending[Count] = [1000, 10_000]  # hidden units m
n_points: Ascending[Count] = [2, 5, 10]  # numbers n of patterns
norms: Ascending[Positive] = [3, 4, 5, 6, 9, 15, 21, 30, 52]  # norms of the patterns
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws patterns and a network
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
limit_samples: Count = 10  # Jacobians drawn at each pattern at infinite width
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
repeats = len(activations) * len(norms) * len(seeds)
memory = check_fits(width=widths, dim=dim, n_points=n_points, repeats=repeats, norms=norms, tolerance=tolerance)

# %% tags=["remove-cell"]
import pandas as pd

from book import figures, publish
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures.style import point_out
from book.statistics import beyond_linear_region as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from book.typeset import of_each

# %% tags=["hide-input"]
shared = {"activation": activations, "dim": dim, "n_points": n_points, "seed": seeds}
training = {"width": widths, "norm": norms, "tolerance": tolerance, "step_tolerance": step_tolerance}
trained = sweep(trained_spectrum, grid(**shared, **training), memory=memory, device=device)
alike = grid(**shared | {"activation": "sigmoid"}, **training)
as_sigmoid = sweep(trained_spectrum, alike, memory=memory, device=device)
everything = shared | {"activation": [*dict.fromkeys(["sigmoid", *activations])], "seed": seeds[:3]}
limit = sweep(limit_spectrum, grid(**everything, norm=norms, samples=limit_samples))
publish.failures(trained=trained, limit=limit, as_sigmoid=as_sigmoid, optional=["as_sigmoid"])

# %% tags=["hide-input"]
n_points, widths, norms = summaries.remaining(trained, "n_points", "width", "norm")
axes = ["activation", "n_points", "width", "norm"]
radii = summaries.over_seeds(trained, "radius_mean", axes, worst="radius_worst")
alone = as_sigmoid[["sigmoid" not in activations] * len(as_sigmoid)]
beside = summaries.over_seeds(alone, "radius_mean", axes)
exact = summaries.over_samples(limit, "radii", ["activation", "n_points", "norm"])
below = {name: tables.all_attractors_from(*summaries.of_activation(name, trained)) for name in activations}
publish.numbers(attractors=of_each(below), converged=summaries.convergence(trained))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-beyond-radius-tanh-erf", "caption": "Spectral radius of the trained Jacobian: mean over the training points, then mean and range over seeds. Without markers: infinite width. Rows: widths."}, "image": {"alt": "With 2 patterns all curves start near one, with more those of tanh and erf start above one. All fall with the norm, those of tanh and erf faster than the sigmoid's, and the narrower networks faster than infinite width."}}
curves, wanted = pd.concat([beside, radii.drop(columns="worst")]), {"y_label": r"$\rho(J)$", "colour_by": "activation"}
by = {"panel_by": "n_points", "row_by": "width", "references": {r"$\rho = 1$": 1.0}}
drawing = figures.against(curves, **wanted, **by, limit=exact.drop(columns=["low", "high"]))
above = radii[radii["n_points"].eq(n_points[-1]) & radii["width"].eq(widths[0]) & radii["mean"].gt(1)]
for at in above.nlargest(1, "mean").itertuples():
    place = drawing.axes[len(n_points) - 1]
    point_out(place, f"{at.activation} starts above one", (at.norm, at.mean), (0.36, 0.93))
publish.figure(drawing)
publish.table(radii, "beyond_radius_tanh_erf")

# %% [markdown]
# Every pattern of every network is an attractor {glue:text}`attractors` ({numref}`fig-beyond-radius-tanh-erf`). As with
# the sigmoid, the narrower networks deviate from the infinite-width limit first. The experiment is that of
# {doc}`03_beyond_linear_region`.
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

for norm in (3, 30):
    points = sigae.sphere_points(10, 32, norm=norm, seed=0)  # ten patterns
    for activation in ("sigmoid", "tanh", "erf"):
        model = sigae.Autoencoder(32, 10_000, depth=2, activation=activation, seed=0)
        before = sigae.spectral_radius(sigae.jacobian(model, points))  # one per pattern
        result = sigae.train(model, points, tolerance=1e-7, step_tolerance=0.03)
        after = sigae.spectral_radius(sigae.jacobian(model, points))
        print(f"{activation}, norm {norm}, error below 1e-7: {result.converged}")
        print(f"  mean rho {before.mean():.2f} before, {after.mean():.2f} after")

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
alike = tables.drop_below_one(as_sigmoid)
for name in activations:
    (mine,) = summaries.of_activation(name, trained)
    choices = [tables.up_to_each_norm(mine, as_sigmoid)]
    again = verdicts.judge_again("C5", tables.drop_below_one(mine), name, alike, choices=choices)
    publish.verdict(again, figure="fig-beyond-radius-tanh-erf")

# %% [markdown]
# ## Differences from the report
#
# The report proposes this experiment but does not run it. The differences on the page {doc}`03_beyond_linear_region`
# apply here, too. {glue:text}`converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=08 PARAMETERS="activations=[erf] widths=[2000] n_points=[4]"
# ```
