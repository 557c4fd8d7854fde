"""The limit of infinite width: its kernels, the trained network's mean, and the law of its Jacobian."""

from sigae.infinite_width.large_norm import large_norm_coefficient
from sigae.infinite_width.limit import InfiniteWidth

__all__ = ["InfiniteWidth", "large_norm_coefficient"]
