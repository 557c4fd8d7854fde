"""95 % intervals of means, quantiles, slopes and rates."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

__all__ = ["clustered_wilson", "half_width", "quantile_bounds", "slope_half_width", "wilson"]

BELOW = 1.6448536269514722  # standard deviations above the mean, below which 95 % of a normal distribution lie
Z = 1.959963984540054  # the same for 97.5 %


def clustered_wilson(successes: Sequence[int], trials: Sequence[int]) -> tuple[float, float]:
    """Return the 95 % interval of a rate whose trials come in seeds, which share patterns and network.

    Wilson's interval, with as many trials as would scatter as much as the seeds do: at least one a seed, at most all.

    Parameters
    ----------
    successes, trials
        One count a seed.

    Returns
    -------
    tuple of float
        Lower and upper end, within 0 and 1; infinite for a single seed.
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    rate, seeds = k.sum() / n.sum(), k.size
    if seeds < 2:
        return -math.inf, math.inf
    # the ratio estimator's variance over clusters (Cochran 1977, chapter 6)
    variance = seeds / (seeds - 1) * np.square(k - rate * n).sum() / n.sum() ** 2
    if variance == 0:  # nothing is known of the scatter where all trials ended alike
        worth = n.sum() if 0 < rate < 1 else seeds
    else:
        worth = min(max(rate * (1 - rate) / variance, seeds), n.sum())
    return wilson(rate, worth)


def half_width(values: Sequence[float]) -> float:
    r"""Return the half width of the 95 % interval of a mean, by Student's t.

    Parameters
    ----------
    values
        Independent measurements, one a seed.

    Returns
    -------
    float
        :math:`t s / \sqrt k`; infinite for a single value, of which no spread is known.
    """
    v = np.asarray(values, dtype=float)
    if v.size < 2:
        return math.inf
    return float(special.stdtrit(v.size - 1, 0.975) * v.std(ddof=1) / math.sqrt(v.size))


def quantile_bounds(values: Sequence[float]) -> tuple[float, float, float]:
    r"""Estimate what 95 % of a normal population lie below, from a sample of it.

    Parameters
    ----------
    values
        Independent measurements, one a seed.

    Returns
    -------
    tuple of float
        :math:`\bar v + 1.645 s`, and the ends of its 95 % interval, :math:`\bar v + t s / \sqrt k` with t the 2.5 % and
        97.5 % quantiles of the noncentral t distribution of noncentrality :math:`1.645 \sqrt k` (tolerance bounds:
        Owen 1968). The ends are infinite for a single value.
    """
    v = np.asarray(values, dtype=float)
    if v.size < 2:
        return float(v[0]), -math.inf, math.inf
    mean, spread, root = v.mean(), v.std(ddof=1), math.sqrt(v.size)
    low, high = (special.nctdtrit(v.size - 1, BELOW * root, p) for p in (0.025, 0.975))
    return tuple(float(mean + factor * spread) for factor in (BELOW, low / root, high / root))  # type: ignore[return-value]


def slope_half_width(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Fit a straight line by least squares.

    Parameters
    ----------
    x, y
        Three points or more.

    Returns
    -------
    tuple of float
        The slope, and the half width of its 95 % interval by Student's t.
    """
    at, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    slope, offset = np.polyfit(at, values, 1)
    left = np.square(values - offset - slope * at).sum() / (at.size - 2)
    error = math.sqrt(left / np.square(at - at.mean()).sum())
    return float(slope), float(special.stdtrit(at.size - 2, 0.975) * error)


def wilson(rate: float, trials: float) -> tuple[float, float]:
    """Return the 95 % interval of a rate (Wilson 1927).

    Parameters
    ----------
    rate
        Between 0 and 1.
    trials
        Independent trials behind it, or what dependent ones are worth.

    Returns
    -------
    tuple of float
        Lower and upper end, within 0 and 1.
    """
    square = Z**2 / trials
    middle = (rate + square / 2) / (1 + square)
    half = Z * math.sqrt(rate * (1 - rate) / trials + square / (4 * trials)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)
