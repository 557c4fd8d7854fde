"""Experiments on the infinite-width limit, for :func:`sigae.sweep`: how near networks come, and its shape."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.experiments import network_jacobian
from sigae.gaussian_expectations import centre
from sigae.infinite_width import InfiniteWidth
from sigae.jacobian import spectral_radius
from sigae.patterns import sphere_points
from sigae.training import followed, train

__all__ = ["approach_to_one_half", "distance_to_limit", "large_norm_coefficient", "limit_radius"]

# phi(infinity) - phi(0), and the integral of phi'^2.
SWING = {"sigmoid": 0.5, "tanh": 1.0, "erf": 1.0}
SQUARED_SLOPE = {"sigmoid": 1 / 6, "tanh": 4 / 3, "erf": math.sqrt(8 / math.pi)}


def distance_to_limit(
    *,
    width: int,
    norm: float,
    seed: int,
    n_points: int = 5,
    dim: int = 32,
    activation: str = "sigmoid",
    tolerance: float = 1e-7,
) -> dict[str, Any]:
    """Train a network, and compare its Jacobian with what the infinite-width limit foretells from its initial weights.

    Even an infinitely wide network's Jacobian depends on the draw of its weights, so a distance to the mean would
    not vanish. What training leads to from a given draw does become certain:
    :meth:`sigae.InfiniteWidth.trained_jacobian`.

    Returns
    -------
    dict
        How training ended; ``jacobian_distance``, the Frobenius norm of the difference over that of the foretold
        Jacobian, averaged over the points; ``radius_distance``, the mean absolute difference of the spectral radii;
        ``radii`` and ``foretold_radii`` (n,), and ``radius_mean``.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    model = Autoencoder(dim, width, activation=activation, seed=seed)
    with torch.no_grad():
        start = model(points), network_jacobian(model, points)
    foretold = InfiniteWidth(points, activation).trained_jacobian(points, *start)
    result = followed(train(model, points, tolerance=tolerance))
    J = network_jacobian(model, points)
    distances = torch.linalg.matrix_norm(J - foretold) / torch.linalg.matrix_norm(foretold)
    radii, foretold_radii = spectral_radius(J), spectral_radius(foretold)
    return {
        "converged": result.converged,
        "reason": result.reason,
        "steps": result.steps,
        "jacobian_distance": distances.mean().item(),
        "radius_distance": (radii - foretold_radii).abs().mean().item(),
        "radii": radii,
        "foretold_radii": foretold_radii,
        "radius_mean": radii.mean().item(),
    }


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


def large_norm_coefficient(directions: Tensor, activation: str) -> Tensor:
    """Return the coefficient a_i in rho(E[J(x_i)]) = 1/2 - a_i / r + O(r^-2), for patterns r times the directions.

    a_i = sqrt(d) / (2 lambda) sum_j M_ij rho_ij, lambda = (integral of phi'^2) / sqrt(2 pi), rho the cosines and
    M_ij = phi(0)^2 + (2 gamma^2 / pi) (arcsin rho_ij + rho_ij / sqrt(1 - rho_ij^2)) off the diagonal,
    phi(0)^2 + gamma^2 on it: the book's page on the infinite-width limit, theorem on large norms.

    Parameters
    ----------
    directions
        Unit vectors, no two of them parallel, shape (n, d).
    activation
        ``"sigmoid"``, ``"tanh"`` or ``"erf"``.

    Returns
    -------
    Tensor
        Shape (n,).
    """
    n, d = directions.shape
    gamma, scale = SWING[activation], SQUARED_SLOPE[activation] / math.sqrt(2 * math.pi)
    rho = directions @ directions.T
    off = rho.clone().fill_diagonal_(0)
    M = 2 * gamma**2 / math.pi * (off.arcsin() + off / (1 - off**2).sqrt())
    M.diagonal().fill_(gamma**2)
    return math.sqrt(d) / (2 * scale) * ((M + centre(activation) ** 2) * rho).sum(dim=1)
