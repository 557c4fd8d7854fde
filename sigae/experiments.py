"""One condition in, one record of plain measurements out; :func:`sigae.sweep` turns records into a table."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_square
from sigae.gaussian_expectations import pair_expectations
from sigae.infinite_width import InfiniteWidth
from sigae.jacobian import eigenvalue_norms, jacobian, operator_norm, spectral_radius
from sigae.patterns import LIMIT_STREAM, NOISE_STREAM, normal_draws, sphere_points
from sigae.recall import iterate
from sigae.training import TrainingResult, followed, train

__all__ = [
    "basin",
    "flow_and_descent",
    "initial_jacobian",
    "limit_single_example",
    "limit_spectrum",
    "single_example",
    "trained_spectrum",
]

REPORT_APPLICATIONS = 51  # the report's loop runs over range(0, 51)
JACOBIAN_UNITS = 256  # hidden units at a time in a Jacobian, so that what they touch fits the processor's cache


def network_jacobian(model: Autoencoder, points: Tensor) -> Tensor:
    """Differentiate a network by its input, by the chain rule and without a graph; far cheaper than :func:`jacobian`.

    J_1 = W_1 / sqrt(d),  J_{l+1} = W_{l+1} diag(phi'(z_l)) J_l / sqrt(m).

    Parameters
    ----------
    model
        The network.
    points
        Shape (n, d).

    Returns
    -------
    Tensor
        Shape (n, d, d).
    """
    first, *later = model.weights
    scales = [1 / math.sqrt(weight.shape[1]) for weight in model.weights]
    with torch.no_grad():
        J, z = (first * scales[0])[None], points @ first.mT * scales[0]  # (1, m, d), (n, m)
        for weight, scale in zip(later, scales[1:], strict=True):
            h, slope = model.activation.derivatives(z, 1)
            parts = zip(*(t.split(JACOBIAN_UNITS, dim=1) for t in (weight, slope * scale, J)), strict=True)
            J, z = sum(W @ (s[:, :, None] * part) for W, s, part in parts), h @ weight.mT * scale
    return J


def _training(result: TrainingResult) -> dict[str, Any]:
    return {"converged": result.converged, "reason": result.reason, "loss": result.loss, "steps": result.steps}


def _radii(norms: Tensor) -> dict[str, Any]:
    """Summarise eigenvalue norms (n, d) of n points: spectral radii, their mean, spread over points, and worst."""
    radii = norms[:, 0]
    return {
        "radii": radii,
        "radius_mean": radii.mean().item(),
        "radius_spread": radii.std(correction=0).item(),
        "radius_worst": radii.max().item(),
    }


def initial_jacobian(
    *, dim: int, width: int, norm: float, seed: int, depth: int = 2, activation: str = "sigmoid"
) -> dict[str, Any]:
    """Measure the Jacobian of an untrained network at a random point.

    Returns
    -------
    dict
        ``operator_norm`` and ``radius``.
    """
    model = Autoencoder(dim, width, depth, activation, seed=seed)
    J = network_jacobian(model, sphere_points(1, dim, norm=norm, seed=seed))[0]
    return {"operator_norm": operator_norm(J).item(), "radius": spectral_radius(J).item()}


def single_example(
    *,
    norm: float,
    seed: int,
    depth: int = 2,
    width: int = 1000,
    dim: int = 32,
    activation: str = "sigmoid",
    tolerance: float = 1e-7,
    step_tolerance: float | None = None,
) -> dict[str, Any]:
    """Train on one point, and compare the Jacobian there before and after.

    Returns
    -------
    dict
        How training ended; operator norm and spectral radius of J_0 and J_T, ``initial_`` and ``final_``;
        ``radius_change`` = |rho(J_T) - rho(J_0)| and ``jacobian_change`` = ||J_T - J_0||_2.
    """
    points = sphere_points(1, dim, norm=norm, seed=seed)
    model = Autoencoder(dim, width, depth, activation, seed=seed)
    before = network_jacobian(model, points)[0]
    result = followed(train(model, points, tolerance=tolerance, step_tolerance=step_tolerance))
    after = network_jacobian(model, points)[0]
    radius_before, radius_after = spectral_radius(before).item(), spectral_radius(after).item()
    return _training(result) | {
        "initial_operator_norm": operator_norm(before).item(),
        "initial_radius": radius_before,
        "final_operator_norm": operator_norm(after).item(),
        "final_radius": radius_after,
        "radius_change": abs(radius_after - radius_before),
        "jacobian_change": operator_norm(after - before).item(),
    }


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
) -> dict[str, Any]:
    """Train the same network by gradient flow and by plain gradient descent, and compare what comes out.

    Returns
    -------
    dict
        How descent ended; ``descent_steps`` it took and ``equivalent_steps``, the flow's time in such steps;
        ``difference``, the largest over the points of ||J_descent - J_flow||_F / ||J_flow||_F, and
        ``radius_flow`` and ``radius_descent``, spectral radii averaged over the points.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    flow, descent = (Autoencoder(dim, width, depth, activation, seed=seed) for _ in range(2))
    flowed = followed(train(flow, points, tolerance=tolerance))
    options: dict[str, Any] = {"method": "gradient_descent", "learning_rate": learning_rate, "max_steps": max_steps}
    result = followed(train(descent, points, tolerance=tolerance, **options))
    exact, found = network_jacobian(flow, points), network_jacobian(descent, points)
    difference = (found - exact).norm(dim=(1, 2)) / exact.norm(dim=(1, 2))
    return _training(result) | {
        "converged": result.converged and flowed.converged,
        "descent_steps": result.steps,
        "equivalent_steps": flowed.descent_steps(learning_rate),
        "difference": difference.max().item(),
        "radius_flow": spectral_radius(exact).mean().item(),
        "radius_descent": spectral_radius(found).mean().item(),
    }


def limit_single_example(
    *, norm: float, seed: int, depth: int = 2, dim: int = 32, activation: str = "sigmoid", samples: int = 200
) -> dict[str, Any]:
    """Sample what :func:`single_example` measures from its law at infinite width.

    For one point, J_T - J_0 = (x - f_0(x)) b^T with b = d_x Theta(x, .) / Theta(x, x), and the entries of f_0(x) are
    independent N(0, S(x, x)): that needs the kernels alone, at any depth. rho also needs J_0 given f_0(x), whose rows
    are Gaussian with mean f_0a(x) s / S, s = d_x S(x, x') at x' = x, and covariance cov(grad f_0) - s s^T / S. That is
    worked out for depth 2.

    Returns
    -------
    dict
        Lists of ``samples`` numbers: ``jacobian_change``, and at depth 2 also ``initial_radius``, ``final_radius``,
        ``initial_operator_norm`` and ``radius_change``.
    """
    x = sphere_points(1, dim, norm=norm, seed=seed)
    limit = InfiniteWidth(x, activation, depth=depth)
    J = jacobian(limit, x)[0]  # x b^T
    b = x[0] @ J / norm**2
    S = limit.nngp[0, 0]
    draws = normal_draws((samples, dim, dim + 1), stream=LIMIT_STREAM, seed=seed)
    f0 = S.sqrt() * draws[:, :, 0]  # (samples, d)
    record: dict[str, Any] = {"jacobian_change": (x - f0).norm(dim=1) * b.norm()}
    if depth != 2:
        return record
    q = x.square().sum() / dim
    e = pair_expectations(activation, q, q, q)
    s = (e.e11 + e.e02) / dim * x[0]
    # cov(J_T row) = cov(grad f_0) - b s^T - s b^T + S b b^T, so that of the residual given f_0(x) follows.
    mixed = torch.outer(b, s)
    covariance = limit.jacobian_covariance(x[0]) + mixed + mixed.T - S * torch.outer(b, b) - torch.outer(s, s) / S
    eigenvalues, V = torch.linalg.eigh(check_square("covariance", covariance))
    root = (V * eigenvalues.clamp_min(0).sqrt()) @ V.T
    before = f0[:, :, None] * s / S + draws[:, :, 1:] @ root  # (samples, d, d)
    after = before + (x - f0)[:, :, None] * b
    record["initial_radius"] = spectral_radius(before)
    record["final_radius"] = spectral_radius(after)
    record["radius_change"] = (record["final_radius"] - record["initial_radius"]).abs()
    record["initial_operator_norm"] = operator_norm(before)
    return record


def trained_spectrum(
    *,
    n_points: int,
    norm: float,
    seed: int,
    width: int,
    dim: int = 32,
    depth: int = 2,
    activation: str = "sigmoid",
    tolerance: float = 1e-7,
    step_tolerance: float | None = None,
) -> dict[str, Any]:
    """Train on several points, and measure the Jacobian at each of them.

    Returns
    -------
    dict
        How training ended; ``eigenvalue_norms`` (n, d), descending; ``radii`` (n,), the spectral radii, with
        ``radius_mean``, ``radius_spread`` (standard deviation over the points) and ``radius_worst``.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    model = Autoencoder(dim, width, depth, activation, seed=seed)
    result = followed(train(model, points, tolerance=tolerance, step_tolerance=step_tolerance))
    norms = eigenvalue_norms(network_jacobian(model, points))
    return _training(result) | {"eigenvalue_norms": norms} | _radii(norms)


def limit_spectrum(
    *, n_points: int, norm: float, seed: int, dim: int = 32, activation: str = "sigmoid", samples: int = 20
) -> dict[str, Any]:
    """Sample what :func:`trained_spectrum` measures from its exact law at infinite width.

    Returns
    -------
    dict
        ``eigenvalue_norms`` (samples n, d); ``radii`` (samples n,) and their mean, spread and worst; and
        ``mean_jacobian_radius``, the spectral radius of the mean Jacobian, averaged over the points.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    limit = InfiniteWidth(points, activation)
    J = torch.cat([limit.sample_jacobians(x, samples, seed) for x in points])
    norms = eigenvalue_norms(J)
    mean = spectral_radius(limit.mean_jacobian(points)).mean().item()
    return {"eigenvalue_norms": norms, "mean_jacobian_radius": mean} | _radii(norms)


def basin(
    *,
    norm: float,
    seed: int,
    noises: list[float],
    n_points: int = 5,
    width: int = 10_000,
    dim: int = 32,
    depth: int = 2,
    activation: str = "sigmoid",
    draws: int = 20,
    iterations: int = 50,
    threshold: float = 1e-2,
    tolerance: float = 1e-7,
    step_tolerance: float | None = None,
) -> dict[str, Any]:
    """Train once, and try to recall every point from cues x + sqrt(t) N(0, I), t a noise variance.

    Returns
    -------
    dict
        How training ended; the spectral radii at the points; and lists with one entry a noise variance:
        ``cues``, how many; ``recalled``, how many of them are within ``threshold`` in mean squared error after
        ``iterations`` applications, each judged alone; ``report_rate``, the report's criterion averaged over the
        draws: the share of a batch of n cues within the threshold at the first of 51 iterations at which the
        batch's mean error is, and zero for a batch that never gets there.
    """
    points = sphere_points(n_points, dim, norm=norm, seed=seed)
    model = Autoencoder(dim, width, depth, activation, seed=seed)
    result = followed(train(model, points, tolerance=tolerance, step_tolerance=step_tolerance))
    g = normal_draws((draws, n_points, dim), stream=NOISE_STREAM, seed=seed)
    record = _training(result) | {"cues": [], "recalled": [], "report_rate": []}
    for variance in noises:
        path = iterate(model, points + math.sqrt(variance) * g, steps=max(iterations, REPORT_APPLICATIONS))
        errors = (path - points).square().mean(dim=-1)  # (applications + 1, draws, n)
        record["cues"].append(draws * n_points)
        record["recalled"].append(int((errors[iterations] < threshold).sum()))
        record["report_rate"].append(_report_rate(errors[1 : REPORT_APPLICATIONS + 1], threshold))
    return record | _radii(eigenvalue_norms(network_jacobian(model, points)))


def _report_rate(errors: Tensor, threshold: float) -> float:
    """Apply the report's all-or-nothing criterion to errors (iterations, draws, n)."""
    success = errors.mean(dim=-1) < threshold  # (iterations, draws)
    first = success.to(torch.int8).argmax(dim=0)
    share = (errors < threshold).to(errors.dtype).mean(dim=-1)  # (iterations, draws)
    at_first = share.gather(0, first[None])[0]
    return torch.where(success.any(dim=0), at_first, 0.0).mean().item()
