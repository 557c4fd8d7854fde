"""How fast networks approach the infinite-width limit with their width."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from book.statistics.intervals import half_width


def exponents(near: pd.DataFrame, quantities: Iterable[str]) -> pd.DataFrame:
    """Fit a power of the width to each seed's distances; ``uncertainty`` is half the 95 % interval by their scatter."""
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
