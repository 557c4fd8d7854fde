"""The tables behind the page on sequences: cycles beside the same patterns stored singly."""

import pandas as pd

from book.statistics.evidence import Evidence, evidence
from book.statistics.summaries import converged

CYCLE, SINGLY = "a cycle", "each singly"


def labelled(swept: pd.DataFrame) -> pd.DataFrame:
    """Add to what converged how its patterns are stored: in a cycle or each singly."""
    good = converged(swept)
    return good.assign(storage=good["length"].eq(1).map({True: SINGLY, False: CYCLE}))


def cycle_less_single(swept: pd.DataFrame, quantity: str, criterion: str, norms: list[float]) -> list[Evidence | None]:
    """Judge C17 or C18 by activation and norm: a quantity of the cycle less that of single storage, over choices."""
    some = labelled(swept[swept["norm"].isin(norms)])
    keys = ["activation", "norm", "choice"]
    beside = some.pivot(index=keys, columns="storage", values=quantity).dropna()
    changes = (beside[CYCLE] - beside[SINGLY]).rename("change").reset_index(keys[:2])
    parts = changes.groupby(keys[:2], sort=False)["change"]
    return [evidence(criterion, f"{activation}, norm {norm:g}", part) for (activation, norm), part in parts]
