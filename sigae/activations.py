"""The activations sigmoid, tanh and erf with their derivatives, for networks and theory alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["ACTIVATIONS", "Activation", "get_activation"]


@dataclass(frozen=True)
class Activation:
    """An elementwise function together with its first three derivatives.

    Parameters
    ----------
    name
        The name by which :func:`get_activation` finds it.
    derivatives
        ``derivatives(z, order)`` returns the tuple ``(phi(z), phi'(z), ..., phi^(order)(z))``
        for ``order`` from 0 to 3, each of the shape, dtype and device of ``z``.
    slope_at_zero
        phi'(0), which sets the scale of an untrained network's Jacobian.
    """

    name: str
    derivatives: Callable[[Tensor, int], tuple[Tensor, ...]]
    slope_at_zero: float

    def __call__(self, z: Tensor) -> Tensor:
        """Return phi(z), elementwise."""
        return self.derivatives(z, 0)[0]


def _sigmoid(z: Tensor, order: int) -> tuple[Tensor, ...]:
    s = torch.sigmoid(z)
    if order == 0:
        return (s,)
    # s (1 - s) loses its digits where s rounds to 1; sigmoid(-z) keeps them.
    ds = s * torch.sigmoid(-z) if order > 1 else torch.addcmul(s, s, s, value=-1)
    values: tuple[Tensor, ...] = (s, ds)
    if order > 1:
        values += (ds * (1 - 2 * s),)
    if order > 2:
        values += (ds * (1 - 6 * ds),)
    return values


def _tanh(z: Tensor, order: int) -> tuple[Tensor, ...]:
    t = torch.tanh(z)
    if order == 0:
        return (t,)
    dt = 1 / torch.cosh(z) ** 2 if order > 1 else torch.addcmul(t.new_ones(()), t, t, value=-1)
    values: tuple[Tensor, ...] = (t, dt)
    if order > 1:
        values += (-2 * t * dt,)
    if order > 2:
        values += (dt * (4 - 6 * dt),)
    return values


def _erf(z: Tensor, order: int) -> tuple[Tensor, ...]:
    values: tuple[Tensor, ...] = (torch.erf(z),)
    if order > 0:
        d1 = (2 / math.sqrt(math.pi)) * torch.exp(-z * z)
        values += (d1,)
        if order > 1:
            values += (-2 * z * d1,)
        if order > 2:
            values += ((4 * z * z - 2) * d1,)
    return values


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation("sigmoid", _sigmoid, 0.25),
    "tanh": Activation("tanh", _tanh, 1.0),
    "erf": Activation("erf", _erf, 2 / math.sqrt(math.pi)),
}
"""The activations by name: logistic sigmoid 1 / (1 + exp(-z)), tanh and erf."""


def get_activation(name: str) -> Activation:
    """Look an activation up by name.

    Parameters
    ----------
    name
        One of ``"sigmoid"``, ``"tanh"`` and ``"erf"``.

    Returns
    -------
    Activation
        The function with its derivatives.

    Raises
    ------
    ValueError
        If there is no activation of that name.
    """
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"activation is {name!r}: choose one of {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[name]
