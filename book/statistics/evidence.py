"""What a verdict rests on: measured values with their 95 % intervals. The seed is the unit of every interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from book.statistics.claims import Criterion
from book.statistics.intervals import WITHIN_A_SEED, half_width, quantile_bounds, rate_bounds

__all__ = [
    "Evidence",
    "evidence",
    "jackknife",
    "largest_evidence",
    "one_a_seed",
    "quantile_evidence",
    "rate_evidence",
    "ratio_evidence",
]

UNITS = ("seed", "choice")  # what an index may count: seeds, or choices of memories, each drawn with a seed of its own


@dataclass(frozen=True)
class Evidence:
    """One value put to one criterion under one condition, with the ends of its 95 % interval.

    ``statistic`` says how value and interval come from ``measured``, which has a row a seed: the seed, the value, and
    for a rate the number of trials. ``note`` is what is told of the condition without being part of it.
    """

    criterion: str
    condition: str
    value: float
    low: float
    high: float
    note: str = ""
    statistic: str = field(default="mean", compare=False)
    measured: tuple[tuple[int, float, float], ...] = field(default=(), compare=False, repr=False)

    @property
    def text(self) -> str:
        """Write the value with its interval, cut where the second digit of the interval's width stands."""
        if math.isinf(self.high - self.low):
            return f"{self.value:.3g} ± unknown"
        width = (self.high - self.low) / 2
        if width == 0:
            return f"{self.value:.3g}"
        places = max(0, 1 - math.floor(math.log10(width)))
        below, above = self.value - self.low, self.high - self.value
        if abs(below - above) < 0.05 * width:
            return f"{self.value:.{places}f} ± {width:.{places}f}"
        return f"{self.value:.{places}f} ({self.low:.{places}f} to {self.high:.{places}f})"

    def outcome(self, criterion: Criterion) -> str:
        """Return ``"holds"``, ``"fails"``, or ``"open"`` when the interval reaches across a bound."""
        if criterion.lower < self.low and self.high < criterion.upper:
            return "holds"
        return "fails" if self.high <= criterion.lower or criterion.upper <= self.low else "open"


def one_a_seed(values: pd.Series, where: str) -> pd.Series:
    """Refuse measurements that are not one a seed: what shares a seed is not independent.

    Returns those that are numbers; a ValueError tells of an index that does not count seeds, or has one twice.
    """
    if not isinstance(values, pd.Series) or values.index.nlevels != 1 or values.index.name not in UNITS:
        raise ValueError(f"{where}: give a pandas Series with one value a seed, indexed by {' or '.join(UNITS)}.")
    if (twice := values.index[values.index.duplicated()]).size:
        raise ValueError(
            f"{where}: {values.index.name} {twice[0]} stands there {int((values.index == twice[0]).sum())} times: "
            "measurements that share one are not independent, so average them or judge them apart."
        )
    return values.astype(float).dropna()


def _measured(found: pd.Series, trials: pd.Series | None = None) -> tuple[tuple[int, float, float], ...]:
    counts = [1.0] * len(found) if trials is None else trials.tolist()
    return tuple((int(seed), float(value), float(n)) for (seed, value), n in zip(found.items(), counts, strict=True))


def evidence(criterion: str, condition: str, values: pd.Series, *, note: str = "") -> Evidence | None:
    """Turn independent measurements, one a seed, into evidence: their mean and its 95 % interval by Student's t.

    Paired differences, one a seed, are such measurements too.

    Parameters
    ----------
    criterion
        Name of the claim's criterion.
    condition
        Under which the values were measured, in words.
    values
        Indexed by the seed, nan where a network failed.
    note
        What is told of the condition without being part of it.

    Returns
    -------
    Evidence
        None where there is no value; an infinite interval where there is one.
    """
    found = one_a_seed(values, f"{criterion}, {condition}")
    if found.empty:
        return None
    mean, half = float(found.mean()), half_width(found.tolist())
    return Evidence(criterion, condition, mean, mean - half, mean + half, note, "mean", _measured(found))


def ratio_evidence(criterion: str, condition: str, ratios: pd.Series) -> Evidence | None:
    """Turn ratios, one a seed, into evidence: their geometric mean, with the interval of the mean logarithm.

    None where there is no ratio.
    """
    found = one_a_seed(ratios, f"{criterion}, {condition}")
    if found.empty:
        return None
    logs = np.log(found)
    mean, half = logs.mean(), half_width(logs.tolist())
    ends = (0.0, math.inf) if math.isinf(half) else (math.exp(mean - half), math.exp(mean + half))
    return Evidence(criterion, condition, math.exp(mean), *ends, "", "geometric mean", _measured(found))


def quantile_evidence(criterion: str, condition: str, values: pd.Series, *, note: str = "") -> Evidence | None:
    """Turn measurements, one a seed, into evidence of what 95 % of all networks stay below.

    The upper end of its interval is a tolerance bound, which holds for the networks that were not trained too; see
    :func:`book.statistics.intervals.quantile_bounds`.

    None where there is no value; an infinite interval where there is one.
    """
    found = one_a_seed(values, f"{criterion}, {condition}")
    if found.empty:
        return None
    return Evidence(criterion, condition, *quantile_bounds(found.tolist()), note, "95 % quantile", _measured(found))


def largest_evidence(criterion: str, condition: str, values: pd.Series, *, note: str = "") -> Evidence | None:
    """Turn measurements, one a seed, into evidence of these networks alone: their largest, which is exact.

    None where there is no value.
    """
    found = one_a_seed(values, f"{criterion}, {condition}")
    if found.empty:
        return None
    most = float(found.max())
    return Evidence(criterion, condition, most, most, most, note, "largest", _measured(found))


def rate_evidence(
    criterion: str, condition: str, successes: pd.Series, trials: pd.Series, correlation: float = WITHIN_A_SEED
) -> Evidence | None:
    """Turn counts, one pair a seed, into evidence: the pooled rate, with an interval for dependent trials.

    With the interval of :func:`book.statistics.intervals.rate_bounds`; None where there is no trial.
    """
    found = one_a_seed(successes, f"{criterion}, {condition}")
    if found.empty:
        return None
    asked = trials.loc[found.index]
    bounds = rate_bounds(found.tolist(), asked.tolist(), correlation)
    rate, statistic = float(found.sum() / asked.sum()), f"rate, correlation {correlation:g}"
    return Evidence(criterion, condition, rate, *bounds, "", statistic, _measured(found, asked))


def jackknife(table: pd.DataFrame, statistic: Callable[[pd.DataFrame], float]) -> pd.Series:
    r"""Split a number that all seeds determine together into one a seed, so that the seeds' scatter gives its interval.

    Returns Tukey's pseudo-values (1958), :math:`k \hat\theta - (k - 1) \hat\theta_{(i)}`, with seed i of k left out of
    the last. None for less than three seeds.
    """
    k = len(table)
    if k < 3:
        return pd.Series(dtype=float, index=table.index[:0])
    whole = statistic(table)
    without = [statistic(table.drop(index=seed)) for seed in table.index]
    return pd.Series(k * whole - (k - 1) * np.array(without), index=table.index)


def paired(items: Sequence[Evidence | None], others: Sequence[Evidence | None]) -> list[tuple[Evidence, Evidence]]:
    """Pair evidence for one criterion under one condition with that of another activation.

    Pairs, where both have some.
    """
    theirs = {(item.criterion, item.condition): item for item in others if item}
    return [
        (item, theirs[item.criterion, item.condition])
        for item in items
        if item and (item.criterion, item.condition) in theirs
    ]
