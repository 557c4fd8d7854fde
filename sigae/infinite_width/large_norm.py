"""How the mean trained Jacobian comes to its limit of one half as the norm grows."""

from __future__ import annotations

import math

from torch import Tensor

from sigae.activations import get_activation

__all__ = ["large_norm_coefficient"]


def large_norm_coefficient(directions: Tensor, activation: str) -> Tensor:
    r"""Return the coefficients of the leading term at large norm, for patterns r times the directions.

    .. math:: \rho(E[J(x_i)]) = \tfrac12 - \frac{a_i}{r} + O(r^{-2}), \qquad
        a_i = \frac{\sqrt d}{2 \lambda} \sum_j M_{ij} c_{ij}, \qquad
        \lambda = \frac{1}{\sqrt{2 \pi}} \int \phi'(z)^2 \, \mathrm{d}z

    with :math:`c` the cosines, :math:`\gamma = \phi(\infty) - \phi(0)`, and

    .. math:: M_{ij} = \phi(0)^2 + \frac{2 \gamma^2}{\pi}
        \Big(\arcsin c_{ij} + \frac{c_{ij}}{\sqrt{1 - c_{ij}^2}}\Big) \ (i \ne j), \qquad
        M_{ii} = \phi(0)^2 + \gamma^2

    as the book's page on the infinite-width limit proves.

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
