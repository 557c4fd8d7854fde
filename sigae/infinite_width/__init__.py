"""The limit of infinite width: its kernels, the trained network's mean, and the distribution of its Jacobian."""

from sigae.infinite_width.core_map import core_map, recalled_near_ray, return_factors
from sigae.infinite_width.high_dimension import critical_load
from sigae.infinite_width.large_norm import large_norm_coefficient
from sigae.infinite_width.limit import InfiniteWidth

__all__ = ["InfiniteWidth", "core_map", "critical_load", "large_norm_coefficient", "recalled_near_ray",
           "return_factors"]  # fmt: skip
