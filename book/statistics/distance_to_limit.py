"""How fast networks approach the infinite-width limit with their width, and up to which norm they follow it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.intervals import half_width


def exponents(near: pd.DataFrame, quantities: Iterable[str]) -> pd.DataFrame:
    """Fit a power of the width to each seed's distances: a straight line in log-log axes.

    Indexed by ``quantity`` and ``activation``: ``exponent``, the seeds' mean, its ``uncertainty`` by their scatter
    (half the width of the 95 % interval), and ``offset``, the mean logarithm at width 1.
    """
    fits = pd.DataFrame(
        [
            {"quantity": quantity, "activation": activation, "seed": seed, "slope": slope, "offset": offset}
            for quantity in quantities
            for (activation, seed), part in near.groupby(["activation", "seed"], sort=False)
            if len(part) > 1
            for slope, offset in [np.polyfit(np.log(part["width"]), np.log(part[quantity]), 1)]
        ]
    )
    return fits.groupby(["quantity", "activation"], sort=False).agg(
        exponent=("slope", "mean"), uncertainty=("slope", half_width), offset=("offset", "mean")
    )


def last_norm_inside(compared: pd.DataFrame, activations: Sequence[str]) -> pd.DataFrame:
    """Find the last norm before a curve first leaves the band, by activation and width; zero if it never was inside.

    ``compared`` says for each ``activation``, ``width`` and ``norm`` whether the network is ``inside``.
    """
    ordered = compared.sort_values("norm")
    stays: Any = ordered.groupby(["activation", "width"])["inside"].cummin()
    last = ordered["norm"].where(stays, 0.0).groupby([ordered["activation"], ordered["width"]]).max()
    return last.unstack().loc[list(activations)]
