"""The Jacobian of the mean trained network at large norm, which tends to one half."""

import math

from torch import Tensor

from sigae.activations import Activation, ActivationLike, get_activation

__all__ = ["large_norm_coefficient", "memory_matrix", "slope_scale"]


def large_norm_coefficient(directions: Tensor, *, activation: ActivationLike) -> Tensor:
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
        What :func:`sigae.activations.get_activation` takes.

    Returns
    -------
    Tensor
        Shape (n,).

    Raises
    ------
    ValueError
        If the activation is unknown, or is not an odd function and a constant, with a limit at infinity.

    Examples
    --------
    A pattern alone, with tanh, has a = 3 sqrt(2 pi d) / 8:

    >>> import torch
    >>> direction = torch.tensor([[1.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    >>> print(f"{large_norm_coefficient(direction, activation='tanh').item():.6f}")
    1.879971
    """
    phi = get_activation(activation)
    rho = directions @ directions.T
    M = memory_matrix(rho, phi)
    M.diagonal().fill_(phi.centre**2 + phi.swing**2)
    return math.sqrt(directions.shape[1]) / (2 * slope_scale(phi)) * (M * rho).sum(dim=1)


def memory_matrix(rho: Tensor, phi: Activation) -> Tensor:
    """Return M, zero on its diagonal, of the matrix of cosines."""
    off = rho.clone().fill_diagonal_(0)
    M = phi.centre**2 + 2 * phi.swing**2 / math.pi * (off.arcsin() + off / (1 - off**2).sqrt())
    return M.fill_diagonal_(0)


def slope_scale(phi: Activation) -> float:
    """Return lambda."""
    return phi.squared_slope / math.sqrt(2 * math.pi)
