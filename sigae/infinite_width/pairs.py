"""What the kernels depend on, of pairs of inputs: variances, covariance, and how far they are from parallel.

At large norm a network tells inputs apart whose angle is small like that norm's inverse. The cosine, near one, has lost
such an angle to rounding: so the part of one input orthogonal to the other is computed by exact products and
differences.
"""

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["PairMoments", "orthogonal_part", "pair_moments"]

LOST = 2.0**-75  # beside an input, a part orthogonal to another that is below its rounding
REMOVALS = 4  # of the part of one input parallel to another; each leaves 2^-26 of it
NEARLY_PARALLEL = 0.9  # squared cosine from which on p q - c^2 would lose more than a digit


class PairMoments(NamedTuple):
    """Of inputs u (rows) and v (columns): variances, covariance, and p q - c^2."""

    p: Tensor
    c: Tensor
    q: Tensor
    gram_determinant: Tensor


def orthogonal_part(x: Tensor, y: Tensor) -> Tensor:
    """Return x - (x . y / |y|^2) y, but for its rounding and 1e-22 |x|, however nearly parallel x and y are.

    Their shapes (..., d) broadcast together. Where y is zero, it is x itself.
    """
    yy = y.square().sum(-1, keepdim=True)
    yy = torch.where(yy > 0, yy, 1.0)
    high = _leading_half(y)
    low, apart = y - high, x
    for _ in range(REMOVALS):
        # products with 26 digits are exact; so are differences of numbers that nearly agree
        share = _leading_half(apart.mul(y).sum(-1, keepdim=True) / yy)
        apart = apart - share * high - share * low
    lost = torch.linalg.vector_norm(apart, dim=-1) <= LOST * torch.linalg.vector_norm(x, dim=-1)
    return apart.masked_fill(lost[..., None], 0.0)


def _leading_half(x: Tensor) -> Tensor:
    """Round to 26 binary digits: products of two such numbers are exact (Veltkamp 1968)."""
    shifted = x * (2**27 + 1)
    return shifted - (shifted - x)


def pair_moments(x: Tensor, y: Tensor, dim: int) -> PairMoments:
    """Return what the kernels between inputs x and y, over the root of ``dim``, depend on."""
    d = dim
    p, c, q = x.square().sum(-1, keepdim=True) / d, x @ y.T / d, y.square().sum(-1) / d
    with torch.no_grad():
        x, y, P, C, Q = (a.detach() for a in (x, y, p, c, q))
        product = P * Q
        gram_determinant = (product - C * C).clamp_min(0)
        i, j = torch.nonzero(C * C > NEARLY_PARALLEL * product, as_tuple=True)
        gram_determinant[i, j] = orthogonal_part(x[i], y[j]).square().sum(-1) * Q[j] / d
    return PairMoments(p, c, q, gram_determinant)
