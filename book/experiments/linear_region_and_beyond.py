"""Several training examples: the Jacobian's eigenvalues at each of them (the report's experiments 2, 3 and 5)."""

from typing import Any

import torch

from book.experiments.setting import set_up, set_up_limit, summed_up, train_on
from sigae.jacobians import eigenvalue_norms, jacobian, spectral_radius


def trained_spectrum(
    *, tolerance: float = 1e-7, step_tolerance: float | None = None, learning_rate: float | None = None, **network: Any
) -> dict[str, Any]:
    r"""Train on several points, by descent if there is a learning rate, and measure the Jacobian at each of them.

    Returns how training ended; ``eigenvalue_norms`` (n, d), descending; the spectral ``radii`` (n,), ``radius_mean``
    and ``radius_worst``; and ``jacobian_spread``, zero for an affine map, the largest over the points of
    :math:`\lVert J(x_i) - \bar J \rVert_F / \lVert \bar J \rVert_F` with :math:`\bar J` their mean.
    """
    points, model = set_up(**network)
    record = train_on(model, points, tolerance=tolerance, step_tolerance=step_tolerance, learning_rate=learning_rate)
    J = jacobian(model, points)
    norms, mean = eigenvalue_norms(J), J.mean(dim=0)
    spread = ((J - mean).norm(dim=(1, 2)) / mean.norm()).max().item()
    return record | {"eigenvalue_norms": norms, "jacobian_spread": spread} | summed_up(norms)


def limit_spectrum(*, seed: int, samples: int = 20, **drawn: Any) -> dict[str, Any]:
    """Sample what :func:`trained_spectrum` measures from its exact distribution at infinite width.

    Returns ``eigenvalue_norms`` (samples n, d); ``radii`` (samples n,), their mean and the largest; and
    ``mean_jacobian_radius``, the spectral radius of the mean Jacobian, averaged over the points.
    """
    limit = set_up_limit(seed=seed, **drawn)
    J = torch.cat([limit.sample_jacobians(x, samples, seed) for x in limit.points])
    norms = eigenvalue_norms(J)
    mean = spectral_radius(limit.mean_jacobian(limit.points)).mean().item()
    return {"eigenvalue_norms": norms, "mean_jacobian_radius": mean} | summed_up(norms)
