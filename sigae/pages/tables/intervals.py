"""95 % intervals of means and of rates."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

__all__ = ["half_width", "wilson"]


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


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate (Wilson 1927).

    Parameters
    ----------
    successes, trials
        Counts, 0 <= successes <= trials, trials >= 1.

    Returns
    -------
    tuple of float
        Lower and upper end.
    """
    from scipy import stats  # here: it takes half a second to load, and few pages need it

    interval = stats.binomtest(int(successes), int(trials)).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)
