"""The tables behind the pages on the spectral radius beyond the linear region."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.evidence import by_group, evidence
from book.statistics.summaries import converged, from_norm_on
from book.statistics.verdicts import Choice, try_values

DISTANCES = (0.02, 0.03, 0.05, 0.07, 0.1)  # from the limit, that the verdict is tried with


def deviations(trained: pd.DataFrame, limit: pd.DataFrame, close: float) -> pd.DataFrame:
    """Find where each network's mean radius first deviates by ``close`` from the limit's; ``last`` is at the end."""
    good = converged(trained)
    exact = limit.groupby(["n_points", "norm"])["radius_mean"].mean()
    end = max({*good["norm"]} & {*limit["norm"]})
    rows = []
    for (n, seed, width), part in good.groupby(["n_points", "seed", "width"]):
        off = (part.set_index("norm")["radius_mean"] - exact[n]).abs().dropna().sort_index()
        rows.append((n, seed, width, crossing_of(off, close), off.get(end, math.nan)))
    return pd.DataFrame(rows, columns=["n_points", "seed", "width", "deviation_norm", "last"])


def crossing_of(curve: pd.Series, height: float) -> float:
    """Find where a curve first rises above a height: the last point if it never does, nan if there is none."""
    above = curve.gt(height).to_numpy()
    if not above.any():
        return float(curve.index[-1]) if len(curve) else math.nan
    k = int(above.argmax())
    if k == 0:
        return float(curve.index[0])
    x, y = curve.index[k - 1 : k + 1].to_numpy(dtype=float), curve.iloc[k - 1 : k + 1].to_numpy(dtype=float)
    return float(x[0] + (height - y[0]) / (y[1] - y[0]) * (x[1] - x[0]))


def all_attractors_from(trained: pd.DataFrame) -> str:
    """Say from which norm on rho is known to be below one at every point of every network."""
    every = converged(trained)
    return from_norm_on(every["radius_worst"].lt(1).groupby(every["norm"]).all())


def drop_below_one(judged: pd.DataFrame) -> list[Any]:
    """Judge C5 by number of patterns and width; of a curve never above one, its largest radius is measured beside."""
    found: list[Any] = []
    bounded: list[Any] = []
    for (n, m), part in converged(judged[judged["n_points"].gt(1)]).groupby(["n_points", "width"]):
        words, least, most = f"n = {n}, m = {m}", part["norm"].min(), part["norm"].max()
        first, last = (part[part["norm"].eq(norm)].set_index("seed") for norm in (least, most))
        change = (last["radius_mean"] - first["radius_mean"]).dropna()
        if change.empty or least == most:
            continue
        if part["radius_worst"].max() <= 1:
            found.append(evidence("never", words, part.groupby("seed")["radius_worst"].max(), "largest"))
            continue
        worst = last["radius_worst"]
        falls = part.sort_values("norm", ascending=False).set_index("norm").groupby("seed")["radius_worst"]
        below = falls.apply(crossing_of, 1.0) / least  # read from the largest norm down, where it first exceeds one
        found.append(evidence("last", words, worst[worst.index.isin(change.index)], "95 % quantile"))
        found.append(evidence("drop", words, change))
        crossing = evidence("crossing", words, below[below.index.isin(change.index)], "geometric mean")
        # no curve falls below one before the first norm
        bounded.append(crossing and replace(crossing, low=max(crossing.low, 1.0)))
    return found + bounded


def up_to_each_norm(judged: pd.DataFrame, sigmoid: pd.DataFrame | None = None) -> Choice:
    """Try the verdict with the largest norms left out."""
    norms = sorted(converged(judged)["norm"].unique().tolist())
    return try_values(
        "largest norm judged", norms[-1], norms[1:], "C5",
        lambda table, r: drop_below_one(table[table["norm"].le(r)]), judged, sigmoid,
    )  # fmt: skip


def following_the_limit(judged: pd.DataFrame, limit: pd.DataFrame, close: float) -> list[Any]:
    """Judge the first half of C6, by number of patterns and pair of neighbouring widths."""
    norms = sorted({*converged(judged)["norm"]} & {*limit["norm"]})
    if len(norms) < 2:
        return []
    by_width = deviations(judged, limit, close).pivot(index=["n_points", "seed"], columns="width")
    ratios: list[Any] = []
    exponents: list[Any] = []
    for narrow, wide in pairwise(by_width["last"].columns):
        at, off = (by_width[name] for name in ("deviation_norm", "last"))
        ratio = (at[wide] / at[narrow]).where(at[narrow] < norms[-1])
        ratios += by_group("reach", f"n = {{}}, m = {wide} against {narrow}", ratio, "geometric mean")
        powers, words = np.log(off[wide] / off[narrow]) / math.log(wide / narrow), f"norm {norms[-1]:g}"
        exponents += by_group("width", f"n = {{}}, m = {narrow} to {wide}, {words}", powers)
    return ratios + exponents


def other_distances(
    judged: pd.DataFrame, limit: pd.DataFrame, close: float, criteria: Sequence[str] | None = None
) -> Choice:
    """Try the verdict with other distances at which networks count as deviating from the limit."""
    ends = [] if criteria else half_at_the_end(limit)
    return try_values(
        "deviation from the limit that counts", close, sorted({*DISTANCES, close}), "C6",
        lambda table, c: following_the_limit(table, limit, c) + ends, judged, criteria=criteria,
    )  # fmt: skip


def half_at_the_end(limit: pd.DataFrame) -> list[Any]:
    """Judge the second half of C6: the limit's radius at the largest norm, and how fast it comes to one half."""
    *before, norm = [math.nan, *sorted(limit["norm"].unique())]
    at_last, earlier = (limit[limit["norm"].eq(r)].set_index(["n_points", "seed"]) for r in (norm, before[-1]))
    found = by_group("limit", f"n = {{}}, norm {norm:g}", at_last["radius_mean"])
    off, off_before = ((part["mean_jacobian_radius"] - 0.5).abs() for part in (at_last, earlier))
    slopes = (np.log(off / off_before) / math.log(norm / before[-1])).dropna()
    return found + by_group("approach", f"n = {{}}, norm {before[-1]:g} to {norm:g}", slopes)
