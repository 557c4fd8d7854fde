"""The tables behind the page on hundreds of pictures: stability boundaries, best norms, and what is recalled there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from book.statistics.evidence import Evidence, evidence, largest_evidence, ratio_evidence
from book.statistics.phase_diagram import against_high_dimension, stability_boundary

BY = ["kind", "activation", "n_pictures"]


def boundaries(table: pd.DataFrame) -> pd.DataFrame:
    """Find the norm at which rho of single networks falls through one: a row a kind, activation, number and choice."""
    renamed = table.rename(columns={"n_pictures": "n_points"})
    found = [
        stability_boundary(part).assign(kind=kind, choice=choice)
        for (kind, choice), part in renamed.groupby(["kind", "choice"], sort=False)
    ]
    return pd.concat(found, ignore_index=True)


def best_norms(table: pd.DataFrame, damage: str) -> pd.DataFrame:
    """Find, for each kind, activation, number and choice, the norm of best recall, and rho of the worst memory there.

    Where several norms are equally good it is the geometric mean of the smallest and the largest.
    """
    rows = []
    for key, part in table.groupby([*BY, "choice"], sort=False):
        share = part.set_index("norm")[f"recalled {damage}"]
        best = share.index[share.eq(share.max())]
        rows.append([*key, np.sqrt(best.min() * best.max()), share.max()])
    return pd.DataFrame(rows, columns=[*BY, "choice", "norm", "recalled"])


def all_attract(table: pd.DataFrame) -> list[Evidence | None]:
    """Judge C13 by activation: the largest rho of any digit, when all are stored at the largest norm."""
    last = table[table["n_pictures"].eq(table["n_pictures"].max()) & table["norm"].eq(table["norm"].max())]
    return [
        largest_evidence("radius", f"{activation}, {n} digits", part.set_index("choice")["radius_worst"])
        for (activation, n), part in last.groupby(["activation", "n_pictures"], sort=False)
    ]


def boundary_as_predicted(table: pd.DataFrame, theory: pd.DataFrame, loads: tuple[float, float]) -> list[Evidence | None]:
    """Judge C14 by activation: the boundary's norm over that of random patterns in high dimension, for these loads."""
    found = boundaries(table)
    found = found[found["load"].between(*loads)].assign(ratio=lambda part: against_high_dimension(part, theory))
    return [
        ratio_evidence("ratio", activation, part.groupby("choice")["ratio"].agg(lambda x: np.exp(np.log(x).mean())))
        for activation, part in found.dropna().groupby("activation", sort=False)
    ]


def recall_against_number(table: pd.DataFrame, damage: str, few: int, many: int) -> list[Evidence | None]:
    """Judge C15 by activation: the best recall at any norm with many pictures minus that with few."""
    best = best_norms(table, damage).pivot(index=["activation", "choice"], columns="n_pictures", values="recalled")
    return [
        evidence("recall", f"{activation}, {many} against {few}", (part[many] - part[few]).droplevel("activation"))
        for activation, part in best.groupby("activation", sort=False)
    ]
