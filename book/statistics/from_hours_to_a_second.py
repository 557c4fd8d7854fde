"""The tables of the report's loop run to its end, from what was recorded of it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd


def curves(recorded: Mapping[str, Any]) -> pd.DataFrame:
    """Put the curves of all runs, and of the flow, below each other: loss, and what rounding leaves of a step."""
    parts = [pd.DataFrame(run["curve"]).assign(width=run["width"], run=run["precision"]) for run in recorded["runs"]]
    parts += [pd.DataFrame(seen["curve"]).assign(width=seen["width"], run="flow") for seen in recorded["predicted"]]
    return pd.concat(parts, ignore_index=True)[["width", "run", "steps", "loss", "moved", "progress"]]


def counts(recorded: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate the steps of the flow and of the loop in both precisions, as run and as predicted, a row a width."""
    taken = {(run["width"], run["precision"]): run["steps"] for run in recorded["runs"]}
    rows = [
        {
            "width m": seen["width"],
            "gradient flow": round(seen["exact_steps"]),
            "double precision": taken.get((seen["width"], "float64")),
            "single precision": taken.get((seen["width"], "float32")),
            "single, predicted": round(seen["steps"]),
            "weights that move at the end, %": 100 * seen["curve"][-1]["moved"],
            "of a step kept at the end, %": 100 * seen["curve"][-1]["progress"],
        }
        for seen in recorded["predicted"]
    ]
    return pd.DataFrame(rows, dtype=object)  # so that counts beside a gap stay whole numbers
