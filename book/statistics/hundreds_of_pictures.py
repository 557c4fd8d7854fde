"""The tables behind the page on hundreds of pictures: recall, best norms and stability boundaries, over choices."""

import itertools

import numpy as np
import pandas as pd

from book.statistics.evidence import Evidence, by_group, evidence
from book.statistics.intervals import mean_bounds, rate_bounds
from book.statistics.phase_diagram import against_high_dimension


def averages(table: pd.DataFrame, columns: list[str], by: list[str]) -> pd.DataFrame:
    """Average columns over choices of pictures, a row for each group and column, ``what``; no interval for one choice.

    It is Student's, or Clopper and Pearson's for the shares of cues that were recalled.
    """
    rows = []
    for (key, part), column in itertools.product(table.groupby(by, sort=False), columns):
        values, mean = part[column], part[column].mean()
        low, high = mean_bounds(values.tolist())[1:] if len(part) > 1 else (mean, mean)
        if column.startswith("recalled") and len(part) > 1:
            low, high = rate_bounds((values * part["cues"]).tolist(), part["cues"].tolist())[1:]
        rows.append([*key, column.removeprefix("recalled "), mean, low, high])
    return pd.DataFrame(rows, columns=[*by, "what", "mean", "low", "high"])


def best_norms(table: pd.DataFrame, damage: str) -> pd.DataFrame:
    """Find for each set of digits the norm of best recall; of equally good ones the geometric mean of the ends."""
    rows = []
    for key, part in table.groupby(["activation", "n_pictures", "choice"], sort=False):
        share = part.set_index("norm")[f"recalled {damage}"]
        best = share.index[share.eq(share.max())]
        rows.append([*key, np.sqrt(best.min() * best.max()), share.max()])
    return pd.DataFrame(rows, columns=["activation", "n_pictures", "choice", "norm", "recalled"])


def with_loads(boundaries: pd.DataFrame, theory: pd.DataFrame) -> pd.DataFrame:
    """Add to each stability boundary that was found, over the root of d, its load and the ``ratio`` to theory."""
    found = boundaries[boundaries["boundary"] > 0]
    found = found.assign(load=found["n_pictures"] / found["dim"], boundary=found["boundary"] / np.sqrt(found["dim"]))
    return found.assign(ratio=against_high_dimension(found, theory)).dropna()


def all_attract(table: pd.DataFrame, norm: float) -> list[Evidence | None]:
    """Judge C13 by activation: the largest rho of any digit, when all are stored at a norm."""
    last = table[table["n_pictures"].eq(table["n_pictures"].max()) & table["norm"].eq(norm)]
    rho = last.set_index(["activation", "choice"])["radius_worst"]
    return by_group("radius", f"{{}}, norm {norm:g}", rho, "largest")


def critical_for_pictures(loaded: pd.DataFrame, most: float) -> list[Evidence | None]:
    """Judge C14, by kind, activation and number up to ``most``: the boundary over the critical norm."""
    several = loaded[loaded["n_pictures"] <= most].set_index("choice")
    parts = several.groupby(["kind", "activation", "n_pictures"], sort=False)["ratio"]
    found = [(kind, f"{name}, {n} {kind}", part) for (kind, name, n), part in parts if len(part) > 1]
    return [evidence(*measured, "geometric mean") for measured in found]


def recall_against_number(table: pd.DataFrame, damage: str, few: int, many: int) -> list[Evidence | None]:
    """Judge C15 by activation: the best recall at any norm with many pictures minus that with few."""
    best = best_norms(table, damage).pivot(index=["activation", "choice"], columns="n_pictures", values="recalled")
    change = (best[many] - best[few]).dropna() if few < many and many in best else best.iloc[:0, 0]
    return by_group("recall", f"{{}}, {many} digits against {few}", change)


def networks_against_limit(networks: pd.DataFrame, limit: pd.DataFrame, norm: float, n: int) -> list[Evidence | None]:
    """Judge C16 by activation: recall over all damages by networks that store n pictures less the limit's."""
    rates = [name for name in networks if name.startswith("recalled ")]
    network, exact = (
        table[table["norm"].eq(norm) & table["n_pictures"].eq(n)]
        .set_index(["activation", "choice"])[rates]
        .mean(axis=1)
        for table in (networks, limit)
    )
    return by_group("recall", f"{{}}, {n} digits, norm {norm:g}", (network - exact).dropna())
