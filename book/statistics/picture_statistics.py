"""What the page on pictures says in words, computed."""

from __future__ import annotations

import pandas as pd

from book.statistics.pictures import LIMIT, maps, rates
from book.typeset import listed, of_each

MOST = 0.95  # recall rate from which on nearly all cues are said to be recalled


def norm_statistics(swept: pd.DataFrame, width: int) -> dict[str, float | str]:
    """Sum up recall in per cent and the mean largest rho, over all activations: of the limit and of networks.

    At the best norm of each activation and at the smallest and largest norm; with the least that the nearest picture
    and a Hopfield network recall at any norm, and in words at which norms the limit recalls nearly all.
    """
    over, each = rates(swept, ["norm"]).set_index(["map", "norm"]), rates(swept, ["activation", "norm"])
    norms = over.loc[maps(width)].index
    (first, last), wide = (over.loc[(LIMIT, r)] for r in (norms.min(), norms.max())), over.loc[maps(width), norms.max()]
    return {
        "limit_best": 100 * each[each["map"].eq(LIMIT)].groupby("activation")["mean"].max().mean(),
        "most_percent": 100 * MOST,
        "plateau": plateaus(each),
        "limit_first": 100 * first["mean"],
        "limit_last": 100 * last["mean"],
        "radius_first": first["radius"],
        "radius_last": last["radius"],
        "wide_last": 100 * wide["mean"],
        "wide_radius_last": wide["radius"],
        **{name: 100 * rates(swept, ["norm"], name)["mean"].min() for name in ("nearest", "hopfield")},
    }


def plateaus(table: pd.DataFrame) -> str:
    """Say at which norms the limit recalls nearly all cues, by activation; norms that are no neighbours are listed."""
    words = {}
    for activation, part in table[table["map"].eq(LIMIT)].groupby("activation", sort=False):
        nearly_all = part.set_index("norm")["mean"].sort_index().ge(MOST)
        norms = [f"{norm:g}" for norm in nearly_all.index[nearly_all]]
        neighbours = nearly_all.astype(int).diff().eq(1).sum() + nearly_all.iloc[0] < 2
        if len(norms) > 1 and neighbours:
            words[str(activation)] = f"from norm {norms[0]} to norm {norms[-1]}"
        else:
            words[str(activation)] = f"at norm {listed(norms)}" if norms else "at no norm"
    return of_each(words)


def noise_statistics(table: pd.DataFrame) -> dict[str, float]:
    """Average recall by the limit and by networks, in per cent, under the least noise and the most."""
    ends = {"least": table["amount"].min(), "most": table["amount"].max()}
    found = {f"{name}_noise": amount for name, amount in ends.items()}
    for kind, part in (("limit", table[table["map"].eq(LIMIT)]), ("wide", table[table["map"].ne(LIMIT)])):
        found |= {f"{kind}_{name}": 100 * part[part["amount"].eq(at)]["mean"].mean() for name, at in ends.items()}
    return found


def load_statistics(table: pd.DataFrame) -> dict[str, float | str]:
    """Say up to how many pictures rho stays below one with every activation, and half of all cues are recalled.

    With recall in per cent and the mean of the largest rho where most are stored.
    """
    grouped, most = table.groupby("n_pictures"), table[table["n_pictures"].eq(table["n_pictures"].max())]
    return {
        "held_by_radius": _up_to(grouped["radius"].max().lt(1)),
        "held_by_recall": _up_to(grouped["mean"].mean().ge(0.5)),
        "recall_with_most": 100 * most["mean"].mean(),
        "radius_with_most": most["radius"].mean(),
        "most_pictures": int(table["n_pictures"].max()),
    }


def _up_to(holds: pd.Series) -> str:
    """Say up to which number, in ascending order, something holds without a break."""
    held = int(holds.cummin().sum())
    if held == len(holds):
        return f"with every number tried, up to {holds.index[-1]}"
    return (
        f"up to {holds.index[held - 1]}, and not with {holds.index[held]}" if held else "not even with the fewest tried"
    )


def prototype_statistics(table: pd.DataFrame) -> dict[str, float]:
    """Say how many other examples lead to their digit's memory, in per cent, where examples and prototypes are stored.

    By the limit, by networks, and by the nearest stored picture, whose rate stands in the column ``nearest``.
    """
    at = table[table["damage"].eq("another")]
    found: dict[str, float] = {}
    for stored, part in at.groupby(at["stored"].ne("examples").map({False: "examples", True: "prototypes"})):
        limit, wide = part[part["map"].eq(LIMIT)], part[part["map"].ne(LIMIT)]
        found |= {
            f"limit_{stored}": 100 * limit["mean"].mean(),
            f"wide_{stored}": 100 * wide["mean"].mean(),
            f"radius_{stored}": limit["radius"].mean(),
            f"nearest_{stored}": 100 * limit["nearest"].mean(),
        }
    return found
