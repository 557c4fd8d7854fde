"""The tables behind the page on basins: slices, shares of spheres, and which memories capture random cues."""

import numpy as np
import pandas as pd

from book.statistics.evidence import Evidence, rate_evidence
from book.statistics.intervals import rate_bounds
from book.statistics.pictures import maps
from book.statistics.summaries import converged

# Of two cues that share a draw of patterns: most draws lead no cue to such a memory, and a few many.
WITHIN_A_DRAW = 0.5
FATES = {"weak": "captured by $g$ < 1", "strong": "captured by $g$ > 1", "same": "fate as predicted"}
CORRELATIONS = (0, 0.05, 0.1, 0.2, 0.3, 0.5, 1)  # that the verdict is tried with


def shares(swept: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Average the share of a sphere about a memory that converges to it; ``other``: that rests at no memory."""
    by_choice, by_noise = ["choices", "radius_worst"], ["cues", "own", "other"]
    good = converged(swept).explode([*by_choice, *by_noise]).explode(["noises", *by_noise])
    good = good.rename(columns={"noises": "noise"})
    rows = []
    for key, part in good.groupby([*by, "width", "noise"], sort=False):
        own, cues = (part.groupby("choices")[name].sum().astype(int).tolist() for name in ("own", "cues"))
        mean, low, high = np.clip(rate_bounds(own, cues), 0, 1)
        other, radius = part["other"].astype(int).sum() / sum(cues), part["radius_worst"].mean()
        rows.append([*key[:-2], maps(key[-2]), key[-1], mean, low, high, other, radius])
    return pd.DataFrame(rows, columns=[*by, "map", "noise", "mean", "low", "high", "other", "radius"])


def slice_counts(slices: pd.DataFrame) -> pd.DataFrame:
    """Say which per cent of each slice lead to the plane's three memories, to others, to no memory, and nowhere."""
    rows = []
    for row in converged(slices).itertuples():
        at = np.asarray(row.where)
        percent = [100 * float(part.mean()) for part in ((at >= 0) & (at < 3), at >= 3, at == -1, at == -2)]
        rows.append([row.activation, maps(row.width), row.norm, *percent, row.others, row.radius_worst])
    names = ["activation", "map", "norm", "three", "other memories", "no memory", "nowhere", "attractors", "radius"]
    return pd.DataFrame(rows, columns=names)


def captured_by_factor(swept: pd.DataFrame) -> pd.DataFrame:
    """Count in each row the cues that memories of return factor below one capture, ``weak``, and others, ``strong``."""
    found = [
        np.asarray(row.factors)[[fate for fate in row.fates if fate >= 0]] for row in swept.itertuples(index=False)
    ]
    weak, strong = ([int(part(factors).sum()) for factors in found] for part in (lambda g: g < 1, lambda g: g >= 1))
    return swept.assign(weak=weak, strong=strong)


def fates_by_norm(swept: pd.DataFrame, infinite: pd.DataFrame) -> pd.DataFrame:
    """Average what becomes of random cues at each norm, and how many have the fate they have at infinite norm."""
    exact = converged(infinite).set_index("choice")["fates"]
    counts = captured_by_factor(converged(swept))
    fates = zip(counts["fates"], exact.loc[counts["choice"]], strict=True)
    counts["same"] = [int((np.maximum(a, -1) == np.asarray(b)).sum()) for a, b in fates]
    rows = []
    for norm, part in counts.groupby("norm"):
        for name in FATES:
            found = np.clip(rate_bounds(part[name].tolist(), part["cues"].tolist(), WITHIN_A_DRAW), 0, 1)
            rows.append([name, part["activation"].iloc[0], norm, *found])
    return pd.DataFrame(rows, columns=["fate", "activation", "norm", "mean", "low", "high"])


def weak_memories(swept: pd.DataFrame, norm: float, correlation: float = WITHIN_A_DRAW) -> list[Evidence | None]:
    """Judge C12, by activation and kind of patterns: the random cues that a memory of factor below one captures."""
    found: list[Evidence | None] = []
    table = captured_by_factor(converged(swept).query("norm == @norm"))
    for (kind, activation), part in table.groupby(["kind", "activation"], sort=False):
        patterns = {"sphere": "random patterns", "pictures": "digits"}[kind]
        part, words = part.set_index("choice"), f"{patterns}, {activation}, norm {norm:g}"
        found.append(rate_evidence("weak", words, part["weak"], part["cues"], correlation))
        if part["factors"].explode().ge(1).any():
            found.append(rate_evidence("strong", words, part["strong"], part["cues"], correlation))
    return found
