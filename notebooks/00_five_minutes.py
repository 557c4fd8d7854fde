# %% [markdown]
# # sigae in five minutes
#
# A few calls train an autoencoder, test its memory and compare it with an infinitely wide network. Paste the cells, in
# order, into Python, after installing the package in a copy of the repository:
#
# ```bash
# pip install .
# ```

# %% tags=["remove-cell"]
from book.parameters import Activation, Count, check

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # of the phase diagram: sigmoid, tanh or erf
dim: Count = 32  # dimension d of its patterns

# %% tags=["remove-input", "check-parameters"]
check(globals())

# %% [markdown]
# ## Train a memory
#
# The patterns are points on a sphere. `train` follows the gradient flow until the network reproduces them. The spectral
# radius $\rho$ is the largest eigenvalue norm of the Jacobian at a pattern. Where it is below one, the pattern is an
# attractor.

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(5, 32, norm=20.0, seed=0)  # 5 patterns, d = 32
model = sigae.Autoencoder(32, 2000, activation="sigmoid", seed=0)  # m = 2000
before = sigae.spectral_radius(sigae.jacobian(model, points))
result = sigae.train(model, points)
after = sigae.spectral_radius(sigae.jacobian(model, points))
print(f"converged: {result.converged}, after {result.steps} steps")
print(f"largest rho: {before.max():.3f} before training, {after.max():.3f} after")

# %% [markdown]
# ## Recall
#
# Start from a pattern with noise (a cue), and feed the network its own output fifty times. Is the pattern recalled?

# %% tags=["show-input"]
import torch

generator = torch.Generator().manual_seed(0)
noise = torch.randn(points.shape, generator=generator, dtype=points.dtype)
recalled = sigae.recalled(model, points + noise, points, steps=50)
print(f"{recalled.sum()} of {len(points)} cues are recalled")

# %% [markdown]
# ## Compare with infinite width
#
# For an infinitely wide network the distribution of the trained Jacobian is known exactly.

# %% tags=["show-input"]
limit = sigae.InfiniteWidth(points, activation="sigmoid")
drawn = sigae.spectral_radius(limit.sample_jacobians(points[0], samples=5, seed=0))
print(f"rho, first pattern: {after[0]:.3f} here, {drawn.mean():.3f} in the limit")

# %% [markdown]
# ## A phase diagram of your own
#
# At which norms and loads $n/d$ (patterns per dimension) are patterns attractors?

# %% tags=["show-input"]
for n in [1, 2, 4, 8, 16, 32]:
    rho = []
    for norm in [1, 2, 4, 8, 16, 32]:
        points = sigae.sphere_points(n, 32, norm=norm, seed=0)
        limit = sigae.InfiniteWidth(points, activation="sigmoid")
        J = limit.sample_jacobians(points[0], samples=5, seed=0)
        rho.append(sigae.spectral_radius(J).mean())
    print(f"n/d = {n / 32:.2f}: rho =", ", ".join(f"{value:.3f}" for value in rho))

# %% [markdown]
# {numref}`fig-own-diagram` draws such a diagram. The full one is on the page {doc}`11_phase_diagram`. The page
# {doc}`../reference` lists every function and its options.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-own-diagram", "caption": "Spectral radius of the trained Jacobian at infinite width, against the norm r and the load n/d: mean over a few draws. Solid contour: radius one; where it is smaller, patterns are attractors."}, "image": {"alt": "A coloured map of one panel. The radius is close to one at small norms and falls with the norm, later where the load is larger."}}
from book import figures, publish
from book.experiments.phase_diagram import limit_radius
from book.sweep import grid, sweep

axes = {"n_points": [1, 2, 4, 8, 16, 32], "norm": [1, 2, 4, 8, 16, 32]}
plane = sweep(limit_radius, grid(activation=activation, dim=dim, **axes, seed=0, points_seen=1, samples=5))
publish.failures(plane=plane)
levels = [0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.05, 1.1, 1.2]
publish.figure(figures.phase_diagram(plane, {"radius": "infinite width"}, levels=levels))

# %% [markdown]
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=00 PARAMETERS="activation=erf dim=64"
# ```
