"""The tables behind the pages on the linear region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.evidence import evidence, quantile_evidence
from book.statistics.summaries import converged, over_seeds
from book.statistics.verdicts import Choice, judge_alike
from book.typeset import of_each
from sigae.activations import get_activation

__all__ = [
    "above_one",
    "around_one",
    "count_at_one",
    "edge_of_the_others",
    "other_norms",
    "other_windows",
    "shares",
    "shares_in_words",
    "share_statistics",
    "with_shares",
]

COLUMNS = ["share", "nearest", "others", "furthest", "next"]
WINDOWS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)  # half widths that the verdict is tried with


def count_at_one(activation: str, n_points: int) -> int:
    """Return how many eigenvalues a linear network has at one.

    Returns n - 1 where phi(0) serves as a bias, so that differences alone must be kept; n where it is zero.
    """
    return n_points - 1 if get_activation(activation).at_zero else n_points


def edge_of_the_others(activation: str, n_points: int, dim: int) -> float:
    r"""Return where the eigenvalues end that training leaves alone, by the circular law.

    .. math:: \phi'(0) \sqrt{k / d}

    Returns with :math:`k = d` less :func:`count_at_one`.
    """
    k = dim - count_at_one(activation, n_points)
    return get_activation(activation).slope_at_zero * math.sqrt(k / dim)


def with_shares(swept: pd.DataFrame, around: float) -> pd.DataFrame:
    """Count, network by network, the eigenvalue norms that theory speaks of.

    ``swept``: from a sweep of ``trained_spectrum``; rows that failed are left out. Returns with the columns ``share``,
    of norms around one; ``nearest``, the mean distance to one of as many norms as should be there; ``others``, the
    share of the other norms inside their edge; and ``furthest`` and ``next``, the distance to one of the furthest of
    the n - 1 nearest, at the worst point, and of the one after, at the point where it is least. Not a number where
    there are none.
    """
    rows = []
    table = converged(swept)
    for row in table.itertuples():
        fixed = count_at_one(row.activation, row.n_points)
        norms = np.array(row.eigenvalue_norms)  # (n, d), descending
        off = np.abs(norms - 1)
        ranked, claimed = np.sort(off, axis=1), row.n_points - 1
        others = norms[:, fixed:] <= edge_of_the_others(row.activation, row.n_points, row.dim)
        rows.append(
            {
                "share": np.mean(off <= around),
                "nearest": np.mean(ranked[:, :fixed]) if fixed else math.nan,
                "others": np.mean(others) if others.size else math.nan,
                "furthest": ranked[:, claimed - 1].max() if claimed else math.nan,
                "next": ranked[:, claimed].min(),
            }
        )
    return table.assign(**pd.DataFrame(rows, index=table.index, columns=COLUMNS))


def shares(trained: pd.DataFrame, by: Sequence[str], *, edges: bool = False) -> pd.DataFrame:
    """Tabulate the shares around one beside what was claimed and what theory says.

    ``trained``: from :func:`with_shares`. Returns as from :func:`over_seeds`, with ``claimed`` and ``theory``, and
    perhaps ``others_edge_theory`` and ``others_within_edge``.
    """
    told = trained.drop_duplicates(list(by))
    found = over_seeds(trained, "share", by)
    found["claimed"] = (found["n_points"] - 1) / told["dim"].to_numpy()
    at_one = [count_at_one(row.activation, row.n_points) / row.dim for row in told.itertuples()]
    found["theory"] = at_one
    if edges:
        found["others_edge_theory"] = [
            edge_of_the_others(row.activation, row.n_points, row.dim) for row in told.itertuples()
        ]
        found["others_within_edge"] = trained.groupby(list(by), sort=False)["others"].mean().to_numpy()
    return found


def around_one(trained: pd.DataFrame) -> list[Any]:
    """Judge the eigenvalue norms around one; of one pattern there are no differences.

    ``trained``: from :func:`with_shares`, of one activation. Returns for C4, one a norm and number of patterns: their
    share less what was claimed, and how far from one the n - 1 nearest and the next are.
    """
    parts = {
        f"n = {n}, norm {norm:g}": part.set_index("seed")
        for (norm, n), part in trained[trained["n_points"].gt(1)].groupby(["norm", "n_points"], sort=False)
    }
    return [
        *(evidence("count", words, p["share"] - (p["n_points"] - 1) / p["dim"]) for words, p in parts.items()),
        *(quantile_evidence("nearest", words, p["furthest"]) for words, p in parts.items()),
        *(evidence("gap", words, p["next"]) for words, p in parts.items()),
    ]


def other_windows(swept: pd.DataFrame, around: float, sigmoid: pd.DataFrame | None = None) -> Choice:
    """Try the verdict with other windows around one.

    ``swept``: from a sweep of ``trained_spectrum``, of one activation. ``sigmoid``: the sigmoid's sweep, where what is
    judged is whether outcomes are the same as its. Returns of that half width.
    """
    tried = {}
    for width in sorted({*WINDOWS, around}):
        found, alike = (t if t is None else around_one(with_shares(t, width)) for t in (swept, sigmoid))
        tried[width] = judge_alike("C4", found or [], alike)
    return Choice("half width of the window around one", around, tried)


def other_norms(trained: pd.DataFrame, norm: float, sigmoid: pd.DataFrame | None = None) -> Choice:
    """Try the verdict at the other norms that networks were trained at.

    ``trained``: from :func:`with_shares`, of one activation. Returns of the norm.
    """
    tried = {}
    for r, part in trained.groupby("norm"):
        alike = None if sigmoid is None else around_one(sigmoid[sigmoid["norm"].eq(r)])
        tried[r] = judge_alike("C4", around_one(part), alike)
    return Choice("norm of the patterns", norm, tried)


def share_statistics(found: pd.DataFrame, norm: float) -> dict[str, str]:
    """Put into words what the page on tanh and erf says of the shares around one.

    ``found``: from :func:`shares`. Returns ``share_fewest`` and ``share_most``, of the fewest and the most patterns.
    """
    at_norm, counts = found[found["norm"].eq(norm)], found["n_points"]
    return {
        f"share_{where}": of_each(
            {row.activation: f"{100 * row.mean:.0f} %" for row in at_norm[at_norm["n_points"].eq(n)].itertuples()}
        )
        for where, n in (("fewest", counts.min()), ("most", counts.max()))
    }


def above_one(trained: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the share of patterns that are no attractors, and the radii.

    ``trained``: from a sweep of ``trained_spectrum``, at one norm. Returns one row an activation and number of
    patterns: ``above_one``, the share of patterns whose radius is above one, in per cent, ``mean_radius``, and
    ``largest_radius``.
    """
    groups = trained.groupby(["activation", "n_points"], sort=False)
    shares = groups["radii"].apply(lambda radii: 100 * radii.explode().gt(1).mean())
    means, largest = groups["radius_mean"].mean(), groups["radius_worst"].max()
    return pd.DataFrame({"above_one": shares, "mean_radius": means, "largest_radius": largest}).reset_index()


def shares_in_words(found: pd.DataFrame, trained: pd.DataFrame) -> dict[str, str]:
    """Put into words, number by number of patterns, where the others end and how many patterns are no attractors.

    ``found``: from :func:`shares`, of one activation, with edges. ``trained``: from a sweep of ``trained_spectrum``.
    Returns ``edges``, ``inside``, the share of the others within, and ``above_one``.
    """
    above = above_one(trained).set_index("n_points")["above_one"]
    numbers = {f"{n} patterns" if n > 1 else "one pattern": row for n, row in found.set_index("n_points").iterrows()}
    inside = {name: row["others_within_edge"] for name, row in numbers.items()}
    return {
        "edges": of_each({name: f"{row['others_edge_theory']:.3f}" for name, row in numbers.items()}, "with"),
        "inside": of_each({name: f"{100 * part:.0f} %" for name, part in inside.items() if part == part}, "with"),
        "above_one": of_each({name: f"{above[row.name]:.0f} %" for name, row in numbers.items()}, "with"),
    }
