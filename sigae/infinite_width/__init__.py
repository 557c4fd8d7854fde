"""The limit of infinite width: its kernels, the trained network's mean, and the distribution of its Jacobian."""

from sigae.infinite_width.high_dimension import critical_load
from sigae.infinite_width.large_norm import large_norm_coefficient, return_factors
from sigae.infinite_width.limit import InfiniteWidth

__all__ = ["InfiniteWidth", "critical_load", "large_norm_coefficient", "return_factors"]
