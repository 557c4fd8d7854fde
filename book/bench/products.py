"""How fast this machine multiplies matrices: large square ones, and those of a step of training."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["matrix_peak", "median_step", "thin_products"]


def median_step(seconds_and_steps: Callable[[], tuple[float, int]]) -> float:
    """Return the median over five short runs of the seconds a step takes."""
    return statistics.median(seconds / steps for seconds, steps in (seconds_and_steps() for _ in range(5)))


def matrix_peak(size: int = 3000) -> float:
    """Return the floating-point operations a second of a large square matrix product in float64."""
    A = torch.randn(size, size, dtype=torch.float64)
    times = []
    for _ in range(4):
        started = time.perf_counter()
        A @ A
        times.append(time.perf_counter() - started)
    return 2 * size**3 / min(times)


def thin_products(n: int = 20, d: int = 32, b: int = 2_000) -> dict:
    """Return the speed of a step's kinds of products, alone and in the cache, over that of large square ones."""
    coefficients, weights, hidden = (torch.randn(*shape, dtype=torch.float64) for shape in ((n, d), (d, b), (n, b)))

    def share(product: Callable[[], Tensor]) -> float:
        flops = 2 * n * d * b

        def run() -> tuple[float, int]:
            started = time.perf_counter()
            for _ in range(200):
                product()
            return time.perf_counter() - started, 200

        return flops / median_step(run) / matrix_peak()

    return {
        "n_points": n,
        "over_d": share(lambda: coefficients @ weights),
        "over_units": share(lambda: hidden @ weights.mT),
        "update": share(lambda: torch.addmm(weights, coefficients.mT, hidden, out=weights)),
    }
