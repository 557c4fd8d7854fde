"""The norm at which memories become attractors at infinite width, found on a grid and in closed form."""

import math

import numpy as np
import pandas as pd


def stability_boundary(solved: pd.DataFrame) -> pd.DataFrame:
    """Find the largest norm, on its logarithm, at which the radius of sampled Jacobians falls through one, by load."""
    ordered = solved.sort_values("norm").groupby(["activation", "n_points"], sort=False)
    following = solved.assign(next_norm=ordered["norm"].shift(-1), next_radius=ordered["radius"].shift(-1))
    falls = following.query("radius > 1 and next_radius <= 1").copy()
    share = (falls["radius"] - 1) / (falls["radius"] - falls["next_radius"])
    falls["boundary"] = falls["norm"] * (falls["next_norm"] / falls["norm"]) ** share
    falls["load"] = falls["n_points"] / falls["dim"]
    return falls.groupby(["activation", "load"], sort=False)["boundary"].max().reset_index()


def against_high_dimension(found: pd.DataFrame, lines: pd.DataFrame) -> pd.Series:
    """Divide the boundary's norm by that at which the load is critical in high dimension, where that was swept."""
    norms = []
    for row in found.itertuples():
        line = lines[lines["activation"].eq(row.activation) & lines["critical_load"].gt(0)]
        loads = np.log(line["critical_load"])
        norms.append(np.exp(np.interp(math.log(row.load), loads, np.log(line["norm"]), math.nan, math.nan)))
    return found["boundary"] / np.array(norms)
