"""The tables behind the page on activations: spectral radii at the patterns, activation by activation."""

import pandas as pd

from book.statistics.evidence import Evidence, by_group
from book.statistics.summaries import converged


def radii(swept: pd.DataFrame, criterion: str, by: str) -> list[Evidence | None]:
    """Judge C19 or C20: the largest rho at the patterns of a network, for each value of a column, over seeds."""
    rho = converged(swept).set_index([by, "seed"])["radius_worst"]
    return by_group(criterion, "{}" if by == "activation" else f"{by} {{:g}}", rho)
