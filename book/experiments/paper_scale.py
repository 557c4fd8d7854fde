"""One cell at the paper's scale, summed up small enough to be committed."""

import time
from typing import Any

import torch

from book.experiments.basin_of_attraction import basin
from book.experiments.distance_to_limit import distance_to_limit
from book.experiments.linear_region_and_beyond import limit_spectrum


def network_cell(**condition: Any) -> dict[str, Any]:
    """Measure the Jacobians of a trained network, and their distance to the infinite-width limit.

    Takes a condition of :func:`book.experiments.distance_to_limit.distance_to_limit`. Returns how training ended;
    ``seconds`` of the whole cell; ``radius_mean`` and ``radius_worst`` over the points; ``attractors``, the share of
    points whose rho is below one; ``predicted_mean``, the mean radius that infinite width predicts from these initial
    weights; ``jacobian_distance`` and ``radius_distance`` from it.
    """
    started = time.perf_counter()
    record = distance_to_limit(**condition)
    return _trained(record, started) | {
        "radius_worst": record["radii"].max().item(),
        "predicted_mean": record["predicted_radii"].mean().item(),
        "jacobian_distance": record["jacobian_distance"],
        "radius_distance": record["radius_distance"],
    }


def limit_cell(**condition: Any) -> dict[str, Any]:
    """Sample the distribution of a single point's rho at infinite width.

    Takes a condition of :func:`book.experiments.linear_region_and_beyond.limit_spectrum`. Returns ``radius_mean``;
    ``radius_low`` and ``radius_high``, between which 90 % of single points lie; ``radius_worst`` over the points,
    averaged over the samples; and ``mean_jacobian_radius`` of the mean network.
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
    """Train a network, and try to recall its points from cues of one noise variance t.

    Takes the other arguments of :func:`book.experiments.basin_of_attraction.basin`. Returns what
    :func:`network_cell` does of the radii; ``cues`` and ``recalled``, how many; and ``report_rate``.
    """
    started = time.perf_counter()
    record = basin(**condition, noises=[noise])
    counts = {name: record[name][0] for name in ("cues", "recalled", "report_rate")}
    return _trained(record, started) | counts | {"radius_worst": record["radius_worst"]}


def _trained(record: dict[str, Any], started: float) -> dict[str, Any]:
    return {name: record[name] for name in ("converged", "reason", "steps", "loss", "radius_mean")} | {
        "seconds": time.perf_counter() - started,
        "attractors": (record["radii"] < 1).to(torch.float64).mean().item(),
    }
