"""The tables behind the page that compares the activations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from sigae.pages.evidence import evidence
from sigae.pages.tables.summaries import from_which_on, usable
from sigae.pages.verdicts import Choice, judge
from sigae.sweeps import grid

__all__ = ["above_one_at", "compared", "conditions", "equal_numbers", "other_norms", "rise"]


def conditions(chosen: Iterable[tuple[Mapping[str, int], Sequence[float]]], **shared: Any) -> list[dict[str, Any]]:
    """List the conditions of a comparison with several choices of the numbers of patterns, each once.

    Parameters
    ----------
    chosen
        Pairs of activation to number of patterns, and the norms; the first pair that has a number decides on its norms.
    **shared
        Axes that all have in common; lists are combined.

    Returns
    -------
    list of dict
        As from :func:`sigae.grid`.
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

    Parameters
    ----------
    table
        With ``activation`` and ``n_points``.
    comparisons
        Title to the number of patterns of each activation.

    Returns
    -------
    pandas.DataFrame
        The rows, with ``comparison``.
    """
    parts = [
        table[table["n_points"].eq(table["activation"].map(dict(numbers)))].assign(comparison=title)
        for title, numbers in comparisons.items()
    ]
    return pd.concat(parts, ignore_index=True)


def equal_numbers(
    radii: pd.DataFrame, activations: Sequence[str], n_points: int, norms: Sequence[float]
) -> dict[str, Any]:
    """Compute what the page says of equal numbers of patterns.

    Parameters
    ----------
    radii
        ``activation``, ``n_points``, ``norm`` and ``mean``.
    activations
        Those that were compared; the prose names sigmoid, tanh and erf, and has no number for one left out.
    n_points
        The number for all.
    norms
        Those that were asked for.

    Returns
    -------
    dict
        ``radius_``, ``crossing_`` and ``last_`` of each activation: the mean radius at the first norm, the norm from
        which on it is below one, and the mean radius at ``last_norm``, the largest norm that all have.
    """
    equal = radii[radii["n_points"].eq(n_points)]
    curves = {name: part.set_index("norm")["mean"] for name, part in equal.groupby("activation")}
    shared = [norm for norm in norms if all(norm in curves.get(name, ()) for name in activations)]
    last, none = max(shared, default=math.nan), pd.Series(dtype=float)
    named = {name: curves.get(name, none) for name in dict.fromkeys([*activations, "sigmoid", "tanh", "erf"])}
    return {
        **{f"radius_{name}": curve.get(norms[0], math.nan) for name, curve in named.items()},
        **{f"crossing_{name}": from_which_on(curve.lt(1)) for name, curve in named.items()},
        **{f"last_{name}": curve.get(last, math.nan) for name, curve in named.items()},
        "last_norm": last,
    }


def above_one_at(trained: pd.DataFrame, norm: float) -> list[Any]:
    """Judge whether the radius of all activations but the sigmoid exceeds one at a small norm.

    Parameters
    ----------
    trained
        From a sweep of ``trained_spectrum``.
    norm
        That which counts as small.

    Returns
    -------
    list of Evidence or None
        For C8, one an activation and number of patterns: the mean radius, over the widths where there are several; and
        where there are sigmoid networks with as many patterns of the same seed, the radius less theirs.
    """
    at_norm = usable(trained).query("norm == @norm")
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

    Parameters
    ----------
    trained, judged
        From sweeps of ``trained_spectrum``: over the norms, and at the one that is judged.
    norm
        That one.

    Returns
    -------
    Choice
        Of the norm that counts as small.
    """
    both = pd.concat([judged, trained], ignore_index=True)
    both = both.drop_duplicates(["activation", "n_points", "width", "norm", "seed"])
    norms = sorted({norm, *usable(trained)["norm"]})
    return Choice("norm that counts as small", norm, {r: judge("C8", above_one_at(both, r)).verdict for r in norms})


def rise(radii: pd.DataFrame, activation: str, fewer: int, more: int) -> float:
    """Find by how much more patterns raise the mean radius, at the norm where they do so most.

    Parameters
    ----------
    radii
        ``activation``, ``n_points``, ``norm`` and ``mean``.
    activation
        Its name.
    fewer, more
        Numbers of patterns.

    Returns
    -------
    float
        The largest difference at a norm that both have.
    """
    mine = radii[radii["activation"].eq(activation)]
    few, many = (mine[mine["n_points"].eq(n)].set_index("norm")["mean"] for n in (fewer, more))
    return (many - few).max()
