"""What a verdict rests on: measured values with their 95 % intervals. The seed is the unit of every interval."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from book.statistics.claims import Criterion
from book.statistics.intervals import WITHIN_A_SEED, mean_bounds, quantile_bounds, rate_bounds

UNITS = ("seed", "choice")  # what an index may count: seeds, or choices of memories, each drawn with a seed of its own


@dataclass(frozen=True)
class Evidence:
    """One value put to one criterion under one condition, with its 95 % interval, and a ``statistic`` of what it is."""

    criterion: str
    condition: str
    value: float
    low: float
    high: float
    note: str = ""
    statistic: str = field(default="mean", compare=False)
    # A seed, its value, and for a rate the number of trials.
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


STATISTICS: dict[str, Callable[[Sequence[float]], tuple[float, float, float]]] = {
    "mean": mean_bounds,
    "geometric mean": lambda ratios: tuple(np.exp(mean_bounds(np.log(ratios).tolist())).tolist()),
    "95 % quantile": quantile_bounds,  # of all networks, untrained ones too
    "largest": lambda values: (max(values),) * 3,  # of these networks alone, and so exact
}
"""What can be said of measurements, one a seed: the value, and the ends of its interval."""


def evidence(
    criterion: str, condition: str, values: pd.Series, statistic: str = "mean", *, note: str = ""
) -> Evidence | None:
    """Turn measurements, indexed by the seed, nan where a network failed, into evidence."""
    found = _one_a_seed(criterion, condition, values)
    if found.empty:
        return None
    measured = tuple((int(seed), value, 1.0) for seed, value in found.items())
    return Evidence(criterion, condition, *STATISTICS[statistic](found.tolist()), note, statistic, measured)


def rate_evidence(
    criterion: str, condition: str, successes: pd.Series, trials: pd.Series, correlation: float = WITHIN_A_SEED
) -> Evidence | None:
    """Turn counts, one pair a seed, into evidence: the pooled rate, with an interval for dependent trials."""
    found = _one_a_seed(criterion, condition, successes)
    if found.empty:
        return None
    tried = trials.loc[found.index].tolist()
    measured = tuple((int(seed), value, float(n)) for (seed, value), n in zip(found.items(), tried, strict=True))
    bounds = rate_bounds(found.tolist(), tried, correlation)
    return Evidence(criterion, condition, *bounds, "", f"rate, correlation {correlation:g}", measured)


def by_group(criterion: str, condition: str, values: pd.Series, statistic: str = "mean") -> list[Evidence | None]:
    """Make evidence of each group of measurements, whose names, in a format's braces, come before the seed's."""
    names = values.index.names[:-1]
    groups = values.groupby(level=names, sort=False)
    return [evidence(criterion, condition.format(*key), part.droplevel(names), statistic) for key, part in groups]


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


def _one_a_seed(criterion: str, condition: str, values: pd.Series) -> pd.Series:
    """Return the measurements that are known; refuse those that are not one a seed."""
    if not isinstance(values, pd.Series) or values.index.nlevels != 1 or values.index.name not in UNITS:
        raise ValueError(
            f"{criterion}, {condition}: give a pandas Series with one value a seed, indexed by {' or '.join(UNITS)}."
        )
    if (twice := values.index[values.index.duplicated()]).size:
        raise ValueError(
            f"{criterion}, {condition}: {values.index.name} {twice[0]} stands there "
            f"{int((values.index == twice[0]).sum())} times: measurements that share one are not independent, "
            "so average them or judge them apart."
        )
    return values.astype(float).dropna()
