"""The tables behind the comparison with the report: its descent beside the flow, and two conclusions it draws."""

import math
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.linear_region import count_at_one
from book.statistics.summaries import converged, over_seeds

CONDITION = ["activation", "dim", "n_points", "width", "norm", "seed"]
SPREAD, ANY, ALL = "Jacobians differ by", "patterns with one norm near 1", "patterns with all of theirs"


def descent_and_flow(descent: pd.DataFrame, flow: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Compare networks that both methods trained from the same start: ``steps``, and by how much ``columns`` differ."""
    by = [name for name in CONDITION if name in descent]
    mine = converged(descent).reindex(columns=[*by, "steps", *columns])
    both = mine.merge(converged(flow)[[*by, *columns]], on=by, suffixes=("", "_flow"), validate="one_to_one")
    pairs = {name: zip(both[name], both[f"{name}_flow"], strict=True) for name in columns}
    off = {f"off_{name}": [np.abs(np.subtract(*pair)).max() for pair in of_both] for name, of_both in pairs.items()}
    return both[[*by, "steps"]].assign(**off)


def linearity(swept: pd.DataFrame, around: float) -> pd.DataFrame:
    """Tabulate whether networks act as one linear map, beside what is said to show that they do: ``quantity``."""
    table = converged(swept)
    near = [(np.abs(np.array(norms) - 1) <= around).sum(axis=1) for norms in table["eigenvalue_norms"]]
    fixed = [count_at_one(row.activation, row.n_points) for row in table.itertuples()]
    measured = {
        SPREAD: table["jacobian_spread"],
        ANY: [np.mean(count >= 1) for count in near],
        ALL: [np.mean(count >= k) for count, k in zip(near, fixed, strict=True)],
    }
    parts = [
        over_seeds(table.assign(value=value), "value", ["n_points", "norm"]).assign(quantity=name)
        for name, value in measured.items()
    ]
    return pd.concat(parts, ignore_index=True)


def linearity_statistics(found: pd.DataFrame, norm: float) -> dict[str, float]:
    """Say in per cent by how much Jacobians differ at a norm, and where every pattern still has a norm near one."""
    tables = {name: part.set_index(["norm", "n_points"]) for name, part in found.groupby("quantity")}
    at_all = tables[ANY].query("low == 1").index
    still = max(at_all) if len(at_all) else (math.nan, math.nan)
    means = {name: tables[name]["mean"].get(still, math.nan) for name in (SPREAD, ALL)}
    return {
        "spread_here": 100 * tables[SPREAD].query("norm == @norm")["high"].max(),
        "still_norm": still[0],
        "still_points": still[1],
        "still_spread": 100 * means[SPREAD],
        "still_all": 100 * means[ALL],
    }


def bar_statistics(swept: pd.DataFrame, norm: float) -> dict[str, Any]:
    """Count bars without recall, from a norm on, and say how many per cent of their patterns are attractors."""
    bars = converged(swept).query("norm >= @norm").explode(["noises", "report_rate"])
    empty = bars[bars["report_rate"].eq(0)]
    stable = empty["radii"].map(lambda radii: np.mean(np.array(radii) < 1))
    return {"bars_empty": len(empty), "bars_attractors": 100 * stable.mean()}
