"""The tables behind the page that compares the activations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from sigae.pages.tables.summaries import from_which_on, usable
from sigae.pages.verdicts import evidence
from sigae.sweeps import grid

__all__ = ["above_one_at_first", "compared", "conditions", "equal_numbers", "rise"]


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


def above_one_at_first(trained: pd.DataFrame, norms: Sequence[float]) -> list[Any]:
    """Judge whether the radius of all activations but the sigmoid exceeds one at the smallest norm.

    Parameters
    ----------
    trained
        From a sweep of ``trained_spectrum``.
    norms
        Those that were asked for; a single one is not a small one, and judges nothing.

    Returns
    -------
    list of Evidence or None
        One an activation and number of patterns.
    """
    at_first = usable(trained).query("norm == @norms[0] and activation != 'sigmoid'")
    return [
        evidence("radius", f"{name}, n = {n}, norm {norms[0]:g}", part["radius_mean"])
        for (name, n), part in at_first.groupby(["activation", "n_points"], sort=False)
        if len(norms) > 1
    ]


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
