"""One training example: the Jacobian before and after training."""

from typing import Any

import torch

from book.experiments.setting import set_up, train_on
from sigae.checks import check_square
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import jacobian, operator_norm, spectral_radius
from sigae.patterns import LIMIT_STREAM, normal_draws, sphere_points


def initial_jacobian(**network: Any) -> dict[str, Any]:
    """Measure ``operator_norm`` and ``radius`` of an untrained network's Jacobian at a random point."""
    points, model = set_up(n_points=1, **network)
    J = jacobian(model, points)[0]
    return {"operator_norm": operator_norm(J).item(), "radius": spectral_radius(J).item()}


def single_example(
    *, width: int = 1000, tolerance: float = 1e-7, step_tolerance: float | None = None, **network: Any
) -> dict[str, Any]:
    r"""Train on one point, and compare the Jacobian there before and after.

    Returns how training ended; ``initial_operator_norm``, :math:`\lVert J_0 \rVert_2`; ``final_radius``,
    :math:`\rho(J_T)`; ``radius_change``, :math:`|\rho(J_T) - \rho(J_0)|`; ``jacobian_change``,
    :math:`\lVert J_T - J_0 \rVert_2`; and ``relative_change``, the latter over :math:`\lVert J_0 \rVert_2`.
    """
    points, model = set_up(n_points=1, width=width, **network)
    before = jacobian(model, points)[0]
    record = train_on(model, points, tolerance=tolerance, step_tolerance=step_tolerance)
    after = jacobian(model, points)[0]
    radius_before, radius_after = spectral_radius(before).item(), spectral_radius(after).item()
    size, change = operator_norm(before).item(), operator_norm(after - before).item()
    return record | {
        "initial_operator_norm": size,
        "final_radius": radius_after,
        "radius_change": abs(radius_after - radius_before),
        "jacobian_change": change,
        "relative_change": change / size,
    }


def limit_single_example(
    *, norm: float, seed: int, depth: int = 2, dim: int = 32, activation: str = "sigmoid", samples: int = 200
) -> dict[str, Any]:
    r"""Sample what :func:`single_example` measures from its law at infinite width.

    For one point :math:`J_T - J_0 = (x - f_0(x)) b^\top` with :math:`b = \partial_x \Theta(x, \cdot) / \Theta(x, x)`,
    and the entries of :math:`f_0(x)` are independent :math:`N(0, S(x, x))`. The rows of :math:`J_0`, given
    :math:`f_0(x)`, are Gaussian with mean :math:`f_{0a}(x) s / S`, :math:`s = \partial_x S(x, x')` at :math:`x' = x`,
    and covariance :math:`\operatorname{cov}(\nabla f_0) - s s^\top / S`.

    Returns the same quantities, each a list of ``samples`` numbers.
    """
    x = sphere_points(1, dim, norm=norm, seed=seed)
    limit = InfiniteWidth(x, activation=activation, depth=depth)
    b = x[0] @ limit.mean_jacobian(x[0]) / norm**2  # the mean is x b^T
    s = torch.func.jacrev(lambda y: limit.kernel(y, x[0], kind="nngp"))(x[0])
    S = limit.nngp[0, 0]
    draws = normal_draws((samples, dim, dim + 1), stream=LIMIT_STREAM, seed=seed)
    f0 = S.sqrt() * draws[:, :, 0]  # (samples, d)
    # cov(J_T row) = cov(grad f_0) - b s^T - s b^T + S b b^T, so that of the residual given f_0(x) follows.
    mixed = torch.outer(b, s)
    covariance = limit.jacobian_covariance(x[0]) + mixed + mixed.T - S * torch.outer(b, b) - torch.outer(s, s) / S
    eigenvalues, V = torch.linalg.eigh(check_square("covariance", covariance))
    root = (V * eigenvalues.clamp_min(0).sqrt()) @ V.T
    before = f0[:, :, None] * s / S + draws[:, :, 1:] @ root  # (samples, d, d)
    after = before + (x - f0)[:, :, None] * b
    radius_before, radius_after = spectral_radius(before), spectral_radius(after)
    size, change = operator_norm(before), (x - f0).norm(dim=1) * b.norm()
    return {
        "initial_operator_norm": size,
        "final_radius": radius_after,
        "radius_change": (radius_after - radius_before).abs(),
        "jacobian_change": change,
        "relative_change": change / size,
    }
