"""What most experiments share: patterns on a sphere, a network, its training, and how their numbers are summed up."""

import math
import warnings
from typing import Any

from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.patterns import sphere_points
from sigae.training import TrainingResult, train

MOST_STEPS = 250_000  # of gradient descent: no network of the book needs more


def set_up(
    *, n_points: int, width: int, norm: float, seed: int, dim: int = 32, device: str = "cpu", **network: Any
) -> tuple[Tensor, Autoencoder]:
    """Draw patterns (n, d) and an untrained network of one seed, the same on every device.

    The experiments pass on to it as ``network`` what they do not name: these arguments, ``depth`` and ``activation``.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed, device=device)
    return points, Autoencoder(dim, width, seed=seed, device=device, **network)


def set_up_limit(*, n_points: int, norm: float, seed: int, dim: int = 32, activation: str = "sigmoid") -> InfiniteWidth:
    """Draw patterns as :func:`set_up` does, and solve the limit for them."""
    return InfiniteWidth(sphere_points(n_points, dim, norm=norm, seed=seed), activation=activation)


def train_on(
    model: Autoencoder, points: Tensor, *, learning_rate: float | None = None, **options: Any
) -> dict[str, Any]:
    """Train a network in place by gradient flow, or by descent if it is given a learning rate; return its ending."""
    if learning_rate is not None:
        options |= {"method": "gradient_descent", "learning_rate": learning_rate, "max_steps": MOST_STEPS}
    return ending(trained(model, points, **options))


def trained(model: Autoencoder, points: Tensor, **options: Any) -> TrainingResult:
    """Train a network in place, without a warning where its Jacobians may be off: a record says so by itself.

    Raises
    ------
    FloatingPointError
        If the loss did not stay finite.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = train(model, points, **options)
    if not math.isfinite(result.loss):
        raise FloatingPointError(result.reason)
    return result


def ending(result: TrainingResult) -> dict[str, Any]:
    """Say how training ended: ``converged``, ``reason``, ``loss``, ``steps`` and ``jacobian_error``."""
    names = ("converged", "reason", "loss", "steps", "jacobian_error")
    return {name: getattr(result, name) for name in names}


def summed_up(norms: Tensor) -> dict[str, Any]:
    """Return ``radii``, the largest of eigenvalue norms (n, d), descending; their ``radius_mean``, ``radius_worst``."""
    radii = norms[:, 0]
    return {"radii": radii, "radius_mean": radii.mean().item(), "radius_worst": radii.max().item()}
