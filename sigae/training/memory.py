"""How much memory a run of training needs."""

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_memory
from sigae.training.matrix_free import LARGEST_SPACE

__all__ = ["check_run_fits", "memory_needed"]

# Peak memory of a run, making the network included, over that of the weights and of one (n, m) array a hidden layer:
# what was measured (tests/sigae/test_memory.py). Of many patterns each state has W_2, .. of its own (objective.py).
WEIGHT_COPIES, LAYER_COPIES = 3, 10
# Deeper networks also hold the outputs' derivatives by the hidden units, (n, d, m) a hidden layer.
SENSITIVITY_COPIES = 2


def memory_needed(*, n_points: int, dim: int, width: int, depth: int = 2, dtype: torch.dtype = torch.float64) -> int:
    """Estimate the peak memory of training by gradient flow.

    Returns
    -------
    int
        Bytes.

    Examples
    --------
    >>> memory_needed(n_points=5, dim=32, width=1_000_000) // 2**20
    1846
    """
    weights = width * (2 * dim + (depth - 2) * width)
    layers = (depth - 1) * n_points * width
    copies, a_layer = WEIGHT_COPIES, LAYER_COPIES
    if 2 * n_points > (dim if depth == 2 else width):
        copies += 1 if depth == 2 else 2
    if depth > 2:
        a_layer += SENSITIVITY_COPIES * dim
    space = 3 * LARGEST_SPACE * n_points * dim  # residuals, their images, and a copy
    return (copies * weights + a_layer * layers + space) * dtype.itemsize


def check_run_fits(model: Autoencoder, points: Tensor) -> None:
    """Check that training a network would fit in the memory that is free."""
    weight = model.weights[0]
    if weight.device.type != "cpu":
        return
    need = memory_needed(n_points=len(points), dim=model.dim, width=model.width, depth=model.depth, dtype=weight.dtype)
    remedy = "use a smaller width, fewer points or dtype=torch.float32"
    check_memory(f"training {len(points)} points at width {model.width}", need, remedy)
