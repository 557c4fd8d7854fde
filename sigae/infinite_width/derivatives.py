"""Derivatives of the kernels by their inputs, from layer to layer: by length and direction, where nothing cancels."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from sigae.activations import Activation
from sigae.infinite_width.gaussian_expectations import PolarExpectations, polar_expectations
from sigae.infinite_width.layer import LayerInputs

__all__ = ["differentiated_layers", "mixed_derivative"]


class LayerDerivatives(NamedTuple):
    """A layer's expectations, and derivatives by the input x' of v: k, tau, and those of the kernels it returns."""

    e: PolarExpectations
    exponent: Tensor
    turning: Tensor
    nngp: Tensor
    ntk: Tensor


def differentiated_layers(activation: Activation, layers: Iterable[LayerInputs]) -> Iterator[LayerDerivatives]:
    r"""Differentiate the kernels of each layer by the input x' of v.

    Let :math:`\xi = x' / |x'|^2`, the gradient of log |x'|. Of the preactivation v the standard deviation's logarithm
    has the gradient :math:`k \xi`, and the covariance with u the gradient :math:`k C \xi + \tau`. By Price's theorem,
    with :math:`\psi(v) = v \phi'(v)`, the kernels :math:`S^+ = E[\phi \phi]` and
    :math:`\Theta^+ = S^+ + \Theta e_{11}` have

    .. math:: \nabla S^+ = k E[\phi \psi]\, \xi + e_{11} \tau, \qquad \nabla \Theta^+ = \nabla S^+
        + e_{11} (\nabla \Theta - k \Theta\, \xi) + \Theta \big( k E[\phi' \psi']\, \xi + e_{22} \tau \big)

    Of n inputs x and k inputs x' gradients have shape (2, n, k): their components along x_ / d, with x_ the part of x
    orthogonal to x', and along :math:`\xi`.
    """
    below: tuple[Tensor, LayerDerivatives] | None = None
    for p, C, q, gram_determinant, Theta in layers:
        if below is None:
            exponent, xi = torch.ones_like(q), C.new_tensor([0.0, 1.0])[:, None, None]
            nngp = ntk = torch.stack([torch.ones_like(C), C])
        else:
            v, (_, exponent, _, nngp, ntk) = below
            own = polar_expectations(activation, v, v, v, torch.zeros_like(v)).radial
            exponent = exponent * own / torch.where(q > 0, q, 1.0)
        e = polar_expectations(activation, p, C, q, gram_determinant)
        turning = nngp - exponent * C * xi
        nngp = exponent * e.radial * xi + e.e11 * turning
        turning_slope = exponent * e.radial_slope * xi + e.e22 * turning
        ntk = nngp + e.e11 * (ntk - exponent * Theta * xi) + Theta * turning_slope
        layer = LayerDerivatives(e, exponent, turning, nngp, ntk)
        yield layer
        below = q, layer


def mixed_derivative(
    activation: Activation, layers: Iterable[LayerInputs], x: Tensor, apart: Tensor, dim: int
) -> Tensor:
    r"""Return :math:`H = \partial_x \partial_{x'} S(x, x')` among k points.

    With the letters of :func:`differentiated_layers`, those without a prime belonging to x,

    .. math:: H^+ = e_{11} H + e_{22}\, \tau \tau'^\top + k k' (E[\psi \psi] - C e_{11})\, \xi \xi'^\top
        + k (E[\psi' \phi'] - e_{11})\, \xi \tau'^\top + k' (E[\phi' \psi'] - e_{11})\, \tau \xi'^\top

    The layers have the points x, shape (k, d), for both inputs; ``apart`` is the part of x_i orthogonal to x_j, (k, k,
    d), and ``dim`` the number by which covariances of the first layer are divided: d, or d - 1 where a constant stands
    for biases. The result has shape (k, d, k, d).
    """
    (k, d), layers = x.shape, list(layers)
    isotropic = torch.ones_like(apart[..., 0])
    M = torch.zeros_like(isotropic).expand(2, 2, k, k)  # H = isotropic I / d + (x'_ / d, xi) M (x_ / d, xi')^T
    axis = torch.stack([M[0, 0], isotropic])
    for (_, C, *_), (e, exponent, turning, *_) in zip(layers, differentiated_layers(activation, layers), strict=True):
        slope = exponent * (e.radial_slope - e.e11)
        lengths = exponent[:, None] * exponent * (e.both_radial - C * e.e11)
        W = torch.stack([e.e22, slope, slope.T, lengths]).unflatten(0, (2, 2))
        T = torch.stack([turning, axis])  # (tau', xi')
        isotropic, M = e.e11 * isotropic, e.e11 * M + torch.einsum("uaji,uvij,vbij->abij", T, W, T)
    xi = x / x.square().sum(dim=1, keepdim=True).clamp_min(torch.finfo(x.dtype).tiny)
    basis = torch.stack([apart / dim, xi.expand(k, k, d)])
    scaled = torch.einsum("ij,bc->ibjc", isotropic, torch.eye(d, dtype=x.dtype, device=x.device) / dim)
    return scaled + torch.einsum("uvij,ujib,vijc->ibjc", M, basis, basis)
