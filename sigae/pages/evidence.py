"""What a verdict rests on: measured values with their 95 % intervals. The seed is the unit of every interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sigae.pages.claims import Criterion
from sigae.pages.tables.intervals import clustered_wilson, half_width, quantile_bounds, slope_half_width

__all__ = [
    "Evidence",
    "evidence",
    "quantile_evidence",
    "rate_evidence",
    "ratio_evidence",
    "slope_evidence",
]


@dataclass(frozen=True)
class Evidence:
    """One value put to one criterion under one condition, with the ends of its 95 % interval."""

    criterion: str
    condition: str
    value: float
    low: float
    high: float

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


def _numbers(values: Iterable[float]) -> list[float]:
    return [float(value) for value in values if not math.isnan(value)]


def evidence(criterion: str, condition: str, values: Sequence[float] | float) -> Evidence | None:
    """Turn independent measurements, one a seed, into evidence: their mean and its 95 % interval by Student's t.

    Paired differences, one a seed, are such measurements too.

    Parameters
    ----------
    criterion
        Name of the claim's criterion.
    condition
        Under which the values were measured, in words.
    values
        One value a seed, nan where a network failed; a plain number is exact.

    Returns
    -------
    Evidence
        None where there is no value; an infinite interval where there is one.
    """
    if not isinstance(values, Iterable):
        return Evidence(criterion, condition, float(values), float(values), float(values))
    if not (found := _numbers(values)):
        return None
    mean, half = float(np.mean(found)), half_width(found)
    return Evidence(criterion, condition, mean, mean - half, mean + half)


def ratio_evidence(criterion: str, condition: str, ratios: Iterable[float]) -> Evidence | None:
    """Turn ratios, one a seed, into evidence: their geometric mean, with the interval of the mean logarithm.

    Parameters
    ----------
    criterion, condition
        As in :func:`evidence`.
    ratios
        Positive, one a seed; nan where there is none.

    Returns
    -------
    Evidence
        None where there is no ratio.
    """
    if not (found := _numbers(ratios)):
        return None
    logs = np.log(found)
    mean, half = logs.mean(), half_width(logs.tolist())
    high = math.inf if math.isinf(half) else math.exp(mean + half)
    return Evidence(criterion, condition, math.exp(mean), math.exp(mean - half), high)


def quantile_evidence(criterion: str, condition: str, values: Iterable[float]) -> Evidence | None:
    """Turn measurements, one a seed, into evidence of what 95 % of all networks stay below.

    The upper end of its interval is a tolerance bound, which holds for the networks that were not trained too; see
    :func:`sigae.pages.tables.intervals.quantile_bounds`.

    Parameters
    ----------
    criterion, condition
        As in :func:`evidence`.
    values
        One a seed; nan where a network failed.

    Returns
    -------
    Evidence
        None where there is no value; an infinite interval where there is one.
    """
    if not (found := _numbers(values)):
        return None
    return Evidence(criterion, condition, *quantile_bounds(found))


def rate_evidence(criterion: str, condition: str, successes: Sequence[int], trials: Sequence[int]) -> Evidence:
    """Turn counts, one pair a seed, into evidence: the pooled rate, with Wilson's interval for dependent trials.

    Parameters
    ----------
    criterion, condition
        As in :func:`evidence`.
    successes, trials
        One count a seed.

    Returns
    -------
    Evidence
        With the interval of :func:`sigae.pages.tables.intervals.clustered_wilson`.
    """
    return Evidence(criterion, condition, sum(successes) / sum(trials), *clustered_wilson(successes, trials))


def slope_evidence(criterion: str, condition: str, x: Sequence[float], y: Sequence[float]) -> Evidence | None:
    """Turn a straight line through points into evidence: its slope, with the interval by the points' scatter.

    Parameters
    ----------
    criterion, condition
        As in :func:`evidence`.
    x, y
        Coordinates, nan where there is none.

    Returns
    -------
    Evidence
        None for less than three points.
    """
    points = np.column_stack([x, y])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 3:
        return None
    slope, half = slope_half_width(*points.T)
    return Evidence(criterion, condition, slope, slope - half, slope + half)
