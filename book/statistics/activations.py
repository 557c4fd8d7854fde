"""The tables behind the page that compares the activations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from book.statistics.evidence import evidence
from book.statistics.summaries import converged, holds_from
from book.statistics.verdicts import Choice, judge
from book.sweeps import grid
from book.typeset import from_norm_on, of_each

__all__ = ["above_one_at", "compared", "conditions", "equal_numbers", "other_norms", "rise"]


def conditions(chosen: Iterable[tuple[Mapping[str, int], Sequence[float]]], **shared: Any) -> list[dict[str, Any]]:
    """List the conditions of a comparison with several choices of the numbers of patterns, each once.

    Returns as from :func:`book.sweeps.grid`.
    """
    norms: dict[tuple[str, int], Sequence[float]] = {}
    for numbers, of_these in chosen:
        for pair in numbers.items():
            norms.setdefault(pair, of_these)
    return [
        condition
        for (activation, n), of_these in norms.items()
        for condition in grid(**shared, activation=activation, n_points=n, norm=list(of_these))
    ]


def compared(table: pd.DataFrame, comparisons: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    """Repeat the rows of a table once for each comparison that they belong to.

    ``table``: with ``activation`` and ``n_points``. Returns the rows, with ``comparison``.
    """
    parts = [
        table[table["n_points"].eq(table["activation"].map(dict(numbers)))].assign(comparison=title)
        for title, numbers in comparisons.items()
    ]
    return pd.concat(parts, ignore_index=True)


def equal_numbers(radii: pd.DataFrame, n_points: int) -> dict[str, Any]:
    """Put into words what the page says of equal numbers of patterns.

    ``radii``: ``activation``, ``n_points``, ``norm`` and ``mean``. Returns ``first_radii``, ``attractors``, from which
    norm on the mean radius is below one, and ``last_radii``; the first and the last are at ``first_norm`` and
    ``last_norm``, the smallest and the largest norm that all have.
    """
    means = radii[radii["n_points"].eq(n_points)].pivot(index="norm", columns="activation", values="mean")
    means = means[[name for name in dict.fromkeys(radii["activation"]) if name in means]]
    shared = means.dropna()
    return {
        "first_norm": shared.index.min(),
        "last_norm": shared.index.max(),
        "first_radii": of_each({name: f"{mean:.3f}" for name in shared for mean in shared[name].iloc[:1]}),
        "last_radii": of_each({name: f"{mean:.2f}" for name in shared for mean in shared[name].iloc[-1:]}),
        "attractors": of_each({name: from_norm_on(holds_from(means[name].dropna().lt(1))) for name in means}),
    }


def above_one_at(trained: pd.DataFrame, norm: float) -> list[Any]:
    """Judge whether the radius of all activations but the sigmoid exceeds one at a small norm.

    ``trained``: from a sweep of ``trained_spectrum``. Returns for C8, one an activation and number of patterns: the
    mean radius, over the widths where there are several; and where there are sigmoid networks with as many patterns of
    the same seed, the radius less theirs.
    """
    at_norm = converged(trained).query("norm == @norm")
    by_seed = at_norm.groupby(["activation", "n_points", "seed"])["radius_mean"].mean()
    pairs = dict.fromkeys(zip(at_norm["activation"], at_norm["n_points"], strict=True))
    radii, differences = [], []
    for name, n in (pair for pair in pairs if pair[0] != "sigmoid"):
        words, mine = f"{name}, n = {n}, norm {norm:g}", by_seed[name, n]
        radii.append(evidence("radius", words, mine))
        if ("sigmoid", n) in pairs:
            differences.append(evidence("difference", words, (mine - by_seed["sigmoid", n]).dropna()))
    return radii + differences


def other_norms(trained: pd.DataFrame, judged: pd.DataFrame, norm: float) -> Choice:
    """Try the verdict at larger norms.

    ``trained``, ``judged``: from sweeps of ``trained_spectrum``: over the norms, and at the one that is judged. Returns
    of the norm that counts as small.
    """
    both = pd.concat([judged, trained], ignore_index=True)
    both = both.drop_duplicates(["activation", "n_points", "width", "norm", "seed"])
    norms = sorted({norm, *converged(trained)["norm"]})
    return Choice("norm that counts as small", norm, {r: judge("C8", above_one_at(both, r)).verdict for r in norms})


def rise(radii: pd.DataFrame, activation: str, fewer: int, more: int) -> dict[str, float]:
    """Find by how much more patterns raise the mean radius.

    ``radii``: ``activation``, ``n_points``, ``norm`` and ``mean``. Returns ``rise_first``, the difference at the
    smallest norm that both have, ``rise_most``, the largest, and ``rise_norm``, where that is.
    """
    mine = radii[radii["activation"].eq(activation)]
    few, many = (mine[mine["n_points"].eq(n)].set_index("norm")["mean"] for n in (fewer, more))
    rises = (many - few).dropna().sort_index()
    first, at = next(iter(rises), math.nan), rises.idxmax() if len(rises) else math.nan
    return {"rise_first": first, "rise_most": rises.max(), "rise_norm": at}
