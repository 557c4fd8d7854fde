"""How stiff training is, and how exactly a way of training follows the gradient flow."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from book.experiments.setting import ending, set_up, trained
from sigae.autoencoder import Autoencoder
from sigae.checks import check_square
from sigae.jacobians import jacobian, spectral_radius
from sigae.patterns import sphere_points
from sigae.training import TrainingResult
from sigae.training.objective import Objective
from sigae.training.tangent_kernel import averaged_kernel_parts

__all__ = ["flow_and_descent", "integration_error", "stiffness"]

EXACT = 1e-4  # step tolerance of the reference: thirty times below the default


def stiffness(
    *,
    norm: float,
    seed: int,
    n_points: int,
    width: int,
    dim: int = 32,
    activation: str = "sigmoid",
    device: str = "cpu",
) -> dict[str, Any]:
    """Measure how far apart the rates of gradient flow lie, and what that costs.

    Returns
    -------
    dict
        ``condition``, the condition number of the untrained network's output-averaged tangent kernel; ``steps`` of
        the exponential integrator, the equivalent ``report_steps`` of descent at learning rate 5, and how
        training ended.
    """
    drawn: dict[str, Any] = {"n_points": n_points, "dim": dim, "norm": norm, "seed": seed}
    points, model = set_up(**drawn, width=width, activation=activation, device=device)
    objective = Objective(model, points)
    S, D = averaged_kernel_parts(objective, objective.initial_state())
    rates = torch.linalg.eigvalsh(check_square("the tangent kernel", S + D))
    result = trained(model, points)
    return ending(result) | {
        "condition": (rates[-1] / rates[0]).item(),
        "report_steps": result.descent_steps(5.0),
    }


def integration_error(
    *,
    norm: float,
    seed: int,
    n_points: int,
    width: int,
    step_tolerance: float | None = None,
    learning_rate: float | None = None,
    dim: int = 32,
    activation: str = "sigmoid",
    device: str = "cpu",
) -> dict[str, Any]:
    r"""Compare a trained Jacobian with that of the exact flow from the same weights.

    The exact flow is the exponential integrator at a step tolerance of 1e-4. With a learning rate the other
    network is trained by gradient descent, without one by gradient flow at the given step tolerance.

    Returns
    -------
    dict
        ``jacobian_error``, the largest over the points of
        :math:`\lVert J - J_\mathrm{exact} \rVert_F / \lVert J_\mathrm{exact} \rVert_F`; ``radius`` and
        ``exact_radius``, spectral radii averaged over the points; ``steps``, and how training ended.
    """
    drawn: dict[str, Any] = {"n_points": n_points, "dim": dim, "norm": norm, "seed": seed, "device": device}
    J_exact, exact_radius, reference = _exact(width=width, activation=activation, **drawn)
    points = sphere_points(**drawn)
    other = Autoencoder(dim, width, activation=activation, seed=seed, device=device)
    options: dict[str, Any]
    if learning_rate is None:
        options = {"step_tolerance": step_tolerance}
    else:
        options = {"method": "gradient_descent", "learning_rate": learning_rate, "max_steps": 1_000_000}
    result = trained(other, points, **options)
    J = jacobian(other, points)
    distance = (J - J_exact).flatten(1).norm(dim=1) / J_exact.flatten(1).norm(dim=1)
    return ending(result) | {
        "jacobian_error": distance.max().item(),
        "radius": spectral_radius(J).mean().item(),
        "exact_radius": exact_radius,
        "converged": result.converged and reference.converged,
        "reason": result.reason if reference.converged else reference.reason,
    }


@functools.lru_cache(maxsize=64)  # several errors are measured against one exact flow, which takes the longest
def _exact(*, width: int, activation: str, **drawn: Any) -> tuple[Tensor, float, TrainingResult]:
    """Train by the exact flow; return Jacobians at the points (n, d, d), their mean radius, and how training ended."""
    points = sphere_points(**drawn)
    model = Autoencoder(drawn["dim"], width, activation=activation, seed=drawn["seed"], device=drawn["device"])
    result = trained(model, points, step_tolerance=EXACT)
    J = jacobian(model, points)
    return J, spectral_radius(J).mean().item(), result


def flow_and_descent(
    *,
    norm: float,
    seed: int,
    learning_rate: float,
    n_points: int = 1,
    depth: int = 2,
    width: int = 1000,
    dim: int = 32,
    activation: str = "sigmoid",
    tolerance: float = 1e-7,
    max_steps: int = 1_000_000,
    device: str = "cpu",
) -> dict[str, Any]:
    r"""Train the same network by gradient flow and by plain gradient descent, and compare what comes out.

    Returns
    -------
    dict
        How descent ended; ``descent_steps`` it took and ``equivalent_steps``, the flow's time in such steps;
        ``difference``, the largest over the points of
        :math:`\lVert J_\mathrm{descent} - J_\mathrm{flow} \rVert_F / \lVert J_\mathrm{flow} \rVert_F`, and
        ``radius_flow`` and ``radius_descent``, spectral radii averaged over the points.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed, device=device)
    flow, descent = (Autoencoder(dim, width, depth, activation, seed=seed, device=device) for _ in range(2))
    flowed = trained(flow, points, tolerance=tolerance)
    options: dict[str, Any] = {"method": "gradient_descent", "learning_rate": learning_rate, "max_steps": max_steps}
    result = trained(descent, points, tolerance=tolerance, **options)
    exact, found = jacobian(flow, points), jacobian(descent, points)
    difference = (found - exact).norm(dim=(1, 2)) / exact.norm(dim=(1, 2))
    return ending(result) | {
        "converged": result.converged and flowed.converged,
        "descent_steps": result.steps,
        "equivalent_steps": flowed.descent_steps(learning_rate),
        "difference": difference.max().item(),
        "radius_flow": spectral_radius(exact).mean().item(),
        "radius_descent": spectral_radius(found).mean().item(),
    }
