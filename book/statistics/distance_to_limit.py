"""The tables behind the page on how near networks come to the infinite-width limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.intervals import half_width
from book.statistics.summaries import over_seeds
from book.typeset import listed, of_each


def distances(near: pd.DataFrame, quantities: Mapping[str, str]) -> pd.DataFrame:
    """Average distances from the limit over the seeds, by width: a ``quantity`` each of the columns that are named."""
    parts = [over_seeds(near, name, ["activation", "width"]).assign(quantity=name) for name in quantities]
    return pd.concat(parts, ignore_index=True)


def exponents(near: pd.DataFrame, quantities: Mapping[str, str]) -> pd.DataFrame:
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


def fitted(measured: pd.DataFrame, powers: pd.DataFrame) -> pd.DataFrame:
    """Evaluate the fitted power laws at the widths that were measured: ``value``."""
    lines = measured.join(powers, on=["quantity", "activation"])
    return lines.assign(value=np.exp(lines["offset"]) * lines["width"] ** lines["exponent"])


def exponent_statistics(powers: pd.DataFrame) -> dict[str, str]:
    """Put the exponents into words, and say which of their intervals contain -1/2."""
    names = {"jacobian_distance": "Jacobian", "radius_distance": "spectral radius"}
    off = (powers["exponent"] + 0.5).abs() > powers["uncertainty"]
    outside = [f"the {names[quantity]} with {activation}" for quantity, activation in off.index[off]]
    half = f"The interval does not contain -1/2 for {listed(outside)}; every other does"
    if len(outside) in (0, len(off)):
        half = "No interval contains -1/2" if outside else "Every interval contains -1/2"
    jacobian, radius = (
        of_each({row.Index: f"{row.exponent:.3f} ± {row.uncertainty:.3f}" for row in powers.loc[quantity].itertuples()})
        for quantity in names
    )
    return {"exponents": jacobian, "radius_exponents": radius, "half": half}


def inside_the_band(mean_radii: pd.DataFrame, band: pd.DataFrame) -> pd.DataFrame:
    """Say whether networks' mean radii are ``inside`` the band of the limit's samples, from ``low`` to ``high``."""
    compared = mean_radii.merge(band, on=["activation", "norm"], suffixes=("", "_band"))
    compared["inside"] = compared["mean"].between(compared["low_band"], compared["high_band"])
    return compared[["activation", "width", "norm", "mean", "low_band", "mean_band", "high_band", "inside"]]


def band_left(compared: pd.DataFrame, activations: Sequence[str]) -> pd.DataFrame:
    """Find the last norm before a curve first leaves the band, by activation and width; zero if it never was inside."""
    ordered = compared.sort_values("norm")
    stays: Any = ordered.groupby(["activation", "width"])["inside"].cummin()
    last = ordered["norm"].where(stays, 0.0).groupby([ordered["activation"], ordered["width"]]).max()
    return last.unstack().loc[list(activations)]


def band_sentence(compared: pd.DataFrame) -> str:
    """Say on which side of the band the means are that lie outside."""
    outside = compared[~compared["inside"]]
    below = int(outside["mean"].lt(outside["low_band"]).sum())
    if outside.empty:
        return f"None of the {len(compared)} means is outside the band"
    return f"Of the {len(compared)} means {len(outside)} are outside the band, {below} of them below it"
