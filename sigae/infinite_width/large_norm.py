"""How the mean trained Jacobian comes to its limit of one half as the norm grows."""

from __future__ import annotations

import math

from torch import Tensor

from sigae.activations import get_activation

__all__ = ["large_norm_coefficient"]


def large_norm_coefficient(directions: Tensor, activation: str) -> Tensor:
    """Return the coefficient a_i in rho(E[J(x_i)]) = 1/2 - a_i / r + O(r^-2), for patterns r times the directions.

    a_i = sqrt(d) / (2 lambda) sum_j M_ij rho_ij, lambda = (integral of phi'^2) / sqrt(2 pi), rho the cosines and
    M_ij = phi(0)^2 + (2 gamma^2 / pi) (arcsin rho_ij + rho_ij / sqrt(1 - rho_ij^2)) off the diagonal,
    phi(0)^2 + gamma^2 on it: the book's page on the infinite-width limit, theorem on large norms.

    Parameters
    ----------
    directions
        Unit vectors, no two of them parallel, shape (n, d).
    activation
        ``"sigmoid"``, ``"tanh"`` or ``"erf"``.

    Returns
    -------
    Tensor
        Shape (n,).

    Raises
    ------
    ValueError
        If the activation is unknown, or is not an odd function and a constant, with a limit at infinity.
    """
    n, d = directions.shape
    phi = get_activation(activation)
    gamma, scale = phi.swing, phi.squared_slope / math.sqrt(2 * math.pi)
    rho = directions @ directions.T
    off = rho.clone().fill_diagonal_(0)
    M = 2 * gamma**2 / math.pi * (off.arcsin() + off / (1 - off**2).sqrt())
    M.diagonal().fill_(gamma**2)
    return math.sqrt(d) / (2 * scale) * ((M + phi.centre**2) * rho).sum(dim=1)
