"""What the explorers show: eigenvalues of a trained Jacobian, and how far iterated cues are from their pattern."""

import math
from typing import Any

import torch
from torch import Tensor

from book.experiments.setting import set_up, set_up_limit, train_on
from sigae.jacobians import jacobian, spectral_radius
from sigae.patterns import NOISE_STREAM, normal_draws
from sigae.recall import iterate


def _worst(J: Tensor) -> dict[str, Any]:
    """Return the eigenvalues, by real part, of the Jacobian (of n, d, d) whose spectral radius is largest."""
    radii = spectral_radius(J)
    eigenvalues = torch.linalg.eigvals(J[radii.argmax()])
    # Rounded before they are sorted, so that a pair of equal real parts keeps its order on every machine.
    pairs = sorted((round(value.real.item(), 6), round(value.imag.item(), 6)) for value in eigenvalues)
    real, imaginary = zip(*pairs, strict=True)
    return {"real": real, "imaginary": imaginary, "radius": radii.max().item()}


def trained_eigenvalues(*, step_tolerance: float, **network: Any) -> dict[str, Any]:
    """Train on several points, and take the eigenvalues where the Jacobian's spectral radius is largest.

    Returns how training ended; ``real`` and ``imaginary``, d eigenvalues each; and ``radius``.
    """
    points, model = set_up(**network)
    record = train_on(model, points, step_tolerance=step_tolerance)
    return record | _worst(jacobian(model, points))


def limit_eigenvalues(*, seed: int, points_seen: int | None = None, **drawn: Any) -> dict[str, Any]:
    """Draw the Jacobian once at all points, or at the first few, at infinite width; take the one of largest radius.

    Returns ``real``, ``imaginary`` and ``radius`` as from :func:`trained_eigenvalues`.
    """
    limit = set_up_limit(seed=seed, **drawn)
    return _worst(torch.cat([limit.sample_jacobians(x, 1, seed) for x in limit.points[:points_seen]]))


def recall_errors(*, noises: list[float], cues: int, step_tolerance: float, **network: Any) -> dict[str, Any]:
    r"""Train on several points, and iterate cues :math:`x + \sqrt t \, N(0, I)` around the first of them.

    Returns how training ended, and ``errors``, mean squared differences to the point as a list of noise variances t,
    cues, and iterations 0 to 50.
    """
    points, model = set_up(**network)
    record = train_on(model, points, step_tolerance=step_tolerance)
    g = normal_draws((cues, points.shape[1]), stream=NOISE_STREAM, seed=network["seed"]).to(points)
    errors = []
    for variance in noises:
        path = iterate(model, points[0] + math.sqrt(variance) * g, steps=50)  # (51, cues, d)
        errors.append((path - points[0]).square().mean(dim=-1).T.tolist())
    return record | {"errors": errors}
