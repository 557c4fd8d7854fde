"""The tables behind the pages on the spectral radius beyond the linear region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.evidence import evidence, largest_evidence, quantile_evidence, ratio_evidence
from book.statistics.summaries import at_extreme_norms, change_over_norms, converged, holds_from
from book.statistics.verdicts import NOT_JUDGED, Choice, judge, judge_alike
from book.typeset import from_norm_on, of_each

__all__ = [
    "all_attractors_from",
    "drop_below_one",
    "crossing_of",
    "following_the_limit",
    "half_at_the_end",
    "judged_norms",
    "other_distances",
    "deviation_norms",
    "descent_statistics",
    "radii_in_words",
    "never_above",
    "radius_statistics",
    "reach_statistics",
    "up_to_each_norm",
]

DISTANCES = (0.02, 0.03, 0.05, 0.07, 0.1)  # from the limit, that the verdict is tried with


def judged_norms(norms: Sequence[float], every: int) -> list[float]:
    """Choose the norms at which more seeds are trained: the first four, then one in so many, and the last."""
    return sorted({*norms[:4], *norms[::every], *norms[-1:]})


def deviation_norms(trained: pd.DataFrame, limit: pd.DataFrame, close: float) -> pd.DataFrame:
    """Find at which norm networks part from the infinite-width limit, seed by seed.

    ``trained``, ``limit``: from sweeps of ``trained_spectrum`` and ``limit_spectrum``, of one activation. Returns
    ``n_points``, ``seed``, ``width`` and ``reach``: between two norms a straight line is drawn; the last norm where
    they never part.
    """
    exact = limit.groupby(["n_points", "norm"])["radius_mean"].mean()
    groups = converged(trained).groupby(["n_points", "seed", "width"])
    rows = []
    for (n, seed, width), part in groups:
        off = (part.set_index("norm")["radius_mean"] - exact[n]).abs().dropna().sort_index()
        rows.append((n, seed, width, crossing_of(off, close)))
    return pd.DataFrame(rows, columns=["n_points", "seed", "width", "reach"])


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


def all_attractors_from(radii: pd.DataFrame) -> float:
    """Find the norm from which on every pattern of every network is an attractor.

    ``radii``: ``norm`` and ``worst``, the largest spectral radius. Returns the norm; nan where there is none.
    """
    return holds_from(radii.groupby("norm")["worst"].max().lt(1))


def drop_below_one(judged: pd.DataFrame) -> list[Any]:
    """Judge whether the radius of several patterns drops below one as the norm grows.

    ``judged``: from a sweep of ``trained_spectrum``, of one activation. Returns for C5, one a number of patterns and
    width, of curves with more than one norm: the worst point's radius at the largest norm, the change of the mean, and
    where the worst falls below one. A curve that is above one at no norm, with any seed, cannot drop below it: of such
    there is its largest radius alone.
    """
    curves, found, bounded = ["n_points", "width"], [], []
    for (n, m), part in converged(judged[judged["n_points"].gt(1)]).groupby(curves):
        words, change = f"n = {n}, m = {m}", change_over_norms(part, "radius_mean", curves).droplevel(curves)
        if change.empty:
            continue
        if part["radius_worst"].max() <= 1:
            found.append(largest_evidence("never", words, part.groupby("seed")["radius_worst"].max()))
            continue
        _, at_last = at_extreme_norms(part, curves)
        worst = at_last["radius_worst"].droplevel(curves)
        falls = part.groupby("seed").apply(_falls_below_one, include_groups=False)
        found.append(quantile_evidence("last", words, worst[worst.index.isin(change.index)]))
        found.append(evidence("drop", words, change))
        crossing = ratio_evidence("crossing", words, falls[falls.index.isin(change.index)])
        # no curve falls below one before the first norm
        bounded.append(crossing and replace(crossing, low=max(crossing.low, 1.0)))
    return found + bounded


def never_above(found: Sequence[Any]) -> dict[str, str]:
    """Say which numbers of patterns have nothing to drop below one from.

    ``found``: from :func:`drop_below_one`. Returns those numbers, in words.
    """
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
    """Try the verdict with the largest norms left out.

    Returns of the largest norm.
    """
    norms = sorted(converged(judged)["norm"].unique().tolist())
    tried = {}
    for norm in norms[1:]:
        found, alike = (t if t is None else drop_below_one(t[t["norm"].le(norm)]) for t in (judged, sigmoid))
        tried[norm] = judge_alike("C5", found or [], alike)
    return Choice("largest norm judged", norms[-1], tried or {norms[-1]: NOT_JUDGED})


def following_the_limit(judged: pd.DataFrame, limit: pd.DataFrame, close: float) -> list[Any]:
    """Judge whether wider networks follow the limit to larger norms.

    Returns for C6: the reach of one width over that of the next narrower one, where that one does not reach the last
    norm and leave nothing to exceed, and the exponent of the width in the distance at the last norm that both have;
    none where a single norm was compared.
    """
    norms = sorted({*converged(judged)["norm"]} & {*limit["norm"]})
    if len(norms) < 2:
        return []
    reach = deviation_norms(judged, limit, close)
    last = converged(judged)[converged(judged)["norm"].eq(norms[-1])]
    exact = limit[limit["norm"].eq(norms[-1])].groupby("n_points")["radius_mean"].mean()
    last = last.assign(off=(last["radius_mean"] - last["n_points"].map(exact)).abs())
    reaches, offs = (
        table.pivot(index=["n_points", "seed"], columns="width", values=name)
        for table, name in ((reach, "reach"), (last, "off"))
    )
    found = []
    for narrow, wide in zip(list(reaches.columns)[:-1], list(reaches.columns)[1:], strict=True):
        for n, part in reaches.groupby("n_points"):
            part = part.droplevel("n_points")
            ratio = (part[wide] / part[narrow])[part[narrow] < norms[-1]]
            found.append(ratio_evidence("reach", f"n = {n}, m = {wide} against {narrow}", ratio))
    for narrow, wide in zip(list(offs.columns)[:-1], list(offs.columns)[1:], strict=True):
        for n, part in offs.groupby("n_points"):
            exponents = np.log(part[wide] / part[narrow]).droplevel("n_points") / math.log(wide / narrow)
            found.append(evidence("width", f"n = {n}, m = {narrow} to {wide}, norm {norms[-1]:g}", exponents))
    return found


def other_distances(
    judged: pd.DataFrame, limit: pd.DataFrame, close: float, criteria: Sequence[str] | None = None
) -> Choice:
    """Try the verdict with other distances at which networks count as parted from the limit.

    Returns of that distance.
    """
    ends = half_at_the_end(limit) if criteria is None else []
    tried = {
        c: judge("C6", following_the_limit(judged, limit, c) + ends, criteria=criteria).verdict
        for c in sorted({*DISTANCES, close})
    }
    return Choice("distance from the limit at which they have parted", close, tried)


def half_at_the_end(limit: pd.DataFrame) -> list[Any]:
    """Judge whether the limit's radius tends to one half, and how.

    ``limit``: from a sweep of ``limit_spectrum``. Returns for C6, one a number of patterns: the mean radius at the
    largest norm, and the exponent by which the mean Jacobian's radius comes to one half between the two largest norms.
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


def radius_statistics(radii: pd.DataFrame, exact: pd.DataFrame) -> dict[str, float | str]:
    """Compute what the page says of networks and of the limit.

    ``radii``, ``exact``: ``n_points``, ``norm`` and ``mean`` of both, and of the networks ``width`` and ``worst``.
    Returns name to number: of the largest number of patterns in the widest networks, and of the limit; ``all_below`` in
    words, from which norm on every pattern of every network is an attractor.
    """
    most, last, far = radii["n_points"].max(), radii["norm"].max(), exact["norm"].max()
    many = radii.loc[radii["n_points"].eq(most) & radii["width"].eq(radii["width"].max()), "mean"]
    return {
        "far_norm": far,
        "all_below": from_norm_on(all_attractors_from(radii)),
        "radius_first": many.iloc[0],
        "radius_last": many.iloc[-1],
        "limit_last": exact.loc[exact["n_points"].eq(most) & exact["norm"].le(last), "mean"].iloc[-1],
        "limit_far_low": exact.loc[exact["norm"].eq(far), "mean"].min(),
        "limit_far_high": exact.loc[exact["norm"].eq(far), "mean"].max(),
        "limit_lowest": exact["mean"].min(),
    }


def descent_statistics(descent: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of gradient descent beside the flow.

    ``descent``: from a sweep of ``flow_and_descent``. Returns the first and last norm that trained; of the narrowest
    and the widest networks, at the first and at the last norm, the largest relative distance of Jacobians in per cent
    and of mean spectral radii; the two radii of the widest at the last norm, where they are furthest apart; the largest
    distance of radii of the widest at any norm; and the steps that descent took at the first and at the last norm with
    the most patterns in the widest.
    """
    followed = converged(descent)
    followed = followed.assign(apart=(followed["radius_descent"] - followed["radius_flow"]).abs())
    norms, widths = (sorted(followed[name].unique()) for name in ("norm", "width"))
    told = {"descent_first_norm": norms[0], "descent_last_norm": norms[-1]}
    for called, width in (("narrow", widths[0]), ("wide", widths[-1])):
        for where, norm in (("first", norms[0]), ("last", norms[-1])):
            here = followed[followed["width"].eq(width) & followed["norm"].eq(norm)]
            told[f"descent_{called}_{where}"] = 100 * here["difference"].max()
            told[f"descent_radius_{called}_{where}"] = here["apart"].max()
    wide = followed[followed["width"].eq(widths[-1])]
    last = wide[wide["norm"].eq(norms[-1])]
    furthest, most = last.loc[last["apart"].idxmax()], wide[wide["n_points"].eq(wide["n_points"].max())]
    steps = most.set_index("norm")["descent_steps"]
    return told | {
        "descent_radius_wide": wide["apart"].max(),
        "descent_last_radius": furthest["radius_descent"],
        "flow_last_radius": furthest["radius_flow"],
        "descent_steps_first": int(steps.iloc[0]),
        "descent_steps_last": int(steps.iloc[-1]),
    }


def radii_in_words(radii: pd.DataFrame) -> dict[str, str]:
    """Put into words what the page on tanh and erf says of each activation.

    ``radii``: ``activation``, ``n_points``, ``width``, ``norm``, ``mean`` and ``worst``. Returns ``first_radii`` and
    ``last_radii``, the mean radii of the most patterns and the widest networks at the smallest and at the largest norm,
    and ``attractors``, from which norm on every pattern is one.
    """
    most, widest = radii["n_points"].max(), radii["width"].max()
    many = radii[radii["n_points"].eq(most) & radii["width"].eq(widest)]
    below = {name: all_attractors_from(part) for name, part in radii.groupby("activation", sort=False)}

    def at(norm: float) -> str:
        means = many[many["norm"].eq(norm)].set_index("activation")["mean"]
        return of_each({name: f"{mean:.3f}" for name, mean in means.items()})

    return {
        "first_radii": at(radii["norm"].min()),
        "last_radii": at(radii["norm"].max()),
        "attractors": of_each({name: from_norm_on(norm) for name, norm in below.items()}),
    }


def reach_statistics(reach: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of how far networks follow the limit.

    ``reach``: from :func:`deviation_norms`. Returns ``reach_narrow`` and ``reach_wide``, of the narrowest and the
    widest networks, averaged over patterns and seeds.
    """
    means = reach.groupby("width")["reach"].mean()
    return {"reach_narrow": means.iloc[0], "reach_wide": means.iloc[-1]}
