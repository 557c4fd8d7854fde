"""How stiff training is, and how closely a way of training follows the gradient flow."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from book.experiments.setting import ending, set_up, trained
from sigae.checks import check_square
from sigae.jacobians import jacobian, spectral_radius
from sigae.training import TrainingResult
from sigae.training.objective import Objective
from sigae.training.tangent_kernel import averaged_kernel

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

    Returns ``condition``, the condition number of the untrained network's output-averaged tangent kernel; ``steps`` of
    the exponential integrator, the equivalent ``report_steps`` of descent at learning rate 5, and how training ended.
    """
    drawn: dict[str, Any] = {"n_points": n_points, "dim": dim, "norm": norm, "seed": seed}
    points, model = set_up(**drawn, width=width, activation=activation, device=device)
    objective = Objective(model, points)
    T = averaged_kernel(objective, objective.initial_state())
    rates = torch.linalg.eigvalsh(check_square("the tangent kernel", T))
    result = trained(model, points)
    return ending(result) | {"condition": (rates[-1] / rates[0]).item(), "report_steps": result.descent_steps(5.0)}


def integration_error(
    *, step_tolerance: float | None = None, learning_rate: float | None = None, **condition: Any
) -> dict[str, Any]:
    r"""Compare a trained Jacobian with that of the exact flow from the same weights.

    The exact flow is the exponential integrator at a step tolerance of 1e-4. With a learning rate the other network is
    trained by gradient descent, without one by gradient flow at that step tolerance; ``condition`` is ``n_points``,
    ``norm``, ``seed`` and ``width``, and perhaps ``dim``, ``activation`` and ``device``.

    Returns ``jacobian_error``, the largest over the points of
    :math:`\lVert J - J_\mathrm{exact} \rVert_F / \lVert J_\mathrm{exact} \rVert_F`; ``radius`` and ``exact_radius``,
    spectral radii averaged over the points; ``steps``, and how training ended.
    """
    J_exact, reference = _exact(**condition)
    by_descent: dict[str, Any] = {"method": "gradient_descent", "learning_rate": learning_rate, "max_steps": 1_000_000}
    J, result = _trained(**condition, **(by_descent if learning_rate else {"step_tolerance": step_tolerance}))
    return ending(result) | {
        "jacobian_error": _largest_difference(J, J_exact),
        "radius": spectral_radius(J).mean().item(),
        "exact_radius": spectral_radius(J_exact).mean().item(),
        "converged": result.converged and reference.converged,
        "reason": result.reason if reference.converged else reference.reason,
    }


def flow_and_descent(
    *, learning_rate: float, tolerance: float = 1e-7, max_steps: int = 1_000_000, **condition: Any
) -> dict[str, Any]:
    r"""Train the same network by gradient flow and by plain gradient descent, and compare the outcome.

    ``condition`` is as in :func:`integration_error`, with ``depth``; one point and width 1000 unless given.

    Returns how descent ended; ``descent_steps`` it took and ``equivalent_steps``, the flow's time in such steps;
    ``difference``, the largest over the points of
    :math:`\lVert J_\mathrm{descent} - J_\mathrm{flow} \rVert_F / \lVert J_\mathrm{flow} \rVert_F`, and ``radius_flow``
    and ``radius_descent``, spectral radii averaged over the points.
    """
    condition = {"n_points": 1, "width": 1000, "tolerance": tolerance} | condition
    J, flow = _trained(**condition)
    by_descent: dict[str, Any] = {"method": "gradient_descent", "learning_rate": learning_rate, "max_steps": max_steps}
    J_descent, result = _trained(**condition, **by_descent)
    return ending(result) | {
        "converged": result.converged and flow.converged,
        "descent_steps": result.steps,
        "equivalent_steps": flow.descent_steps(learning_rate),
        "difference": _largest_difference(J_descent, J),
        "radius_flow": spectral_radius(J).mean().item(),
        "radius_descent": spectral_radius(J_descent).mean().item(),
    }


def _trained(
    *,
    norm: float,
    seed: int,
    n_points: int,
    width: int,
    depth: int = 2,
    dim: int = 32,
    activation: str = "sigmoid",
    device: str = "cpu",
    **options: Any,
) -> tuple[Tensor, TrainingResult]:
    """Train a new network; return its Jacobians at the points (n, d, d), and how training ended."""
    drawn: dict[str, Any] = {"n_points": n_points, "dim": dim, "norm": norm, "seed": seed}
    points, model = set_up(**drawn, width=width, depth=depth, activation=activation, device=device)
    result = trained(model, points, **options)
    return jacobian(model, points), result


@functools.lru_cache(maxsize=64)  # several errors are measured against one exact flow, which takes the longest
def _exact(**condition: Any) -> tuple[Tensor, TrainingResult]:
    return _trained(**condition, step_tolerance=EXACT)


def _largest_difference(J: Tensor, reference: Tensor) -> float:
    """Return the largest over the points of the relative difference in Frobenius norm."""
    return (torch.linalg.matrix_norm(J - reference) / torch.linalg.matrix_norm(reference)).max().item()
