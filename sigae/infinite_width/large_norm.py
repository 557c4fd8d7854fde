"""The Jacobian of the mean trained network at large norm, which tends to one half."""

import math

from torch import Tensor

from sigae.activations import Activation, ActivationLike, get_activation
from sigae.checks import check_finite, check_floats

__all__ = ["check_directions", "large_norm_coefficient", "memory_matrix", "slope_scale"]

PARALLEL = 1e-12  # a cosine this near to one or minus one
UNIT = 1e-6  # a norm this near to one


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
    TypeError, ValueError
        If the activation is unknown, or is not an odd function and a constant, with a limit at infinity; or if the
        directions are no tensor of floats, not finite, of a wrong shape or another norm than one, or parallel.

    Examples
    --------
    A pattern alone, with tanh, has a = 3 sqrt(2 pi d) / 8:

    >>> import torch
    >>> direction = torch.tensor([[1.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    >>> print(f"{large_norm_coefficient(direction, activation='tanh').item():.6f}")
    1.879971
    """
    phi, directions = get_activation(activation), check_directions(directions)
    rho = directions @ directions.T
    M = memory_matrix(rho, phi)
    M.diagonal().fill_(phi.centre**2 + phi.swing**2)
    return math.sqrt(directions.shape[1]) / (2 * slope_scale(phi)) * (M * rho).sum(dim=1)


def check_directions(directions: Tensor) -> Tensor:
    """Check that rows are unit vectors, no two of them parallel."""
    check_finite("directions", check_floats("directions", directions))
    if directions.ndim != 2 or 0 in directions.shape:
        raise ValueError(f"directions has shape {tuple(directions.shape)}: give (n, d) with n >= 1 and d >= 1.")
    norms = directions.norm(dim=1)
    if (norms - 1).abs().max() > UNIT:
        worst = norms[(norms - 1).abs().argmax()].item()
        raise ValueError(f"directions has a row of norm {worst:g}: divide each row by its norm.")
    parallel = ((directions @ directions.T).abs().fill_diagonal_(0) > 1 - PARALLEL).nonzero().tolist()
    if parallel:
        raise ValueError(f"directions rows {parallel[0][0]} and {parallel[0][1]} are parallel: remove one.")
    return directions


def memory_matrix(rho: Tensor, phi: Activation) -> Tensor:
    """Return M, zero on its diagonal, of the matrix of cosines."""
    off = rho.clone().fill_diagonal_(0)
    M = phi.centre**2 + 2 * phi.swing**2 / math.pi * (off.arcsin() + off / (1 - off**2).sqrt())
    return M.fill_diagonal_(0)


def slope_scale(phi: Activation) -> float:
    """Return lambda."""
    return phi.squared_slope / math.sqrt(2 * math.pi)
