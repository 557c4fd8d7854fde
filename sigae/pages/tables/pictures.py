"""The tables behind the page on pictures: recall against norm, damage and number, over choices of memories."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sigae.pages.tables.intervals import clustered_wilson
from sigae.pages.tables.summaries import usable

__all__ = [
    "best_norms",
    "distances",
    "labelled",
    "largest_radii",
    "maps",
    "opened",
    "rates",
    "together",
    "told_of_loads",
    "told_of_noise",
    "told_of_norms",
    "trial",
]

BY_CHOICE = ["choices", "radius_worst", "radius_mean", "recalled", "nearest", "hopfield"]
BY_DAMAGE = ["damages", "amounts", "recalled", "nearest", "hopfield"]
ONE = {"choices": "choice", "damages": "damage", "amounts": "amount"}
LIMIT = "infinite width"


def maps(width: int) -> str:
    """Name a map by its width, 0 standing for the limit.

    Returns
    -------
    str
        Its name.
    """
    return LIMIT if width == 0 else f"m = {width}"


def opened(swept: pd.DataFrame) -> pd.DataFrame:
    """List what a sweep of ``recalled_pictures`` found, a row a condition, choice of memories and damage.

    Returns
    -------
    pandas.DataFrame
        Of the rows that did not fail, with ``choice``, ``damage`` and ``amount``.
    """
    return usable(swept).explode(BY_CHOICE).explode(BY_DAMAGE).rename(columns=ONE).infer_objects()


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
    for key, part in opened(swept).groupby([*by, "width"], sort=False):
        successes, trials = part.groupby("choice")[found].sum(), part.groupby("choice")["n_pictures"].sum()
        low, high = np.clip(clustered_wilson(successes.tolist(), trials.tolist()), 0, 1).round(
            9
        )  # rounding may leave a little beside zero
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
        Two rows a norm, how many pictures come home and the interval; one column an activation and width.
    """
    bounds = zip(table["low"], table["high"], strict=True)
    recalled = _laid_out(table, [f"{pictures * mean:.1f}" for mean in table["mean"]])
    interval = _laid_out(table, [f"{pictures * low:.1f} to {pictures * high:.1f}" for low, high in bounds])
    recalled.insert(1, "shown", "recalled")
    interval.insert(1, "shown", "interval")
    return pd.concat([recalled, interval]).sort_values("norm", kind="stable")


def largest_radii(table: pd.DataFrame) -> pd.DataFrame:
    """Lay the mean of the largest rho out in the same way.

    Parameters
    ----------
    table
        As for :func:`trial`.

    Returns
    -------
    pandas.DataFrame
        One row a norm.
    """
    return _laid_out(table, [f"{radius:.2f}" for radius in table["radius"]])


def _laid_out(table: pd.DataFrame, text: list[str]) -> pd.DataFrame:
    name = table["activation"] + " " + table["map"].replace(LIMIT, "∞").str.removeprefix("m = ")
    laid = table.assign(name=name, text=text).pivot(index="norm", columns="name", values="text")
    return laid[list(dict.fromkeys(name))].reset_index().fillna("").rename_axis(columns=None)


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


def told_of_norms(swept: pd.DataFrame, best: pd.DataFrame, width: int) -> dict[str, float]:
    """Compute what the page says of recall at the best norm and at the smallest and largest, over all activations.

    Parameters
    ----------
    swept
        From a sweep of ``recalled_pictures``.
    best
        From :func:`best_norms`.
    width
        Of the networks.

    Returns
    -------
    dict
        Recall in per cent, averaged over activations, of the limit and of networks; the mean largest rho of the limit;
        and the least that the nearest picture and a Hopfield network tell at any norm.
    """
    over = rates(swept, ["norm"]).set_index(["map", "norm"])
    ends = sorted(over.loc[LIMIT].index)
    other = {name: 100 * rates(swept, ["norm"], name)["mean"].min() for name in ("nearest", "hopfield")}
    lead = best[best["map"].eq(LIMIT)]
    return {
        "limit_best": 100 * lead["mean"].mean(),
        "best_lowest": lead["norm"].min(),
        "best_highest": lead["norm"].max(),
        "limit_first": 100 * over.at[(LIMIT, ends[0]), "mean"],
        "limit_last": 100 * over.at[(LIMIT, ends[-1]), "mean"],
        "radius_first": over.at[(LIMIT, ends[0]), "radius"],
        "radius_last": over.at[(LIMIT, ends[-1]), "radius"],
        "wide_last": 100 * over.at[(maps(width), ends[-1]), "mean"],
        "wide_radius_last": over.at[(maps(width), ends[-1]), "radius"],
        **other,
    }


def distances(healed: pd.DataFrame) -> pd.DataFrame:
    """List how far each strip of pictures is from the stored one at each moment.

    Parameters
    ----------
    healed
        From a sweep of ``healing``.

    Returns
    -------
    pandas.DataFrame
        One row a map, norm and moment: ``distance``, over the norm.
    """
    table = usable(healed).explode(["moments", "distance"]).rename(columns={"moments": "moment"})
    return table.assign(map=table["width"].map(maps))[["activation", "map", "norm", "moment", "distance"]]


def told_of_noise(table: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of noise: recall in per cent under the least and the most, over all activations.

    Parameters
    ----------
    table
        From :func:`rates`, by activation and amount.

    Returns
    -------
    dict
        The two amounts, and recall by the limit and by networks.
    """
    ends = {"least": table["amount"].min(), "most": table["amount"].max()}
    told = {f"{name}_noise": amount for name, amount in ends.items()}
    for kind, part in (("limit", table[table["map"].eq(LIMIT)]), ("wide", table[table["map"].ne(LIMIT)])):
        told |= {f"{kind}_{name}": 100 * part[part["amount"].eq(at)]["mean"].mean() for name, at in ends.items()}
    return told


def told_of_loads(table: pd.DataFrame) -> dict[str, float]:
    """Say up to how many pictures rho stays below one, and half of the cues come home, with every activation.

    Parameters
    ----------
    table
        From :func:`rates` by activation, number of pictures and damage.

    Returns
    -------
    dict
        Both numbers, 0 where the fewest pictures are too many; the most that were tried, with recall in per cent and
        the mean of the largest rho there.
    """
    grouped = table.groupby("n_pictures")
    holds = {"radius": grouped["radius"].max().lt(1), "recall": grouped["mean"].mean().ge(0.5)}
    found = {f"held_by_{name}": int(max(ok.index[ok.cummin()], default=0)) for name, ok in holds.items()}
    most = table[table["n_pictures"].eq(table["n_pictures"].max())]
    ends = {"recall_with_most": 100 * most["mean"].mean(), "radius_with_most": most["radius"].mean()}
    return found | ends | {"most_pictures": int(table["n_pictures"].max())}


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
        rho = f", $\\rho$ = {row.radius_worst:.2f}" if "radius_worst" in good else ""
        labels.append(
            f"{row.activation}, {maps(row.width).replace('m', '$m$', 1) if row.width else LIMIT}"
            + (f"\n$r$ = {row.norm:g}" if norm else "")
            + rho
        )
    return good.assign(label=labels)


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
