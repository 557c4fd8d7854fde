"""What a verdict rests on: measured values with their 95 % intervals. The seed is the unit of every interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
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
    "quantile_evidence",
    "rate_evidence",
    "ratio_evidence",
]

UNITS = ("seed", "choice")  # what an index may count: seeds, or choices of memories, each drawn with a seed of its own


@dataclass(frozen=True)
class Evidence:
    """One value put to one criterion under one condition, with the ends of its 95 % interval.

    ``statistic`` says how value and interval come from ``measured``, which has a row a seed: the seed, the value, and
    for a rate the number of trials. ``note`` adds to the condition without being part of it.
    """

    criterion: str
    condition: str
    value: float
    low: float
    high: float
    note: str = ""
    statistic: str = field(default="mean", compare=False)
    measured: tuple[tuple[int, float, float], ...] = field(default=(), compare=False, repr=False)

    def outcome(self, criterion: Criterion) -> str:
        """Return ``"holds"``, ``"fails"``, or ``"open"`` when the interval reaches across a bound."""
        if criterion.lower < self.low and self.high < criterion.upper:
            return "holds"
        return "fails" if self.high <= criterion.lower or criterion.upper <= self.low else "open"

    @property
    def text(self) -> str:
        """Write the value with its interval, cut where the second digit of the interval's width stands."""
        width = (self.high - self.low) / 2
        if math.isinf(width):
            return f"{self.value:.3g} ± unknown"
        if width == 0:
            return f"{self.value:.3g}"
        places = max(0, 1 - math.floor(math.log10(width)))
        below, above = self.value - self.low, self.high - self.value
        if abs(below - above) < 0.05 * width:
            return f"{self.value:.{places}f} ± {width:.{places}f}"
        return f"{self.value:.{places}f} ({self.low:.{places}f} to {self.high:.{places}f})"


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
        What is to be said of the condition without being part of it.

    Returns
    -------
    Evidence
        None where there is no value; an infinite interval where there is one.
    """
    found = _one_a_seed(values, f"{criterion}, {condition}")
    mean, half = float(found.mean()), half_width(found.tolist())
    return _evidence(criterion, condition, found, (mean, mean - half, mean + half), "mean", note)


def ratio_evidence(criterion: str, condition: str, ratios: pd.Series) -> Evidence | None:
    """Turn ratios, one a seed, into evidence: their geometric mean, with the interval of the mean logarithm."""
    found = _one_a_seed(ratios, f"{criterion}, {condition}")
    logs = np.log(found)
    mean, half = logs.mean(), half_width(logs.tolist())
    ends = (0.0, math.inf) if math.isinf(half) else (math.exp(mean - half), math.exp(mean + half))
    return _evidence(criterion, condition, found, (math.exp(mean), *ends), "geometric mean")


def quantile_evidence(criterion: str, condition: str, values: pd.Series, *, note: str = "") -> Evidence | None:
    """Turn measurements, one a seed, into evidence of what 95 % of all networks stay below.

    The upper end of its interval is a tolerance bound, which holds for the networks that were not trained too; see
    :func:`book.statistics.intervals.quantile_bounds`.
    """
    found = _one_a_seed(values, f"{criterion}, {condition}")
    return _evidence(criterion, condition, found, quantile_bounds(found.tolist() or [math.nan]), "95 % quantile", note)


def largest_evidence(criterion: str, condition: str, values: pd.Series, *, note: str = "") -> Evidence | None:
    """Turn measurements, one a seed, into evidence of these networks alone: their largest, which is exact."""
    found = _one_a_seed(values, f"{criterion}, {condition}")
    return _evidence(criterion, condition, found, (float(found.max()),) * 3, "largest", note)


def rate_evidence(
    criterion: str, condition: str, successes: pd.Series, trials: pd.Series, correlation: float = WITHIN_A_SEED
) -> Evidence | None:
    """Turn counts, one pair a seed, into evidence: the pooled rate, with an interval for dependent trials.

    See :func:`book.statistics.intervals.rate_bounds`.
    """
    found = _one_a_seed(successes, f"{criterion}, {condition}")
    if found.empty:
        return None
    tried = trials.loc[found.index]
    rate = (float(found.sum() / tried.sum()), *rate_bounds(found.tolist(), tried.tolist(), correlation))
    return _evidence(criterion, condition, found, rate, f"rate, correlation {correlation:g}", trials=tried)


def jackknife(table: pd.DataFrame, statistic: Callable[[pd.DataFrame], float]) -> pd.Series:
    r"""Split a number that all seeds determine together into one a seed, so that the seeds' scatter gives its interval.

    Returns Tukey's pseudo-values (1958), :math:`k \hat\theta - (k - 1) \hat\theta_{(i)}`, with seed i of k left out of
    the last. None for less than three seeds.
    """
    k = len(table)
    if k < 3:
        return pd.Series(dtype=float, index=table.index[:0])
    without = [statistic(table.drop(index=seed)) for seed in table.index]
    return pd.Series(k * statistic(table) - (k - 1) * np.array(without), index=table.index)


def paired(items: Iterable[Evidence], others: Iterable[Evidence]) -> list[tuple[Evidence, Evidence]]:
    """Pair evidence for one criterion under one condition with that of another activation, where both have some."""
    theirs = {(item.criterion, item.condition): item for item in others}
    found = ((item, theirs.get((item.criterion, item.condition))) for item in items)
    return [(item, other) for item, other in found if other is not None]


def _one_a_seed(values: pd.Series, where: str) -> pd.Series:
    """Return those that are numbers, and refuse measurements that are not one a seed: sharing one is dependence."""
    if not isinstance(values, pd.Series) or values.index.nlevels != 1 or values.index.name not in UNITS:
        raise ValueError(f"{where}: give a pandas Series with one value a seed, indexed by {' or '.join(UNITS)}.")
    if (twice := values.index[values.index.duplicated()]).size:
        raise ValueError(
            f"{where}: {values.index.name} {twice[0]} stands there {int((values.index == twice[0]).sum())} times: "
            "measurements that share one are not independent, so average them or judge them apart."
        )
    return values.astype(float).dropna()


def _evidence(
    criterion: str,
    condition: str,
    found: pd.Series,
    value: tuple[float, float, float],
    statistic: str,
    note: str = "",
    trials: pd.Series | None = None,
) -> Evidence | None:
    """Put value, lower and upper end together with what was measured; None where nothing was."""
    if found.empty:
        return None
    counts = [1.0] * len(found) if trials is None else trials.tolist()
    rows = tuple((int(seed), float(v), float(n)) for (seed, v), n in zip(found.items(), counts, strict=True))
    return Evidence(criterion, condition, *value, note, statistic, rows)
