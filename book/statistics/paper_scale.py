"""The tables behind the page on the paper's scale, read from what is committed."""

import math

import numpy as np
import pandas as pd

from book.statistics.beyond_linear_region import crossing_of
from book.statistics.intervals import half_width
from book.statistics.summaries import converged, over_seeds

CURVE = ["activation", "n_points"]


def collapse(networks: pd.DataFrame, *, from_norm: float, up_to: float) -> pd.DataFrame:
    """Fit c r^a / m^b, seed by seed, to the Jacobians' distance from the limit; ``scatter``: the logarithm's error."""
    near = converged(networks).query("norm >= @from_norm and jacobian_distance <= @up_to")
    rows = []
    for key, part in near.groupby(CURVE, sort=False):
        fits, errors = [], []
        for _, cells in part.groupby("seed"):
            if min(cells["norm"].nunique(), cells["width"].nunique()) < 2:
                continue
            axes = np.column_stack([np.log(cells["norm"]), -np.log(cells["width"]), np.ones(len(cells))])
            logs = np.log(cells["jacobian_distance"].to_numpy())
            fit, *_ = np.linalg.lstsq(axes, logs, rcond=None)
            fits.append(fit)
            errors += (logs - axes @ fit).tolist()
        if fits:
            a, b, _ = np.mean(fits, axis=0)
            halves = [half_width([fit[k] for fit in fits]) for k in (0, 1)]
            rows.append([*key, a, halves[0], b, halves[1], math.sqrt(np.mean(np.square(errors))), len(part)])
    return pd.DataFrame(rows, columns=[*CURVE, "a", "a_half", "b", "b_half", "scatter", "cells"])


def deviation_norms(networks: pd.DataFrame, close: float) -> pd.DataFrame:
    """Average the norm at which the radius deviates by ``close`` from the limit, of widths where every network does."""
    rows = []
    for key, part in converged(networks).groupby([*CURVE, "width", "seed"], sort=False):
        cells = part.set_index("norm").sort_index()
        off = (cells["radius_mean"] - cells["predicted_mean"]).abs()
        rows.append((*key, crossing_of(off, close) if off.iloc[-1] > close else math.nan))
    found = pd.DataFrame(rows, columns=[*CURVE, "width", "seed", "deviation_norm"])
    every = found.groupby([*CURVE, "width"])["deviation_norm"].transform(lambda norms: norms.notna().all())
    return over_seeds(found[every].assign(error=None), "deviation_norm", [*CURVE, "width"])


def deviation_exponents(deviating: pd.DataFrame) -> pd.Series:
    """Fit a power of the width to what :func:`deviation_norms` returns, where there are two widths or more."""
    logs = np.log(deviating.groupby(CURVE).filter(lambda part: len(part) > 1).set_index(CURVE)[["width", "mean"]])
    return logs.groupby(level=CURVE).apply(lambda p: np.polyfit(p["width"], p["mean"], 1)[0])
