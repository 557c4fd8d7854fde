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

__all__ = [
    "as_limit_curve",
    "collapse",
    "collapsed",
    "costs",
    "parting",
    "parting_exponents",
    "read",
    "recall_rates",
    "collapse_statistics",
    "cost_statistics",
    "radius_statistics",
]

CURVE = ["activation", "n_points"]


def read(folder: str | Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read the committed tables as if a sweep had just made them.

    ``folder``: where ``networks.csv``, ``limit.csv`` and ``basins.csv`` are. Returns the three, one row a cell; none of
    the cells failed.
    """
    tables = (pd.read_csv(Path(folder) / f"{name}.csv") for name in ("networks", "limit", "basins"))
    networks, limit, basins = (table.assign(error=None) for table in tables)
    return networks, limit, basins


def as_limit_curve(limit: pd.DataFrame) -> pd.DataFrame:
    """Average the limit over the seeds of its patterns.

    ``limit``: from :func:`read`. Returns ``activation``, ``n_points``, ``norm``, ``mean``, and the band ``low`` to
    ``high`` of single points.
    """
    names = {"radius_mean": "mean", "radius_low": "low", "radius_high": "high"}
    return limit.groupby([*CURVE, "norm"], sort=False)[list(names)].mean().rename(columns=names).reset_index()


def collapse(networks: pd.DataFrame, *, from_norm: float, up_to: float) -> pd.DataFrame:
    r"""Fit :math:`c\, r^a / m^b` to the distance of the Jacobians from what infinite width foretells.

    ``networks``: from :func:`read`. Returns one row an activation and number of patterns: ``a`` and ``b``, means over
    fits to each seed, with their 95 % intervals ``a_half`` and ``b_half`` by the seeds' scatter; ``scatter``, the root
    mean square of the fit's error in the logarithm, and ``cells``, how many were fitted.
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


def collapsed(networks: pd.DataFrame, a: float, b: float) -> pd.DataFrame:
    r"""Put all cells on one axis, :math:`r^a / m^b`.

    ``networks``: from :func:`read`. Returns ``activation``, ``n_points``, ``width``, ``norm`` and ``scaled``, with
    ``mean``, ``low`` and ``high`` of the Jacobian's distance over the seeds.
    """
    table = over_seeds(networks, "jacobian_distance", [*CURVE, "width", "norm"])
    return table.assign(scaled=table["norm"] ** a / table["width"] ** b)


def parting(networks: pd.DataFrame, close: float) -> pd.DataFrame:
    """Find the norm at which networks part from what the limit foretells from their own initial weights.

    ``networks``: from :func:`read`. Returns ``activation``, ``n_points``, ``width``, and ``mean``, ``low`` and ``high``
    of the norm over the seeds, between two norms by a straight line; only widths of which every network parts at a norm
    that was tried.
    """
    rows = []
    for key, part in converged(networks).groupby([*CURVE, "width", "seed"], sort=False):
        cells = part.set_index("norm").sort_index()
        off = (cells["radius_mean"] - cells["foretold_mean"]).abs()
        rows.append((*key, crossing_of(off, close) if off.iloc[-1] > close else math.nan))
    found = pd.DataFrame(rows, columns=[*CURVE, "width", "seed", "reach"])
    all_part = found.groupby([*CURVE, "width"])["reach"].transform(lambda reach: reach.notna().all())
    return over_seeds(found[all_part].assign(error=None), "reach", [*CURVE, "width"])


def parting_exponents(parted: pd.DataFrame) -> pd.Series:
    """Fit a power of the width to the norm at which networks part from the limit.

    ``parted``: from :func:`parting`. Returns the exponent by ``activation`` and ``n_points``, where there are two
    widths or more.
    """
    several = parted.groupby(CURVE).filter(lambda part: len(part) > 1)
    return several.groupby(CURVE)[["width", "mean"]].apply(
        lambda p: np.polyfit(np.log(p["width"]), np.log(p["mean"]), 1)[0]
    )


def recall_rates(basins: pd.DataFrame) -> pd.DataFrame:
    """Tabulate how many cues are recalled.

    ``basins``: from :func:`read`. Returns ``noise``, ``norm``, and ``mean``, ``low`` and ``high`` over the seeds of the
    share of cues recalled.
    """
    return over_seeds(basins.assign(rate=basins["recalled"] / basins["cues"]), "rate", ["noise", "norm"])


def costs(networks: pd.DataFrame) -> pd.DataFrame:
    """Tabulate what a cell takes.

    ``networks``: from :func:`read`. Returns ``n_points``, ``width``, ``cells``, ``steps`` (median and largest of a
    training) and ``seconds`` (median of a cell, largest, and of all cells together).
    """
    groups = networks.groupby(["n_points", "width"])
    table = pd.DataFrame(
        {
            "cells": groups.size(),
            "steps_median": groups["steps"].median(),
            "steps_most": groups["steps"].max(),
            "seconds_median": groups["seconds"].median(),
            "seconds_most": groups["seconds"].max(),
            "seconds_all": groups["seconds"].sum(),
        }
    )
    return table.reset_index()


def cost_statistics(*tables: pd.DataFrame) -> dict[str, float | str]:
    """Compute what the page says of all cells together.

    Returns ``cells`` and ``networks``, how many there are and how many of them were trained; ``hours`` of one
    processor; ``converged``, how many of them did, in words.
    """
    trained = [table for table in tables if "converged" in table]
    return {
        "cells": sum(len(table) for table in tables),
        "networks": sum(len(table) for table in trained),
        "hours": sum(table["seconds"].sum() for table in trained) / 3600,
        "converged": convergence_sentence(
            sum(int((~table["converged"]).sum()) for table in trained), sum(map(len, trained))
        ),
    }


def radius_statistics(radii: pd.DataFrame, exact: pd.DataFrame) -> dict[str, float | str]:
    """Compute what the page says of the radii of one activation at its largest number of patterns.

    ``radii``, ``exact``: ``n_points``, ``norm``, ``mean`` of both, and of the networks ``width`` and ``worst``. Returns
    the largest mean radius of the widest networks, and the norm where that is; the norm from which on every pattern is
    an attractor; the narrowest's and the widest's mean at the largest norm, and the limit's.
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
    """Compute what the page says of the fitted exponents.

    ``fits``: from :func:`collapse`. Returns least, most and mean of each exponent, their largest uncertainty, and the
    largest scatter in per cent; and in sentences without full stops ``one_law``, whether all fits can share their
    exponents, and ``two`` and ``half``, how many intervals contain the expected 2 and 1/2.
    """
    told: dict[str, Any] = {}
    for name in ("a", "b"):
        told |= {f"{name}_least": fits[name].min(), f"{name}_most": fits[name].max(), f"{name}_mean": fits[name].mean()}
        told[f"{name}_half"] = fits[f"{name}_half"].max()
    apart = [name for name in ("a", "b") if _low(fits, name).max() > _high(fits, name).min()]
    told["one_law"] = (
        f"So there is no single law: the intervals of {listed(apart)} have no value in common"
        if apart
        else "A single law is not excluded: the intervals of each exponent have values in common"
    )
    for words, name, value, shown in (("two", "a", 2, "2"), ("half", "b", 0.5, "1/2")):
        inside = int(((_low(fits, name) <= value) & (value <= _high(fits, name))).sum())
        told[words] = f"The interval of {name} contains {shown} in {inside} of {len(fits)} fits"
    return told | {"scatter_percent": 100 * math.expm1(fits["scatter"].max())}


def _low(fits: pd.DataFrame, name: str) -> pd.Series:
    return fits[name] - fits[f"{name}_half"]


def _high(fits: pd.DataFrame, name: str) -> pd.Series:
    return fits[name] + fits[f"{name}_half"]
