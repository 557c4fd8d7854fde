"""The tables behind the page on basins: slices, shares of spheres, rates of return, and which memories win."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sigae.pages.evidence import Evidence, rate_evidence
from sigae.pages.tables.intervals import clustered_wilson
from sigae.pages.tables.pictures import maps
from sigae.pages.tables.summaries import usable
from sigae.pages.verdicts import Choice, judge

__all__ = [
    "other_shares",
    "shares",
    "slice_counts",
    "told_of_rates_of_return",
    "unpredicted",
    "won",
]


def shares(swept: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Average the share of a sphere about a memory that is led to it.

    Parameters
    ----------
    swept
        From a sweep of ``basin_shares``; rows that failed are left out.
    by
        Columns that tell the points of the curves apart.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``map``, ``noise``, ``mean`` with ``low`` and ``high`` as in :func:`rates`, ``other``, the share led to
        attractors that are no memories, and ``radius``, the mean largest rho.
    """
    by_choice, by_noise = ["choices", "radius_worst"], ["cues", "own", "elsewhere", "other"]
    good = usable(swept).explode([*by_choice, *by_noise]).explode(["noises", *by_noise])
    good = good.rename(columns={"noises": "noise"})
    rows = []
    for key, part in good.groupby([*by, "width", "noise"], sort=False):
        own, cues = part["own"].astype(int).tolist(), part["cues"].astype(int).tolist()
        low, high = np.clip(clustered_wilson(own, cues), 0, 1)
        other, radius = part["other"].astype(int).sum() / sum(cues), part["radius_worst"].mean()
        rows.append([*key[:-2], maps(key[-2]), key[-1], sum(own) / sum(cues), low, high, other, radius])
    return pd.DataFrame(rows, columns=[*by, "map", "noise", "mean", "low", "high", "other", "radius"])


def slice_counts(slices: pd.DataFrame) -> pd.DataFrame:
    """Say how a slice is divided.

    Parameters
    ----------
    slices
        From a sweep of ``basin_slice``.

    Returns
    -------
    pandas.DataFrame
        One row a slice: the shares in per cent that lead to the three memories of the plane, to other memories, to
        attractors that are none, and nowhere; how many of those attractors were met; and the largest rho.
    """
    rows = []
    for row in usable(slices).itertuples():
        at = np.asarray(row.where)
        parts = [(at >= 0) & (at < 3), at >= 3, at == -1, at == -2]
        percent = [100 * float(part.mean()) for part in parts]
        rows.append([row.activation, maps(row.width), row.norm, *percent, row.others, row.radius_worst])
    names = ["activation", "map", "norm", "three", "other memories", "no memory", "nowhere", "attractors", "radius"]
    return pd.DataFrame(rows, columns=names)


def told_of_rates_of_return(swept: pd.DataFrame) -> dict[str, float]:
    """Compare measured rates of convergence with rho.

    Parameters
    ----------
    swept
        From a sweep of ``rates_of_return``.

    Returns
    -------
    dict
        How many attractors were measured, and by how many per cent log rate and log rho differ, in the middle and at
        most.
    """
    pairs = usable(swept).explode(["rates", "radii"])[["rates", "radii"]].astype(float).dropna()
    off = 100 * (np.log(pairs["rates"]) / np.log(pairs["radii"]) - 1).abs()
    return {"rates_measured": len(pairs), "rates_median_percent": off.median(), "rates_most_percent": off.max()}


def won(swept: pd.DataFrame) -> pd.DataFrame:
    """List every memory with what is predicted of it and what it gets.

    Parameters
    ----------
    swept
        From a sweep of ``winners``.

    Returns
    -------
    pandas.DataFrame
        One row a memory: ``factor``, ``won``, the share of random cues that it and its mirror image get, and the
        condition.
    """
    good = usable(swept).explode(["factors", "won"]).rename(columns={"factors": "factor"})
    good = good.assign(won=good["won"].astype(float) / good["cues"], factor=good["factor"].astype(float))
    return good[["kind", "activation", "n_patterns", "norm", "choice", "factor", "won"]]


def unpredicted(swept: pd.DataFrame, norm: float) -> list[Evidence | None]:
    """Count the random cues that a memory gets whose factor is below one.

    Parameters
    ----------
    swept
        From a sweep of ``winners``.
    norm
        At which.

    Returns
    -------
    list of Evidence or None
        For C12, an activation and kind of patterns each, with the draw of patterns as the unit; and beside it what the
        other memories get.
    """
    found: list[Evidence | None] = []
    table = usable(swept)
    for (kind, activation), part in table[table["norm"].eq(norm)].groupby(["kind", "activation"], sort=False):
        weak, strong = [], []
        for row in part.itertuples():
            below = np.asarray(row.factors) < 1
            got = np.asarray(row.won)
            weak.append(int(got[below].sum()))
            strong.append(int(got[~below].sum()))
        cues, words = part["cues"].tolist(), f"{kind}, {activation}, norm {norm:g}"
        found.append(rate_evidence("weak", words, weak, cues))
        if part["factors"].map(max).ge(1).any():
            found.append(rate_evidence("strong", words, strong, cues))
    return found


def other_shares(swept: pd.DataFrame, used: float) -> Choice:
    """Try the verdict at other norms.

    Parameters
    ----------
    swept
        As in :func:`unpredicted`.
    used
        The norm that the verdict uses.

    Returns
    -------
    Choice
        Of the norm.
    """
    norms = sorted(usable(swept)["norm"].unique().tolist())
    return Choice("norm", used, {r: judge("C12", unpredicted(swept, r)).verdict for r in norms})
