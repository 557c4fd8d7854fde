"""How fast an iterated map comes to a fixed point."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sigae.checks import check_finite, check_floats, check_positive, check_whole
from sigae.recall.iteration import iterate

__all__ = ["contraction_rates"]


@torch.no_grad()
def contraction_rates(
    map: Callable[[Tensor], Tensor],
    points: Tensor,
    cues: Tensor,
    *,
    steps: int = 400,
    window: tuple[float, float] = (1e-4, 1e-9),
) -> Tensor:
    r"""Measure by what factor a step brings a cue nearer to its fixed point, once it is near.

    Near an attracting fixed point :math:`x^*` the distance falls like :math:`\rho^k` for almost every cue, with
    :math:`\rho` the spectral radius of the Jacobian there (Ostrowski 1966, chapter 22).

    Parameters
    ----------
    map
        A function (..., d) -> (..., d).
    points
        The fixed points, shape (k, d).
    cues
        Starting points, one for each fixed point, shape (k, d).
    steps
        How often the map is applied at most.
    window
        Distances between which the rate is measured, over the first distance.

    Returns
    -------
    Tensor
        exp of the slope of log distance against steps, by least squares, shape (k,); nan where fewer than three steps
        lie in the window.

    Raises
    ------
    TypeError
        If ``points`` or ``cues`` is no tensor of float64 or float32.
    ValueError
        If their shapes differ, one is not finite, or an option is out of range.

    Examples
    --------
    >>> rates = contraction_rates(lambda x: 0.9 * x, torch.zeros(1, 2).double(), torch.ones(1, 2).double())
    >>> round(rates.item(), 9)
    0.9
    """
    for name, value in (("points", points), ("cues", cues)):
        check_finite(name, check_floats(name, value))
    if points.shape != cues.shape or points.ndim != 2:
        raise ValueError(f"points has shape {tuple(points.shape)} and cues {tuple(cues.shape)}: give (k, d) twice.")
    upper, lower = (check_positive("window", end) for end in window)
    path = iterate(map, cues, steps=check_whole("steps", steps))
    distance = (path - points).norm(dim=-1)  # (steps + 1, k)
    inside = (distance < upper * distance[0]) & (distance > lower * distance[0])
    weight, log = inside.to(distance), torch.where(inside, distance, 1.0).log()
    count = weight.sum(dim=0)
    time = torch.arange(len(path), dtype=log.dtype, device=log.device)[:, None]
    time = time - (time * weight).sum(dim=0) / count
    slope = (time * weight * log).sum(dim=0) / (time.square() * weight).sum(dim=0)
    return torch.where(count >= 3, slope.exp(), torch.nan)
