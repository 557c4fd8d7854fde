"""Patterns to store."""

import numpy as np
import torch
from torch import Tensor

from sigae.checks import check_memory, check_place, check_positive, check_whole

__all__ = ["sphere_points"]

# Streams keep points, weights and noise of one seed independent of each other.
POINT_STREAM, WEIGHT_STREAM, NOISE_STREAM, LIMIT_STREAM = range(4)


def normal_draws(shape: tuple[int, ...], *, stream: int, seed: int) -> Tensor:
    """Draw independent standard normal numbers, float64 on the CPU, the same on every machine."""
    # NumPy's generator, as the vectorised paths of torch's differ from one processor to the next.
    rng = np.random.default_rng([check_whole("stream", stream, 0), check_whole("seed", seed, 0)])
    return torch.from_numpy(rng.standard_normal(shape))


def sphere_points(
    n_points: int,
    dim: int,
    *,
    norm: float = 1.0,
    seed: int = 0,
    dtype: torch.dtype = torch.float64,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Draw points uniformly on the sphere of radius ``norm``.

    The directions depend on the seed alone, so points of one seed and two norms are
    multiples of each other.

    Parameters
    ----------
    n_points, dim
        How many points n, in how many dimensions d.
    norm
        Euclidean norm of every point.
    seed
        A whole number of at least 0; the same seed gives the same points on any machine.
    dtype, device
        Of the result.

    Returns
    -------
    Tensor
        Shape (n, d); row i is point i.

    Raises
    ------
    ValueError
        If ``n_points`` or ``dim`` is below 1, ``norm`` is not a finite number above 0, ``seed`` is negative, the type
        neither float64 nor float32, or the device not there.
    MemoryError
        If the points would not fit in the memory that is free.

    Examples
    --------
    >>> points = sphere_points(2, 3, norm=5.0, seed=1)
    >>> [round(r, 12) for r in points.norm(dim=1).tolist()]
    [5.0, 5.0]
    """
    n, d = check_whole("n_points", n_points), check_whole("dim", dim)
    check_place(dtype, device)
    check_memory(f"drawing {n} points in {d} dimensions", 2 * n * d * torch.float64.itemsize, "draw fewer")
    g = normal_draws((n, d), stream=POINT_STREAM, seed=seed)
    points = check_positive("norm", norm) * g / g.norm(dim=1, keepdim=True)
    return points.to(dtype=dtype, device=device)
