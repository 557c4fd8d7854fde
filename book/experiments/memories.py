"""What the experiments on memories share: patterns stored in maps, cues iterated until they rest."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from book.experiments.setting import train_on
from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.infinite_width.chebyshev import TabulatedLimits
from sigae.jacobians import jacobian, spectral_radius
from sigae.recall import prepared

WITHIN = 0.05  # a memory is reached within this share of its norm
AT_ONCE = 25  # iterations between two looks at what rests
CUES = 4096  # that are iterated together, so that memory stays bounded
REST = 1e-7  # movement in a step, over a point's norm, that adds up to far less than WITHIN in the steps allowed
SHORT = 0.01  # share of the longest cue's norm that stands for the norm of points nearer to zero
STEP_TOLERANCE = 0.01  # with which many networks are trained: as many cues are recalled as at a third of it
EXACT = {"converged": True, "reason": "exact"}  # how the training of an infinitely wide network ends


def memory_map(
    points: Tensor, *, width: int, activation: str, seed: int, targets: Tensor | None = None, **training: Any
) -> tuple[Callable, dict[str, Any]]:
    """Store patterns (n, d), or map them to targets, in a network or, at ``width`` 0, in the mean infinitely wide one.

    Returns the map, and how training ended.
    """
    if width == 0:
        return InfiniteWidth(points, targets, activation=activation), EXACT
    model = Autoencoder(points.shape[1], width, activation=activation, seed=seed)
    return model, train_on(model, points, targets=targets, **training)


def memory_maps(
    points: Tensor, seeds: Sequence[int], *, width: int, activation: str, largest: float
) -> tuple[Callable[[Tensor], Tensor], Tensor, dict[str, Any]]:
    """Store several sets of patterns (B, n, d), each in a map of its own; a network stores one set alone.

    Returns the map, (B, k, d) to (B, k, d), for cues up to a ``largest`` norm; rho at the patterns, (B, n); and how
    training ended.
    """
    if width == 0:
        limits = [InfiniteWidth(own, activation=activation) for own in points]
        radii = [spectral_radius(limit.mean_jacobian(own)) for limit, own in zip(limits, points, strict=True)]
        return TabulatedLimits(limits, largest), torch.stack(radii), EXACT
    if len(seeds) > 1:
        raise ValueError(f"choices is {list(seeds)}: a network stores one choice of patterns, give one.")
    options: Any = {"width": width, "activation": activation, "step_tolerance": STEP_TOLERANCE}
    map, record = memory_map(points[0], seed=seeds[0], **options)
    return map, spectral_radius(jacobian(map, points[0]))[None], record


@torch.no_grad()
def settled(map: Callable[[Tensor], Tensor], cues: Tensor, iterations: int) -> tuple[Tensor, Tensor]:
    """Iterate a map (B, k, d) to (B, k, d) from cues (B, ..., d), and no longer those that do not move any more.

    Returns where the cues end, of their shape, and whether they rest there, (B, ...).
    """
    flat, floor = cues.flatten(1, -2), SHORT * cues.norm(dim=-1).max()
    map = prepared(map, cues, iterations)
    ends, rests = torch.empty_like(flat), torch.zeros(flat.shape[:2], dtype=torch.bool)
    for part in torch.arange(flat.shape[1]).split(CUES):
        x, done = flat[:, part], 0
        while len(part):
            for _ in range(min(AT_ONCE, iterations - done)):
                before, x = x, map(x)
            done += AT_ONCE
            still = (x - before).norm(dim=-1) <= REST * x.norm(dim=-1).clamp_min(floor)
            ends[:, part], rests[:, part] = x, still
            # of several sets those are iterated together that have the same place among their cues
            going = torch.full_like(still[0], done < iterations) & ~still.all(dim=0)
            part, x = part[going], x[:, going]
    return ends.reshape(cues.shape), rests.reshape(cues.shape[:-1])


def arrived(ends: Tensor, points: Tensor) -> Tensor:
    """Find the memory (..., n, d) within a twentieth of whose norm each end (..., k, d) lies; -1 where none is."""
    distance, nearest = torch.cdist(ends, points).min(dim=-1)
    return torch.where(distance < WITHIN * points.norm(dim=-1).amax(dim=-1)[..., None], nearest, -1)
