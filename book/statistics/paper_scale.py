"""The tables behind the page on the paper's scale, read from what is committed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.beyond_linear_region import all_attractors_from, crossing_of
from book.statistics.intervals import half_width
from book.statistics.summaries import converged, convergence_sentence, over_seeds
from book.typeset import from_norm_on, listed

CURVE = ["activation", "n_points"]


def read(folder: str | Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read ``networks.csv``, ``limit.csv`` and ``basins.csv`` as if a sweep had just made them, without a failure."""
    tables = (pd.read_csv(Path(folder) / f"{name}.csv") for name in ("networks", "limit", "basins"))
    networks, limit, basins = (table.assign(error=None) for table in tables)
    return networks, limit, basins


def as_limit_curve(limit: pd.DataFrame) -> pd.DataFrame:
    """Average the limit over the seeds of its patterns: ``mean``, and the band ``low`` to ``high`` of single points."""
    names = {"radius_mean": "mean", "radius_low": "low", "radius_high": "high"}
    return limit.groupby([*CURVE, "norm"], sort=False)[list(names)].mean().rename(columns=names).reset_index()


def collapse(networks: pd.DataFrame, *, from_norm: float, up_to: float) -> pd.DataFrame:
    r"""Fit :math:`c\, r^a / m^b` to the distance of the Jacobians from what infinite width predicts.

    Of norms from ``from_norm`` on and distances ``up_to`` a largest. ``a`` and ``b`` are means over fits to each
    seed, with their 95 % intervals ``a_half`` and ``b_half`` by the seeds' scatter; ``scatter`` is the root mean square
    of the fit's error in the logarithm.
    """
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
    """Find the norm at which the mean radius deviates by ``close`` from what the limit predicts, network by network.

    Predicted from their own initial weights, with a straight line between two norms; averaged over the seeds, and only
    widths of which every network deviates at a norm that was tried.
    """
    rows = []
    for key, part in converged(networks).groupby([*CURVE, "width", "seed"], sort=False):
        cells = part.set_index("norm").sort_index()
        off = (cells["radius_mean"] - cells["foretold_mean"]).abs()
        rows.append((*key, crossing_of(off, close) if off.iloc[-1] > close else math.nan))
    found = pd.DataFrame(rows, columns=[*CURVE, "width", "seed", "deviation_norm"])
    every = found.groupby([*CURVE, "width"])["deviation_norm"].transform(lambda norms: norms.notna().all())
    return over_seeds(found[every].assign(error=None), "deviation_norm", [*CURVE, "width"])


def deviation_exponents(deviating: pd.DataFrame) -> pd.Series:
    """Fit a power of the width to what :func:`deviation_norms` returns, where there are two widths or more."""
    several = deviating.groupby(CURVE).filter(lambda part: len(part) > 1)
    return several.groupby(CURVE)[["width", "mean"]].apply(
        lambda p: np.polyfit(np.log(p["width"]), np.log(p["mean"]), 1)[0]
    )


def costs(networks: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the steps and the seconds of a cell."""
    return (
        networks.groupby(["n_points", "width"])
        .agg(
            cells=("steps", "size"),
            steps_median=("steps", "median"),
            steps_most=("steps", "max"),
            seconds_median=("seconds", "median"),
            seconds_most=("seconds", "max"),
            seconds_all=("seconds", "sum"),
        )
        .reset_index()
    )


def cost_statistics(*tables: pd.DataFrame) -> dict[str, float | str]:
    """Count all cells, the networks that were trained, the hours of one processor, and those that converged."""
    networks = pd.concat([table for table in tables if "converged" in table], ignore_index=True)
    return {
        "cells": sum(len(table) for table in tables),
        "networks": len(networks),
        "hours": networks["seconds"].sum() / 3600,
        "converged": convergence_sentence(int((~networks["converged"]).sum()), len(networks)),
    }


def radius_statistics(radii: pd.DataFrame, exact: pd.DataFrame) -> dict[str, float | str]:
    """Sum up the radii of one activation at its largest number of patterns.

    The largest mean radius of the widest networks, and the norm where that is; from which norm on every pattern of
    theirs is an attractor; and at the largest norm the mean of the narrowest, of the widest and of the limit.
    """
    most, last = radii["n_points"].max(), radii["norm"].max()
    many = radii[radii["n_points"].eq(most)]
    narrow, wide = (many[many["width"].eq(end)].set_index("norm") for end in (many["width"].min(), many["width"].max()))
    return {
        "radius_most": wide["mean"].max(),
        "radius_most_norm": wide["mean"].idxmax(),
        "all_below": from_norm_on(all_attractors_from(wide.reset_index())),
        "narrow_last": narrow["mean"].get(last, math.nan),
        "wide_last": wide["mean"].get(last, math.nan),
        "limit_last": exact[exact["n_points"].eq(most) & exact["norm"].eq(last)]["mean"].squeeze(),
    }


def collapse_statistics(fits: pd.DataFrame) -> dict[str, Any]:
    """Sum up the exponents that :func:`collapse` fitted, and say whether all fits can share them.

    ``two`` and ``half`` say how many intervals contain the expected 2 and 1/2.
    """
    found: dict[str, Any] = {}
    ends = {name: (fits[name] - fits[f"{name}_half"], fits[name] + fits[f"{name}_half"]) for name in ("a", "b")}
    for name in ends:
        found |= {
            f"{name}_least": fits[name].min(),
            f"{name}_most": fits[name].max(),
            f"{name}_mean": fits[name].mean(),
        }
        found[f"{name}_half"] = fits[f"{name}_half"].max()
    apart = [name for name, (low, high) in ends.items() if low.max() > high.min()]
    found["one_law"] = (
        f"So there is no single law: the intervals of {listed(apart)} have no value in common"
        if apart
        else "A single law is not excluded: the intervals of each exponent have values in common"
    )
    for words, name, value, shown in (("two", "a", 2, "2"), ("half", "b", 0.5, "1/2")):
        inside = int((ends[name][0].le(value) & ends[name][1].ge(value)).sum())
        found[words] = f"The interval of {name} contains {shown} in {inside} of {len(fits)} fits"
    return found | {"scatter_percent": 100 * math.expm1(fits["scatter"].max())}
