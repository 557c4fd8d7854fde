"""What the page on pictures says in words, computed."""

from __future__ import annotations

import pandas as pd

from book.statistics.pictures import LIMIT, maps, rates
from book.typeset import listed, of_each

MOST = 0.95  # recall rate from which on nearly all cues are said to be recalled

__all__ = ["load_statistics", "noise_statistics", "norm_statistics", "prototype_statistics"]


def norm_statistics(swept: pd.DataFrame, best: pd.DataFrame, width: int) -> dict[str, float | str]:
    """Compute what the page says of recall at the best norm and at the smallest and largest, over all activations.

    ``swept``: from a sweep of ``recalled_pictures``. ``best``: from :func:`best_norms`. Returns recall in per cent,
    averaged over activations, of the limit and of networks; the mean largest rho of the limit; and the least that the
    nearest picture and a Hopfield network tell at any norm. ``plateau`` in words, at which norms the limit recalls
    :data:`MOST` of all cues or more, activation by activation.
    """
    over = rates(swept, ["norm"]).set_index(["map", "norm"])
    ends = sorted(over.loc[maps(width)].index)
    other = {name: 100 * rates(swept, ["norm"], name)["mean"].min() for name in ("nearest", "hopfield")}
    lead = best[best["map"].eq(LIMIT)]
    return {
        "limit_best": 100 * lead["mean"].mean(),
        "most_percent": 100 * MOST,
        "plateau": plateaus(rates(swept, ["activation", "norm"])),
        "limit_first": 100 * over.at[(LIMIT, ends[0]), "mean"],
        "limit_last": 100 * over.at[(LIMIT, ends[-1]), "mean"],
        "radius_first": over.at[(LIMIT, ends[0]), "radius"],
        "radius_last": over.at[(LIMIT, ends[-1]), "radius"],
        "wide_last": 100 * over.at[(maps(width), ends[-1]), "mean"],
        "wide_radius_last": over.at[(maps(width), ends[-1]), "radius"],
        **other,
    }


def plateaus(table: pd.DataFrame) -> str:
    """Say at which norms the limit recalls nearly all cues.

    ``table``: from :func:`rates` by activation and norm. Returns as in ``from norm 5 to norm 13 for erf``; norms that
    do not follow each other are listed.
    """
    said = {}
    for activation, part in table[table["map"].eq(LIMIT)].groupby("activation", sort=False):
        means = part.set_index("norm")["mean"].sort_index()
        norms = [f"{norm:g}" for norm in means.index[means.ge(MOST)]]
        together = means.ge(MOST).astype(int).diff().eq(1).sum() + means.ge(MOST).iloc[0] < 2
        if len(norms) > 1 and together:
            said[str(activation)] = f"from norm {norms[0]} to norm {norms[-1]}"
        else:
            said[str(activation)] = f"at norm {listed(norms)}" if norms else "at no norm"
    return of_each(said)


def noise_statistics(table: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of noise: recall in per cent under the least and the most, over all activations.

    ``table``: from :func:`rates`, by activation and amount. Returns the two amounts, and recall by the limit and by
    networks.
    """
    ends = {"least": table["amount"].min(), "most": table["amount"].max()}
    told = {f"{name}_noise": amount for name, amount in ends.items()}
    for kind, part in (("limit", table[table["map"].eq(LIMIT)]), ("wide", table[table["map"].ne(LIMIT)])):
        told |= {f"{kind}_{name}": 100 * part[part["amount"].eq(at)]["mean"].mean() for name, at in ends.items()}
    return told


def load_statistics(table: pd.DataFrame) -> dict[str, float | str]:
    """Say up to how many pictures rho stays below one, and half of the cues come home, with every activation.

    ``table``: from :func:`rates` by activation, number of pictures and damage. Returns both in words; the most that
    were tried, with recall in per cent and the mean of the largest rho there.
    """
    grouped = table.groupby("n_pictures")
    holds = {"radius": grouped["radius"].max().lt(1), "recall": grouped["mean"].mean().ge(0.5)}
    found = {f"held_by_{name}": _up_to(ok) for name, ok in holds.items()}
    most = table[table["n_pictures"].eq(table["n_pictures"].max())]
    ends = {"recall_with_most": 100 * most["mean"].mean(), "radius_with_most": most["radius"].mean()}
    return found | ends | {"most_pictures": int(table["n_pictures"].max())}


def _up_to(holds: pd.Series) -> str:
    """Say up to which number, in ascending order, something holds without a break."""
    held = int(holds.cummin().sum())
    if held == len(holds):
        return f"with every number tried, up to {holds.index[-1]}"
    return (
        f"up to {holds.index[held - 1]}, and not with {holds.index[held]}" if held else "not even with the fewest tried"
    )


def prototype_statistics(table: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of prototypes: how many other examples lead to their digit's memory.

    ``table``: from :func:`rates` at one norm by activation, stored and damage, with a column ``told`` that has the
    nearest picture's rate. Returns shares in per cent over all activations, of the limit and of networks, for examples
    and for prototypes, with what the nearest stored picture tells; and the means of the limit's largest rho.
    """
    at = table[table["damage"].eq("another")]
    found: dict[str, float] = {}
    for stored, part in at.groupby(at["stored"].ne("examples").map({False: "examples", True: "prototypes"})):
        lead = part["map"].eq(LIMIT)
        found |= {
            f"limit_{stored}": 100 * part[lead]["mean"].mean(),
            f"wide_{stored}": 100 * part[~lead]["mean"].mean(),
            f"radius_{stored}": part[lead]["radius"].mean(),
            f"nearest_{stored}": 100 * part[lead]["told"].mean(),
        }
    return found
