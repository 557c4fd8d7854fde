"""The tables behind the page on where memories are attractors at infinite width."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from book.typeset import of_each
from sigae.activations import get_activation


def border(solved: pd.DataFrame) -> pd.DataFrame:
    """Find the norm at which the radius of sampled Jacobians last comes down through one, by ``load`` n / d.

    Interpolated in the norm's logarithm; no row where the radius does not come down through one.
    """
    ordered = solved.sort_values("norm").groupby(["activation", "n_points"], sort=False)
    following = solved.assign(next_norm=ordered["norm"].shift(-1), next_radius=ordered["radius"].shift(-1))
    falls = following.query("radius > 1 and next_radius <= 1").copy()
    share = (falls["radius"] - 1) / (falls["radius"] - falls["next_radius"])
    falls["border"] = falls["norm"] * (falls["next_norm"] / falls["norm"]) ** share
    falls["load"] = falls["n_points"] / falls["dim"]
    return falls.groupby(["activation", "load"], sort=False)["border"].max().reset_index()


def plane_statistics(plane: pd.DataFrame, solved: pd.DataFrame) -> dict[str, float | str]:
    """Count what a sweep of ``limit_radius`` found in the plane of norm and load, and what of it could be solved.

    ``without_border`` says at how many loads the radius is below one at every norm.
    """
    loads, found = plane["n_points"] / plane["dim"], border(solved)
    fullest = found.loc[found["load"].eq(loads.max()), "border"]
    radii = solved.groupby(["activation", "n_points"])["radius"]
    everywhere = radii.count().eq(plane["norm"].nunique())  # what was not solved may be above one
    below = (radii.max().le(1) & everywhere).groupby("activation").sum()
    names = dict.fromkeys(solved["activation"])
    return {
        "without_border": of_each({name: str(below.get(name, 0) or "none") for name in names}),
        "loads": plane["n_points"].nunique(),
        "cells": len(plane),
        "unsolved": len(plane) - len(solved),
        "mean_cells_above": int(solved["mean_jacobian_radius"].gt(1).sum()),
        "sampled_cells_above": int(solved["radius"].gt(1).sum()),
        "smallest_gap": (1 - solved["mean_jacobian_radius"]).min(),
        "least_load": loads.min(),
        "most_load": loads.max(),
        "lowest_border": fullest.min(),
        "highest_border": fullest.max(),
    }


def against_high_dimension(found: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Set the border's norm beside that at which the load is critical in high dimension, with their ``ratio``.

    ``lines`` are from a sweep of ``border_in_high_dimension``, in ascending norms; missing outside of those swept.
    """
    norms = []
    for row in found.itertuples():
        line = lines[lines["activation"].eq(row.activation) & lines["critical_load"].gt(0)]
        loads = np.log(line["critical_load"])
        norms.append(np.exp(np.interp(math.log(row.load), loads, np.log(line["norm"]), math.nan, math.nan)))
    return found.assign(high_dimension=norms, ratio=found["border"] / np.array(norms))


def disc_edges(activations: Sequence[str]) -> dict[str, float]:
    """Return the loads below which the disc of the untrained directions alone exceeds one at small norm.

    By name 1 - 1 / phi'(0)^2, where that is above zero.
    """
    edges = {name: 1 - get_activation(name).slope_at_zero ** -2 for name in activations}
    return {name: edge for name, edge in edges.items() if edge > 0}


def crowded(swept: pd.DataFrame) -> pd.DataFrame:
    """Sum up, by activation and dimension, where the mean network of a sweep of ``crowded_limit`` fails.

    ``draws`` of patterns; those with a pattern ``above`` one at some norm; ``largest_radius``, and its ``norm``.
    """
    groups = ["activation", "dim"]
    top = swept.groupby([*groups, "seed"], sort=False)["largest_radius"].max().gt(1).groupby(groups, sort=False)
    worst = swept.loc[swept.groupby(groups, sort=False)["largest_radius"].idxmax()].set_index(groups)
    counts = pd.DataFrame({"draws": top.size(), "above": top.sum()})
    return counts.join(worst[["largest_radius", "norm"]]).reset_index()


def closing_exponents(approach: pd.DataFrame, norms: Sequence[float]) -> pd.Series:
    """Find the power of the norm with which the gap to one half closes, between the last two norms.

    By ``activation`` and ``n_points``; none where the gap is not positive at both.
    """
    last, before = (
        approach[approach["norm"].eq(norm)].set_index(["activation", "n_points"])["gap"] for norm in norms[:-3:-1]
    )
    ratio = last / before
    return ratio[ratio > 0].map(math.log) / math.log(norms[-1] / norms[-2])
