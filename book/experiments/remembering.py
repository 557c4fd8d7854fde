"""Which activations remember: the spectral radius at stored patterns, for activations made of a function."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from book.experiments.memories import EXACT, STEP_TOLERANCE
from book.experiments.setting import ending, summed_up, trained
from sigae.activations import RELU, ActivationLike
from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import eigenvalue_norms, jacobian
from sigae.patterns import sphere_points

__all__ = ["FUNCTIONS", "activation_named", "growth", "power", "stored_with"]

FUNCTIONS: dict[str, ActivationLike] = {
    "ReLU": RELU,
    "GELU": torch.nn.functional.gelu,
    "softplus": torch.nn.functional.softplus,
    "sine": torch.sin,
}
COARSE = 0.1  # step tolerance for what has a kink: its flow is not continuous
PATIENCE = 500  # steps; what can be followed takes some twenty, or at large norm some hundreds


@lru_cache
def power(k: float) -> Callable[[Tensor], Tensor]:
    """Return u (1 + u^2)^((k - 1) / 2), which is odd and smooth, and grows like |u|^k."""
    return lambda u: u * (1 + u * u) ** ((k - 1) / 2)


def activation_named(name: str) -> ActivationLike:
    """Look up ``"ReLU"``, ``"GELU"``, ``"softplus"`` or ``"sine"``, or make ``"power K"``."""
    return power(growth(name)) if name.startswith("power ") else FUNCTIONS[name]


def growth(name: str) -> float:
    """Return the k of the power |u|^k by which an activation grows."""
    return float(name.removeprefix("power ")) if name.startswith("power ") else float(name != "sine")


def stored_with(
    *, activation: str, n_points: int, norm: float, seed: int, width: int = 0, dim: int = 16, bias: float = 0.0
) -> dict[str, Any]:
    """Store random patterns in a network, or in the mean infinitely wide one at ``width`` 0.

    Returns how training ended, what :func:`~book.experiments.setting.summed_up` says of the spectral radii at the
    patterns, and ``along``, the mean of x . J(x) x / |x|^2.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    phi = activation_named(activation)
    map: InfiniteWidth | Autoencoder
    if width == 0:
        map, record = InfiniteWidth(points, activation=phi, bias=bias), EXACT
    else:
        model = Autoencoder(dim, width, activation=phi, bias=bias, seed=seed)
        step_tolerance = COARSE if phi is RELU else STEP_TOLERANCE
        map, record = model, ending(trained(model, points, max_steps=PATIENCE, step_tolerance=step_tolerance))
    J = jacobian(map, points)
    along = torch.einsum("na,nab,nb->n", points, J, points) / norm**2
    return record | summed_up(eigenvalue_norms(J)) | {"along": along.mean().item()}
