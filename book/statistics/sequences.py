"""The tables behind the page on sequences: cycles beside the same patterns stored singly."""

import pandas as pd

from book.statistics.evidence import Evidence, by_group
from book.statistics.summaries import converged

CYCLE, SINGLY = "a cycle", "each singly"


def labelled(swept: pd.DataFrame) -> pd.DataFrame:
    """Add to what converged how its patterns are stored: in a cycle or each singly."""
    good = converged(swept)
    return good.assign(storage=good["length"].eq(1).map({True: SINGLY, False: CYCLE}))


def cycle_less_single(swept: pd.DataFrame, quantity: str, criterion: str, norms: list[float]) -> list[Evidence | None]:
    """Judge C17 or C18 by activation and norm: a quantity of the cycle less that of single storage, over choices."""
    some = labelled(swept[swept["norm"].isin(norms)])
    beside = some.pivot(index=["activation", "norm", "choice"], columns="storage", values=quantity)
    return by_group(criterion, "{}, norm {:g}", (beside[CYCLE] - beside[SINGLY]).dropna())
