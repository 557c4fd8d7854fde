# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The basin of attraction
#
# From how far away does a pattern call a noisy cue home?
#
# **C7** Attractors fail to form at small norms, and more noise lowers the recall rate.

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
)

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 32  # dimension d of the patterns
width: Count = 10_000  # hidden units m
n_points: Count = 5  # number n of patterns
norms: Ascending[Positive] = [1, 2, 3, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]  # norms of the patterns
noises: Ascending[Positive] = [1, 10, 20]  # variances t of the noise on each entry of a cue
smallest_norm: Positive = 5  # smallest norm of the report: the verdict rests on it and larger ones
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws patterns, a network and noise
draws: Count = 4  # cues for each pattern, noise and seed
iterations: Count = 50  # iterations of the network
threshold: Positive = 0.01  # a cue is recalled when its mean squared error is below it
patient_norm: Positive = 5  # norm at which the network is iterated longer
patient_iterations: Count = 1000  # iterations there, for the least noise
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
tight_tolerance: Tolerance = 1e-10  # the same for what stands beside the verdict: norms up to the report's smallest
descent_norms: Ascending[Positive] = [5, 10, 20, 50]  # norms at which the first seed is also trained by descent
learning_rate: Positive = 3  # of that gradient descent
path_activations: Distinct[Activation] = ["sigmoid", "tanh", "erf"]  # activations to choose from in the explorer
path_norms: Ascending[Positive] = [2, 5, 10, 15, 20, 30, 40, 50]  # norms on its slider
path_cues: Count = 12  # noisy cues there
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
all_norms = [*norms, *descent_norms]
repeats = len(norms) * len(seeds)
check_fits(width=width, dim=dim, n_points=n_points, repeats=repeats, norms=all_norms, tolerance=tolerance)

# %% [markdown]
# ## The setting
#
# At the default parameters five patterns in 32 dimensions are stored in two-layer networks of 10 000 hidden units, at
# norms 1 to 50. A cue is a pattern with noise on it, $x + \sqrt{t}\, \mathcal{N}(0, I)$ with $t$ = 1, 10 or 20, and the
# network is iterated from it. The noise is not small: its norm is about $\sqrt{t d}$, from 6 to 25, so at small norms a
# cue is mostly noise. The report's norms are 5 to 50: the verdict rests on those, and on networks trained as the
# report's are, to a mean squared error of $10^{-7}$. At smaller norms the spectral radius is so near to one that the
# residual training error moves it across; there networks are also trained to $10^{-10}$, and stand beside the verdict.
# Two criteria are applied to the same cues:
#
# - **each cue alone**: recalled when, after 50 iterations, the mean squared error to its pattern is below $10^{-2}$ (at norm 1 that is a third of the
#   pattern's own mean square);
# - **the report's**: the five cues of one draw are a batch. The batch counts from the first iteration at which its *mean* error is below $10^{-2}$,
#   with the share of its cues that are below at that moment; if the mean never gets there, the batch counts zero, however many of its cues
#   came home.
#
# {numref}`fig-basin-rates` has the recall rates, {numref}`fig-basin-radius` the spectral radius at the same patterns.

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.basin_of_attraction import basin
from book.experiments.explorers import recall_errors
from book.figures import explorers
from book.statistics import basin_of_attraction as tables
from book.statistics import report_compared, summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
shared = {"activation": activation, "dim": dim, "width": width, "n_points": n_points}
training = {"tolerance": tolerance, "step_tolerance": step_tolerance, "threshold": threshold}
asked = {"norm": norms, "seed": seeds, "noises": [noises]}  # one network serves all noises
swept = sweep(basin, grid(**shared, **training, **asked, draws=draws, iterations=iterations), device=device)
asked = {"norm": patient_norm, "seed": seeds, "noises": [noises[:1]]}
longer = {"draws": draws, "iterations": patient_iterations}
patient = sweep(basin, grid(**shared, **training, **asked, **longer), device=device)
asked = {"norm": [norm for norm in norms if norm <= smallest_norm] or norms[:1], "seed": seeds, "noises": [noises]}
further = training | {"tolerance": tight_tolerance, "draws": draws, "iterations": iterations}
tight = sweep(basin, grid(**shared, **further, **asked), device=device)

# %% tags=["remove-input"]
cues = {"noises": [noises], "draws": draws, "iterations": iterations, "threshold": threshold}
descending = {"norm": descent_norms, "seed": seeds[0], "tolerance": tolerance, "learning_rate": learning_rate}
descent = sweep(basin, grid(**shared, **cues, **descending), device=device)
publish.failures(swept=swept, patient=patient, tight=tight, descent=descent, optional=["descent"])
(norms,) = summaries.remaining(swept, "norm")
trained = summaries.converged(swept)
rates = tables.recall_rates(swept)
rings = rf"descent, $\eta$ = {learning_rate:g}"
descended = summaries.converged(descent)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-basin-rates", "caption": "Recall rate against the norm of the patterns, for three noise variances t. Left: each cue judged alone after 50 iterations. Right: the same cues under the report's criterion, which counts a batch of five as failed unless its mean error passes. Mean and range over seeds. Rings: the network of the first seed, trained by gradient descent at the report's learning rate."}, "image": {"alt": "Left: beyond norm 5 all rates rise to 100 % by norm 30, more slowly the stronger the noise. Right: under the report's criterion the rates rise much more slowly, and most stay below 100 %. Rings lie close to the curves."}}
by_descent = {rings: tables.recall_rates(descent)} if len(descended) else {}
publish.figure(
    figures.against(
        rates, y_label="recall rate", colour_by="noise", panel_by="criterion", rings=by_descent, percent=True
    )
)

# %% tags=["hide-input"]
publish.table(rates, "basin_rates")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-basin-radius", "caption": "Spectral radius of the trained Jacobian at the five patterns, against their norm: mean over the patterns, then mean and range over seeds; dotted: the worst pattern of any seed. Below the dashed line a pattern is an attractor. Rings: the network of the first seed, trained by gradient descent at the report's learning rate."}, "image": {"alt": "The spectral radius stays close to one up to norm 5 and falls steadily from there. Rings lie on the curve.", "width": "75%"}}
radii = summaries.over_seeds(trained, "radius_mean", ["width", "norm"], worst="radius_worst")
by_descent = {rings: descended.rename(columns={"radius_mean": "mean"})} if len(descended) else {}
references = {r"$\rho = 1$": 1.0}
publish.figure(
    figures.against(
        radii, y_label=r"spectral radius $\rho(J)$", colour_by="width", rings=by_descent, references=references
    )
)

# %% tags=["hide-input"]
publish.table(radii, "basin_radius")

# %% tags=["remove-cell"]
found = tables.recall_and_attraction(swept, smallest_norm, tight)
publish.numbers(
    smallest_norm=smallest_norm,
    tolerance=tolerance,
    tight_tolerance=tight_tolerance,
    **tables.small_norm_statistics(swept, tight, smallest_norm),
    **tables.noise_statistics(found, dim, noises),
)

# %% tags=["remove-cell"]
publish.numbers(
    patient_norm=patient_norm,
    last_norm=norms[-1],
    iterations=iterations,
    patient_iterations=patient_iterations,
    least_noise=noises[0],
    most_noise=noises[-1],
    cues=int(rates["cues"].min()),
    **tables.attractor_statistics(trained, patient_norm),
    **tables.rate_statistics(rates, summaries.converged(patient), patient_norm),
    **summaries.failure_counts(swept, tight),
)

# %% tags=["remove-cell"]
off = report_compared.descent_and_flow(descent, swept, "radii", "recalled")
publish.numbers(
    learning_rate=learning_rate,
    descent_first_norm=off["norm"].min(),
    descent_last_norm=off["norm"].max(),
    descent_off=off["off_radii"].max(),
    descent_cues_off=off["off_recalled"].max(),
    descent_cues=draws * n_points,
    descent_steps_first=off["steps"].max(),
    descent_steps_last=off["steps"].min(),
    **report_compared.bar_statistics(swept, smallest_norm),
)

# %% [markdown]
# With {glue:text}`cues` cues behind every point, the recall rate at norm {glue:text}`patient_norm` falls from {glue:text}`rate_first_least:.0f` % to
# {glue:text}`rate_first_most:.0f` % as the noise variance grows from {glue:text}`least_noise` to
# {glue:text}`most_noise`, and
# {glue:text}`complete` every one of these cues is recalled.
#
# *Attractors at small norm.* At the report's smallest norm, {glue:text}`smallest_norm`,
# {glue:text}`attractors_report:.0f` % of the patterns are attractors: what the report's diagrams show there is failed
# recall, not failed attractors. Its cues are mostly noise, of norm {glue:text}`least_noise_norm:.0f` to
# {glue:text}`most_noise_norm:.0f`. At norm {glue:text}`small_first` the residual training error decides: trained to
# {glue:text}`tolerance:.0e` the mean radius lies {glue:text}`off_loose:+.5f` from one and
# {glue:text}`share_loose:.0f` % of the patterns are attractors, trained to {glue:text}`tight_tolerance:.0e` it lies
# {glue:text}`off_tight:+.5f` from
# one and {glue:text}`share_tight:.0f` % are.
#
# *Noise.* Over the report's norms the recall rate of single cues changes by {glue:text}`noise_change` from the least
# noise to the most. The report's own criterion is all or nothing: by it, at norm {glue:text}`last_norm`, the rate
# changes by {glue:text}`whole_change` from the least noise to the next. Both are shares of one, positive for a rise.
#
# *An attractor is not yet a memory.* At norm {glue:text}`patient_norm` the mean spectral radius is {glue:text}`radius_patient:.3f`, up to {glue:text}`worst_patient:.3f`, and
# {glue:text}`attractors_patient:.0f` % of the patterns are attractors. They attract so weakly that {glue:text}`iterations` iterations are not enough: after {glue:text}`patient_iterations`
# iterations {glue:text}`patient_rate:.0f` % of {glue:text}`patient_cues` cues with $t$ = {glue:text}`least_noise` are home.
#
# *Do the report's bars show attractors that fail to form?* The report says so of its diagrams. In
# {glue:text}`bars_empty` pairs of network and noise, at norm {glue:text}`smallest_norm` or larger, in which no batch
# counts by its criterion, {glue:text}`bars_attractors:.0f` % of the patterns are attractors. At norm
# {glue:text}`smallest_norm`, the smallest of the report, that criterion gives a rate of {glue:text}`bars_first:.0f` %,
# while {glue:text}`bars_first_attractors:.0f` % of the patterns are attractors. Both shares would
# be low if the bars showed attractors that fail to form. What fails is recall, of cues that are mostly noise there.
#
# ## Cues on their way
#
# {numref}`fig-recall-paths` follows cues of one pattern of one network from iteration to iteration. At $t$ =
# {glue:text}`path_noise` and $r$ = {glue:text}`path_first_norm`
# the median error of {glue:text}`path_cues` cues goes from {glue:text}`path_first_start` to
# {glue:text}`path_first_end`, and {glue:text}`path_first_recalled` of them end below the threshold.
# At $r$ = {glue:text}`path_last_norm` it goes from {glue:text}`path_last_start` to {glue:text}`path_last_end`, and
# {glue:text}`path_last_recalled` of them end below it.
# Under the figure is an interactive version with {glue:text}`path_activations`.

# %% tags=["hide-input"]
one = {"activation": path_activations, "dim": dim, "seed": seeds[0], "norm": path_norms, "noises": [noises]}
paths = sweep(recall_errors, grid(**one, cues=path_cues, n_points=n_points, width=width), device=device)
publish.failures(paths=paths)
paths = summaries.converged(paths)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-recall-paths", "caption": "Mean squared error between iterated cues and their pattern against the number of iterations, for the first of the activations (sigmoid at the default parameters). Columns: norm r of the patterns; rows: noise variance t. Solid curves end below the threshold of recall (dashed), dotted ones do not."}, "image": {"alt": "A grid of line charts of the error of iterated cues on a logarithmic axis. At large norms and little noise the curves fall below the dashed threshold; at small norms and much noise they stay above it."}}
shown = paths[paths["activation"] == path_activations[0]]
told = tables.path_statistics(shown, noises, threshold)
publish.numbers(**told, path_activations=", ".join(path_activations))
publish.figure(explorers.recall_figure(shown, noises=noises, threshold=threshold))
explorers.recall_explorer(paths, noises=noises, threshold=threshold)

# %% [markdown]
# ## The verdict

# %% tags=["hide-input"]
tried = [tables.from_each_norm(swept, smallest_norm)]
publish.verdict(verdicts.judge("C7", found, choices=tried), figure="fig-basin-radius")

# %% [markdown]
# ## How it differs from the report
#
# - Parameterisation, initialisation and sampling are inferred, as the report's module `utils` was not published ({doc}`../method`).
# - The report draws one batch of five cues a condition, and counts all or nothing: at norm {glue:text}`last_norm` it gives
#   {glue:text}`report_last:.0f` % on average where each cue alone gives {glue:text}`alone_last:.0f` %, as it looks when
#   the batch's mean first passes and some cues have not arrived yet.
# - Its loop applies the network 51 times, and stops at the first success; here each cue is judged after {glue:text}`iterations` iterations.
# - The curves are of networks trained by gradient flow. The rings are descent with the report's learning rate of
#   {glue:text}`learning_rate:.0f`, at its own width, from the same patterns, weights and cues: from norm
#   {glue:text}`descent_first_norm` to {glue:text}`descent_last_norm` no spectral radius differs by more than
#   {glue:text}`descent_off:.4f`, and the cues recalled by at most {glue:text}`descent_cues_off` of
#   {glue:text}`descent_cues` at any noise. Descent takes {glue:text}`descent_steps_first:,.0f` steps at norm
#   {glue:text}`descent_first_norm` and {glue:text}`descent_steps_last:,.0f` where it is quickest. Smaller norms, where
#   it takes more, are left out; the report has none.
# - The report trains anew for each noise; here one network serves all noises of a seed. {glue:text}`converged`.
#
# **What was learned.** Being an attractor says what happens nearby, and not from how far away. At small norm patterns
# attract by a hair's breadth or not at all, and few of these cues
# are recalled within {glue:text}`iterations` iterations; {glue:text}`complete` all of them are.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=04 PARAMETERS="n_points=10 noises=[0.1,1] norms=[5,10,20]"
# ```
