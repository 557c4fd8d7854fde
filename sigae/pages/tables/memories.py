"""The tables behind the pages on pictures and on basins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sigae.pages.evidence import evidence, rate_evidence
from sigae.pages.tables.intervals import clustered_wilson
from sigae.pages.tables.summaries import usable
from sigae.pages.verdicts import Choice, judge

__all__ = [
    "best_norms",
    "from_each_best",
    "labelled",
    "maps",
    "other_shares",
    "rates",
    "recall_and_radius",
    "shares",
    "slice_counts",
    "together",
    "told_of_loads",
    "told_of_rates_of_return",
    "trial",
    "unpredicted",
    "wide_against_limit",
    "won",
]

LISTS = ["damages", "amounts", "recalled", "nearest", "hopfield"]


def maps(width: int) -> str:
    """Name a map by its width, 0 standing for the limit.

    Returns
    -------
    str
        Its name.
    """
    return "infinite width" if width == 0 else f"m = {width}"


def _opened(swept: pd.DataFrame) -> pd.DataFrame:
    """Return one row a condition and damage."""
    return usable(swept).explode(LISTS).rename(columns={"damages": "damage", "amounts": "amount"}).infer_objects()


def rates(swept: pd.DataFrame, by: list[str], found: str = "recalled") -> pd.DataFrame:
    """Average recall over choices of memories.

    Parameters
    ----------
    swept
        From a sweep of ``recalled_pictures``; rows that failed are left out.
    by
        Columns that tell the points of the curves apart.
    found
        Which count: ``"recalled"``, ``"nearest"`` or ``"hopfield"``.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``map``, then ``mean`` with ``low`` and ``high``, the rate's 95 % interval with the choice of memories
        as the unit (the range of what is possible, for one choice), ``cues``, and ``radius``, the mean largest rho.
    """
    rows = []
    for key, part in _opened(swept).groupby([*by, "width"], sort=False):
        successes, trials = part.groupby("choice")[found].sum(), part.groupby("choice")["n_pictures"].sum()
        low, high = np.clip(clustered_wilson(successes.tolist(), trials.tolist()), 0, 1)
        mean, radius = successes.sum() / trials.sum(), part["radius_worst"].mean()
        rows.append([*key[:-1], maps(key[-1]), mean, low, high, int(trials.sum()), radius])
    return pd.DataFrame(rows, columns=[*by, "map", "mean", "low", "high", "cues", "radius"])


def trial(table: pd.DataFrame, pictures: int) -> pd.DataFrame:
    """Lay recall out against the norm, as counts of the stored pictures.

    Parameters
    ----------
    table
        From :func:`rates` by activation and norm.
    pictures
        How many are stored.

    Returns
    -------
    pandas.DataFrame
        One row a map, one column a norm: how many come home with the interval, and the mean of the largest rho.
    """
    text = [
        f"{pictures * row.mean:.1f} ({pictures * row.low:.1f} to {pictures * row.high:.1f}), rho {row.radius:.3f}"
        for row in table.rename(columns={"mean": "rate"}).assign(mean=table["mean"]).itertuples()
    ]
    laid = table.assign(text=text).pivot(index=["activation", "map"], columns="norm", values="text")
    return laid.rename(columns=lambda norm: f"r = {norm:g}").rename_axis(columns=None).reset_index()


def best_norms(table: pd.DataFrame) -> pd.DataFrame:
    """Find the norm at which most is recalled.

    Parameters
    ----------
    table
        From :func:`rates`, by activation and norm.

    Returns
    -------
    pandas.DataFrame
        ``activation``, ``map``, ``norm``, ``mean`` and ``radius`` there; the smallest norm of several.
    """
    ordered = table.sort_values(["mean", "norm"], ascending=[False, True])
    best = ordered.groupby(["activation", "map"], sort=False).first().reset_index()
    return best[["activation", "map", "norm", "mean", "radius"]]


def _by_choice(swept: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Return recall over all damages and mean rho, indexed by the choice of memories."""
    good = usable(swept)
    for column, value in wanted.items():
        good = good[good[column].eq(value)]
    recall = [sum(row.recalled) / (len(row.recalled) * row.n_pictures) for row in good.itertuples()]
    return good.assign(recall=recall).set_index("choice")[["recall", "radius_mean"]]


def recall_and_radius(swept: pd.DataFrame, best: float, last: float) -> list[Any]:
    """Set what a large norm does to recall at infinite width beside what it does to rho.

    Parameters
    ----------
    swept
        From a sweep of ``recalled_pictures``.
    best, last
        The two norms; of one norm there is nothing to compare.

    Returns
    -------
    list of Evidence or None
        For C10: for each activation the paired differences over choices of memories.
    """
    found: list[Any] = []
    for activation in usable(swept)["activation"].unique() if best != last else []:
        ends = [_by_choice(swept, activation=activation, width=0, norm=norm) for norm in (best, last)]
        change = (ends[1] - ends[0]).dropna()
        words = f"{activation}, norm {last:g} against {best:g}"
        found.append(evidence("recall", words, change["recall"]))
        found.append(evidence("radius", words, change["radius_mean"]))
    return found


def from_each_best(swept: pd.DataFrame, used: float, last: float) -> Choice:
    """Try the verdict against other norms.

    Parameters
    ----------
    swept
        As in :func:`recall_and_radius`.
    used, last
        The norm that the verdict compares with, and the largest.

    Returns
    -------
    Choice
        Of the smaller norm.
    """
    norms = [norm for norm in sorted(usable(swept)["norm"].unique().tolist()) if norm < last] or [used]
    return Choice(
        "norm compared with", used, {r: judge("C10", recall_and_radius(swept, r, last)).verdict for r in norms}
    )


def wide_against_limit(swept: pd.DataFrame, last: float, width: int) -> list[Any]:
    """Set recall by networks beside that of the limit.

    Parameters
    ----------
    swept
        From sweeps of ``recalled_pictures``.
    last
        Norm at which they are compared.
    width
        Of the networks.

    Returns
    -------
    list of Evidence or None
        For C11: for each activation the paired difference over choices of memories.
    """
    found: list[Any] = []
    for activation in usable(swept)["activation"].unique():
        two = [_by_choice(swept, activation=activation, width=m, norm=last)["recall"] for m in (width, 0)]
        found.append(evidence("recall", f"{activation}, norm {last:g}, m = {width}", (two[0] - two[1]).dropna()))
    return found


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
    good = usable(swept).explode(["noises", "cues", "own", "elsewhere", "other"]).rename(columns={"noises": "noise"})
    rows = []
    for key, part in good.groupby([*by, "width", "noise"], sort=False):
        own, cues = part["own"].astype(int).tolist(), part["cues"].astype(int).tolist()
        low, high = np.clip(clustered_wilson(own, cues), 0, 1)
        other, radius = part["other"].astype(int).sum() / sum(cues), part["radius_worst"].mean()
        rows.append([*key[:-2], maps(key[-2]), key[-1], sum(own) / sum(cues), low, high, other, radius])
    return pd.DataFrame(rows, columns=[*by, "map", "noise", "mean", "low", "high", "other", "radius"])


def labelled(swept: pd.DataFrame, *, norm: bool = True) -> pd.DataFrame:
    """Add to a sweep's table what its panels or rows are called.

    Parameters
    ----------
    swept
        With columns ``activation``, ``width``, ``norm`` and, for slices, ``radius_worst``.
    norm
        Whether the norm is part of it.

    Returns
    -------
    pandas.DataFrame
        The usable rows with ``label``.
    """
    good = usable(swept)
    labels = []
    for row in good.itertuples():
        rho = f"\n$\\rho$ = {row.radius_worst:.2f}" if "radius_worst" in good else ""
        labels.append(f"{row.activation}, {maps(row.width)}" + (f"\n$r$ = {row.norm:g}" if norm else "") + rho)
    return good.assign(label=labels)


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
        parts = [(at >= 0) & (at < 3), at >= 3, at == -3, (at == -1) | (at == -2)]
        percent = [100 * float(part.mean()) for part in parts]
        rows.append([row.activation, maps(row.width), row.norm, *percent, row.others, row.radius_worst])
    names = ["activation", "map", "norm", "three", "other memories", "no memory", "nowhere", "attractors", "radius"]
    return pd.DataFrame(rows, columns=names)


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


def unpredicted(swept: pd.DataFrame, norm: float) -> list[Any]:
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
    found: list[Any] = []
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


def told_of_loads(table: pd.DataFrame) -> dict[str, float]:
    """Say up to how many pictures rho stays below one, and half of the cues come home, with every activation.

    Parameters
    ----------
    table
        From :func:`rates` by activation, number of pictures and damage.

    Returns
    -------
    dict
        Both numbers, 0 where the fewest pictures are too many, and the most that were tried.
    """
    grouped = table.groupby("n_pictures")
    holds = {"radius": grouped["radius"].max().lt(1), "recall": grouped["mean"].mean().ge(0.5)}
    found = {f"held_by_{name}": int(max(ok.index[ok.cummin()], default=0)) for name, ok in holds.items()}
    return found | {"most_pictures": int(table["n_pictures"].max())}


def together(*sweeps: pd.DataFrame) -> pd.DataFrame:
    """Put the tables of several sweeps of one experiment below each other.

    Parameters
    ----------
    *sweeps
        From :func:`sigae.sweep`.

    Returns
    -------
    pandas.DataFrame
        Their usable rows.
    """
    return pd.concat([usable(swept) for swept in sweeps], ignore_index=True)


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
