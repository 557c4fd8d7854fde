"""Which memories random cues are led to, against what their return factors predict."""

from __future__ import annotations

import numpy as np
import pandas as pd

from book.statistics.evidence import Evidence, rate_evidence
from book.statistics.summaries import converged
from book.statistics.verdicts import Choice, judge

__all__ = ["other_correlations", "other_norms", "digit_statistics", "winner_statistics", "unpredicted", "won"]

# Of two cues that share a draw of patterns: most draws lead no cue to such a memory, and a few many.
WITHIN_A_DRAW = 0.5
CORRELATIONS = (0, 0.05, 0.1, 0.2, 0.3, 0.5, 1)  # that the verdict is tried with


def won(swept: pd.DataFrame) -> pd.DataFrame:
    """List every memory with what is predicted of it and what it gets.

    ``swept``: from a sweep of ``winners``. Returns one row a memory: ``factor``, ``won``, the share of random cues that
    it and its mirror image get, and the condition.
    """
    good = converged(swept).explode(["factors", "won"]).rename(columns={"factors": "factor"})
    good = good.assign(won=good["won"].astype(float) / good["cues"], factor=good["factor"].astype(float))
    return good[["kind", "activation", "n_patterns", "norm", "choice", "factor", "won"]]


def winner_statistics(swept: pd.DataFrame) -> dict[str, float]:
    """Say what memories of return factor below one get, what the others get, and what none does, in per cent.

    ``swept``: from a sweep of ``winners``. Returns at the smallest norm and at the largest.
    """
    table = converged(swept)
    told: dict[str, float] = {}
    for name, norm in (("first", table["norm"].min()), ("last", table["norm"].max())):
        part = table[table["norm"].eq(norm)]
        weak, strong = _by_factor(part)
        got = {"weak": weak.sum(), "strong": strong.sum(), "other": part["other"].sum()}
        told |= {f"{key}_{name}": 100 * count / part["cues"].sum() for key, count in got.items()}
    return told


def digit_statistics(swept: pd.DataFrame) -> dict[str, float]:
    """Say how large the return factors of pictures are, and what pictures get of random cues at the largest norm.

    ``swept``: from a sweep of ``winners``. Returns the largest factor, and the share in per cent.
    """
    table = converged(swept)
    last = table[table["norm"].eq(table["norm"].max())]
    return {
        "largest_picture_factor": table["factors"].map(max).max(),
        "pictures_won": 100 * last["won"].map(sum).sum() / last["cues"].sum(),
    }


def _by_factor(part: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Count for each row the cues that memories of factor below one get, and those of the others."""
    below = [np.asarray(factors) < 1 for factors in part["factors"]]
    got = [np.asarray(won) for won in part["won"]]
    weak = pd.Series([int(won[low].sum()) for won, low in zip(got, below, strict=True)], index=part.index)
    return weak, pd.Series([int(won.sum()) for won in got], index=part.index) - weak


def unpredicted(swept: pd.DataFrame, norm: float, correlation: float = WITHIN_A_DRAW) -> list[Evidence | None]:
    """Count the random cues that a memory gets whose factor is below one.

    ``swept``: from a sweep of ``winners``. Returns for C12, an activation and kind of patterns each, with the draw of
    patterns as the unit; and beside it what the other memories get.
    """
    found: list[Evidence | None] = []
    table = converged(swept)
    for (kind, activation), part in table[table["norm"].eq(norm)].groupby(["kind", "activation"], sort=False):
        part = part.set_index("choice")
        weak, strong = _by_factor(part)
        cues, words = part["cues"], f"{kind}, {activation}, norm {norm:g}"
        found.append(rate_evidence("weak", words, weak, cues, correlation))
        if part["factors"].map(max).ge(1).any():
            found.append(rate_evidence("strong", words, strong, cues, correlation))
    return found


def other_norms(swept: pd.DataFrame, used: float) -> Choice:
    """Try the verdict at other norms.

    Returns of the norm.
    """
    norms = sorted(converged(swept)["norm"].unique().tolist())
    return Choice("norm", used, {r: judge("C12", unpredicted(swept, r)).verdict for r in norms})


def other_correlations(swept: pd.DataFrame, norm: float) -> Choice:
    """Try the verdict with other correlations of cues that share a draw of patterns.

    Returns of the correlation.
    """
    tried = {c: judge("C12", unpredicted(swept, norm, c)).verdict for c in CORRELATIONS}
    return Choice("correlation of cues that share a draw of patterns", WITHIN_A_DRAW, tried)
