"""The shape of the infinite-width limit: where memories are attractors, and how rho tends to one half."""

import torch

from sigae.infinite_width import InfiniteWidth, critical_load, large_norm_coefficient
from sigae.jacobians import spectral_radius
from sigae.patterns import sphere_points


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
    """Evaluate the spectral radius of the trained Jacobian at infinite width.

    Returns ``mean_jacobian_radius``, rho of the mean Jacobian, the largest over all training points; ``radius``, the
    mean of rho over samples of the Jacobian at the first ``points_seen`` of them; ``condition_number`` of the kernel.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    limit = InfiniteWidth(points, activation=activation)
    J = torch.cat([limit.sample_jacobians(x, samples, seed) for x in points[:points_seen]])
    return {
        "mean_jacobian_radius": spectral_radius(limit.mean_jacobian(points)).max().item(),
        "radius": spectral_radius(J).mean().item(),
        "condition_number": limit.condition_number,
    }


def crowded_limit(*, load: int, norm: float, seed: int, dim: int = 32, activation: str = "sigmoid") -> dict[str, float]:
    """Return ``largest_radius``, the largest rho of the mean Jacobian over ``load`` times ``dim`` training points."""
    points = sphere_points(load * dim, dim, norm=norm, seed=seed)
    radii = spectral_radius(InfiniteWidth(points, activation=activation).mean_jacobian(points))
    return {"largest_radius": radii.max().item()}


def boundary_in_high_dimension(*, norm: float, dim: int = 32, activation: str = "sigmoid") -> dict[str, float]:
    """Return ``critical_load``, the n / d up to which patterns are attractors if ``dim`` is large; zero if none."""
    variance = torch.tensor(norm**2 / dim, dtype=torch.float64)
    return {"critical_load": critical_load(variance, activation=activation).item()}


def approach_to_one_half(
    *, n_points: int, norm: float, seed: int, dim: int = 32, activation: str = "sigmoid"
) -> dict[str, float]:
    """Measure how far rho of the mean Jacobian is below one half, beside the leading term at large norm.

    Returns ``gap``, 1/2 - rho averaged over the training points, and ``leading`` its leading term.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    radii = spectral_radius(InfiniteWidth(points, activation=activation).mean_jacobian(points))
    coefficient = large_norm_coefficient(points / norm, activation=activation).mean().item()
    return {"gap": 0.5 - radii.mean().item(), "leading": coefficient / norm}
