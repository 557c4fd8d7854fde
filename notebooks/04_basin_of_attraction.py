# %% [markdown]
# # The basin of attraction
#
# How large is the *basin of attraction* of a stored pattern, the set of initial states (cues) that converge to it?
#
# At large norm a pattern is recalled even from very noisy cues. At smaller norms many noisy cues are lost, even where
# the patterns are attractors, because the basins are small.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Device, Distinct, Positive, Seed, Tolerance, check, check_fits

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 32  # dimension d of the patterns
width: Count = 10_000  # hidden units m
n_points: Count = 5  # number n of patterns
norms: Ascending[Positive] = [1, 2, 3, 5, 10, 15, 20, 30, 40, 50]  # norms of the patterns
noises: Ascending[Positive] = [1, 10, 20]  # variances t of the noise on each entry of a cue
smallest_norm: Positive = 5  # smallest norm of the report, and of the verdict; networks are iterated longer there
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws patterns, a network and noise
draws: Count = 4  # cues for each pattern, noise and seed
iterations: Count = 50  # iterations of the network
threshold: Positive = 0.01  # a cue is recalled when its mean squared error is below it
patient_iterations: Count = 500  # iterations at the smallest norm, for the least noise
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
tight_tolerance: Tolerance = 1e-10  # the same for what is also measured: norms up to the report's smallest
descent_norms: Ascending[Positive] = [20, 50]  # norms at which the first seed is also trained by descent
learning_rate: Positive = 3  # of that gradient descent
path_activations: Distinct[Activation] = ["sigmoid", "tanh", "erf"]  # activations in the interactive figure
path_norms: Ascending[Positive] = [2, 5, 10, 15, 20, 30, 40, 50]  # norms on its slider
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
repeats, all_norms = len(norms) * len(seeds), [*norms, *descent_norms]
memory = check_fits(width=width, dim=dim, n_points=n_points, repeats=repeats, norms=all_norms, tolerance=tolerance)

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.basin_of_attraction import basin
from book.experiments.explorers import recall_errors
from book.experiments.linear_region_and_beyond import trained_spectrum
from book.figures import explorers
from book.figures.style import point_out
from book.statistics import basin_of_attraction as tables
from book.statistics import report_compared, summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
shared = {"activation": activation, "dim": dim, "width": width, "n_points": n_points}
training = {"tolerance": tolerance, "step_tolerance": step_tolerance}
asked = {"noises": [noises], "draws": draws, "iterations": iterations, "threshold": threshold}  # of one network
swept = sweep(basin, grid(**shared, **training, **asked, norm=norms, seed=seeds), memory=memory, device=device)
small = {"norm": [norm for norm in norms if norm <= smallest_norm] or norms[:1], "seed": seeds}
tight = grid(**shared, **training | {"tolerance": tight_tolerance}, **small)
tight = sweep(trained_spectrum, tight, device=device)
longer = asked | {"noises": [noises[:1]], "iterations": patient_iterations}
longer = sweep(basin, grid(**shared, **training, **longer, norm=smallest_norm, seed=seeds), device=device)
descending = {"norm": descent_norms, "seed": seeds[0], "tolerance": tolerance, "learning_rate": learning_rate}
descent = sweep(basin, grid(**shared, **asked, **descending), memory=memory, device=device)
publish.failures(swept=swept, longer=longer, tight=tight, descent=descent, optional=["descent"])
rates = tables.recall_rates(swept)
alone = rates[rates["criterion"].eq(tables.ALONE)]

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-basin-rates", "caption": "Recall rate against the norm r of the patterns, for three noise variances t: mean and range over seeds. First panel: each cue is judged alone. Second panel: the same cues under the report's criterion, which judges whole batches. Rings: the first seed's network, trained by gradient descent."}, "image": {"alt": "Left: beyond norm 5 all rates rise to 100 % by norm 30, more slowly the stronger the noise. Right: under the report's criterion the rates rise much more slowly, and most stay below 100 %. Rings lie close to the curves."}}
descended = len(summaries.converged(descent))
rings = {rf"descent, $\eta$ = {learning_rate:g}": tables.recall_rates(descent)} if descended else {}
wanted = {"y_label": "recall rate", "colour_by": "noise", "panel_by": "criterion", "percent": True}
drawing = figures.against(rates, **wanted, rings=rings)
noisiest = alone[alone["noise"].eq(noises[-1])].sort_values("norm")
for norm, rate in noisiest.loc[noisiest["mean"].ge(0.4), ["norm", "mean"]].head(1).to_numpy():
    point_out(drawing.axes[0], "stronger noise\nneeds a larger norm", (norm, rate), (0.34, 0.4))
publish.figure(drawing)
publish.table(rates, "basin_rates")

# %% tags=["hide-input"]
networks, patient = (summaries.converged(table).query("norm == @smallest_norm") for table in (swept, longer))
at_smallest = alone[alone["norm"].eq(smallest_norm)].set_index("noise")["mean"].reindex(noises)
publish.numbers(dim=dim, width=width, n_points=n_points, iterations=iterations, threshold=threshold)
publish.numbers(least_noise=noises[0], smallest_norm=smallest_norm, patient_iterations=patient_iterations)
publish.numbers(
    cues=int(alone["cues"].min()),
    complete=summaries.from_norm_on(alone.groupby("norm")["mean"].min().eq(1)),
    rate_first_least=100 * at_smallest.iloc[0],
    rate_first_most=100 * at_smallest.iloc[-1],
    attractors_patient=100 * networks["radii"].explode().lt(1).mean(),
    patient_rate=100 * patient["recalled"].str[0].sum() / patient["cues"].str[0].sum(),
)

# %% [markdown]
# All cues are recalled {glue:text}`complete`, within {glue:text}`iterations` iterations ({numref}`fig-basin-rates`,
# first panel). Each marker stands for at least {glue:text}`cues` cues.
#
# ## Setting
#
# Two-layer networks of {glue:text}`width` hidden units store {glue:text}`n_points` patterns of norm $r$ in $d$ =
# {glue:text}`dim` dimensions. A cue is a pattern $x$ with Gaussian noise of variance $t$,
# $x + \sqrt{t}\, \mathcal{N}(0, I)$. It is the initial state from which the network is iterated. The noise has a norm
# of about $\sqrt{t d}$, so that at small $r$ a cue is mostly noise. The spectral radius $\rho$ is the largest
# eigenvalue norm of the trained Jacobian at a pattern. Where $\rho < 1$, the pattern is an attractor.
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae
from sigae.patterns import NOISE_STREAM, normal_draws

points = sigae.sphere_points(5, 32, norm=10, seed=0)  # five patterns, shape (5, 32)
model = sigae.Autoencoder(32, 10_000, activation="sigmoid", seed=0)
before = sigae.spectral_radius(sigae.jacobian(model, points))  # one rho per pattern
sigae.train(model, points, tolerance=1e-7, step_tolerance=0.03)
after = sigae.spectral_radius(sigae.jacobian(model, points))
print(f"largest rho: {before.max():.3f} before training, {after.max():.3f} after")
cues = points + 20**0.5 * normal_draws((5, 32), stream=NOISE_STREAM, seed=0)
path = sigae.iterate(model, cues, steps=50)  # (51, 5, 32)
errors = (path - points).square().mean(dim=-1)  # mean squared errors, (51, 5)
words = ["recalled" if error < 0.01 else "lost" for error in errors[-1]]
print("each cue alone:", ", ".join(words))
print(f"whole batch: smallest mean error {errors.mean(dim=1).min():.1f}")

# %% [markdown]
# {py:func}`~book.experiments.basin_of_attraction.basin` does this for all noise variances and several cues a pattern.
#
# ## Two criteria
#
# Judged alone, a cue is recalled if its mean squared error is below {glue:text}`threshold` after the last iteration.
# The report judges whole batches, of one cue for each pattern. It counts the recalled cues at the first iteration at
# which the *mean* error of the batch is below that threshold. If there is none, as in the cell above, no cue counts.
#
# ## An attractor can have a small basin
#
# At norm {glue:text}`smallest_norm`, {glue:text}`attractors_patient:.0f` % of the patterns are attractors. Yet only
# {glue:text}`rate_first_most:.1f` % of the noisiest cues are recalled within {glue:text}`iterations` iterations. Recall
# is also slow, because $\rho$ is near one ({numref}`fig-beyond-radius`). Of the least noisy cues (variance
# {glue:text}`least_noise`), {glue:text}`rate_first_least:.0f` % are recalled within {glue:text}`iterations` iterations
# and {glue:text}`patient_rate:.0f` % within {glue:text}`patient_iterations`.
#
# At still smaller norms $\rho$ is so close to one that the residual training error decides on which side of one it
# lies. So at these norms networks were also trained to a smaller error; the verdict lists both.
#
# ## From iteration to iteration
#
# At large norm each iteration reduces the error by a nearly constant factor, down to the training error. At small norm
# cues converge to other states, or hardly move ({numref}`fig-recall-paths`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-recall-paths", "caption": "Mean squared error of noisy cues of one pattern under iteration, with noise of the largest variance t. Panels: growing norm r of the patterns. Solid curves end below the threshold of recall (dashed line); dotted curves do not."}, "image": {"alt": "Line charts of the error of iterated cues on a logarithmic axis. At large norms the curves fall below the dashed threshold; at the smallest they stay above it."}}
one = {"activation": path_activations, "seed": seeds[0], "norm": path_norms, "noises": [noises], "cues": 12}
paths = sweep(recall_errors, grid(**shared | one, step_tolerance=step_tolerance), memory=memory, device=device)
publish.failures(paths=paths)
paths = summaries.converged(paths)
shown = paths[paths["activation"] == path_activations[0]]
noisiest = shown.assign(errors=shown["errors"].str[-1:])
publish.figure(explorers.recall_figure(noisiest, noises=noises[-1:], threshold=threshold))
explorers.recall_explorer(paths, noises=noises, threshold=threshold, noise=noises[-1])

# %% [markdown]
# ## Verdict

# %% tags=["hide-input"]
tried = [tables.from_each_norm(swept, smallest_norm)]
found = tables.recall_and_attraction(swept, smallest_norm, tight)
publish.verdict(verdicts.judge("C7", found, choices=tried), figure="fig-basin-rates")
off = report_compared.descent_and_flow(descent, swept, "radii", "recalled")
publish.numbers(learning_rate=learning_rate, descent_cues=draws * n_points, descent_off=off["off_radii"].max())
publish.numbers(descent_cues_off=off["off_recalled"].max(), **report_compared.bar_statistics(swept, smallest_norm))
publish.numbers(converged=summaries.convergence(swept, tight))

# %% [markdown]
# ## Differences from the report
#
# - The report says that its bars of recall rates show attractors that fail to form. Here, by the report's criterion,
#   the rate is zero for {glue:text}`bars_empty` pairs of a network and a noise variance, at the report's norms. Yet
#   {glue:text}`bars_attractors:.0f` % of the patterns of these networks are attractors. What fails is recall.
# - The report trains a new network for each noise variance, draws one batch of cues, and stops at the first success.
#   Here one network of each seed and norm serves all variances, and each cue is judged after the last iteration.
# - The curves show gradient flow, the rings gradient descent at the report's learning rate,
#   {glue:text}`learning_rate:.0f`. Spectral radii differ by at most {glue:text}`descent_off:.4f`, and the numbers of
#   recalled cues, of {glue:text}`descent_cues`, by at most {glue:text}`descent_cues_off`.
# - Parameterisation, initialisation and sampling are inferred ({doc}`../method`). {glue:text}`converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=04 PARAMETERS="n_points=10 noises=[0.1,1] norms=[5,10,20]"
# ```
