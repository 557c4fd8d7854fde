"""Recall of pictures compared: at a large norm with a smaller one, and by networks with the limit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from book.statistics.evidence import Evidence, evidence
from book.statistics.pictures import opened
from book.statistics.summaries import converged
from book.statistics.verdicts import Choice, judge

__all__ = ["from_each_best", "other_largest_norms", "recall_and_radius", "wide_against_limit"]


def _by_choice(swept: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Return recall over all damages and mean rho, indexed by the choice of memories."""
    table = opened(swept)
    for column, value in wanted.items():
        table = table[table[column].eq(value)]
    grouped = table.groupby("choice")
    recall = grouped["recalled"].sum() / grouped["n_pictures"].sum()
    return pd.DataFrame({"recall": recall.astype(float), "radius": grouped["radius_mean"].mean().astype(float)})


def recall_and_radius(swept: pd.DataFrame, best: float, last: float) -> list[Evidence | None]:
    """Set what a large norm does to recall at infinite width beside what it does to rho.

    ``swept``: from a sweep of ``recalled_pictures``. Returns for C10: for each activation the paired differences over
    choices of memories.
    """
    found: list[Evidence | None] = []
    for activation in converged(swept)["activation"].unique() if best < last else []:
        ends = [_by_choice(swept, activation=activation, width=0, norm=norm) for norm in (best, last)]
        change = (ends[1] - ends[0]).dropna()
        words = f"{activation}, norm {last:g} against {best:g}"
        found += [evidence(name, words, change[name]) for name in ("recall", "radius")]
    return found


def from_each_best(swept: pd.DataFrame, used: float, last: float) -> Choice:
    """Try the verdict against other norms.

    Returns of the smaller norm.
    """
    norms = sorted({used, *(norm for norm in converged(swept)["norm"].unique().tolist() if norm < last)})
    tried = {r: judge("C10", recall_and_radius(swept, r, last), best=r).verdict for r in norms}
    return Choice("norm compared with", used, tried)


def wide_against_limit(swept: pd.DataFrame, norm: float, width: int) -> list[Evidence | None]:
    """Set recall by networks beside that of the limit.

    ``swept``: from sweeps of ``recalled_pictures``. Returns for C11: for each activation the paired difference over
    choices of memories.
    """
    found = []
    for activation in converged(swept)["activation"].unique():
        wide, limit = (_by_choice(swept, activation=activation, width=m, norm=norm)["recall"] for m in (width, 0))
        found.append(evidence("recall", f"{activation}, norm {norm:g}, m = {width}", (wide - limit).dropna()))
    return found


def other_largest_norms(swept: pd.DataFrame, used: float, width: int) -> Choice:
    """Try the verdict at smaller norms, where fewer choices of memories may have been stored in networks.

    Returns of the norm.
    """
    norms = sorted({used, *converged(swept)["norm"].unique().tolist()})
    tried = {r: judge("C11", wide_against_limit(swept, r, width)).verdict for r in norms}
    return Choice("norm at which they are compared", used, tried)
