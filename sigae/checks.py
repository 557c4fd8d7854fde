"""Checks of arguments: bad input ends in one sentence that names the value and the remedy."""

import math
import operator
from typing import Any

import torch
from torch import Tensor

try:
    import psutil
except ImportError:  # the book's environment has it; without it no memory is checked
    psutil = None

__all__ = [
    "check_finite",
    "check_floats",
    "check_memory",
    "check_place",
    "check_points",
    "check_positive",
    "check_range",
    "check_square",
    "check_targets",
    "check_whole",
]

DTYPES = (torch.float64, torch.float32)
HEADROOM = 1e-8  # of fourth powers of norms, under the largest number there is


def check_whole(name: str, value: int, minimum: int = 1) -> int:
    """Read a whole number."""
    try:
        whole = operator.index(value)
    except TypeError:
        whole = None
    if whole is None or isinstance(value, bool) or whole < minimum:
        raise ValueError(f"{name} is {value!r}: give a whole number of at least {minimum}.")
    return whole


def check_positive(name: str, value: Any, *, or_zero: bool = False) -> float:
    """Read a positive number, or zero where that may be."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and (number > 0 or (or_zero and number == 0))):
        raise ValueError(f"{name} is {value!r}: give a finite number {'of at least' if or_zero else 'above'} 0.")
    return number


def check_place(dtype: torch.dtype, device: torch.device | str) -> None:
    """Check that numbers of a type can be computed with on a device."""
    if dtype not in DTYPES:
        raise ValueError(f"dtype is {dtype}: choose torch.float64 or torch.float32.")
    try:
        torch.empty(0, dtype=dtype, device=device)
    except (RuntimeError, AssertionError, TypeError, NotImplementedError):
        raise ValueError(
            f"device is {str(device)!r}, which this machine or this installation of torch does not have, or not in "
            f'{str(dtype).removeprefix("torch.")}: leave it out, or give "cpu".'
        ) from None


def check_memory(what: str, need: float, remedy: str) -> None:
    """Check, where psutil is installed, that something fits in the memory that is free."""
    free = psutil.virtual_memory().available if psutil else math.inf
    if need > free:
        raise MemoryError(
            f"{what} needs about {need / 2**30:,.1f} GiB of memory but {free / 2**30:,.1f} GiB are free: {remedy}."
        )


def check_floats(name: str, value: Any, dtype: torch.dtype | None = None) -> Tensor:
    """Check that something is a tensor of real floating-point numbers."""
    if not isinstance(value, Tensor):
        way = "from_numpy(...)" if type(value).__module__ == "numpy" else "tensor(..., dtype=torch.float64)"
        raise TypeError(f"{name} is of type {type(value).__name__}: give a torch.Tensor, as torch.{way} makes one.")
    wanted = DTYPES if dtype is None else (dtype,)
    if value.dtype not in wanted:
        raise TypeError(f"{name} is of type {value.dtype}: convert it with .to({wanted[0]}).")
    return value


def check_finite(name: str, value: Tensor) -> Tensor:
    """Check that no entry of a tensor is infinite or nan."""
    finite = torch.isfinite(value)
    if not finite.all():
        place = (~finite).nonzero()[0].tolist()
        raise ValueError(f"{name}{place or ''} is {value[tuple(place)].item()}: remove or repair what is not finite.")
    return value


def check_range(name: str, value: Tensor) -> Tensor:
    """Check that fourth powers of the norms of vectors, which kernels are made of, can be computed with."""
    largest = value.abs().max().item() if value.numel() else 0.0
    if largest * math.sqrt(value.shape[-1]) > (torch.finfo(value.dtype).max * HEADROOM) ** 0.25:
        raise ValueError(
            f"{name} has entries up to {largest:.3g}, and kernels beyond the range of {str(value.dtype)[6:]}: take"
            " smaller norms."
        )
    return value


def check_square(name: str, value: Any) -> Tensor:
    """Check that something holds square matrices of finite numbers, whose eigenvalues may be asked for."""
    if not (isinstance(value, Tensor) and value.dtype in (torch.complex128, torch.complex64)):
        check_floats(name, value)
    if value.ndim < 2 or value.shape[-1] != value.shape[-2] or value.shape[-1] == 0:
        raise ValueError(f"{name} has shape {tuple(value.shape)}: give square matrices, shape (..., d, d) with d >= 1.")
    return check_finite(name, value)


def check_points(points: Tensor, dim: int | None = None) -> Tensor:
    """Check patterns."""
    check_floats("points", points)
    if points.ndim != 2 or 0 in points.shape:
        raise ValueError(f"points has shape {tuple(points.shape)}: give (n, d) with n >= 1 and d >= 1.")
    if dim is not None and points.shape[1] != dim:
        raise ValueError(
            f"points has {points.shape[1]} columns but the network has dim {dim}: give points of shape (n, {dim})."
        )
    check_range("points", check_finite("points", points))
    unique, inverse = torch.unique(points, dim=0, return_inverse=True)
    if len(unique) < len(points):
        kinds = inverse.tolist()
        row = next(row for row, kind in enumerate(kinds) if kind in kinds[:row])
        raise ValueError(f"points rows {kinds.index(kinds[row])} and {row} are equal: give each pattern once.")
    return points


def check_targets(targets: Tensor | None, points: Tensor) -> Tensor:
    """Check what patterns are to be mapped to, themselves unless given."""
    if targets is None:
        return points
    check_finite("targets", check_floats("targets", targets, points.dtype))
    if targets.shape != points.shape or targets.device != points.device:
        raise ValueError(
            f"targets has shape {tuple(targets.shape)} on {targets.device}: give one target for each of the points, "
            f"{tuple(points.shape)} on {points.device}."
        )
    return check_range("targets", targets)
