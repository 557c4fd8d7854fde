"""The tables behind the page that compares the activations."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from book.statistics.evidence import by_group
from book.statistics.summaries import converged
from book.statistics.verdicts import Choice, try_values
from book.sweep import grid


def conditions(pairs: Iterable[tuple[str, int]], **shared: Any) -> list[dict[str, Any]]:
    """List the conditions of some pairs of activation and number of patterns."""
    return [condition for name, n in pairs for condition in grid(**shared, activation=name, n_points=n)]


def compared(table: pd.DataFrame, comparisons: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    """Repeat the rows of a table once for each ``comparison``, of one number of patterns each, that they belong to."""
    parts = [
        table[table["n_points"].eq(table["activation"].map(dict(numbers)))].assign(comparison=title)
        for title, numbers in comparisons.items()
    ]
    return pd.concat(parts, ignore_index=True)


def above_one_at(trained: pd.DataFrame, norm: float) -> list[Any]:
    """Judge C8: mean radius of tanh and erf at a small norm over all widths, and less that of sigmoids of that seed."""
    at_norm = converged(trained).query("norm == @norm")
    rho = at_norm.groupby(["activation", "n_points", "seed"], sort=False)["radius_mean"].mean()
    mine, sigmoid = (rho[rho.index.isin(names, level=0)] for names in (["tanh", "erf"], ["sigmoid"]))
    beside = sigmoid.droplevel("activation").reindex(mine.index.droplevel("activation")).to_numpy()
    return [
        item
        for name, values in (("radius", mine), ("difference", (mine - beside).dropna()))
        for item in by_group(name, f"{{}}, n = {{}}, norm {norm:g}", values)
    ]


def other_norms(trained: pd.DataFrame, judged: pd.DataFrame, norm: float) -> Choice:
    """Try the verdict at larger norms: over those of ``trained``, and at the one that was ``judged``."""
    both = pd.concat([judged, trained], ignore_index=True)
    both = both.drop_duplicates(["activation", "n_points", "width", "norm", "seed"])
    norms = sorted({norm, *converged(trained)["norm"]})
    return try_values("norm that counts as small", norm, norms, "C8", above_one_at, both)
