"""The tables behind the page on where memories are attractors at infinite width."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

__all__ = ["border", "closing_exponents", "told_of_plane"]


def border(solved: pd.DataFrame) -> pd.DataFrame:
    """Find where the radius of sampled Jacobians last comes down through one, interpolated in the norm's logarithm.

    Parameters
    ----------
    solved
        From a sweep of ``limit_radius``.

    Returns
    -------
    pandas.DataFrame
        ``activation``, ``load`` n / d and ``border``, a norm; no row where the radius does not come down through one.
    """
    ordered = solved.sort_values("norm").groupby(["activation", "n_points"], sort=False)
    following = solved.assign(next_norm=ordered["norm"].shift(-1), next_radius=ordered["radius"].shift(-1))
    falls = following.query("radius > 1 and next_radius <= 1").copy()
    share = (falls["radius"] - 1) / (falls["radius"] - falls["next_radius"])
    falls["border"] = falls["norm"] * (falls["next_norm"] / falls["norm"]) ** share
    falls["load"] = falls["n_points"] / falls["dim"]
    return falls.groupby(["activation", "load"], sort=False)["border"].max().reset_index()


def told_of_plane(plane: pd.DataFrame, solved: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of the plane of norm and load.

    Parameters
    ----------
    plane, solved
        A sweep of ``limit_radius``, and the rows of it that could be solved.

    Returns
    -------
    dict
        Name to number.
    """
    least, most = plane["n_points"].min() / plane["dim"].iloc[0], plane["n_points"].max() / plane["dim"].iloc[0]
    found = border(solved)
    fullest = found.loc[found["load"].eq(most), "border"]
    return {
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


def closing_exponents(approach: pd.DataFrame, norms: Sequence[float]) -> pd.Series:
    """Find the power of the norm with which the gap to one half closes, between the last two norms.

    Parameters
    ----------
    approach
        From a sweep of ``approach_to_one_half``.
    norms
        In ascending order, at least two.

    Returns
    -------
    pandas.Series
        Indexed by ``activation`` and ``n_points``; none where the gap is not positive at both.
    """
    last, before = (
        approach[approach["norm"].eq(norm)].set_index(["activation", "n_points"])["gap"] for norm in norms[:-3:-1]
    )
    ratio = last / before
    return ratio[ratio > 0].map(math.log) / math.log(norms[-1] / norms[-2])
