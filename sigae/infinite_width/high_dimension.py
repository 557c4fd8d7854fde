"""How many patterns a single very wide network holds in high dimension: where its sampled Jacobians reach one."""

import torch
from torch import Tensor

from sigae.activations import ActivationLike, get_activation
from sigae.checks import check_floats
from sigae.infinite_width.gaussian_expectations import pair_expectations

__all__ = ["critical_load"]


def critical_load(variance: Tensor, *, activation: ActivationLike) -> Tensor:
    r"""Return the load n / d beyond which training points are no attractors of single networks, for large d.

    With :math:`u \sim N(0, q)` and

    .. math:: h = E[\phi'(u)], \quad e = E[\phi'(u)^2], \quad v = e - h^2, \quad
        \delta = \operatorname{Var} \phi(u) + q e - 2 q h^2

    it is

    .. math:: \alpha_c = \frac{\delta y}{2 h^2 q}, \qquad v y^2 + 2 e y = 1 - e, \quad y > 0,

    as the book's page on the infinite-width limit derives for patterns drawn uniformly from the sphere.

    Parameters
    ----------
    variance
        q = r^2 / d for patterns of norm r, of any shape, above zero.
    activation
        What :func:`sigae.activations.get_activation` takes.

    Returns
    -------
    Tensor
        Of that shape; zero where e is at least one, and no load is small enough. With sigmoid and tanh its relative
        error is below 1e-14 (1 + 1 / q^2); with erf it grows like 1 / (1 - e) where e nears one.

    Raises
    ------
    TypeError
        If the variance is no tensor of floats.
    ValueError
        If the activation is unknown, or no odd function and a constant; or if a variance is not above zero.

    Examples
    --------
    At norm r = 5 in d = 25 dimensions, a network with tanh holds two patterns, a tenth of the dimension:

    >>> import torch
    >>> print(f"{critical_load(torch.tensor(1.0), activation='tanh').item():.4f}")
    0.0929
    """
    phi = get_activation(activation)
    if not phi.is_centred:
        raise ValueError(f"activation {phi.name} is not an odd function and a constant: its load is not worked out.")
    if not (check_floats("variance", variance) > 0).all():
        raise ValueError(f"variance goes down to {variance.min().item():g}: take variances above zero.")
    q, zero = variance.to(torch.float64), torch.zeros_like(variance, dtype=torch.float64)
    same, apart = pair_expectations(phi, q, q, q, zero), pair_expectations(phi, q, zero, q)
    e, h2 = same.e11, apart.e11
    v, delta = e - h2, same.e00 + q * e - 2 * q * h2
    y = (1 - e) / (e + (e * e + v * (1 - e)).clamp_min(0).sqrt())
    return (delta * y / (2 * h2 * q)).clamp_min(0)
