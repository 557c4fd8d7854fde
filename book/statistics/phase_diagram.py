"""The tables behind the page on where memories are attractors at infinite width."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from book.typeset import of_each
from sigae.activations import get_activation

__all__ = ["against_high_dimension", "border", "closing_exponents", "crowded", "disc_edges", "plane_statistics"]


def border(solved: pd.DataFrame) -> pd.DataFrame:
    """Find where the radius of sampled Jacobians last comes down through one, interpolated in the norm's logarithm.

    ``solved``: from a sweep of ``limit_radius``. Returns ``activation``, ``load`` n / d and ``border``, a norm; no row
    where the radius does not come down through one.
    """
    ordered = solved.sort_values("norm").groupby(["activation", "n_points"], sort=False)
    following = solved.assign(next_norm=ordered["norm"].shift(-1), next_radius=ordered["radius"].shift(-1))
    falls = following.query("radius > 1 and next_radius <= 1").copy()
    share = (falls["radius"] - 1) / (falls["radius"] - falls["next_radius"])
    falls["border"] = falls["norm"] * (falls["next_norm"] / falls["norm"]) ** share
    falls["load"] = falls["n_points"] / falls["dim"]
    return falls.groupby(["activation", "load"], sort=False)["border"].max().reset_index()


def plane_statistics(plane: pd.DataFrame, solved: pd.DataFrame) -> dict[str, float | str]:
    """Compute what the page says of the plane of norm and load.

    ``plane``, ``solved``: a sweep of ``limit_radius``, and the rows of it that could be solved. Returns name to number;
    ``without_border`` in words, at how many loads the radius is below one at every norm.
    """
    least, most = plane["n_points"].min() / plane["dim"].iloc[0], plane["n_points"].max() / plane["dim"].iloc[0]
    found = border(solved)
    fullest = found.loc[found["load"].eq(most), "border"]
    below = solved.groupby(["activation", "n_points"])["radius"].max().le(1).groupby("activation").sum()
    names = dict.fromkeys(solved["activation"])
    return {
        "without_border": of_each({name: str(below.get(name, 0) or "none") for name in names}),
        "loads": plane["n_points"].nunique(),
        "cells": len(plane),
        "unsolved": len(plane) - len(solved),
        "mean_cells_above": int(solved["mean_jacobian_radius"].gt(1).sum()),
        "sampled_cells_above": int(solved["radius"].gt(1).sum()),
        "smallest_gap": (1 - solved["mean_jacobian_radius"]).min(),
        "least_load": least,
        "most_load": most,
        "lowest_border": fullest.min(),
        "highest_border": fullest.max(),
    }


def against_high_dimension(found: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Set the border's norm beside that at which the load is critical in high dimension.

    ``found``: from :func:`border`. ``lines``: from a sweep of ``border_in_high_dimension``, in ascending norms. Returns
    ``found`` with ``high_dimension``, a norm interpolated between logarithms, and ``ratio`` of the border to it;
    missing where the load is critical outside of the norms swept.
    """
    norms = []
    for row in found.itertuples():
        line = lines[lines["activation"].eq(row.activation) & lines["critical_load"].gt(0)]
        loads = np.log(line["critical_load"])
        norms.append(np.exp(np.interp(math.log(row.load), loads, np.log(line["norm"]), math.nan, math.nan)))
    return found.assign(high_dimension=norms, ratio=found["border"] / np.array(norms))


def disc_edges(activations: Sequence[str]) -> dict[str, float]:
    """Return the loads below which the disc of the untrained directions alone exceeds one at small norm.

    Returns by name 1 - 1 / phi'(0)^2, where that is above zero.
    """
    edges = {name: 1 - get_activation(name).slope_at_zero ** -2 for name in activations}
    return {name: edge for name, edge in edges.items() if edge > 0}


def crowded(swept: pd.DataFrame) -> pd.DataFrame:
    """Sum up where the mean network has patterns that are no attractors.

    ``swept``: from a sweep of ``crowded_limit``. Returns one row an activation and dimension: ``draws``, of patterns;
    ``above``, those of them with a pattern above one at some norm; ``largest_radius``, and the ``norm`` it is found at.
    """
    groups = ["activation", "dim"]
    top = swept.groupby([*groups, "seed"], sort=False)["largest_radius"].max().gt(1).groupby(groups, sort=False)
    worst = swept.loc[swept.groupby(groups, sort=False)["largest_radius"].idxmax()].set_index(groups)
    told = pd.DataFrame({"draws": top.size(), "above": top.sum()})
    return told.join(worst[["largest_radius", "norm"]]).reset_index()


def closing_exponents(approach: pd.DataFrame, norms: Sequence[float]) -> pd.Series:
    """Find the power of the norm with which the gap to one half closes, between the last two norms.

    ``approach``: from a sweep of ``approach_to_one_half``. Returns indexed by ``activation`` and ``n_points``; none
    where the gap is not positive at both.
    """
    last, before = (
        approach[approach["norm"].eq(norm)].set_index(["activation", "n_points"])["gap"] for norm in norms[:-3:-1]
    )
    ratio = last / before
    return ratio[ratio > 0].map(math.log) / math.log(norms[-1] / norms[-2])
