# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Sigmoid, tanh and erf
#
# Which activation remembers at smaller norms?
#
# **C8** With tanh and erf the largest eigenvalue norm exceeds one at small norms. The report compares the three activations
# as in the paper's figure 5, but with 10 patterns for the sigmoid and 20 for the others.

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
activations: Distinct[Activation] = ["sigmoid", "tanh", "erf"]  # of sigmoid, tanh and erf
report_points: dict[Activation, Count] = {
    "sigmoid": 10,
    "tanh": 20,
    "erf": 20,
}  # numbers n of patterns, as in the report
equal_points: Count = 20  # number n of patterns for all activations alike
equal_every: Count = 2  # where the report has other numbers, one norm in so many is trained at with equal ones
dim: Count = 32  # dimension d of the patterns
width: Count = 10_000  # hidden units m
norms: Ascending[Positive] = [
    2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50,
]  # norms of the patterns  # fmt: skip
seeds: Ascending[Seed] = [0, 1, 2]  # each draws patterns and a network
judged_seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # those at the smallest norm
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
descent_norms: Ascending[Positive] = [5, 13, 25, 50]  # norms at which the first seed is also trained by descent
learning_rate: Positive = 5  # of that gradient descent
explored_points: Ascending[Count] = [2, 5, 10]  # numbers of patterns to choose from in the explorer
explored_widths: Ascending[Count] = [1000, 10_000]  # widths there, beside infinity
explored_norms: Ascending[Positive] = [1, 2, 3, 5, 8, 13, 20, 30, 50]  # norms on its slider
limit_every: Count = 2  # the infinite-width law is sampled at one norm in so many
limit_samples: Count = 5  # Jacobians drawn at each pattern from the infinite-width law
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
missing = [name for name in activations if name not in report_points]
require(not missing, f"activations has {missing}, for which report_points has no value: give one, as in {{tanh: 10}}.")
all_norms = [*norms, *descent_norms]
repeats = len(norms) * len(seeds)
check_fits(
    width=width,
    dim=dim,
    n_points=[equal_points, *report_points.values()],
    repeats=repeats,
    norms=all_norms,
    tolerance=tolerance,
)

# %% [markdown]
# ## The setting
#
# At the default parameters two-layer networks of 10 000 hidden units store patterns of norm 2 to 50 in 32 dimensions. The comparison is made twice: with the report's numbers of
# patterns, and with 20 for every activation, since more patterns alone raise the spectral radius. The radius is taken at every training point.
#
# What differs between the activations is the slope at zero, $\phi'(0)$ = 1/4 for the sigmoid, 1 for tanh and $2/\sqrt\pi$ for erf: it scales the untrained
# Jacobian, and with it all that the initial weights leave in the trained one. The mean network, in which that averages out, stays below one with every activation
# at the loads and norms of the page {doc}`11_phase_diagram`: in a single one it scatters the eigenvalues that
# training puts near one, and pushes the largest above. {numref}`fig-activations-radius` shows both comparisons.

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.explorers import limit_eigenvalues, trained_eigenvalues
from book.experiments.from_hours_to_a_second import flow_and_descent
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures import explorers
from book.statistics import activations as tables
from book.statistics import spectra, summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
stated = {name: report_points[name] for name in activations}
equal = dict.fromkeys(activations, equal_points)
pairs = {"the report's numbers of patterns": stated, f"{equal_points} patterns for each": equal}
shared = {"dim": dim, "seed": seeds}
training = {"width": width, "tolerance": tolerance, "step_tolerance": step_tolerance}
chosen = [(stated, norms), (equal, norms[::equal_every])]
trained = sweep(trained_spectrum, tables.conditions(chosen, **shared, **training), device=device)
first = [(stated, norms[:1]), (equal, norms[:1])]
at_first = tables.conditions(first, dim=dim, seed=judged_seeds, **training)
judged = sweep(trained_spectrum, at_first, device=device)
chosen = [(stated, norms[::limit_every]), (equal, norms[::limit_every])]
limit = sweep(limit_spectrum, tables.conditions(chosen, **shared, samples=limit_samples))

# %% tags=["remove-input"]
descending = {"width": width, "tolerance": tolerance, "learning_rate": learning_rate}
at_some = tables.conditions([(stated, descent_norms)], dim=dim, seed=seeds[0], **descending)
descent = sweep(flow_and_descent, at_some, device=device)
publish.failures(trained=trained, judged=judged, limit=limit, descent=descent, optional=["descent"])
columns = ["activation", "n_points", "norm", "descent_steps", "radius_descent", "radius_flow", "difference"]
descended = summaries.converged(descent).reindex(columns=columns).rename(columns={"radius_descent": "mean"})
rings = {rf"descent, $\eta$ = {learning_rate:g}": tables.compared(descended, pairs)} if len(descended) else {}
radii = summaries.over_seeds(trained, "radius_mean", ["activation", "n_points", "norm"], worst="radius_worst")
exact = summaries.over_samples(limit, "radii", ["activation", "n_points", "norm"])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-activations-radius", "caption": "Spectral radius of the trained Jacobian at the training points against the norm of the patterns, for sigmoid, tanh and erf. Left: 10 patterns for the sigmoid and 20 for the others, as in the report. Right: 20 for each. Solid: mean over the points, then mean and range over seeds; dotted: the worst point of any seed. Dashed in their colours: infinite width, with the band that holds 90 % of single points. Below the grey line at one a pattern is an attractor. Rings: one network of the first seed each, trained by gradient descent at the report's learning rate, with the report's numbers of patterns."}, "image": {"alt": "Tanh and erf start above one, rise a little up to norm 4 and cross one near norm 10; the sigmoid starts at one, a little above with 20 patterns. From there all fall with the norm. Rings lie on the curves."}}
publish.figure(
    figures.against(
        tables.compared(radii, pairs),
        y_label=r"spectral radius $\rho(J)$",
        colour_by="activation",
        panel_by="comparison",
        limit=tables.compared(exact, pairs),
        rings=rings,
        references={r"$\rho = 1$": 1.0},
    )
)

# %% tags=["hide-input"]
publish.table(radii, "activations_radius")
publish.table(descent.reindex(columns=columns), "activations_descent")
publish.networks(judged, "activations_networks", "radius_mean", "radius_worst")

# %% tags=["remove-cell"]
unequal_name, unequal_points = next(iter(stated.items()))
publish.numbers(
    unequal_name=unequal_name,
    unequal_points=unequal_points,
    **tables.rise(radii, unequal_name, unequal_points, equal_points),
    equal_points=equal_points,
    **tables.equal_numbers(radii, equal_points),
    norms_of_report=49,
    norms_used=len({*norms} & {*range(2, 51)}),
    **summaries.failure_counts(trained, judged),
)

# %% tags=["remove-cell"]
furthest = descended.sort_values("difference", ascending=False, kind="stable").head(1)
publish.numbers(
    learning_rate=learning_rate,
    width=width,
    descent_first_norm=descended["norm"].min(),
    descent_last_norm=descended["norm"].max(),
    descent_off=(descended["mean"] - descended["radius_flow"]).abs().max(),
    descent_difference=100 * furthest["difference"].max(),
    furthest_name=" ".join(furthest["activation"]) or "unknown",
    furthest_norm=furthest["norm"].max(),
    descent_steps=descended["descent_steps"].max(),
)

# %% [markdown]
# With {glue:text}`equal_points` patterns of norm {glue:text}`first_norm` the mean spectral radius is
# {glue:text}`first_radii`. It is below one
# {glue:text}`attractors`. At norm {glue:text}`last_norm` it is {glue:text}`last_radii`: units of larger slope
# saturate earlier.
#
# With {glue:text}`unequal_points` patterns instead of {glue:text}`equal_points`, as in the report, the mean radius of
# the {glue:text}`unequal_name` is lower by
# {glue:text}`rise_first:.3f` at norm {glue:text}`first_norm`, and by up to {glue:text}`rise_most:.3f`, at norm
# {glue:text}`rise_norm`.
#
# ## The eigenvalues behind the radii
#
# {numref}`fig-spectra` shows all eigenvalues at the worst pattern of one network as the norm grows. The largest norm
# of any is {glue:text}`spectra_first` at
# $r$ = {glue:text}`spectra_first_norm`, and {glue:text}`spectra_last` at $r$ = {glue:text}`spectra_last_norm`. By the
# circular law the directions that training leaves
# alone end at {glue:text}`edges` with $n$ = {glue:text}`spectra_points`, as $r \to 0$ ({doc}`11_phase_diagram`).
# Under the figure is an
# interactive version, for other $n$ and $m$; the last width, ∞, is a draw from the exact law.

# %% tags=["hide-input"]
one = {"activation": activations, "dim": dim, "seed": seeds[0], "n_points": explored_points, "norm": explored_norms}
networks = sweep(trained_eigenvalues, grid(**one, width=explored_widths), device=device)
drawn = sweep(limit_eigenvalues, grid(**one))
publish.failures(networks=networks, drawn=drawn)
found = spectra.networks_and_limit(networks, drawn)
story = found[found["n_points"].eq(explored_points[-1]) & found["width"].eq(str(explored_widths[-1]))]
publish.numbers(**spectra.spectra_in_words(story, explored_points[-1], dim))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-spectra", "caption": "Eigenvalues of the trained Jacobian in the complex plane, at the pattern where its spectral radius is largest, of one network of the largest number of patterns and the largest finite width of the explorer (n = 10, m = 10 000, d = 32 at the default parameters). Rows: activations; columns: norm r of the patterns. Dots lie inside the unit circle (dashed), diamonds on it or outside."}, "image": {"alt": "A grid of complex planes, one row an activation and one column a norm of the patterns, each with the unit circle. At small norms some eigenvalues lie on or outside the circle; at large norms all lie inside."}}
publish.figure(explorers.spectra_figure(story, norms=sorted(set(story["norm"]))[::2]))

# %% tags=["hide-input"]
publish.table(found[["activation", "n_points", "width", "norm", "radius"]], "explored_spectra")
explorers.spectrum_explorer(found)

# %% [markdown]
# ## The verdict

# %% tags=["hide-input"]
tried = tables.other_norms(trained, judged, norms[0])
found = tables.above_one_at(judged, norms[0]) if len(norms) > 1 else []  # a single norm is not a small one
publish.verdict(verdicts.judge("C8", found, choices=[tried]), figure="fig-activations-radius")

# %% [markdown]
# ## How it differs from the report
#
# - Parameterisation, initialisation and sampling are inferred, as the report's module `utils` was not published ({doc}`../method`).
# - The report compares 10 patterns for the sigmoid with 20 for tanh and erf; the equal comparison stands beside it.
# - It looks at training point 2 of one network; here all points and several seeds are shown, and the infinite-width law beside them.
# - It trains at every whole norm from 2 to 50, and plots the radii against their position in a list, so that its axis
#   reads 0 for norm 2. Here
#   {glue:text}`norms_used` of those {glue:text}`norms_of_report` norms are trained at; the preset `report` has every
#   one.
# - The curves are those of gradient flow. The rings are descent with the report's learning rate of
#   {glue:text}`learning_rate:.0f` at the report's own width, {glue:text}`width`, from the same patterns and weights.
#   From norm {glue:text}`descent_first_norm` to {glue:text}`descent_last_norm` no mean radius differs by more than
#   {glue:text}`descent_off:.4f`. The Jacobians differ most with {glue:text}`furthest_name` at norm
#   {glue:text}`furthest_norm`, by {glue:text}`descent_difference:.0f` % (Frobenius norm). Descent takes up to
#   {glue:text}`descent_steps:,.0f` steps here, and more at smaller norms, which are left out for that reason.
# - {glue:text}`converged`.
#
# **What was learned.** With {glue:text}`equal_points` patterns the mean radius is below one {glue:text}`attractors`.
# The steeper slopes of tanh and erf leave more of the
# untrained Jacobian, which pushes eigenvalues across one while the units are linear; and they saturate earlier.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=05 PARAMETERS="equal_points=10 report_points={sigmoid: 5, tanh: 10, erf: 10} width=2000"
# ```
