"""What the pages on the linear region count and judge."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.evidence import by_group
from book.statistics.summaries import converged, over_seeds
from book.statistics.verdicts import Choice, try_values
from sigae.activations import get_activation

WINDOWS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)  # half widths that the verdict is tried with


def count_at_one(activation: str, n_points: int) -> int:
    """Return how many eigenvalues a linear network has at one: n - 1 where phi(0) serves as a bias, else n."""
    return n_points - 1 if get_activation(activation).at_zero else n_points


def edge_of_the_others(activation: str, n_points: int, dim: int) -> float:
    """Return the radius of the disc of the k other eigenvalues by the circular law, phi'(0) sqrt(k / d)."""
    k = dim - count_at_one(activation, n_points)
    return get_activation(activation).slope_at_zero * math.sqrt(k / dim)


def with_shares(swept: pd.DataFrame, around: float) -> pd.DataFrame:
    """Add the ``share`` of eigenvalue norms within ``around`` of one, and of the ``others`` inside their edge."""
    rows = []
    table = converged(swept)
    for row in table.itertuples():
        fixed, claimed = count_at_one(row.activation, row.n_points), row.n_points - 1
        norms = np.array(row.eigenvalue_norms)  # (n, d), descending
        off = np.abs(norms - 1)
        ranked = np.sort(off, axis=1)
        others = norms[:, fixed:] <= edge_of_the_others(row.activation, row.n_points, row.dim)
        row = {"share": np.mean(off <= around), "others": np.mean(others) if others.size else math.nan}
        # The distance to one of the furthest of the n - 1 nearest, at the worst point; and the least of the one after.
        furthest = ranked[:, claimed - 1].max() if claimed else math.nan
        rows.append(row | {"furthest": furthest, "next": ranked[:, claimed].min()})
    return table.assign(**pd.DataFrame(rows, index=table.index))


def shares(trained: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Average the shares around one over seeds, beside what was ``claimed`` and what ``theory`` says."""
    found, networks = over_seeds(trained, "share", by), trained.drop_duplicates(list(by))
    found["claimed"] = (found["n_points"] - 1) / networks["dim"].to_numpy()
    found["theory"] = [count_at_one(row.activation, row.n_points) / row.dim for row in networks.itertuples()]
    return found


def around_one(trained: pd.DataFrame) -> list[Any]:
    """Judge C4 of one activation, by norm and number of patterns; of one pattern there are no differences."""
    several = trained[trained["n_points"].gt(1)].set_index(["n_points", "norm", "seed"])
    excess = several["share"] - (several.index.get_level_values("n_points") - 1) / several["dim"]
    words = "n = {}, norm {:g}"
    nearest = by_group("nearest", words, several["furthest"], "95 % quantile")
    return by_group("count", words, excess) + nearest + by_group("gap", words, several["next"])


def other_windows(swept: pd.DataFrame, around: float, sigmoid: pd.DataFrame | None = None) -> Choice:
    """Try the verdict with other windows around one."""
    return try_values(
        "half width of the window around one", around, sorted({*WINDOWS, around}), "C4",
        lambda table, width: around_one(with_shares(table, width)), swept, sigmoid,
    )  # fmt: skip
