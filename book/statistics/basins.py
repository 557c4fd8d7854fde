"""The tables behind the page on basins: slices, shares of spheres and rates of return."""

from __future__ import annotations

import numpy as np
import pandas as pd

from book.statistics.intervals import rate_bounds
from book.statistics.pictures import LIMIT, maps, within
from book.statistics.summaries import converged

__all__ = [
    "shares",
    "slice_counts",
    "load_statistics",
    "rate_of_return_statistics",
    "share_statistics",
    "slice_statistics",
]


def shares(swept: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Average the share of a sphere about a memory that is led to it.

    ``swept``: from a sweep of ``basin_shares``; rows that failed are left out. Returns ``by``, ``map``, ``noise``,
    ``mean`` with ``low`` and ``high`` as in :func:`rates`, ``other``, the share led to attractors that are no memories,
    and ``radius``, the mean largest rho.
    """
    by_choice, by_noise = ["choices", "radius_worst"], ["cues", "own", "elsewhere", "other"]
    good = converged(swept).explode([*by_choice, *by_noise]).explode(["noises", *by_noise])
    good = good.rename(columns={"noises": "noise"})
    rows = []
    for key, part in good.groupby([*by, "width", "noise"], sort=False):
        own, cues = (part.groupby("choices")[name].sum().astype(int).tolist() for name in ("own", "cues"))
        low, high = within(rate_bounds(own, cues))
        other, radius = part["other"].astype(int).sum() / sum(cues), part["radius_worst"].mean()
        rows.append([*key[:-2], maps(key[-2]), key[-1], sum(own) / sum(cues), low, high, other, radius])
    return pd.DataFrame(rows, columns=[*by, "map", "noise", "mean", "low", "high", "other", "radius"])


def slice_counts(slices: pd.DataFrame) -> pd.DataFrame:
    """Say how a slice is divided.

    ``slices``: from a sweep of ``basin_slice``. Returns one row a slice: the shares in per cent that lead to the three
    memories of the plane, to other memories, to attractors that are none, and nowhere; how many of those attractors
    were met; and the largest rho.
    """
    rows = []
    for row in converged(slices).itertuples():
        at = np.asarray(row.where)
        parts = [(at >= 0) & (at < 3), at >= 3, at == -1, at == -2]
        percent = [100 * float(part.mean()) for part in parts]
        rows.append([row.activation, maps(row.width), row.norm, *percent, row.others, row.radius_worst])
    names = ["activation", "map", "norm", "three", "other memories", "no memory", "nowhere", "attractors", "radius"]
    return pd.DataFrame(rows, columns=names)


def slice_statistics(slices: pd.DataFrame) -> dict[str, float]:
    """Say how much of the slice at the largest norm belongs to its three memories, in per cent.

    ``slices``: from a sweep of ``basin_slice``, of the limit and of a network. Returns both shares; nan for a network
    that was not trained.
    """
    table = slice_counts(slices)
    last = table[table["norm"].eq(table["norm"].max())]
    limit = last["map"].eq(LIMIT)
    return {"slice_limit": last[limit]["three"].mean(), "slice_wide": last[~limit]["three"].mean()}


def share_statistics(table: pd.DataFrame, distance: float, width: int) -> dict[str, float]:
    """Compute what the page says of the basins at the largest norm, averaged over activations.

    ``table``: from :func:`shares`, by activation and norm. Returns the shares in per cent that come home, and the mean
    of the largest rho, of the limit and of networks; and the share that rests at no memory in the limit.
    """
    there = table[table["noise"].eq(distance) & table["norm"].eq(table["norm"].max())]
    found = there.groupby("map")[["mean", "other", "radius"]].mean().reindex([LIMIT, maps(width)])
    told: dict[str, float] = {"limit_other": 100 * found.at[LIMIT, "other"]}
    for name, row in (("limit", LIMIT), ("wide", maps(width))):
        told |= {f"{name}_share": 100 * found.at[row, "mean"], f"{name}_radius": found.at[row, "radius"]}
    return told


def load_statistics(table: pd.DataFrame, distance: float) -> dict[str, float]:
    """Compute what the page says of the fewest memories and of the most.

    ``table``: from :func:`shares`, by number of pictures. Returns both numbers, and the shares in per cent that come
    home.
    """
    there = table[table["noise"].eq(distance)].set_index("n_pictures")["mean"]
    ends = {"fewest": there.index.min(), "most": there.index.max()}
    counts = {f"load_{name}": int(n) for name, n in ends.items()}
    return counts | {f"load_{name}_share": 100 * there[n] for name, n in ends.items()}


def rate_of_return_statistics(swept: pd.DataFrame) -> dict[str, float]:
    """Compare measured rates of convergence with rho.

    ``swept``: from a sweep of ``rates_of_return``. Returns how many attractors were measured, and by how many per cent
    log rate and log rho differ, in the middle and at most.
    """
    pairs = converged(swept).explode(["rates", "radii"])[["rates", "radii"]].astype(float).dropna()
    off = 100 * (np.log(pairs["rates"]) / np.log(pairs["radii"]) - 1).abs()
    return {"rates_measured": len(pairs), "rates_median_percent": off.median(), "rates_most_percent": off.max()}
