"""The tables behind the page that compares the activations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from book.statistics.evidence import evidence
from book.statistics.summaries import converged, holds_from
from book.statistics.verdicts import Choice, try_values
from book.sweep import grid
from book.typeset import from_norm_on, of_each


def conditions(chosen: Iterable[tuple[Mapping[str, int], Sequence[float]]], **shared: Any) -> list[dict[str, Any]]:
    """List the conditions of a comparison with several choices of the numbers of patterns, each once.

    ``chosen`` pairs activation to number of patterns with norms; the first that has a number decides on its norms.
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
    """Repeat the rows of a table once for each ``comparison`` that they belong to.

    ``comparisons``: title to the number of patterns of each activation.
    """
    parts = [
        table[table["n_points"].eq(table["activation"].map(dict(numbers)))].assign(comparison=title)
        for title, numbers in comparisons.items()
    ]
    return pd.concat(parts, ignore_index=True)


def equal_numbers(radii: pd.DataFrame, n_points: int) -> dict[str, Any]:
    """Say of equal numbers of patterns the mean radii at the first and the last norm that all activations have.

    ``attractors`` says from which norm on the mean radius is below one.
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
    """Judge C8, which is about tanh and erf: their mean radius at a small norm, by number of patterns.

    It is averaged over the widths where there are several; beside it stands, where there are sigmoid networks with as
    many patterns of the same seed, the radius less theirs.
    """
    at_norm = converged(trained).query("norm == @norm")
    by_seed = at_norm.groupby(["activation", "n_points", "seed"])["radius_mean"].mean()
    pairs = dict.fromkeys(zip(at_norm["activation"], at_norm["n_points"], strict=True))
    radii, differences = [], []
    for name, n in (pair for pair in pairs if pair[0] in ("tanh", "erf")):
        words, mine = f"{name}, n = {n}, norm {norm:g}", by_seed[name, n]
        radii.append(evidence("radius", words, mine))
        if ("sigmoid", n) in pairs:
            differences.append(evidence("difference", words, (mine - by_seed["sigmoid", n]).dropna()))
    return radii + differences


def other_norms(trained: pd.DataFrame, judged: pd.DataFrame, norm: float) -> Choice:
    """Try the verdict at larger norms: over those of ``trained``, and at the one that was ``judged``."""
    both = pd.concat([judged, trained], ignore_index=True)
    both = both.drop_duplicates(["activation", "n_points", "width", "norm", "seed"])
    norms = sorted({norm, *converged(trained)["norm"]})
    return try_values("norm that counts as small", norm, norms, "C8", above_one_at, both)


def rise(radii: pd.DataFrame, activation: str, fewer: int, more: int) -> dict[str, float]:
    """Find by how much more patterns raise the mean radius, at the smallest norm and at most."""
    mine = radii[radii["activation"].eq(activation)]
    few, many = (mine[mine["n_points"].eq(n)].set_index("norm")["mean"] for n in (fewer, more))
    rises = (many - few).dropna().sort_index()
    first, at = next(iter(rises), math.nan), rises.idxmax() if len(rises) else math.nan
    return {"rise_first": first, "rise_most": rises.max(), "rise_norm": at}
