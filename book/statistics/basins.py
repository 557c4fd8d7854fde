"""The tables behind the page on basins: slices, shares of spheres, rates of return, and where random cues end."""

from __future__ import annotations

import numpy as np
import pandas as pd

from book.statistics.evidence import Evidence, rate_evidence
from book.statistics.intervals import rate_bounds
from book.statistics.pictures import LIMIT, clipped, maps
from book.statistics.summaries import converged
from book.statistics.verdicts import Choice, try_values

# Of two cues that share a draw of patterns: most draws lead no cue to such a memory, and a few many.
WITHIN_A_DRAW = 0.5
CORRELATIONS = (0, 0.05, 0.1, 0.2, 0.3, 0.5, 1)  # that the verdict is tried with


def shares(swept: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Average the share of a sphere about a memory that is led to it, in a sweep of ``basin_shares``.

    ``by``, ``map``, ``noise``, ``mean`` with ``low`` and ``high`` as in :func:`book.statistics.pictures.rates`,
    ``other``, the share led to attractors that are no memories, and ``radius``, the mean largest rho.
    """
    by_choice, by_noise = ["choices", "radius_worst"], ["cues", "own", "elsewhere", "other"]
    good = converged(swept).explode([*by_choice, *by_noise]).explode(["noises", *by_noise])
    good = good.rename(columns={"noises": "noise"})
    rows = []
    for key, part in good.groupby([*by, "width", "noise"], sort=False):
        own, cues = (part.groupby("choices")[name].sum().astype(int).tolist() for name in ("own", "cues"))
        low, high = clipped(rate_bounds(own, cues))
        other, radius = part["other"].astype(int).sum() / sum(cues), part["radius_worst"].mean()
        rows.append([*key[:-2], maps(key[-2]), key[-1], sum(own) / sum(cues), low, high, other, radius])
    return pd.DataFrame(rows, columns=[*by, "map", "noise", "mean", "low", "high", "other", "radius"])


def slice_counts(slices: pd.DataFrame) -> pd.DataFrame:
    """Say how each slice of a sweep of ``basin_slice`` is divided, in per cent.

    Between the three memories of the plane, other memories, attractors that are none, and nowhere; with how many of
    those attractors were met, and the largest rho.
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
    """Say how much of the slice at the largest norm belongs to its three memories, in per cent."""
    table = slice_counts(slices)
    last = table[table["norm"].eq(table["norm"].max())]
    limit = last["map"].eq(LIMIT)
    return {"slice_limit": last[limit]["three"].mean(), "slice_wide": last[~limit]["three"].mean()}


def share_statistics(table: pd.DataFrame, distance: float, width: int) -> dict[str, float]:
    """Average what :func:`shares` found, in per cent, over activations at the largest norm and one distance of cues."""
    there = table[table["noise"].eq(distance) & table["norm"].eq(table["norm"].max())]
    found = there.groupby("map")[["mean", "other", "radius"]].mean().reindex([LIMIT, maps(width)])
    limit, wide = found.to_dict("records")
    return {
        "limit_other": 100 * limit["other"],
        "limit_share": 100 * limit["mean"],
        "limit_radius": limit["radius"],
        "wide_share": 100 * wide["mean"],
        "wide_radius": wide["radius"],
    }


def load_statistics(table: pd.DataFrame, distance: float) -> dict[str, float]:
    """Say how many cues are recalled with the fewest and with the most memories, in per cent."""
    there = table[table["noise"].eq(distance)].set_index("n_pictures")["mean"]
    ends = {"fewest": there.index.min(), "most": there.index.max()}
    counts = {f"load_{name}": int(n) for name, n in ends.items()}
    return counts | {f"load_{name}_share": 100 * there[n] for name, n in ends.items()}


def rate_of_return_statistics(swept: pd.DataFrame) -> dict[str, float]:
    """Say by how many per cent log rate and log rho differ in a sweep of ``rates_of_return``, and of how many."""
    pairs = converged(swept).explode(["rates", "radii"])[["rates", "radii"]].astype(float).dropna()
    off = 100 * (np.log(pairs["rates"]) / np.log(pairs["radii"]) - 1).abs()
    return {"rates_measured": len(pairs), "rates_median_percent": off.median(), "rates_most_percent": off.max()}


def cues_by_memory(swept: pd.DataFrame) -> pd.DataFrame:
    """List every memory of a sweep of ``random_cues`` with its return factor and the share of cues it captures."""
    good = converged(swept).explode(["factors", "captured"]).rename(columns={"factors": "factor"})
    good = good.assign(won=good["captured"].astype(float) / good["cues"], factor=good["factor"].astype(float))
    return good[["kind", "activation", "n_patterns", "norm", "choice", "factor", "won"]]


def random_cue_statistics(swept: pd.DataFrame) -> dict[str, float]:
    """Say what memories of return factor below one, others and none capture in per cent, at both ends of the norms."""
    table = converged(swept)
    found: dict[str, float] = {}
    for name, norm in (("first", table["norm"].min()), ("last", table["norm"].max())):
        part = table[table["norm"].eq(norm)]
        weak, strong = _by_factor(part)
        counts = {"weak": weak.sum(), "strong": strong.sum(), "other": part["other"].sum()}
        found |= {f"{key}_{name}": 100 * count / part["cues"].sum() for key, count in counts.items()}
    return found


def digit_statistics(swept: pd.DataFrame) -> dict[str, float]:
    """Say how large the return factors of pictures are, and what share pictures capture at the largest norm."""
    table = converged(swept)
    last = table[table["norm"].eq(table["norm"].max())]
    return {
        "largest_picture_factor": table["factors"].explode().astype(float).max(),
        "pictures_won": 100 * last["captured"].map(sum).sum() / last["cues"].sum(),
    }


def _by_factor(part: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Count for each row the cues that memories of factor below one capture, and those of the others."""
    below = [np.asarray(factors) < 1 for factors in part["factors"]]
    counts = [np.asarray(won) for won in part["captured"]]
    weak = pd.Series([int(won[low].sum()) for won, low in zip(counts, below, strict=True)], index=part.index)
    return weak, pd.Series([int(won.sum()) for won in counts], index=part.index) - weak


def weak_memories(swept: pd.DataFrame, norm: float, correlation: float = WITHIN_A_DRAW) -> list[Evidence | None]:
    """Judge C12, by activation and kind of patterns: the random cues that a memory of factor below one captures.

    The unit is the draw of patterns, within which cues have the given correlation. Beside it stands what the other
    memories capture.
    """
    found: list[Evidence | None] = []
    table = converged(swept)
    for (kind, activation), part in table[table["norm"].eq(norm)].groupby(["kind", "activation"], sort=False):
        part = part.set_index("choice")
        weak, strong = _by_factor(part)
        cues, words = part["cues"], f"{kind}, {activation}, norm {norm:g}"
        found.append(rate_evidence("weak", words, weak, cues, correlation))
        if part["factors"].explode().ge(1).any():
            found.append(rate_evidence("strong", words, strong, cues, correlation))
    return found


def other_norms(swept: pd.DataFrame, used: float) -> Choice:
    """Try the verdict at other norms."""
    return try_values("norm", used, sorted(converged(swept)["norm"].unique().tolist()), "C12", weak_memories, swept)


def other_correlations(swept: pd.DataFrame, norm: float) -> Choice:
    """Try the verdict with other correlations of cues that share a draw of patterns."""
    name = "correlation of cues that share a draw of patterns"
    return try_values(name, WITHIN_A_DRAW, CORRELATIONS, "C12", lambda t, c: weak_memories(t, norm, c), swept)
