"""The shape of the infinite-width limit: where memories are attractors, and how rho comes to one half."""

from __future__ import annotations

import torch

from sigae.infinite_width import InfiniteWidth, large_norm_coefficient
from sigae.jacobians import spectral_radius
from sigae.patterns import sphere_points

__all__ = ["approach_to_one_half", "limit_radius"]


def limit_radius(
    *,
    n_points: int,
    norm: float,
    seed: int,
    dim: int = 32,
    activation: str = "sigmoid",
    points_seen: int = 4,
    samples: int = 4,
) -> dict[str, float]:
    """Evaluate the spectral radius of the trained Jacobian at infinite width, at the first few training points.

    Returns
    -------
    dict
        ``mean_jacobian_radius``, rho of the mean Jacobian, and ``radius``, the mean of rho over samples of the
        Jacobian, each averaged over the points; ``condition_number`` of the tangent kernel.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    limit = InfiniteWidth(points, activation)
    seen = points[:points_seen]
    J = torch.cat([limit.sample_jacobians(x, samples, seed) for x in seen])
    return {
        "mean_jacobian_radius": spectral_radius(limit.mean_jacobian(seen)).mean().item(),
        "radius": spectral_radius(J).mean().item(),
        "condition_number": limit.condition_number,
    }


def approach_to_one_half(
    *, n_points: int, norm: float, seed: int, dim: int = 32, activation: str = "sigmoid"
) -> dict[str, float]:
    """Measure how far rho of the mean Jacobian is below one half, beside the leading term at large norm.

    Returns
    -------
    dict
        ``gap``, 1/2 - rho averaged over the training points, and ``leading`` its leading term.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    radii = spectral_radius(InfiniteWidth(points, activation).mean_jacobian(points))
    coefficient = large_norm_coefficient(points / norm, activation).mean().item()
    return {"gap": 0.5 - radii.mean().item(), "leading": coefficient / norm}
