"""How much memory a run of training needs."""

from __future__ import annotations

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_memory

__all__ = ["check_run_fits", "memory_needed"]

# Peak memory of a run over that of the weights and of one (n, m) array a hidden layer.
WEIGHT_COPIES, LAYER_COPIES = 4, 12


def memory_needed(*, n_points: int, dim: int, width: int, depth: int = 2, dtype: torch.dtype = torch.float64) -> int:
    """Estimate the peak memory of training by gradient flow.

    Returns
    -------
    int
        Bytes.
    """
    weights = width * (2 * dim + (depth - 2) * width)
    layers = (depth - 1) * n_points * width
    return (WEIGHT_COPIES * weights + LAYER_COPIES * layers) * dtype.itemsize


def check_run_fits(model: Autoencoder, points: Tensor) -> None:
    """Check that training a network would fit in the memory that is free.

    Raises
    ------
    MemoryError
        If it would not.
    """
    weight = model.weights[0]
    if weight.device.type != "cpu":
        return
    need = memory_needed(n_points=len(points), dim=model.dim, width=model.width, depth=model.depth, dtype=weight.dtype)
    remedy = "use a smaller width, fewer points or dtype=torch.float32"
    check_memory(f"training {len(points)} points at width {model.width}", need, remedy)
