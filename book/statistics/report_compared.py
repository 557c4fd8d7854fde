"""The tables behind the comparison with the report: its descent beside the flow, and two conclusions it draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.linear_region import count_at_one
from book.statistics.summaries import converged, over_seeds

CONDITION = ["activation", "dim", "n_points", "width", "norm", "seed"]
SPREAD, ANY, ALL = "Jacobians differ by", "patterns with one norm near 1", "patterns with all of theirs"


def descent_and_flow(descent: pd.DataFrame, flow: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Put networks trained by descent beside those that the flow trained from the same patterns and weights.

    A row for each condition that trained both ways: the ``steps`` of descent, and for each of the ``columns`` ``off_``
    it, the largest absolute difference.
    """
    by = [name for name in CONDITION if name in descent]
    mine = converged(descent).reindex(columns=[*by, "steps", *columns])
    both = mine.merge(converged(flow)[[*by, *columns]], on=by, suffixes=("", "_flow"), validate="one_to_one")
    pairs = {name: zip(both[name], both[f"{name}_flow"], strict=True) for name in columns}
    off = {f"off_{name}": [np.abs(np.subtract(*pair)).max() for pair in of_both] for name, of_both in pairs.items()}
    return both[[*by, "steps"]].assign(**off)


def linearity(swept: pd.DataFrame, around: float) -> pd.DataFrame:
    """Tabulate whether networks act as one linear map, beside what is said to show that they do.

    Over the seeds of a sweep of ``trained_spectrum``, a ``quantity`` each: by how much the Jacobian at a pattern
    differs from the mean of all; the share of patterns where an eigenvalue norm is near one; and that where as many are
    as in a linear network.
    """
    table = converged(swept)
    near = [(np.abs(np.array(norms) - 1) <= around).sum(axis=1) for norms in table["eigenvalue_norms"]]
    fixed = [count_at_one(row.activation, row.n_points) for row in table.itertuples()]
    measured = {
        SPREAD: table["jacobian_spread"],
        ANY: [np.mean(count >= 1) for count in near],
        ALL: [np.mean(count >= k) for count, k in zip(near, fixed, strict=True)],
    }
    parts = {
        name: over_seeds(table.assign(value=value), "value", ["n_points", "norm"]) for name, value in measured.items()
    }
    return pd.concat([part.assign(quantity=name) for name, part in parts.items()], ignore_index=True)


def linearity_statistics(found: pd.DataFrame, norm: float) -> dict[str, float]:
    """Hold the conclusion from eigenvalues of norm one to a linear network against :func:`linearity`, in per cent.

    ``spread_here`` is the largest difference of Jacobians at one norm; ``still_norm`` the largest norm at which every
    pattern of some number ``still_points`` has an eigenvalue norm near one, with the mean difference of Jacobians there
    and the share of patterns with as many as in a linear network.
    """
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
    """Say, in per cent, whether bars that show no recall show patterns that are no attractors.

    How many pairs of network and noise, at ``norm`` or larger, have no batch that counts by the report's criterion, and
    the share of attractors among their patterns; and at that norm alone the rate by that criterion, and the share.
    """
    bars = converged(swept).query("norm >= @norm").explode(["noises", "report_rate"])
    stable = bars["radii"].map(lambda radii: np.mean(np.array(radii) < 1))
    empty, first = bars["report_rate"].eq(0), bars["norm"].eq(norm)
    return {
        "bars_norm": norm,
        "bars_empty": int(empty.sum()),
        "bars_attractors": 100 * stable[empty].mean(),
        "bars_first": 100 * float(bars.loc[first, "report_rate"].mean()),
        "bars_first_attractors": 100 * stable[first].mean(),
    }
