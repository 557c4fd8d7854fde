"""How fast an iterated map comes to a fixed point, or to a cycle."""

from collections.abc import Callable

import torch
from torch import Tensor

from sigae.checks import check_finite, check_floats, check_positive, check_square, check_whole
from sigae.jacobians import spectral_radius
from sigae.recall.iteration import iterate

__all__ = ["contraction_rates", "cycle_rate"]


def cycle_rate(J: Tensor) -> Tensor:
    r"""Return the factor by which a step along a cycle shrinks the distance from it, in the mean.

    A cycle :math:`x_1 \to x_2 \to \dots \to x_L \to x_1` attracts when
    :math:`\rho(J(x_L) \cdots J(x_1)) < 1`, as a fixed point of the map iterated L times (Ostrowski 1966, chapter 22).

    Parameters
    ----------
    J
        The Jacobians at the elements of the cycle in their order, shape (..., L, d, d).

    Returns
    -------
    Tensor
        :math:`\rho(J(x_L) \cdots J(x_1))^{1/L}`, shape (...); of a single Jacobian its spectral radius.

    Raises
    ------
    TypeError
        If J is no tensor of single or double precision.
    ValueError
        If its matrices are not square or not finite.

    Examples
    --------
    >>> J = torch.stack([torch.diag(torch.tensor([0.5, 0.1])), torch.diag(torch.tensor([2.0, 0.1]))])
    >>> round(cycle_rate(0.9 * J).item(), 6)
    0.9
    """
    if check_square("J", J).ndim < 3:
        raise ValueError(f"J has shape {tuple(J.shape)}: give the L Jacobians of a cycle, shape (..., L, d, d).")
    product, log_scale = J[..., 0, :, :], J.new_zeros(J.shape[:-3])
    for step in J.unbind(-3)[1:]:
        scale = torch.linalg.matrix_norm(product).clamp_min(torch.finfo(J.dtype).tiny)  # long products underflow
        product, log_scale = step @ (product / scale[..., None, None]), log_scale + scale.log()
    return ((spectral_radius(product).log() + log_scale) / J.shape[-3]).exp()


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
        If one is not finite, their shapes differ, or an option is out of range.

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
