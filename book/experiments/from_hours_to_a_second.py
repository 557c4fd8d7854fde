"""How stiff training is, and how closely a way of training follows the gradient flow."""

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


def stiffness(**network: Any) -> dict[str, Any]:
    """Measure how far apart the rates of gradient flow lie, and what that costs.

    Returns ``condition``, the condition number of the untrained network's output-averaged tangent kernel; ``steps`` of
    the exponential integrator, the equivalent ``report_steps`` of descent at learning rate 5, and how training ended.
    """
    points, model = set_up(**network)
    objective = Objective(model, points)
    T = averaged_kernel(objective, objective.initial_state())
    rates = torch.linalg.eigvalsh(check_square("the tangent kernel", T))
    result = trained(model, points)
    return ending(result) | {"condition": (rates[-1] / rates[0]).item(), "report_steps": result.descent_steps(5.0)}


def flow_and_descent(
    *, learning_rate: float, tolerance: float = 1e-7, step_tolerance: float | None = None, **network: Any
) -> dict[str, Any]:
    r"""Train the same network by gradient flow and by plain gradient descent, and compare the outcome.

    There is one point, and the width is 1000, unless given.

    Returns how descent ended; ``descent_steps`` it took and ``equivalent_steps``, the flow's time in such steps;
    ``difference``, the largest over the points of
    :math:`\lVert J_\mathrm{descent} - J_\mathrm{flow} \rVert_F / \lVert J_\mathrm{flow} \rVert_F`, and ``radius_flow``
    and ``radius_descent``, spectral radii averaged over the points.
    """
    network = {"n_points": 1, "width": 1000} | network
    J, flow = _flow(tolerance=tolerance, step_tolerance=step_tolerance, **network)
    descent = {"method": "gradient_descent", "learning_rate": learning_rate, "max_steps": 1_000_000}
    J_descent, result = _trained(network, tolerance=tolerance, **descent)
    difference = torch.linalg.matrix_norm(J_descent - J) / torch.linalg.matrix_norm(J)
    return ending(result) | {
        "converged": result.converged and flow.converged,
        "descent_steps": result.steps,
        "equivalent_steps": flow.descent_steps(learning_rate),
        "difference": difference.max().item(),
        "radius_flow": spectral_radius(J).mean().item(),
        "radius_descent": spectral_radius(J_descent).mean().item(),
    }


def _trained(network: dict[str, Any], **options: Any) -> tuple[Tensor, TrainingResult]:
    """Train a new network; return its Jacobians at the points (n, d, d), and how training ended."""
    points, model = set_up(**network)
    result = trained(model, points, **options)
    return jacobian(model, points), result


@functools.lru_cache(maxsize=64)  # descent at several learning rates is compared with one flow
def _flow(*, tolerance: float, step_tolerance: float | None, **network: Any) -> tuple[Tensor, TrainingResult]:
    return _trained(network, tolerance=tolerance, step_tolerance=step_tolerance)
