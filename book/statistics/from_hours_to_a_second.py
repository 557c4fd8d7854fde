"""The tables behind the page on training times, from what the benchmark recorded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.summaries import over_seeds
from book.typeset import number, of_each
from sigae.training.result import ACCURATE

__all__ = [
    "costs",
    "errors_at",
    "grid_readings",
    "random_network_statistics",
    "slopes",
    "stiffest",
    "stiffnesses",
    "times_by_width",
]

CLOSE = 0.03  # relative error of Jacobians that count as exact
REPORT_RATE = 5  # learning rate of the report's loop
READINGS = (
    ("as above: default step tolerance of 0.003, double precision, one process", "grid", "grid", "flow_error"),
    ("step tolerance 0.03, as this book's experiment 3", "coarse", "coarse", "coarse_error"),
    ("the same in single precision, descent too", "single", "single", "single_error"),
    (
        "step tolerance 0.03 against descent whose step is shortened to the same accuracy, at six norms",
        None,
        "equal",
        "equal_error",
    ),
)


def grid_readings(measured: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate the grid of experiment 3 as it was timed in several ways.

    Parameters
    ----------
    measured
        The benchmark's record.

    Returns
    -------
    pandas.DataFrame
        One row a way: the two ratios of times, and the median error of the Jacobian in per cent.
    """
    ratios, grid = measured["summary"], pd.DataFrame(measured["grid"])
    rows = [
        (
            words,
            ratios[f"{report}_report_ratio"] if report else None,
            ratios[f"{descent}_descent_ratio"] if descent else None,
            100 * grid[error].dropna().median() if error else None,
        )
        for words, report, descent, error in READINGS
    ]
    columns = ["experiment 3's grid", "report's loop / ours", "descent / ours", "median error of the Jacobian, %"]
    return pd.DataFrame(rows, columns=columns)


def stiffest(stiff: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of the largest number of patterns, at the smallest and the largest norm.

    Parameters
    ----------
    stiff
        From a sweep of ``stiffness``.

    Returns
    -------
    dict
        Name to number.
    """
    most = stiff["n_points"].max()
    means = stiff[stiff["n_points"].eq(most)].groupby("norm").mean(numeric_only=True)
    first, last = means.index.min(), means.index.max()
    return {
        "most_points": most,
        "stiff_norm": first,
        "easy_norm": last,
        "stiff_condition": round(means["condition"].loc[first], -2),
        "easy_condition": means["condition"].loc[last],
        "stiff_report_steps": round(means["report_steps"].loc[first], -3),
        "most_steps": int(stiff["steps"].max()),
    }


def costs(measured: Mapping[str, Any]) -> dict[str, Any]:
    """Compute what the page says of times and errors.

    Parameters
    ----------
    measured
        The benchmark's record.

    Returns
    -------
    dict
        Name to number.
    """
    ratios, headline, grid = measured["summary"], measured["headline"], pd.DataFrame(measured["grid"])
    flow_step, descent_step = (grid[f"{way}_seconds"] / grid[f"{way}_steps"] for way in ("flow", "descent"))
    return {
        "headline_seconds": headline["flow_seconds"],
        "headline_steps": headline["flow_steps"],
        "headline_error": 100 * headline["flow_error"],
        "report_hours": headline["report_seconds"] / 3600,
        "report_ratio": round(ratios["headline_report_ratio"], -2),
        "descent_ratio": ratios["headline_descent_ratio"],
        "rate_ratio": headline["descent_rate"] / REPORT_RATE,
        "descent_seconds_headline": headline["descent_seconds"],
        "check_steps": measured["steps_check"]["steps"],
        "check_predicted": measured["steps_check"]["predicted_steps"],
        "grid_report": ratios["grid_report_ratio"],
        "grid_descent": ratios["grid_descent_ratio"],
        "grid_descent_steps": grid["descent_steps"].median(),
        "quicker_cells": int(grid["descent_seconds"].lt(grid["flow_seconds"]).sum()),
        "quicker_coarse_cells": int(grid["descent_seconds"].lt(grid["coarse_seconds"]).sum()),
        "slower_cells": ratios["slower_cells"],
        "cells": ratios["cells"],
        "slowest_ratio": ratios["slowest_cell_ratio"],
        "far_descent_error": 100 * grid.query("norm >= 40")["descent_error"].median(),
        "middle_descent_error": 100 * grid.query("10 < norm <= 20")["descent_error"].median(),
        "coarse_report": ratios["coarse_report_ratio"],
        "coarse_descent": ratios["coarse_descent_ratio"],
        "grid_report_minutes": ratios["grid_report_seconds"] / 60,
        "equal_descent": ratios["equal_descent_ratio"],
        "step_ratio": (flow_step / descent_step).median(),
        "slower_equal": ratios["slower_equal_cells"],
        "equal_cells": ratios["equal_cells"],
        "slowest_equal": ratios["slowest_equal_ratio"],
        "width_exponent": ratios["width_exponent"],
        "full_steps": measured["full_kernel"]["full_steps"],
        "auto_steps": measured["full_kernel"]["auto_steps"],
        "full_ratio": measured["full_kernel"]["full_seconds"] / measured["full_kernel"]["auto_seconds"],
        "machine": measured["machine"],
        "torch_version": measured["versions"]["torch"],
        "torchdiffeq_version": measured["versions"]["torchdiffeq"],
    }


def times_by_width(measured: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate times against the width, each condition with one measurement.

    Parameters
    ----------
    measured
        The benchmark's record.

    Returns
    -------
    pandas.DataFrame
        One row a width; what was measured as the headline, too, stands as it does there.
    """
    headline = measured["headline"]
    rows = [
        row | {name: headline[name] for name in row.keys() & headline.keys()}
        if all(row[name] == headline[name] for name in ("n_points", "norm", "width", "seed"))
        else row
        for row in measured["width"]
    ]
    return pd.DataFrame(rows)


def errors_at(accuracy: pd.DataFrame, tolerance: float) -> str:
    """Put into words how large the error is at one step tolerance.

    Parameters
    ----------
    accuracy
        ``norm``, ``step_tolerance`` and ``mean``.
    tolerance
        That one.

    Returns
    -------
    str
        Norm by norm, in per cent.
    """
    means = accuracy[accuracy["step_tolerance"].eq(tolerance)].set_index("norm")["mean"]
    return of_each({f"norm {norm:g}": f"{number(100 * mean, 2)} %" for norm, mean in means.items()}, "at")


def slopes(accuracy: pd.DataFrame) -> dict[str, float]:
    """Fit how the error falls with the tolerance at each norm.

    Parameters
    ----------
    accuracy
        ``norm``, ``step_tolerance`` and ``mean``.

    Returns
    -------
    dict
        ``least_slope`` and ``most_slope`` over the norms, of straight lines through the logarithms; not a number where
        there is one tolerance only.
    """
    found = []
    for _, part in accuracy.groupby("norm"):
        part = part[part["mean"].gt(0)]
        logs = np.log(part[["step_tolerance", "mean"]].to_numpy())
        found.append(np.polyfit(logs[:, 0], logs[:, 1], 1)[0] if len(logs) > 1 else math.nan)
    return {"least_slope": min(found), "most_slope": max(found)}


def stiffnesses(stiff: pd.DataFrame, quantities: Sequence[str]) -> pd.DataFrame:
    """Tabulate several measures of stiffness.

    Parameters
    ----------
    stiff
        From a sweep of ``stiffness``.
    quantities
        Its columns.

    Returns
    -------
    pandas.DataFrame
        As from :func:`over_seeds`, with ``quantity``.
    """
    parts = [over_seeds(stiff, name, ["n_points", "norm"]).assign(quantity=name) for name in quantities]
    return pd.concat(parts, ignore_index=True)


def random_network_statistics(table: pd.DataFrame) -> dict[str, Any]:
    """Compute how exact training was in random networks.

    Parameters
    ----------
    table
        One row a network, with its ``width`` and ``norm``, and ``error`` and ``estimate`` of its Jacobians, relative.

    Returns
    -------
    dict
        Counts, errors in words, and ``random_flagged``, a clause on those that training warned of.
    """
    error, flagged = table["error"], int(table["estimate"].gt(ACCURATE).sum())
    said = {0: "it did for none of these", 1: "it did for one of these"}
    return {
        "random_networks": len(table),
        "random_widths": f"{table['width'].min()} to {table['width'].max()}",
        "random_norms": f"{table['norm'].min():.1f} to {table['norm'].max():.0f}",
        "random_close": 100 * CLOSE,
        "random_loose": 100 * ACCURATE,
        "random_within": int(error.lt(CLOSE).sum()),
        "random_below": int(error.le(table["estimate"]).sum()),
        "random_median": f"{error.median():.1%}".replace("%", " %"),
        "random_worst": f"{error.max():.0%}".replace("%", " %"),
        "random_flagged": said.get(flagged, f"it did for {flagged} of these"),
    }
