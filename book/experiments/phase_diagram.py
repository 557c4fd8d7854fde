"""The shape of the infinite-width limit: where memories are attractors, and how rho tends to one half."""

from typing import Any

import torch

from book.experiments.setting import set_up_limit
from sigae.infinite_width import critical_load, large_norm_coefficient
from sigae.jacobians import spectral_radius


def limit_radius(*, seed: int, points_seen: int = 4, samples: int = 4, **drawn: Any) -> dict[str, float]:
    """Evaluate the spectral radius of the trained Jacobian at infinite width.

    Returns ``mean_jacobian_radius``, rho of the mean Jacobian, the largest over all training points; ``radius``, the
    mean of rho over samples of the Jacobian at the first ``points_seen`` of them.
    """
    limit = set_up_limit(seed=seed, **drawn)
    J = torch.cat([limit.sample_jacobians(x, samples, seed) for x in limit.points[:points_seen]])
    return {
        "mean_jacobian_radius": spectral_radius(limit.mean_jacobian(limit.points)).max().item(),
        "radius": spectral_radius(J).mean().item(),
    }


def crowded_limit(*, load: int, dim: int = 32, **drawn: Any) -> dict[str, float]:
    """Return ``largest_radius``, the largest rho of the mean Jacobian over ``load`` times ``dim`` training points."""
    limit = set_up_limit(n_points=load * dim, dim=dim, **drawn)
    radii = spectral_radius(limit.mean_jacobian(limit.points))
    return {"largest_radius": radii.max().item()}


def boundary_in_high_dimension(*, norm: float, dim: int = 32, activation: str = "sigmoid") -> dict[str, float]:
    """Return ``critical_load``, the n / d up to which patterns are attractors if ``dim`` is large; zero if none."""
    variance = torch.tensor(norm**2 / dim, dtype=torch.float64)
    return {"critical_load": critical_load(variance, activation=activation).item()}


def approach_to_one_half(*, norm: float, activation: str = "sigmoid", **drawn: Any) -> dict[str, float]:
    """Measure how far rho of the mean Jacobian is below one half, beside the leading term at large norm.

    Returns ``gap``, 1/2 - rho averaged over the training points, and ``leading`` its leading term.
    """
    limit = set_up_limit(norm=norm, activation=activation, **drawn)
    radii = spectral_radius(limit.mean_jacobian(limit.points))
    coefficient = large_norm_coefficient(limit.points / norm, activation=activation).mean().item()
    return {"gap": 0.5 - radii.mean().item(), "leading": coefficient / norm}
