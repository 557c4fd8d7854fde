"""Iterating a map from a cue: associative recall."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sigae.checks import check_positive, check_whole

__all__ = ["iterate", "recalled"]


@torch.no_grad()
def iterate(map: Callable[[Tensor], Tensor], cues: Tensor, *, steps: int = 50) -> Tensor:
    """Apply a map again and again.

    Parameters
    ----------
    map
        A function (..., d) -> (..., d).
    cues
        Starting points, shape (..., d).
    steps
        How often the map is applied.

    Returns
    -------
    Tensor
        The path, shape (steps + 1, ..., d); entry 0 is the cue.

    Raises
    ------
    ValueError
        If ``steps`` is below 1.
    """
    path = [cues]
    for _ in range(check_whole("steps", steps)):
        path.append(map(path[-1]))
    return torch.stack(path)


@torch.no_grad()
def recalled(
    map: Callable[[Tensor], Tensor],
    cues: Tensor,
    targets: Tensor,
    *,
    steps: int = 50,
    threshold: float = 1e-2,
) -> Tensor:
    """Tell which cues the iterated map leads to their target.

    Each cue is judged alone: it is recalled when the mean squared error between the map iterated
    ``steps`` times from it and its target is below ``threshold``.

    Parameters
    ----------
    map
        A function (..., d) -> (..., d).
    cues, targets
        Shapes (..., d) that broadcast against each other.
    steps
        How often the map is applied.
    threshold
        Bound on the mean over d of the squared error.

    Returns
    -------
    Tensor
        Boolean, one a cue.

    Raises
    ------
    ValueError
        If ``steps`` is below 1 or ``threshold`` not above 0.
    """
    x = cues
    for _ in range(check_whole("steps", steps)):
        x = map(x)
    return (x - targets).square().mean(dim=-1) < check_positive("threshold", threshold)
