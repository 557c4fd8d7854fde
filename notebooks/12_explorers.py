# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Explorers: spectra and recall
#
# Patterns become attractors when the eigenvalues of the trained Jacobian move into the unit circle. Here one can watch
# them do it, and then see what iterating the network makes of a noisy cue.

# %% tags=["remove-cell"]
from sigae.parameters import Activation, Ascending, Count, Device, Distinct, Positive, Seed, check, check_fits

# %% tags=["parameters"]
activations: Distinct[Activation] = ["sigmoid", "tanh", "erf"]  # activations to choose from
n_points: Ascending[Count] = [2, 5, 10]  # numbers of patterns to choose from
widths: Ascending[Count] = [1000, 10000]  # widths to choose from, beside infinity
norms: Ascending[Positive] = [1, 2, 3, 5, 8, 13, 20, 30, 50]  # norms on the slider
dim: Count = 32  # dimension d of the patterns
seed: Seed = 0  # draws patterns, networks and noise
noises: Ascending[Positive] = [1, 10, 20]  # variances t of the noise on the cues
recall_norms: Ascending[Positive] = [2, 5, 10, 15, 20, 30, 40, 50]  # norms on the recall explorer's slider
recall_points: Count = 5  # patterns stored there
recall_width: Count = 10_000  # width of the networks there
cues: Count = 12  # noisy cues there
threshold: Positive = 1e-2  # mean squared error below which a cue counts as recalled
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
check_fits(width=widths, dim=dim, n_points=n_points, repeats=len(activations) * len(norms))
check_fits(width=recall_width, dim=dim, n_points=recall_points, repeats=len(activations) * len(recall_norms))

# %% [markdown]
# ## The setting
#
# Networks of depth 2 store patterns in $d = 32$ dimensions by gradient flow, one seed a condition. Of the Jacobians at the
# patterns the one with the largest spectral radius is shown: if its eigenvalues are inside the unit circle, so are all
# others. For infinite width it is drawn from its exact law ({doc}`../infinite_width`).

# %% tags=["remove-cell"]
import pandas as pd

from sigae.experiments.explorers import limit_eigenvalues, recall_errors, trained_eigenvalues
from sigae.pages import explorers, publish
from sigae.pages.tables import summaries
from sigae.sweeps import grid, sweep

# %% tags=["hide-input"]
shared = {"activation": activations, "dim": dim, "seed": seed}
trained = sweep(trained_eigenvalues, grid(**shared, n_points=n_points, width=widths, norm=norms), device=device)
limit = sweep(limit_eigenvalues, grid(**shared, n_points=n_points, norm=norms)).assign(width="∞")
cued = {"norm": recall_norms, "noises": [noises], "cues": cues, "n_points": recall_points, "width": recall_width}
recall = sweep(recall_errors, grid(**shared, **cued), device=device)
publish.failures(trained, limit, recall)
n_points, widths, norms = summaries.left(trained, "n_points", "width", "norm")
found = pd.concat([summaries.usable(trained).astype({"width": str}), summaries.usable(limit)], ignore_index=True)
recall = summaries.usable(recall)

# %% tags=["remove-cell"]
story = found[(found["n_points"] == n_points[-1]) & (found["width"] == str(widths[-1]))]
sigmoid = story[story["activation"] == activations[0]].set_index("norm")["radius"]
publish.numbers(
    first_norm=norms[0],
    last_norm=norms[-1],
    first_radius=sigmoid.iloc[0],
    last_radius=sigmoid.iloc[-1],
    crossing=summaries.from_which_on(sigmoid.lt(1)),
    story_points=n_points[-1],
    story_width=widths[-1],
    conditions=len(found) + len(recall),
)

# %% [markdown]
# ## Eigenvalues in the complex plane

# %% mystnb={"figure": {"name": "fig-spectra", "caption": "Eigenvalues of the trained Jacobian in the complex plane, at the pattern where its spectral radius is largest, for the largest number of patterns and the largest finite width (n = 10, m = 10,000, d = 32 at the default parameters). Rows: activations; columns: input norm r. Blue dots lie inside the unit circle (dashed), orange diamonds on it or outside."}, "image": {"alt": "A grid of complex planes, one row an activation and one column an input norm, each with the unit circle. At small norms some eigenvalues lie on or outside the circle; at large norms all lie inside."}} tags=["hide-input"]
publish.figure(explorers.spectra_figure(story, norms=norms[::2]))

# %% [markdown]
# With {glue:text}`story_points` patterns stored by a sigmoid network of width {glue:text}`story_width`, the largest eigenvalue norm is
# {glue:text}`first_radius` at input norm {glue:text}`first_norm` and {glue:text}`last_radius` at input norm {glue:text}`last_norm`. From norm
# {glue:text}`crossing` on, of those tried, all patterns are attractors ({numref}`fig-spectra`).
#
# Choose below. The last width, ∞, is a draw from the exact law of the infinitely wide network.

# %% tags=["hide-input"]
explorers.spectrum_explorer(found)

# %% [markdown]
# ## Recall
#
# A cue is the first pattern with Gaussian noise of variance $t$ added to every entry. The network is applied to it again and again.

# %% mystnb={"figure": {"name": "fig-recall-paths", "caption": "Mean squared error between iterated cues and their pattern against the number of iterations, for the first activation (sigmoid at the default parameters). Columns: input norm r; rows: noise variance t. Solid blue curves end below the threshold of recall (dashed), dotted orange ones do not."}, "image": {"alt": "A grid of line charts of the error of iterated cues on a logarithmic axis. At large norms and little noise the curves fall below the dashed threshold; at small norms and much noise they stay above it."}} tags=["hide-input"]
publish.figure(
    explorers.recall_figure(recall[recall["activation"] == activations[0]], noises=noises, threshold=threshold)
)

# %% tags=["hide-input"]
explorers.recall_explorer(recall, noises=noises, threshold=threshold)

# %% tags=["hide-input"]
publish.table(found[["activation", "n_points", "width", "norm", "radius"]], "explored-spectra")

# %% [markdown]
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=12 PARAMETERS="n_points=[20] widths=[3000]"
# ```
