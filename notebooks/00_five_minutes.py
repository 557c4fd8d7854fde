# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # sigae in five minutes
#
# When does a trained autoencoder remember? This page goes from a handful of points to a phase diagram of one's own, in a dozen lines that one can change and run.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Positive, Seed, check, check_fits, require

# %% tags=["parameters"]
activation: Activation = "tanh"  # sigmoid, tanh or erf
dim: Count = 32  # dimension d of the patterns
n_points: Count = 5  # number n of patterns
norm: Positive = 20  # norm r of the patterns
width: Count = 2000  # hidden units m
seed: Seed = 0  # draws the patterns and the network
counts: Ascending[Count] = [1, 2, 4, 8, 16, 32]  # numbers of patterns of the phase diagram
norms: Ascending[Positive] = [1, 2, 4, 8, 16, 32]  # norms of the phase diagram
samples: Count = 5  # Jacobians drawn at each of its places

# %% tags=["remove-input", "check-parameters"]
check(globals())
check_fits(width=width, dim=dim, n_points=n_points, norms=norm)
require(
    dim > 1 or max(counts) <= 2,
    f"counts has {max(counts)}, but in one dimension only two patterns differ: take a larger dim.",
)

# %% [markdown]
# ## Train a memory
#
# Patterns are points on a sphere of radius $r$. A wide network learns to reproduce them; `train` follows the gradient flow until the mean squared error is below $10^{-7}$.

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(n_points, dim, norm=norm, seed=seed)
model = sigae.Autoencoder(dim, width, activation=activation, seed=seed)
result = sigae.train(model, points)
radius = sigae.spectral_radius(sigae.jacobian(model, points))  # one a pattern

# %% tags=["remove-cell"]
from book import publish

publish.numbers(n=n_points, r=norm, m=width, steps=result.steps, largest=radius.max().item(), first=radius[0].item())

# %% [markdown]
# It took {glue:text}`steps` steps. A pattern attracts what is near it when all eigenvalue norms of the Jacobian there are below one; the largest of them, at the worst of
# $n$ = {glue:text}`n` patterns of norm $r$ = {glue:text}`r`, is $\rho$ = {glue:text}`largest:.2f`.
#
# ## Recall
#
# A cue is a pattern with noise on it. Feed the network its own output, and see whether it comes home.

# %% tags=["show-input"]
import torch

noise = torch.randn(points.shape, generator=torch.Generator().manual_seed(seed), dtype=points.dtype)
home = sigae.recalled(model, points + noise, points, steps=50)

# %% tags=["remove-cell"]
publish.numbers(home=int(home.sum()))

# %% [markdown]
# {glue:text}`home` of {glue:text}`n` cues did.
#
# ## Ask the infinitely wide network
#
# Its trained Jacobian has a law that is known exactly, so nothing is trained: draw from it.

# %% tags=["show-input"]
limit = sigae.InfiniteWidth(points, activation)
drawn = sigae.spectral_radius(limit.sample_jacobians(points[0], samples, seed))

# %% tags=["remove-cell"]
publish.numbers(drawn=drawn.mean().item())

# %% [markdown]
# At the first pattern the mean $\rho$ of these draws is {glue:text}`drawn:.2f`, where the network of width $m$ =
# {glue:text}`m` has {glue:text}`first:.2f`.
#
# ## A phase diagram of one's own
#
# `sweep` runs an experiment over a grid of conditions, in as many processes as there are cores, and keeps each record, so that nothing is computed twice. {numref}`fig-own-diagram` shows where
# memories are attractors; the full one is on the page {doc}`11_phase_diagram`.

# %% tags=["show-input"]
from book.experiments.phase_diagram import limit_radius
from book.sweep import grid, sweep

plane = sweep(
    limit_radius,
    grid(activation=activation, dim=dim, n_points=counts, norm=norms, seed=seed, points_seen=1, samples=samples),
)

# %% tags=["show-input"] mystnb={"figure": {"name": "fig-own-diagram", "caption": "Spectral radius of the trained Jacobian at infinite width over the plane of norm r and load n/d, mean over a few draws. Solid contour: one, below which patterns are attractors."}, "image": {"alt": "A coloured map of one panel. The radius is above one at small norms and falls below one to the right of a contour that moves to larger norms as the load grows."}}
from book import figures

levels = [0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.05, 1.1, 1.2]
publish.figure(figures.phase_diagram(plane, {"radius": "infinite width"}, levels=levels))

# %% [markdown]
# ## What was learned
#
# Five calls lead from points to a verdict on memory: `sphere_points`, `Autoencoder`, `train`, `jacobian`, `spectral_radius`; `InfiniteWidth` answers without training, and `sweep` for many conditions.
# What else they take is on the page {doc}`../reference`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=00 PARAMETERS="activation=erf norm=5"
# ```
