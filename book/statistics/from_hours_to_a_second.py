"""The tables of training times, from what the benchmark recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

READINGS = {
    "grid": "as above: default step tolerance of 0.003, double precision, one process",
    "coarse": "step tolerance 0.03, as this book's experiment 3",
    "single": "the same in single precision, descent too",
    "equal": "step tolerance 0.03 against descent whose step is shortened to the same accuracy, at six norms",
}


def grid_readings(measured: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate the grid of experiment 3 as it was timed in several ways: ratios of times, and the Jacobian's error."""
    ratios, errors = measured["summary"], pd.DataFrame(measured["grid"]).rename(columns={"flow_error": "grid_error"})
    rows = [
        (
            words,
            ratios.get(f"{way}_report_ratio"),
            ratios[f"{way}_descent_ratio"],
            100 * errors[f"{way}_error"].median(),
        )
        for way, words in READINGS.items()
    ]
    columns = ["experiment 3's grid", "report's loop / ours", "descent / ours", "median error of the Jacobian, %"]
    return pd.DataFrame(rows, columns=columns)


def times_by_width(measured: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate times against the width; what was measured as the headline, too, stands as it does there."""
    headline = measured["headline"]
    rows = [
        row | {name: headline[name] for name in row.keys() & headline.keys()}
        if all(row[name] == headline[name] for name in ("n_points", "norm", "width", "seed"))
        else row
        for row in measured["width"]
    ]
    return pd.DataFrame(rows)
