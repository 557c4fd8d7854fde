"""The tables behind the pages on the spectral radius beyond the linear region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.evidence import evidence, largest_evidence, quantile_evidence, ratio_evidence
from book.statistics.summaries import converged, holds_from
from book.statistics.verdicts import NOT_JUDGED, Choice, judge, try_values
from book.typeset import from_norm_on, of_each

DISTANCES = (0.02, 0.03, 0.05, 0.07, 0.1)  # from the limit, that the verdict is tried with


def judged_norms(norms: Sequence[float], every: int) -> list[float]:
    """Choose the norms at which more seeds are trained: the first four, then one in so many, and the last."""
    return sorted({*norms[:4], *norms[::every], *norms[-1:]})


def deviation_norms(trained: pd.DataFrame, limit: pd.DataFrame, close: float) -> pd.DataFrame:
    """Find the norm at which the mean radius of networks deviates from the limit's by ``close``, seed by seed.

    Takes sweeps of ``trained_spectrum`` and ``limit_spectrum``, of one activation; the limit's radius is averaged over
    the seeds. Between two norms a straight line is drawn; it is the last norm where networks never deviate.
    """
    exact = limit.groupby(["n_points", "norm"])["radius_mean"].mean()
    rows = []
    for (n, seed, width), part in converged(trained).groupby(["n_points", "seed", "width"]):
        off = (part.set_index("norm")["radius_mean"] - exact[n]).abs().dropna().sort_index()
        rows.append((n, seed, width, crossing_of(off, close)))
    return pd.DataFrame(rows, columns=["n_points", "seed", "width", "deviation_norm"])


def crossing_of(curve: pd.Series, height: float) -> float:
    """Find where a curve first rises above a height, by straight lines between its points.

    Returns the norm: the first if the curve is above from the start, the last if it never is; nan without points.
    """
    above = curve.gt(height).to_numpy()
    if not above.any():
        return float(curve.index[-1]) if len(curve) else math.nan
    k = int(above.argmax())
    if k == 0:
        return float(curve.index[0])
    x, y = curve.index[k - 1 : k + 1].to_numpy(dtype=float), curve.iloc[k - 1 : k + 1].to_numpy(dtype=float)
    return float(x[0] + (height - y[0]) / (y[1] - y[0]) * (x[1] - x[0]))


def all_attractors_from(radii: pd.DataFrame, *swept: pd.DataFrame) -> float:
    """Find the norm from which on every radius is known to be below one; nan where there is none.

    The ``worst`` radii over the seeds, and those of every network of further sweeps.
    """
    more = [converged(table).rename(columns={"radius_worst": "worst"}) for table in swept]
    every = pd.concat([table[["norm", "worst"]] for table in (radii, *more)])
    return holds_from(every["worst"].lt(1).groupby(every["norm"]).all())


def drop_below_one(judged: pd.DataFrame) -> list[Any]:
    """Judge C5 of one activation, by number of patterns and width, of curves with more than one norm.

    The worst point's radius at the largest norm, the change of the mean, and where the worst falls below one. A curve
    that is above one at no norm, with any seed, cannot drop below it: of such there is its largest radius alone.
    """
    found: list[Any] = []
    bounded: list[Any] = []
    for (n, m), part in converged(judged[judged["n_points"].gt(1)]).groupby(["n_points", "width"]):
        words, least, most = f"n = {n}, m = {m}", part["norm"].min(), part["norm"].max()
        first, last = (part[part["norm"].eq(norm)].set_index("seed") for norm in (least, most))
        change = (last["radius_mean"] - first["radius_mean"]).dropna()
        if change.empty or least == most:
            continue
        if part["radius_worst"].max() <= 1:
            found.append(largest_evidence("never", words, part.groupby("seed")["radius_worst"].max()))
            continue
        worst = last["radius_worst"]
        falls = part.groupby("seed").apply(_falls_below_one, include_groups=False)
        found.append(quantile_evidence("last", words, worst[worst.index.isin(change.index)]))
        found.append(evidence("drop", words, change))
        crossing = ratio_evidence("crossing", words, falls[falls.index.isin(change.index)])
        # no curve falls below one before the first norm
        bounded.append(crossing and replace(crossing, low=max(crossing.low, 1.0)))
    return found + bounded


def never_above(found: Sequence[Any]) -> dict[str, str]:
    """Name the numbers of patterns that, by :func:`drop_below_one`, have nothing to drop below one from."""
    numbers = [item.condition.partition(",")[0] for item in found if item and item.criterion == "never"]
    return {"never_above": " and ".join(dict.fromkeys(numbers)) or "none"}


def _falls_below_one(curve: pd.DataFrame) -> float:
    """Find the norm at which the worst radius falls below one for good, over the smallest norm."""
    radii = curve.set_index("norm")["radius_worst"].sort_index()
    norms, below = radii.index.to_numpy(dtype=float), radii.lt(1).to_numpy()[::-1].cumprod()[::-1].astype(bool)
    k = int(below.argmax())
    if k == 0:
        return 1.0 if below.any() else norms[-1] / norms[0]
    above, under = radii.iloc[k - 1], radii.iloc[k]
    return (norms[k - 1] + (above - 1) / (above - under) * (norms[k] - norms[k - 1])) / norms[0]


def up_to_each_norm(judged: pd.DataFrame, sigmoid: pd.DataFrame | None = None) -> Choice:
    """Try the verdict with the largest norms left out."""
    norms = sorted(converged(judged)["norm"].unique().tolist())
    if len(norms) < 2:
        return Choice("largest norm judged", norms[-1], {norms[-1]: NOT_JUDGED})
    return try_values(
        "largest norm judged", norms[-1], norms[1:], "C5",
        lambda table, r: drop_below_one(table[table["norm"].le(r)]), judged, sigmoid,
    )  # fmt: skip


def following_the_limit(judged: pd.DataFrame, limit: pd.DataFrame, close: float) -> list[Any]:
    """Judge the first half of C6, by number of patterns and pair of neighbouring widths.

    The norm at which the wider networks deviate from the limit over that of the narrower ones, where those do not reach
    the last norm and leave nothing to exceed; and the exponent of the width in the distance at the last norm that both
    have. None where a single norm was compared.
    """
    good = converged(judged)
    norms = sorted({*good["norm"]} & {*limit["norm"]})
    if len(norms) < 2:
        return []
    exact = limit[limit["norm"].eq(norms[-1])].groupby("n_points")["radius_mean"].mean()
    last = good[good["norm"].eq(norms[-1])]
    last = last.assign(off=(last["radius_mean"] - last["n_points"].map(exact)).abs())
    deviates, offs = (
        table.pivot(index=["n_points", "seed"], columns="width", values=name)
        for table, name in ((deviation_norms(judged, limit, close), "deviation_norm"), (last, "off"))
    )
    found = []
    for narrow, wide in pairwise(deviates.columns):
        for n, part in deviates.groupby("n_points"):
            ratio = (part[wide] / part[narrow])[part[narrow] < norms[-1]].droplevel("n_points")
            found.append(ratio_evidence("reach", f"n = {n}, m = {wide} against {narrow}", ratio))
    for narrow, wide in pairwise(offs.columns):
        for n, part in offs.groupby("n_points"):
            exponents = np.log(part[wide] / part[narrow]).droplevel("n_points") / math.log(wide / narrow)
            found.append(evidence("width", f"n = {n}, m = {narrow} to {wide}, norm {norms[-1]:g}", exponents))
    return found


def other_distances(
    judged: pd.DataFrame, limit: pd.DataFrame, close: float, criteria: Sequence[str] | None = None
) -> Choice:
    """Try the verdict with other distances at which networks count as deviating from the limit."""
    ends = half_at_the_end(limit) if criteria is None else []
    tried = {
        c: judge("C6", following_the_limit(judged, limit, c) + ends, criteria=criteria).verdict
        for c in sorted({*DISTANCES, close})
    }
    return Choice("distance from the limit at which they have parted", close, tried)


def half_at_the_end(limit: pd.DataFrame) -> list[Any]:
    """Judge the second half of C6, by number of patterns: the limit's mean radius at the largest norm.

    Beside it stands the exponent by which the mean Jacobian's radius comes to one half between the two largest norms.
    """
    *before, norm = [math.nan, *sorted(limit["norm"].unique())]
    at_last, earlier = (limit[limit["norm"].eq(r)].set_index(["n_points", "seed"]) for r in (norm, before[-1]))
    found = [
        evidence("limit", f"n = {n}, norm {norm:g}", part["radius_mean"].droplevel("n_points"))
        for n, part in at_last.groupby("n_points")
    ]
    off, off_before = ((part["mean_jacobian_radius"] - 0.5).abs() for part in (at_last, earlier))
    slopes = (np.log(off / off_before) / math.log(norm / before[-1])).dropna()
    words = f"norm {before[-1]:g} to {norm:g}"
    return found + [
        evidence("approach", f"n = {n}, {words}", part.droplevel("n_points")) for n, part in slopes.groupby("n_points")
    ]


def radius_statistics(radii: pd.DataFrame, exact: pd.DataFrame, judged: pd.DataFrame) -> dict[str, float | str]:
    """Sum up the radii of the most patterns in the widest networks, and those of the limit.

    ``all_below`` says from which norm on every pattern of every network is an attractor.
    """
    most, last, far = radii["n_points"].max(), radii["norm"].max(), exact["norm"].max()
    many = radii.loc[radii["n_points"].eq(most) & radii["width"].eq(radii["width"].max()), "mean"]
    return {
        "far_norm": far,
        "all_below": from_norm_on(all_attractors_from(radii, judged)),
        "radius_first": many.iloc[0],
        "radius_last": many.iloc[-1],
        "limit_last": exact.loc[exact["n_points"].eq(most) & exact["norm"].le(last), "mean"].iloc[-1],
        "limit_far_low": exact.loc[exact["norm"].eq(far), "mean"].min(),
        "limit_far_high": exact.loc[exact["norm"].eq(far), "mean"].max(),
        "limit_lowest": exact["mean"].min(),
    }


def descent_statistics(descent: pd.DataFrame) -> dict[str, float]:
    """Compare gradient descent with the flow, of the narrowest and the widest networks, at the first and the last norm.

    The largest relative distance of Jacobians in per cent and of mean spectral radii; of the widest at the last norm
    the two radii that are furthest apart; and the steps of descent with the most patterns in the widest. Not a number
    where descent converged nowhere.
    """
    names = ["norm", "width", "n_points", "radius_descent", "radius_flow", "difference", "descent_steps"]
    followed = converged(descent).reindex(columns=names)
    followed["apart"] = (followed["radius_descent"] - followed["radius_flow"]).abs()
    ends = {"first": followed["norm"].min(), "last": followed["norm"].max()}
    found = {f"descent_{where}_norm": norm for where, norm in ends.items()}
    for called, width in (("narrow", followed["width"].min()), ("wide", followed["width"].max())):
        for where, norm in ends.items():
            here = followed[followed["width"].eq(width) & followed["norm"].eq(norm)]
            found[f"descent_{called}_{where}"] = 100 * here["difference"].max()
            found[f"descent_radius_{called}_{where}"] = here["apart"].max()
    wide = followed[followed["width"].eq(followed["width"].max())]
    last = wide[wide["norm"].eq(ends["last"])].sort_values("apart", ascending=False, kind="stable").head(1)
    most = wide[wide["n_points"].eq(wide["n_points"].max())]
    return found | {
        "descent_radius_wide": wide["apart"].max(),
        "descent_last_radius": last["radius_descent"].max(),
        "flow_last_radius": last["radius_flow"].max(),
        "descent_steps_first": most["descent_steps"].head(1).max(),
        "descent_steps_last": most["descent_steps"].tail(1).max(),
    }


def radii_in_words(radii: pd.DataFrame, judged: pd.DataFrame) -> dict[str, str]:
    """Say of each activation the mean radii of the most patterns in the widest networks, and whence all attract."""
    most, widest = radii["n_points"].max(), radii["width"].max()
    many = radii[radii["n_points"].eq(most) & radii["width"].eq(widest)]
    below = {
        name: all_attractors_from(part, judged[judged["activation"].eq(name)])
        for name, part in radii.groupby("activation", sort=False)
    }

    def at(norm: float) -> str:
        means = many[many["norm"].eq(norm)].set_index("activation")["mean"]
        return of_each({name: f"{mean:.3f}" for name, mean in means.items()})

    return {
        "first_radii": at(radii["norm"].min()),
        "last_radii": at(radii["norm"].max()),
        "attractors": of_each({name: from_norm_on(norm) for name, norm in below.items()}),
    }


def deviation_statistics(norms: pd.DataFrame) -> dict[str, float]:
    """Average norms of deviation over patterns and seeds, of the narrowest and the widest networks."""
    means = norms.groupby("width")["deviation_norm"].mean()
    return {"reach_narrow": means.iloc[0], "reach_wide": means.iloc[-1]}
