"""The mean trained network at large norm: its Jacobian, which tends to one half, and its map far below that norm."""

import math

import torch
from torch import Tensor

from sigae.activations import Activation, ActivationLike, get_activation

__all__ = ["large_norm_coefficient", "return_factors"]

NODES = 400  # of the trapezoidal rule over ten standard deviations to either side


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
    M = _memory_matrix(rho, phi)
    M.diagonal().fill_(phi.centre**2 + phi.swing**2)
    return math.sqrt(directions.shape[1]) / (2 * _slope_scale(phi)) * (M * rho).sum(dim=1)


def return_factors(directions: Tensor, *, activation: ActivationLike) -> Tensor:
    r"""Return the factor by which one step multiplies a cue along each memory, far below the memories' norm.

    .. math:: g_i = \frac{2 \gamma}{\kappa}\, E[\phi'(\beta_i z)], \quad z \sim N(0, 1), \qquad
        \beta_i^2 = \Big\lVert (I - \hat x_i \hat x_i^\top) \sum_{j \ne i} \frac{M_{ij}}{\lambda} \hat x_j \Big\rVert^2

    with :math:`\kappa = \int \phi'(z)^2\, \mathrm{d}z` and :math:`\lambda = \kappa / \sqrt{2 \pi}`; the arguments,
    :math:`M` and :math:`\gamma` are those of :func:`sigae.infinite_width.large_norm_coefficient`. Below one, a cue that
    has lost the memory's norm does not regain it: derived on the book's page on basins.

    Returns
    -------
    Tensor
        Shape (n,).

    Examples
    --------
    A memory alone is always regained, with the sigmoid by half of its distance a step:

    >>> import torch
    >>> direction = torch.tensor([[1.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    >>> print(f"{return_factors(direction, activation='sigmoid').item():.6f}")
    1.500000
    """
    phi = get_activation(activation)
    pull = _memory_matrix(directions @ directions.T, phi) @ directions / _slope_scale(phi)
    beta = (pull - (pull * directions).sum(dim=1, keepdim=True) * directions).norm(dim=1)
    # phi' is narrow where beta is large, so the step follows it: u = sinh(t), of which z = u / max(1, beta)
    t = torch.linspace(-10, 10, NODES, dtype=directions.dtype)
    u = torch.sinh(t)[:, None]
    width = beta.clamp_min(1)
    density = torch.exp(-((u / width) ** 2) / 2) / math.sqrt(2 * math.pi)
    slope = phi.derivatives(beta / width * u, 1)[1]
    mean = (slope * density * torch.cosh(t)[:, None] / width).sum(dim=0) * (t[1] - t[0])
    return 2 * phi.swing / phi.squared_slope * mean


def _memory_matrix(rho: Tensor, phi: Activation) -> Tensor:
    """Return M, zero on its diagonal, of the matrix of cosines."""
    off = rho.clone().fill_diagonal_(0)
    M = phi.centre**2 + 2 * phi.swing**2 / math.pi * (off.arcsin() + off / (1 - off**2).sqrt())
    return M.fill_diagonal_(0)


def _slope_scale(phi: Activation) -> float:
    return phi.squared_slope / math.sqrt(2 * math.pi)
