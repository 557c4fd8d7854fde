"""What becomes of memories at large norm, at infinite width: away from them, the map no longer knows the norm."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sigae.activations import get_activation

__all__ = ["return_factors"]

NODES = 400  # of the trapezoidal rule over ten standard deviations to either side


def return_factors(directions: Tensor, activation: str) -> Tensor:
    r"""Return by what factor a step brings a cue back along each memory's ray, from far below the memories' norm.

    .. math:: g_i = \frac{2 \gamma}{\kappa}\, E[\phi'(\beta_i z)], \quad z \sim N(0, 1), \qquad
        \beta_i^2 = \Big\lVert (I - \hat x_i \hat x_i^\top) \sum_{j \ne i} \frac{M_{ij}}{\lambda} \hat x_j \Big\rVert^2

    with :math:`\kappa = \int \phi'(z)^2\, \mathrm{d}z`, :math:`\lambda = \kappa / \sqrt{2 \pi}`, and :math:`M` and
    :math:`\gamma` as in :func:`sigae.infinite_width.large_norm_coefficient`. Below one, a cue that has lost the
    memory's norm does not regain it: derived on the book's page on basins.

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
    phi = get_activation(activation)
    scale = phi.squared_slope / math.sqrt(2 * math.pi)
    rho = directions @ directions.T
    off = rho.clone().fill_diagonal_(0)
    M = phi.centre**2 + 2 * phi.swing**2 / math.pi * (off.arcsin() + off / (1 - off**2).sqrt())
    pull = M.fill_diagonal_(0) @ directions / scale
    beta = (pull - (pull * directions).sum(dim=1, keepdim=True) * directions).norm(dim=1)
    # phi' is narrow where beta is large, so the step follows it: u = sinh(t), of which z = u / max(1, beta)
    t = torch.linspace(-10, 10, NODES, dtype=directions.dtype)
    u = torch.sinh(t)[:, None]
    width = beta.clamp_min(1)
    density = torch.exp(-((u / width) ** 2) / 2) / math.sqrt(2 * math.pi)
    slope = phi.derivatives(beta / width * u, 1)[1]
    mean = (slope * density * torch.cosh(t)[:, None] / width).sum(dim=0) * (t[1] - t[0])
    return 2 * phi.swing / phi.squared_slope * mean
