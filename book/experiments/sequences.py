"""Sequences as memories: each pattern is mapped to the next, in cycles and branches."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from book.experiments.memories import WITHIN, memory_map
from book.experiments.pictures import damaged, digits
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import jacobian
from sigae.patterns import sphere_points
from sigae.recall import cycle_rate, iterate

__all__ = ["DAMAGES", "branches", "counting", "patterns", "stored_sequences", "successors"]

DAMAGES = {"half": ("rows", 4), "noise 0.5": ("noise", 0.5)}  # lower rows lost, or relative length of the noise
DIM = 64


def patterns(kind: str, count: int, *, norm: float, choice: int = 0) -> Tensor:
    """Take patterns of a norm, (count, 64): ``"random"`` ones, or ``"digits"``, less the mean picture of those taken.

    Digits 0, 1, ..., 9, 0, ...: of each the first examples in the data set for ``choice`` 0, the next for 1.
    """
    if kind == "random":
        return sphere_points(count, DIM, norm=norm, seed=choice)
    if kind != "digits":
        raise ValueError(f"kind is {kind!r}: choose 'digits' or 'random'.")
    points = digits(count, choice)
    points = points - points.mean(dim=0)
    return norm * points / points.norm(dim=1, keepdim=True)


def successors(count: int, length: int) -> Tensor:
    """List which pattern follows each in cycles of so many."""
    if count % length:
        raise ValueError(f"length is {length}, which does not divide {count} patterns: give a divisor.")
    return torch.arange(count).reshape(-1, length).roll(-1, dims=1).flatten()


def stored_sequences(
    *, kind: str, n_patterns: int, length: int, norm: float, activation: str, choice: int, width: int = 0,
    iterations: int = 200,
) -> dict[str, Any]:  # fmt: skip
    """Store cycles of a length in a network, or in the mean infinitely wide one at ``width`` 0.

    Length 1 stores each pattern singly. Returns how training ended; ``rate``, the largest over the cycles; if
    ``iterations`` is not 0, for each damage ``recalled NAME``, the share of cues that are then within
    5 % of the norm from where the stored sequence would be; and ``cues``, how many of each damage.
    """
    points = patterns(kind, n_patterns, norm=norm, choice=choice)
    follows = successors(n_patterns, length)
    map, record = memory_map(points, targets=points[follows], width=width, activation=activation, seed=choice)
    J = jacobian(map, points)
    rates = cycle_rate(J.reshape(-1, length, DIM, DIM))
    record = record | {"rate": rates.max().item(), "cues": n_patterns}
    if iterations:
        places = torch.arange(n_patterns)
        for _ in range(iterations):
            places = follows[places]
        cues = torch.stack([damaged(points, *how, seed=choice) for how in DAMAGES.values()])
        ends = iterate(map, cues, steps=iterations)[-1]
        there = ((ends - points[places]).norm(dim=-1) < WITHIN * norm).to(points.dtype).mean(dim=1)
        record |= {f"recalled {name}": share for name, share in zip(DAMAGES, there.tolist(), strict=True)}
    return record


def counting(
    *, norm: float, activation: str, choice: int, length: int, picture: int, width: int = 0, iterations: int
) -> dict[str, Any]:
    """Follow the upper half of a digit, in a cycle of all ten (``length`` 10) or stored singly (1).

    Returns how training ended, and over the norm ``frames``, the iterates, and ``target``, the picture as stored.
    """
    points = patterns("digits", 10, norm=norm, choice=choice)
    targets = points[successors(10, length)]
    map, record = memory_map(points, targets=targets, width=width, activation=activation, seed=choice)
    path = iterate(map, damaged(points, "rows", 4)[picture], steps=iterations)
    return record | {"frames": path / norm, "target": points[picture] / norm}


def branches(*, norm: float, activation: str, choice: int, apart: float, iterations: int = 200) -> dict[str, Any]:
    """Store two cycles of five digits whose third pictures are ``apart``, over the norm, or are one picture at 0.

    One picture is given the mean of its two successors as its target. Returns ``slope``, the largest singular value of
    the Jacobian there; and ``recalled``, the share of the patterns that are within 5 % of themselves after whole turns,
    from cues with a tenth of noise.
    """
    points = patterns("digits", 10, norm=norm, choice=choice)
    targets = points[successors(10, 5)]
    third, other = points[2], points[7]
    towards = other - (other @ third) / norm**2 * third  # on the sphere, towards the picture that it replaces
    angle = 2 * math.asin(apart / 2)
    copy = math.cos(angle) * third + math.sin(angle) * norm * towards / towards.norm()
    points[7] = targets[6] = copy
    kept = [k for k in range(10) if apart or k != 7]
    if apart == 0:
        targets[2] = (targets[2] + targets[7]) / 2
    map = InfiniteWidth(points[kept], targets[kept], activation=activation)
    ends = iterate(map, damaged(points[kept], "noise", 0.1, seed=choice), steps=iterations)[-1]
    there = (ends - points[kept]).norm(dim=1) < WITHIN * norm
    slope = torch.linalg.matrix_norm(map.mean_jacobian(points[2]), 2)
    return {"slope": slope.item(), "recalled": there.to(points.dtype).mean().item()}
