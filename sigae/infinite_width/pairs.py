"""What the kernels depend on, of pairs of inputs: variances, covariance, and how far they are from parallel.

At large norm a network tells inputs apart whose angle is small like that norm's inverse. The cosine, near one, has lost
such an angle to rounding: so what of one input lies across the other is computed from their difference.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["PairMoments", "across", "pair_moments"]

NEARLY_PARALLEL = 0.9  # squared cosine from which on p q - c^2 would lose more than a digit


class PairMoments(NamedTuple):
    """Of inputs u (rows) and v (columns): variances, covariance, and p q - c^2, to rounding of each."""

    p: Tensor
    c: Tensor
    q: Tensor
    rest: Tensor


def across(x: Tensor, y: Tensor) -> Tensor:
    """Return the part of x that is orthogonal to y, without cancellation where they are nearly parallel.

    Parameters
    ----------
    x, y
        Shapes (..., d) that broadcast together.

    Returns
    -------
    Tensor
        x - (x . y / |y|^2) y, shape (..., d); x itself where y is zero.
    """
    xx, xy, yy = (a.mul(b).sum(-1, keepdim=True) for a, b in ((x, x), (x, y), (y, y)))
    some = (xx > 0) & (yy > 0)
    # a power of two, by which scaling is exact; of two inputs of one norm it is one, and their difference exact
    scale = torch.where(some, torch.exp2(torch.log2(torch.where(some, xx / yy, 1.0)).div(2).round()), 0.0)
    apart = x - torch.where(xy < 0, -scale, scale) * y
    return apart - apart.mul(y).sum(-1, keepdim=True) / torch.where(yy > 0, yy, 1.0) * y


def pair_moments(x: Tensor, y: Tensor) -> PairMoments:
    """Return what the kernels between inputs x and y depend on.

    Parameters
    ----------
    x, y
        Shapes (k, d) and (n, d).

    Returns
    -------
    PairMoments
        Of shapes (k, 1), (k, n), (n,) and (k, n); ``rest`` has no derivative.
    """
    d = x.shape[-1]
    p, c, q = x.square().sum(-1, keepdim=True) / d, x @ y.T / d, y.square().sum(-1) / d
    with torch.no_grad():
        x, y, P, C, Q = (a.detach() for a in (x, y, p, c, q))
        product = P * Q
        rest = (product - C * C).clamp_min(0)
        i, j = torch.nonzero(C * C > NEARLY_PARALLEL * product, as_tuple=True)
        rest[i, j] = across(x[i], y[j]).square().sum(-1) * Q[j] / d
    return PairMoments(p, c, q, rest)
