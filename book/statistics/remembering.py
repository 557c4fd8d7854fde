"""The tables behind the page on activations: spectral radii at the patterns, activation by activation."""

import pandas as pd

from book.statistics.evidence import Evidence, evidence
from book.statistics.summaries import converged


def radii(swept: pd.DataFrame, criterion: str, by: str) -> list[Evidence | None]:
    """Judge C19 or C20: the largest rho at the patterns of a network, for each value of a column, over seeds."""
    parts = converged(swept).groupby(by, sort=False)
    return [
        evidence(
            criterion, value if isinstance(value, str) else f"{by} {value:g}", part.set_index("seed")["radius_worst"]
        )
        for value, part in parts
    ]
