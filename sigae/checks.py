"""Checks of arguments: bad input ends in one sentence that names the value and the remedy."""

from __future__ import annotations

import math
import operator

import torch
from torch import Tensor

__all__ = ["check_points", "check_positive", "check_whole"]


def check_whole(name: str, value: int, minimum: int = 1) -> int:
    """Read a whole number.

    Returns
    -------
    int
        The value.

    Raises
    ------
    ValueError
        If it is not a whole number of at least ``minimum``.
    """
    try:
        whole = operator.index(value)
    except TypeError:
        whole = None
    if whole is None or isinstance(value, bool) or whole < minimum:
        raise ValueError(f"{name} is {value!r}: give a whole number of at least {minimum}.")
    return whole


def check_positive(name: str, value: float) -> float:
    """Read a positive number.

    Returns
    -------
    float
        The value.

    Raises
    ------
    ValueError
        If it is not a finite number above zero.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} is {value!r}: give a finite number above 0.")
    return number


def check_points(points: Tensor, dim: int | None = None) -> Tensor:
    """Check patterns.

    Returns
    -------
    Tensor
        The points: a finite (n, d) tensor of distinct rows.

    Raises
    ------
    TypeError
        If it is not a floating-point tensor.
    ValueError
        If its shape is wrong, an entry is not finite, or two rows are equal.
    """
    if not isinstance(points, Tensor) or not points.is_floating_point():
        found = points.dtype if isinstance(points, Tensor) else type(points).__name__
        raise TypeError(f"points is of type {found}: give a floating-point torch.Tensor of shape (n, d).")
    if points.ndim != 2 or 0 in points.shape:
        raise ValueError(f"points has shape {tuple(points.shape)}: give (n, d) with n >= 1 and d >= 1.")
    if dim is not None and points.shape[1] != dim:
        raise ValueError(
            f"points has {points.shape[1]} columns but the network has dim {dim}: give points of shape (n, {dim})."
        )
    finite = torch.isfinite(points).all(dim=1)
    if not finite.all():
        row = int((~finite).nonzero()[0])
        raise ValueError(f"points row {row} holds a value that is not finite: remove or repair it.")
    unique, inverse = torch.unique(points, dim=0, return_inverse=True)
    if len(unique) < len(points):
        first: dict[int, int] = {}
        for row, group in enumerate(inverse.tolist()):
            if group in first:
                raise ValueError(f"points rows {first[group]} and {row} are equal: give each pattern once.")
            first[group] = row
    return points
