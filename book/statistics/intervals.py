"""95 % intervals of means, quantiles and rates."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

BELOW = float(special.ndtri(0.95))  # standard deviations above the mean, below which 95 % of a normal distribution lie
# Correlation of two trials that share a seed: a choice, above what is measured of pictures and of patterns.
WITHIN_A_SEED = 0.2


def half_width(values: Sequence[float]) -> float:
    r"""Return the half width of the 95 % interval of a mean, by Student's t: :math:`t s / \sqrt k`."""
    v = np.asarray(values, dtype=float)
    if v.size < 2:
        return math.inf
    return float(special.stdtrit(v.size - 1, 0.975) * v.std(ddof=1) / math.sqrt(v.size))


def mean_bounds(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of independent measurements, one a seed, and the ends of its 95 % interval."""
    mean, half = float(np.mean(values)), half_width(values)
    return mean, mean - half, mean + half


def quantile_bounds(values: Sequence[float]) -> tuple[float, float, float]:
    r"""Estimate what 95 % of a normal population lie below, with tolerance bounds (Owen 1968), from one value a seed.

    Returns :math:`\bar v + 1.645 s`, and :math:`\bar v + t s / \sqrt k` with t the 2.5 % and 97.5 % quantiles of the
    noncentral t distribution of noncentrality :math:`1.645 \sqrt k`; for a single value these ends are infinite.
    """
    v = np.asarray(values, dtype=float)
    if v.size < 2:
        return float(v[0]), -math.inf, math.inf
    mean, spread, root = v.mean(), v.std(ddof=1), math.sqrt(v.size)
    low, high = (special.nctdtrit(v.size - 1, BELOW * root, p) for p in (0.025, 0.975))
    return float(mean + BELOW * spread), float(mean + low / root * spread), float(mean + high / root * spread)


def rate_bounds(
    successes: Sequence[float], trials: Sequence[float], correlation: float = WITHIN_A_SEED
) -> tuple[float, float, float]:
    r"""Return a pooled rate and its 95 % interval; two trials that share a seed have a ``correlation`` :math:`\rho`.

    Clopper and Pearson's interval (1934) for as many independent trials as the dependent ones are worth (Korn and
    Graubard 1998): all of them over Kish's design effect :math:`1 + (\sum n_i^2 / \sum n_i - 1) \rho`, which does not
    depend on how they ended: one more success never lowers an end. The ends are infinite for a single seed.
    """
    n = np.asarray(trials, dtype=float)
    if n.size < 2:
        return float(np.sum(successes) / n.sum()), -math.inf, math.inf
    design = 1 + (np.square(n).sum() / n.sum() - 1) * correlation
    hits, misses = np.sum(successes) / design, (n.sum() - np.sum(successes)) / design
    low = special.betaincinv(hits, misses + 1, 0.025) if hits > 0 else 0.0
    high = special.betaincinv(hits + 1, misses, 0.975) if misses > 0 else 1.0
    return float(np.sum(successes) / n.sum()), float(low), float(high)
