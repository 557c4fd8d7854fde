# %% [markdown]
# # Sigmoid, tanh and erf
#
# With which activation do patterns become attractors at the smallest norms?
#
# With the sigmoid. With tanh and erf the spectral radius $\rho$ of the Jacobian, its largest eigenvalue norm, exceeds
# one at small norms.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Device, Distinct, Positive, Seed, Tolerance

# %% tags=["parameters"]
activations: Distinct[Activation] = ["sigmoid", "tanh", "erf"]  # of sigmoid, tanh and erf
report_points: dict[Activation, Count] = {"sigmoid": 10, "tanh": 20, "erf": 20}  # numbers n of patterns in the report
equal_points: Count = 20  # number n of patterns for all activations alike
dim: Count = 32  # dimension d of the patterns
width: Count = 10_000  # hidden units m
norms: Ascending[Positive] = [2, 4, 6, 8, 10, 14, 20, 30, 40, 50]  # norms of the patterns
seeds: Ascending[Seed] = [0, 1, 2]  # each draws patterns and a network
judged_seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # those at the smallest norm
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
descent_norms: Ascending[Positive] = [20, 40]  # norms at which the first seed is also trained by descent
learning_rate: Positive = 5  # of that gradient descent
explored_points: Ascending[Count] = [2, 5, 10]  # numbers of patterns in the interactive figure
explored_widths: Ascending[Count] = [1000, 10_000]  # widths there, beside infinity
explored_norms: Ascending[Positive] = [1, 2, 4, 8, 14, 25, 40]  # norms on its slider
limit_samples: Count = 5  # Jacobians drawn at each pattern at infinite width
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
from book.parameters import check, check_fits, require

check(globals())
missing = [name for name in activations if name not in report_points]
require(not missing, f"activations has {missing}, for which report_points has no value: give one, as in {{tanh: 10}}.")
repeats = len(norms) * len(seeds)
numbers, all_norms = [equal_points, *report_points.values()], [*norms, *descent_norms]
memory = check_fits(width=width, dim=dim, n_points=numbers, repeats=repeats, norms=all_norms, tolerance=tolerance)

# %% tags=["remove-cell"]
import pandas as pd

from book import figures, publish
from book.experiments.explorers import limit_eigenvalues, trained_eigenvalues
from book.experiments.from_hours_to_a_second import flow_and_descent
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures import explorers
from book.figures.style import point_out
from book.statistics import activations as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from book.typeset import of_each

# %% tags=["hide-input"]
stated = {name: report_points[name] for name in activations}
equal = dict.fromkeys(activations, equal_points)
training = {"dim": dim, "width": width, "tolerance": tolerance, "step_tolerance": step_tolerance}
pairs = dict.fromkeys([*stated.items(), *equal.items()])
every = tables.conditions(pairs, **training, norm=norms, seed=seeds)
trained = sweep(trained_spectrum, every, memory=memory, device=device)
few = tables.conditions(pairs, **training, norm=norms[0], seed=judged_seeds)
judged = sweep(trained_spectrum, few, memory=memory, device=device)
sampled = tables.conditions(pairs, dim=dim, norm=norms, seed=seeds, samples=limit_samples)
limit = sweep(limit_spectrum, sampled)
descending = {"dim": dim, "width": width, "tolerance": tolerance, "learning_rate": learning_rate}
descending = tables.conditions(stated.items(), **descending, norm=descent_norms, seed=seeds[0])
descent = sweep(flow_and_descent, descending, memory=memory, device=device)

# %% tags=["remove-input"]
publish.failures(trained=trained, judged=judged, limit=limit, descent=descent, optional=["descent"])
compared = {"the report's numbers of patterns": stated, f"{equal_points} patterns for each": equal}
columns = ["activation", "n_points", "norm", "radius_descent", "radius_flow"]
descended = summaries.converged(descent).reindex(columns=columns).rename(columns={"radius_descent": "mean"})
rings = {rf"descent, $\eta$ = {learning_rate:g}": tables.compared(descended, compared)} if len(descended) else {}
radii = summaries.over_seeds(trained, "radius_mean", ["activation", "n_points", "norm"], worst="radius_worst")
exact = summaries.over_samples(limit, "radii", ["activation", "n_points", "norm"])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-activations-radius", "caption": "Spectral radius of the trained Jacobian against the norm r of n patterns, for three activations. Curves with markers: networks; mean over patterns, then mean and range over seeds. Dotted: the largest radius at any pattern of any seed. Without markers: infinite width, with the band that holds 90 % of its values. Rings: the first seed's networks, trained by gradient descent."}, "image": {"alt": "Tanh and erf start above one, rise a little up to norm 4 and cross one near norm 10; the sigmoid starts at one, a little above with 20 patterns. From there all fall with the norm. Rings lie on the curves."}}
wanted = {"y_label": r"spectral radius $\rho(J)$", "colour_by": "activation", "panel_by": "comparison"}
both = {"limit": tables.compared(exact, compared), "rings": rings, "references": {r"$\rho = 1$": 1.0}}
drawing = figures.against(tables.compared(radii, compared), **wanted, **both)
drawing.set_figheight(2.5)
above = radii[radii["activation"].isin(["tanh", "erf"]) & radii["n_points"].eq(equal_points) & radii["mean"].gt(1)]
for top in above.nlargest(1, "mean").itertuples():
    words = f"{' and '.join(above['activation'].unique())} above one"
    point_out(drawing.axes[-1], words, (top.norm, top.mean), (0.4, 0.9))
publish.figure(drawing)
publish.table(radii, "activations_radius")

# %% tags=["remove-cell"]
means = radii[radii["n_points"].eq(equal_points)].pivot(index="norm", columns="activation", values="mean")
means = means[[*dict.fromkeys(radii["activation"])]]
first = means.dropna().iloc[0]
publish.numbers(dim=dim, width=width, equal_points=equal_points, first_norm=first.name, learning_rate=learning_rate)
publish.numbers(first_radii=of_each({name: f"{mean:.3f}" for name, mean in first.items()}))
publish.numbers(attractors=of_each({name: summaries.from_norm_on(means[name].dropna().lt(1)) for name in means}))
publish.numbers(descent_off=(descended["mean"] - descended["radius_flow"]).abs().max())
publish.numbers(norms_used=len({*norms} & {*range(2, 51)}), converged=summaries.convergence(trained, judged))

# %% [markdown]
# With {glue:text}`equal_points` patterns of norm {glue:text}`first_norm` the mean spectral radius is
# {glue:text}`first_radii` ({numref}`fig-activations-radius`). This mean is below one {glue:text}`attractors`.
#
# ## Setting
#
# Two-layer networks of {glue:text}`width` hidden units store $n$ patterns of norm $r$ in {glue:text}`dim` dimensions.
# Where $\rho < 1$, the pattern is an attractor. Since $\rho$ grows with $n$, the activations are compared twice: with
# the report's numbers of patterns, and with equal numbers. At the smallest norm the verdict rests on more seeds than
# the figure.
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(20, 32, norm=2, seed=0)  # 20 patterns, shape (20, 32)

for activation in ("sigmoid", "tanh", "erf"):
    model = sigae.Autoencoder(32, 10_000, depth=2, activation=activation, seed=0)
    before = sigae.spectral_radius(sigae.jacobian(model, points))  # one per pattern
    result = sigae.train(model, points, tolerance=1e-7, step_tolerance=0.03)
    after = sigae.spectral_radius(sigae.jacobian(model, points))
    print(f"{activation}, error below 1e-7: {result.converged}")
    print(f"  mean rho {before.mean():.2f} before, {after.mean():.2f} after")

# %% [markdown]
# {py:func}`~book.experiments.linear_region_and_beyond.trained_spectrum` does this for every network of the sweep.
#
# ## Why the slope at zero matters
#
# The slope at zero, $\phi'(0)$, is $1/4$ for the sigmoid, $1$ for tanh and $2/\sqrt\pi$ for erf. It scales the
# untrained Jacobian, which is random. Part of it remains after training, as a disc of eigenvalues around zero
# ({numref}`fig-spectra`), whose radius is derived on the page {doc}`02_linear_region`. The random part also scatters
# the eigenvalues that training puts near one, so that the largest of them exceeds one. The spectral radius of the mean
# Jacobian stays below one for every activation ({doc}`11_phase_diagram`). At large norm the order of the activations
# reverses, because units of larger slope saturate at a smaller norm.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-spectra", "caption": "Eigenvalues of the trained Jacobian in the complex plane, at that pattern of one network (the most patterns, the largest width) where the spectral radius is largest. Rows: activations. Columns: norms r of the patterns. Dots lie inside the unit circle, diamonds on it or outside."}, "image": {"alt": "A grid of complex planes, one row per activation and one column per norm of the patterns, each with the unit circle. At small norms some eigenvalues lie on or outside the circle; at large norms all lie inside."}}
one = {"activation": activations, "dim": dim, "seed": seeds[0], "n_points": explored_points, "norm": explored_norms}
trained_in = {"width": explored_widths, "step_tolerance": step_tolerance}
networks = sweep(trained_eigenvalues, grid(**one, **trained_in), memory=memory, device=device)
drawn = sweep(limit_eigenvalues, grid(**one))
publish.failures(networks=networks, drawn=drawn)
found = [summaries.converged(networks).astype({"width": str}), summaries.converged(drawn).assign(width="∞")]
found = pd.concat(found, ignore_index=True)
opened = {"n_points": explored_points[-1], "width": str(explored_widths[-1])}
story = found[found["n_points"].eq(opened["n_points"]) & found["width"].eq(opened["width"])]
drawing = explorers.spectra_figure(story, norms=sorted(set(story["norm"]))[::2])
drawing.set_figheight(0.9 * len(activations) + 0.5)
publish.figure(drawing)
explorers.spectrum_explorer(found, **opened, norm=explored_norms[0])

# %% [markdown]
# ## Verdict

# %% tags=["hide-input"]
tried = tables.other_norms(trained, judged, norms[0])
found = tables.above_one_at(judged, norms[0]) if len(norms) > 1 else []  # a single norm is not a small one
publish.verdict(verdicts.judge("C8", found, choices=[tried]), figure="fig-activations-radius")

# %% [markdown]
# ## Differences from the report
#
# - The report compares 10 patterns for the sigmoid with 20 for tanh and erf, at training point 2, counted from 0, of
#   one network. This page adds other patterns and seeds, equal numbers of patterns, and the infinite-width limit.
# - The report trains at every integer norm from 2 to 50, and plots against the position in a list. Here
#   {glue:text}`norms_used` of these norms are used; the preset `report` uses all.
# - The curves show gradient flow, the rings gradient descent at the report's learning rate,
#   {glue:text}`learning_rate:g`. Their mean radii differ by at most {glue:text}`descent_off:.4f`.
# - Parameterisation, initialisation and sampling are inferred ({doc}`../method`). {glue:text}`converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=05 PARAMETERS="equal_points=10 report_points={sigmoid: 5, tanh: 10, erf: 10} width=2000"
# ```
