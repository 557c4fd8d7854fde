"""The mean trained network far below the norm of its memories, as that norm grows, and near the ray of a memory."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from sigae.activations import Activation, ActivationLike, get_activation
from sigae.checks import check_floats
from sigae.infinite_width.large_norm import check_directions, memory_matrix, slope_scale

__all__ = ["core_map", "recalled_near_ray", "return_factors"]

LOG_LOW, LOG_HIGH, LOG_STEP = -36.0, 2.3, 0.16  # of the trapezoidal rule in log |z|, where all scales are alike


def core_map(directions: Tensor, *, activation: ActivationLike) -> Callable[[Tensor], Tensor]:
    r"""Return the map to which :class:`sigae.InfiniteWidth` tends at a fixed distance from the origin.

    It holds for two layers without biases, an increasing activation, and patterns that are their own targets. With
    patterns :math:`r \hat x_i` it is :math:`F(w) = \lim_{r \to \infty} f(\sqrt d\, w) / \sqrt d`,

    .. math:: F(w) = \frac{1}{\lambda} \sum_i \Big( \phi(0)^2 + \gamma E[\tilde\phi(u_i) \operatorname{sgn} v]
        + \gamma \sqrt{\tfrac{2}{\pi}}\, s_i E[\phi'(z_i)] \Big)\, \hat x_i, \qquad s_i = w \cdot \hat x_i

    with :math:`\tilde\phi = \phi - \phi(0)`, :math:`u_i` of variance :math:`|w|^2` and covariance :math:`s_i` with the
    standard normal :math:`v`, :math:`z_i \sim N(0, |w|^2 - s_i^2)`, and :math:`\lambda` and :math:`\gamma` of
    :func:`sigae.infinite_width.large_norm_coefficient`: proved on the book's page on basins. It is in closed form for
    sums of erfs, and else by quadrature, to 1e-12.

    Parameters
    ----------
    directions
        Unit vectors, no two of them parallel, shape (n, d).
    activation
        What :func:`sigae.activations.get_activation` takes.

    Returns
    -------
    Callable
        From tensors w of shape (..., d) to F(w) of that shape, differentiable by autograd.

    Raises
    ------
    TypeError, ValueError
        As :func:`sigae.infinite_width.large_norm_coefficient`.

    Examples
    --------
    Along the ray of a memory alone, far out, a step multiplies by its return factor:

    >>> F = core_map(torch.tensor([[1.0, 0.0]], dtype=torch.float64), activation="erf")
    >>> print(f"{F(torch.tensor([1e6, 0.0], dtype=torch.float64))[0].item() / 1e6:.4f}")
    1.4142
    """
    phi, directions = get_activation(activation), check_directions(directions)
    scale = slope_scale(phi)

    def F(w: Tensor) -> Tensor:
        if check_floats("w", w).shape[-1:] != directions.shape[1:]:
            raise ValueError(f"w has shape {tuple(w.shape)}: its last dimension must be d = {directions.shape[1]}.")
        s = w @ directions.T  # (..., n)
        switched, slope = _expectations(phi, s, (w.square().sum(-1, keepdim=True) - s * s).clamp_min(0))
        Theta = phi.centre**2 + phi.swing * (switched + math.sqrt(2 / math.pi) * s * slope)
        return Theta @ directions / scale

    return F


def return_factors(directions: Tensor, *, activation: ActivationLike) -> Tensor:
    r"""Return the factor by which a step multiplies a cue's part along each memory, far below the memories' norm.

    It holds once the part across the memory has settled, which takes a step, and where :func:`core_map` holds.

    .. math:: g_i = \frac{2 \gamma}{\kappa}\, E[\phi'(\beta_i z)], \quad z \sim N(0, 1), \qquad
        \beta_i^2 = \Big\lVert (I - \hat x_i \hat x_i^\top) \sum_{j \ne i} \frac{M_{ij}}{\lambda} \hat x_j \Big\rVert^2

    with :math:`\kappa = \int \phi'(z)^2\, \mathrm{d}z` and :math:`\lambda = \kappa / \sqrt{2 \pi}`; the arguments,
    :math:`M` and :math:`\gamma` are those of :func:`sigae.infinite_width.large_norm_coefficient`. Below one, no random
    cue reaches the memory at large norm: proved on the book's page on basins.

    Returns
    -------
    Tensor
        Shape (n,).

    Examples
    --------
    Along the ray of a memory alone, far below its norm, a step of the sigmoid network multiplies by 3/2:

    >>> direction = torch.tensor([[1.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    >>> print(f"{return_factors(direction, activation='sigmoid').item():.6f}")
    1.500000
    """
    phi, directions = get_activation(activation), check_directions(directions)
    pull = memory_matrix(directions @ directions.T, phi) @ directions / slope_scale(phi)
    across = pull - (pull * directions).sum(dim=1, keepdim=True) * directions
    slope = _expectations(phi, torch.zeros_like(across[:, 0]), across.square().sum(dim=1))[1]
    return 2 * phi.swing / phi.squared_slope * slope


def recalled_near_ray(along: Tensor, across: Tensor, factors: Tensor) -> Tensor:
    r"""Tell which cues near the ray of a memory converge to it, with erf at large norm.

    For a cue :math:`\alpha\, r\, \hat x_i + \sqrt d\, h`, :math:`h \perp \hat x_i`, and a memory of return factor g the
    basin is, in the limit of large r,

    .. math:: \alpha^* < \alpha \sqrt{\frac{2}{1 + \alpha^2 + 2 |h|^2}} < \hat\alpha, \qquad
        \alpha^* = \max(0, 1 - g^2), \qquad \frac{1}{\hat\alpha} = 1 + \alpha^* - \frac{1}{\alpha^*}

    without an upper bound where that is not positive: proved on the book's page on basins. From outside it,
    but not from its boundary, the iterates lose the memory's norm.

    Parameters
    ----------
    along, across
        The part :math:`\alpha` along the ray over r, and the length :math:`|h|`, of shapes that broadcast.
    factors
        Of :func:`return_factors`, for erf.

    Returns
    -------
    Tensor
        Boolean, of the broadcast shape.

    Examples
    --------
    A memory of factor 0.6 is recalled at 0.6 of its norm and not at half of it, nor with noise of length 1.3 sqrt(d):

    >>> along, across = torch.tensor([0.6, 0.5, 1.0]), torch.tensor([0.0, 0.0, 1.3])
    >>> recalled_near_ray(along, across, torch.tensor(0.6)).tolist()
    [True, False, False]
    """
    lost = (1 - check_floats("factors", factors) ** 2).clamp_min(0)
    after = along * (2 / (1 + check_floats("along", along) ** 2 + 2 * across**2)).sqrt()
    return (after > lost) & (after * (1 + lost - 1 / lost) < 1)


def _expectations(phi: Activation, s: Tensor, across: Tensor) -> tuple[Tensor, Tensor]:
    """Return E[(phi(u) - phi(0)) sgn(v)], with u of variance s^2 + across, and E[phi'(z)], z ~ N(0, across)."""
    s, across = s[..., None], across[..., None]
    q = across + s * s
    if phi.erf_mixture is not None:
        w, b = (s.new_tensor(x) for x in phi.erf_mixture)
        angle = (math.sqrt(2) * b * s * (1 + 2 * b * b * q).rsqrt()).asin()
        return 2 / math.pi * angle @ w, 2 / math.sqrt(math.pi) * (1 + 2 * b * b * across).rsqrt() @ (w * b)
    z = torch.arange(LOG_LOW, LOG_HIGH, LOG_STEP, dtype=s.dtype).exp()
    weight = math.sqrt(2 / math.pi) * LOG_STEP * z * torch.exp(-z * z / 2)
    sign = torch.erf(s / (2 * across).clamp_min(torch.finfo(s.dtype).tiny).sqrt() * z)  # mean of sgn(v) at u
    return ((phi(q.sqrt() * z) - phi.centre) * sign) @ weight, phi.derivatives(across.sqrt() * z, 1)[1] @ weight
