"""One cell at the paper's scale, summed up small enough to be committed."""

from __future__ import annotations

import time
from typing import Any

import torch

from book.experiments.basin_of_attraction import basin
from book.experiments.distance_to_limit import distance_to_limit
from book.experiments.linear_region_and_beyond import limit_spectrum

__all__ = ["basin_cell", "limit_cell", "network_cell"]

ENDING = ("converged", "reason", "steps", "loss")


def network_cell(**condition: Any) -> dict[str, Any]:
    """Train a network of several points, and measure its Jacobians and their distance to the infinite-width limit.

    Parameters
    ----------
    **condition
        Of :func:`book.experiments.distance_to_limit.distance_to_limit`.

    Returns
    -------
    dict
        How training ended; ``seconds`` of the whole cell; ``radius_mean`` and ``radius_worst`` over the points;
        ``attractors``, the share of points whose rho is below one; ``foretold_mean``, what infinite width foretells
        for these initial weights; ``jacobian_distance`` and ``radius_distance`` from it.
    """
    started = time.perf_counter()
    record = distance_to_limit(**condition)
    radii = record["radii"]
    return {name: record[name] for name in ENDING} | {
        "seconds": time.perf_counter() - started,
        "radius_mean": record["radius_mean"],
        "radius_worst": radii.max().item(),
        "attractors": (radii < 1).to(torch.float64).mean().item(),
        "foretold_mean": record["predicted_radii"].mean().item(),
        "jacobian_distance": record["jacobian_distance"],
        "radius_distance": record["radius_distance"],
    }


def limit_cell(**condition: Any) -> dict[str, Any]:
    """Sample the law of a single point's rho at infinite width.

    Parameters
    ----------
    **condition
        Of :func:`book.experiments.linear_region_and_beyond.limit_spectrum`.

    Returns
    -------
    dict
        ``radius_mean``; ``radius_low`` and ``radius_high``, between which 90 % of single points lie; ``radius_worst``
        over the points, averaged over the samples; ``mean_jacobian_radius`` of the mean network.
    """
    record = limit_spectrum(**condition)
    radii = record["radii"].reshape(condition["n_points"], -1)  # a row a point
    low, high = torch.quantile(radii, radii.new_tensor([0.05, 0.95])).tolist()
    return {
        "radius_mean": record["radius_mean"],
        "radius_low": low,
        "radius_high": high,
        "radius_worst": radii.max(dim=0).values.mean().item(),
        "mean_jacobian_radius": record["mean_jacobian_radius"],
    }


def basin_cell(*, noise: float, **condition: Any) -> dict[str, Any]:
    """Train a network, and try to recall its points from cues of one noise variance.

    Parameters
    ----------
    noise
        Variance t of the noise.
    **condition
        Of :func:`book.experiments.basin_of_attraction.basin`, but for ``noises``.

    Returns
    -------
    dict
        How training ended; ``seconds`` of the whole cell; ``cues`` and ``recalled``, how many; ``report_rate``;
        ``radius_mean`` and ``radius_worst`` over the points, and ``attractors``, the share whose rho is below one.
    """
    started = time.perf_counter()
    record = basin(**condition, noises=[noise])
    return {name: record[name] for name in ENDING} | {
        "seconds": time.perf_counter() - started,
        "cues": record["cues"][0],
        "recalled": record["recalled"][0],
        "report_rate": record["report_rate"][0],
        "radius_mean": record["radius_mean"],
        "radius_worst": record["radius_worst"],
        "attractors": (record["radii"] < 1).to(torch.float64).mean().item(),
    }
