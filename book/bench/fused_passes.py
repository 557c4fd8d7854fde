"""Whether a compiler's fused passes would pay: numba's against torch's, on the arrays of one block of a step.

numba is no dependency of the book: install it by hand to measure this; without it the record keeps what it holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version

import torch

from sigae.training.objective import BLOCK_ENTRIES

__all__ = ["fused_passes"]

REPEATS = 200


def _milliseconds(run: Callable[[], object]) -> float:
    """Return the median time of a call, after a first one that compiles."""
    run()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return 1e3 * sorted(times)[REPEATS // 2]


def fused_passes(n: int = 20, d: int = 32) -> dict | None:
    """Time the sigmoid, and g phi'(z) with phi' = phi (1 - phi), as torch computes them and as numba does.

    Returns
    -------
    dict or None
        Milliseconds of each for one block, the blocks of a network of 10,000 units and numba's version; None where
        numba is not installed.
    """
    try:
        import numba  # type: ignore[import-not-found, import-untyped, unused-ignore]
        import numpy as np
    except ImportError:
        return None
    z = torch.randn(n, BLOCK_ENTRIES // (n + d), dtype=torch.float64)
    h, slope, g = torch.full_like(z, 0.5), torch.empty_like(z), torch.rand_like(z)  # no power of 1/4 is subnormal here
    out = torch.empty_like(z)
    flat_z, flat_h, flat_g, flat_out = (array.view(-1).numpy() for array in (z, h, g.clone(), out))

    @numba.njit(fastmath=True)
    def fused_sigmoid(z, out):  # type: ignore[no-untyped-def]
        for i in range(z.size):
            out[i] = 1 / (1 + np.exp(-z[i]))

    @numba.njit(fastmath=True)
    def fused_slope(g, h):  # type: ignore[no-untyped-def]
        for i in range(g.size):
            g[i] *= h[i] * (1 - h[i])

    def slope_in_passes() -> None:
        torch.mul(h, h, out=slope)
        torch.sub(h, slope, out=slope)
        g.mul_(slope)

    return {
        "sigmoid_torch": _milliseconds(lambda: torch.sigmoid(z, out=out)),
        "sigmoid_numba": _milliseconds(lambda: fused_sigmoid(flat_z, flat_out)),
        "slope_torch": _milliseconds(slope_in_passes),
        "slope_numba": _milliseconds(lambda: fused_slope(flat_g, flat_h)),
        "blocks": 10_000 / z.shape[1],
        "numba": version("numba"),
    }
