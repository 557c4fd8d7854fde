"""Many pictures in one network: how many become attractors, and what is recalled of them."""

from __future__ import annotations

import functools
import math
import time
from typing import Any

import torch
from scipy.optimize import brentq
from torch import Tensor

from book.experiments.memories import arrived, memory_map, settled
from book.experiments.own_pictures import near_square, stored
from book.experiments.pictures import damaged
from sigae.infinite_width import InfiniteWidth
from sigae.infinite_width.chebyshev import TabulatedLimits
from sigae.jacobians import jacobian, spectral_radius

__all__ = ["DAMAGES", "KINDS", "boundary_norm", "picture_set", "pictures_themselves", "stored_pictures"]

PATCH = 16  # side of a patch of a photograph
KINDS = ("random", "digits", "digits' covariance", "patches", "patches' covariance")
DAMAGES = {"noise 0.1": ("noise", 0.1), "noise 0.3": ("noise", 0.3), "quarter": ("rows", 0.25), "half": ("rows", 0.5)}
"""Relative length of the noise, or share of the lower rows that are lost."""
SHARP = 300.0  # inverse temperature of the Hopfield network, for hundreds of memories of norm one
PROBES = 60  # memories that are recalled
SAMPLED, SAMPLES = 10, 3  # memories at which Jacobians of single networks are drawn, and how many at each
REACH = 2.0  # norms of a picture within which iterates are expected
LEAST, MOST = 2.0, 500.0  # norms between which the boundary is looked for


def picture_set(kind: str, count: int, *, norm: float = 1.0, choice: int = 0) -> Tensor:
    """Draw pictures, subtract their mean picture, and scale each to a norm; (count, d).

    ``"digits"``: scikit-learn's 1,797 digits, d = 64. ``"patches"``: squares of 16 x 16 of its two photographs, which
    do not overlap, each less its mean grey, d = 256. ``"digits' covariance"``, ``"patches' covariance"``: normal
    vectors of the same covariance. ``"random"``: standard normal vectors, d = 64. Else a reader's own, by the source
    that :func:`~book.experiments.own_pictures.own_patterns` gives.
    """
    own = "/" in kind
    if kind not in KINDS and not own:
        raise ValueError(f"kind is {kind!r}: choose one of {', '.join(KINDS)}.")
    generator = torch.Generator().manual_seed(choice)
    if own or kind in ("digits", "patches"):
        images = stored(kind).values if own else _images(kind)
        if count > len(images):
            raise ValueError(f"{count} pictures are asked for, but there are only {len(images)} {kind}: take fewer.")
        taken = images[torch.randperm(len(images), generator=generator)[:count]]
    else:
        root = torch.eye(64, dtype=torch.float64) if kind == "random" else _root_of_covariance(kind.split("'")[0])
        taken = torch.randn(count, len(root), generator=generator, dtype=torch.float64) @ root
    taken = taken - taken.mean(dim=0)
    return norm * taken / taken.norm(dim=1, keepdim=True)


@functools.cache
def _images(kind: str) -> Tensor:
    from sklearn.datasets import load_digits, load_sample_images  # where they are wanted alone

    if kind == "digits":
        return torch.from_numpy(load_digits().data)
    grey = [torch.from_numpy(image.mean(axis=-1)) for image in load_sample_images().images]
    squares = torch.cat([image.unfold(0, PATCH, PATCH).unfold(1, PATCH, PATCH).reshape(-1, PATCH**2) for image in grey])
    return squares - squares.mean(dim=1, keepdim=True)


@functools.cache
def _root_of_covariance(kind: str) -> Tensor:
    values, vectors = torch.linalg.eigh(torch.cov(_images(kind).T))
    return (vectors * values.clamp_min(0).sqrt()) @ vectors.T


def pictures_themselves(*, kind: str, n_pictures: int, choice: int) -> dict[str, Any]:
    """Describe pictures, and what recalls them without a network.

    Returns ``participation``, one over the sum of squares of the Gram matrix's eigenvalues, each over their sum, which
    is how many directions count; ``cosine``, the mean cosine of a picture and its nearest other; for each damage
    ``nearest NAME``, the share of cues to which the right picture is the nearest, and ``hopfield NAME``, the share that
    a modern Hopfield network recalls (Ramsauer et al. 2021, equation 3).
    """
    points = picture_set(kind, n_pictures, choice=choice)
    shares = torch.linalg.eigvalsh(points.T @ points) / n_pictures
    cues = _cues(points, choice, _shape(kind, points))
    ends, _ = settled(lambda x: torch.softmax(SHARP * x @ points.T, dim=-1) @ points, cues[None], 100)
    return {
        "participation": 1 / shares.square().sum().item(),
        "cosine": (points @ points.T).fill_diagonal_(-1).amax(dim=1).mean().item(),
        **_shares("nearest", torch.cdist(cues, points).argmin(dim=-1)),
        **_shares("hopfield", arrived(ends[0], points)),
    }


def stored_pictures(
    *, kind: str, n_pictures: int, norm: float, activation: str, choice: int, looked_at: int, width: int = 0,
    wall: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Store many pictures in a network, or in the mean infinitely wide one at ``width`` 0, and recall some of them.

    Returns of a network how training ended; ``seconds``; of rho at the first ``looked_at`` memories ``radius_worst``,
    ``radius_mean`` and ``attractors``, the share below one; ``cues``, how many of each damage; for each damage
    ``recalled NAME``, the share of cues that end nearest to their own picture and within 5 % of its norm; and of the
    damage ``wall``, over the norm, ``start``, ``end`` and ``stored``, their ``shape`` in pixels, and ``found``, the
    memory reached, or -1.
    """
    started = time.perf_counter()
    points = picture_set(kind, n_pictures, norm=norm, choice=choice)
    map, ending = memory_map(points, width=width, activation=activation, seed=choice)
    radii = spectral_radius(jacobian(map, points[:looked_at]))
    shape = _shape(kind, points)
    cues = _cues(points, choice, shape)
    tabulated = TabulatedLimits([map], REACH * norm) if isinstance(map, InfiniteWidth) else map
    ends = settled(tabulated, cues[None], 100)[0][0]
    found = arrived(ends, points)
    record = {name: ending[name] for name in ("converged", "reason", "steps", "loss") if width}
    if wall:
        k = list(DAMAGES).index(wall)
        record |= {"start": cues[k] / norm, "end": ends[k] / norm, "stored": points[:PROBES] / norm, "found": found[k]}
        record |= {"shape": shape}
    return record | {
        "radius_worst": radii.max().item(),
        "radius_mean": radii.mean().item(),
        "attractors": (radii < 1).to(points.dtype).mean().item(),
        "cues": cues.shape[1],
        **_shares("recalled", found),
        "seconds": time.perf_counter() - started,
    }


def boundary_norm(*, kind: str, n_pictures: int, activation: str, choice: int) -> dict[str, float]:
    """Find the norm at which rho of single infinitely wide networks, its mean at ten memories, falls through one.

    Returns ``boundary``, that norm, zero where rho is below one at norm 2 already; ``dim``, that of the pictures; and
    ``seconds``.
    """
    started = time.perf_counter()
    points = picture_set(kind, n_pictures, choice=choice)

    @functools.cache
    def excess(log_norm: float) -> float:
        limit = InfiniteWidth(math.exp(log_norm) * points, activation=activation)
        seeded = enumerate(limit.points[:SAMPLED], start=SAMPLED * choice)  # memories must not share their networks
        J = torch.cat([limit.sample_jacobians(x, SAMPLES, seed=seed) for seed, x in seeded])
        return spectral_radius(J).mean().item() - 1

    low, high = math.log(LEAST), math.log(MOST)
    found = math.exp(brentq(excess, low, high, xtol=0.02)) if excess(low) > 0 else 0.0
    return {"boundary": found, "dim": points.shape[1], "seconds": time.perf_counter() - started}


def _shape(kind: str, points: Tensor) -> tuple[int, int]:
    return stored(kind).shape if "/" in kind else near_square(points.shape[1])


def _cues(points: Tensor, choice: int, shape: tuple[int, int]) -> Tensor:
    """Damage the first pictures in all ways; (damages, probes, d)."""
    each = [(how, amount * (shape[0] if how == "rows" else 1)) for how, amount in DAMAGES.values()]
    return torch.stack([damaged(points[:PROBES], how, amount, seed=choice, shape=shape) for how, amount in each])


def _shares(name: str, which: Tensor) -> dict[str, float]:
    """Say for each damage, (damages, probes), of which share of cues the memory found is their own."""
    own = (which == torch.arange(which.shape[1])).to(torch.float64).mean(dim=1).tolist()
    return {f"{name} {damage}": share for damage, share in zip(DAMAGES, own, strict=True)}
