"""The tables behind what the page on training times says of the report's loop, run to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd


def curves(recorded: Mapping[str, Any]) -> pd.DataFrame:
    """Put the curves of all runs, and of the flow, below each other.

    ``moved`` is the share of the weights that the next step changes at all, and ``progress`` what the weights take in
    of it: in a run's own precision, and in single precision for the flow.
    """
    parts = [pd.DataFrame(run["curve"]).assign(width=run["width"], run=run["precision"]) for run in recorded["runs"]]
    parts += [pd.DataFrame(seen["curve"]).assign(width=seen["width"], run="flow") for seen in recorded["foreseen"]]
    return pd.concat(parts, ignore_index=True)[["width", "run", "steps", "loss", "moved", "progress"]]


def counts(recorded: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate how many steps the loop took, and how many were foreseen.

    Returns one row a width: the flow's ``steps``, those of the loop in double and in single precision (empty where it
    was not run), those foreseen for single precision; and at the end ``moved`` and ``kept``, in per cent, as foreseen.
    """
    taken = {(run["width"], run["precision"]): run["steps"] for run in recorded["runs"]}
    rows = []
    for seen in recorded["foreseen"]:
        width, end = seen["width"], seen["curve"][-1]
        rows.append(
            {
                "width m": width,
                "gradient flow": round(seen["exact_steps"]),
                "double precision": taken.get((width, "float64")),
                "single precision": taken.get((width, "float32")),
                "single, foreseen": round(seen["steps"]),
                "weights that move at the end, %": 100 * end["moved"],
                "of a step kept at the end, %": 100 * end["progress"],
            }
        )
    # as objects, so that counts beside a gap stay whole numbers
    return pd.DataFrame(rows, dtype=object)


def readings(recorded: Mapping[str, Any], seconds_a_step: Mapping[int, float], width: int) -> dict[str, float]:
    """Compute what the page says of the loop at one width, and at the widest foreseen."""
    table = counts(recorded).set_index("width m").apply(pd.to_numeric)
    here, widest = table.loc[width], table.index.max()
    narrow = table.loc[table.index.min()]
    errors = (table["single, foreseen"] / table["single precision"] - 1).dropna()
    run = next(r for r in recorded["runs"] if r["width"] == width and r["precision"] == "float32")
    return {
        "loop_width": width,
        "loop_steps": int(here["single precision"]),
        "loop_flow_steps": int(here["gradient flow"]),
        "loop_ratio": here["single precision"] / here["gradient flow"],
        "loop_hours": run["seconds"] / 3600,
        "loop_minutes": run["seconds"] / 60,
        "loop_moved": here["weights that move at the end, %"],
        "loop_kept": here["of a step kept at the end, %"],
        "narrow_width": table.index.min(),
        "narrow_single": int(narrow["single precision"]),
        "narrow_double": int(narrow["double precision"]),
        "narrow_flow": int(narrow["gradient flow"]),
        "foreseen_error": 100 * errors.abs().max(),
        "widest": widest,
        "widest_steps": int(round(table.loc[widest, "single, foreseen"], -4)),
        "widest_ratio": table.loc[widest, "single, foreseen"] / table.loc[widest, "gradient flow"],
        "widest_hours": table.loc[widest, "single, foreseen"] * seconds_a_step[widest] / 3600,
    }
