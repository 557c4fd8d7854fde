"""How near networks come to the infinite-width limit."""

from typing import Any

import torch

from book.experiments.setting import set_up, train_on
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import jacobian, spectral_radius


def distance_to_limit(
    *, activation: str = "sigmoid", tolerance: float = 1e-7, step_tolerance: float | None = None, **network: Any
) -> dict[str, Any]:
    """Train a network, and compare its Jacobian with what the infinite-width limit predicts from its initial weights.

    Returns how training ended; ``jacobian_distance``, the Frobenius norm of the difference over that of the predicted
    Jacobian, averaged over the points; ``radius_distance``, the mean absolute difference of the spectral radii;
    ``radii`` and ``predicted_radii`` (n,), and ``radius_mean``.
    """
    points, model = set_up(activation=activation, **{"n_points": 5} | network)
    with torch.no_grad():
        start = model(points), jacobian(model, points)
    predicted = InfiniteWidth(points, activation=activation).trained_jacobian(points, *start)
    record = train_on(model, points, tolerance=tolerance, step_tolerance=step_tolerance)
    J = jacobian(model, points)
    distances = torch.linalg.matrix_norm(J - predicted) / torch.linalg.matrix_norm(predicted)
    radii, predicted_radii = spectral_radius(J), spectral_radius(predicted)
    return record | {
        "jacobian_distance": distances.mean().item(),
        "radius_distance": (radii - predicted_radii).abs().mean().item(),
        "radii": radii,
        "predicted_radii": predicted_radii,
        "radius_mean": radii.mean().item(),
    }
