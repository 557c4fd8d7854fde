"""Many pictures in one network: how many become attractors, and what is recalled of them."""

from __future__ import annotations

import functools
import math
from typing import Any

import torch
from torch import Tensor

from book.experiments.memories import arrived, memory_map
from book.experiments.pictures import damaged, hopfield
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import jacobian, spectral_radius
from sigae.recall import iterate

__all__ = ["DAMAGES", "KINDS", "gram_spectrum", "picture_set", "stored_pictures"]

PATCH = 16  # side of a patch of a photograph
KINDS = ("digits", "patches", "digits' covariance", "patches' covariance", "random")
DAMAGES = {"noise 0.1": ("noise", 0.1), "noise 0.3": ("noise", 0.3), "quarter": ("rows", 0.25), "half": ("rows", 0.5)}
"""Relative length of the noise, or share of the lower rows that are lost."""
SHARP = 300.0  # inverse temperature of the Hopfield network: ten times that for ten memories
PROBES = 60  # memories that are recalled
SAMPLED, SAMPLES = 5, 5  # memories at which Jacobians of single networks are drawn, and how many at each
AT_A_TIME = 50  # Jacobians that are held


def picture_set(kind: str, count: int, *, norm: float = 1.0, choice: int = 0) -> Tensor:
    """Draw pictures, subtract their mean picture, and scale each to a norm; (count, d).

    ``"digits"``: scikit-learn's 1,797 digits, d = 64. ``"patches"``: squares of 16 x 16 from its two photographs,
    d = 256. ``"digits' covariance"``, ``"patches' covariance"``: normal vectors of the same covariance.
    ``"random"``: standard normal vectors, d = 64. A larger count adds pictures to those of a smaller one.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}: choose one of {', '.join(KINDS)}.")
    generator = torch.Generator().manual_seed(choice)
    source = kind.removesuffix("' covariance")
    if source == kind and kind != "random":
        images = _images(kind)
        if count > len(images):
            raise ValueError(f"count is {count}, but there are only {len(images)} {kind}: take fewer.")
        taken = images[torch.randperm(len(images), generator=generator)[:count]]
    else:
        root = torch.eye(64, dtype=torch.float64) if kind == "random" else _root_of_covariance(source)
        taken = torch.randn(count, len(root), generator=generator, dtype=torch.float64) @ root
    taken = taken - taken.mean(dim=0)
    lengths = taken.norm(dim=1, keepdim=True)
    if not lengths.min() > 0:
        raise ValueError(f"count is {count}: a picture equals the mean of all, take more pictures or another choice.")
    return norm * taken / lengths


@functools.cache
def _images(kind: str) -> Tensor:
    """Load all pictures of a kind once, (k, d)."""
    from sklearn.datasets import load_digits, load_sample_images  # where they are wanted alone

    if kind == "digits":
        return torch.from_numpy(load_digits().data)
    grey = [torch.from_numpy(image.mean(axis=-1)) for image in load_sample_images().images]
    squares = [image.unfold(0, PATCH, 1).unfold(1, PATCH, 1).reshape(-1, PATCH**2) for image in grey]
    return torch.cat(squares)


@functools.cache
def _root_of_covariance(kind: str) -> Tensor:
    values, vectors = torch.linalg.eigh(torch.cov(_images(kind).T))
    return (vectors * values.clamp_min(0).sqrt()) @ vectors.T


def gram_spectrum(*, kind: str, n_pictures: int, choice: int) -> dict[str, float]:
    """Describe how unevenly pictures fill their space.

    Returns ``dimension``, that of the space; ``participation``, (sum of eigenvalues)^2 / sum of their squares of the
    Gram matrix, which is how many directions count; ``nearest``, the mean cosine of a picture and its nearest other.
    """
    X = picture_set(kind, n_pictures, choice=choice)
    eigenvalues = torch.linalg.eigvalsh(X.T @ X)
    nearest = (X @ X.T).fill_diagonal_(-1).amax(dim=1).mean()
    participation = eigenvalues.sum().square() / eigenvalues.square().sum()
    return {"dimension": X.shape[1], "participation": participation.item(), "nearest": nearest.item()}


def stored_pictures(
    *,
    kind: str,
    n_pictures: int,
    norm: float,
    activation: str,
    choice: int,
    looked_at: int,
    width: int = 0,
    iterations: int = 100,
) -> dict[str, Any]:
    """Store many pictures in a network, or in the infinitely wide one at ``width`` 0, and recall some of them.

    Returns how training ended; of rho at the first ``looked_at`` memories ``radius_worst``, ``radius_mean`` and
    ``attractors``, the share below one; at infinite width ``radius``, the mean rho of single networks at the first
    memories; and for each of :data:`DAMAGES` of the first :data:`PROBES` memories ``recalled NAME``, the share of cues
    that end nearest to their own picture and within 5 % of its norm; ``nearest NAME``, the share of cues to which the
    right picture is the nearest; ``hopfield NAME``, what a modern Hopfield network recalls.
    """
    points = picture_set(kind, n_pictures, norm=norm, choice=choice)
    map, record = memory_map(points, width=width, activation=activation, seed=choice)
    derivative = map.mean_jacobian if isinstance(map, InfiniteWidth) else functools.partial(jacobian, map)
    radii = torch.cat([spectral_radius(derivative(part)) for part in points[:looked_at].split(AT_A_TIME)])
    if isinstance(map, InfiniteWidth):
        J = torch.cat([map.sample_jacobians(x, SAMPLES, seed=choice) for x in points[:SAMPLED]])
        record = record | {"radius": spectral_radius(J).mean().item()}
    side = math.isqrt(points.shape[1])
    cues = torch.stack([
        damaged(points[:PROBES], how, amount * (side if how == "rows" else 1), seed=choice)
        for how, amount in DAMAGES.values()
    ])  # (damages, probes, d)
    own = torch.arange(cues.shape[1])
    found = {
        "recalled": arrived(iterate(map, cues, steps=iterations)[-1], points),
        "nearest": torch.cdist(cues, points).argmin(dim=-1),
        "hopfield": arrived(iterate(hopfield(points, SHARP), cues, steps=iterations)[-1], points),
    }
    shares = {name: (which == own).to(points.dtype).mean(dim=-1).tolist() for name, which in found.items()}
    return record | {
        "radius_worst": radii.max().item(),
        "radius_mean": radii.mean().item(),
        "attractors": (radii < 1).to(points.dtype).mean().item(),
        **{f"{name} {damage}": share for name in shares for damage, share in zip(DAMAGES, shares[name], strict=True)},
    }
