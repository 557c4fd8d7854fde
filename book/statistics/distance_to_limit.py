"""The tables behind the page on how near networks come to the infinite-width limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.intervals import half_width
from book.statistics.summaries import over_seeds
from book.typeset import listed, of_each

__all__ = ["band_left", "distances", "exponents", "fitted", "inside_the_band", "band_sentence", "exponent_statistics"]


def distances(near: pd.DataFrame, quantities: Mapping[str, str]) -> pd.DataFrame:
    """Tabulate distances from the limit against the width.

    ``near``: from a sweep of ``distance_to_limit``. Returns as from :func:`over_seeds`, with ``quantity``.
    """
    parts = [over_seeds(near, name, ["activation", "width"]).assign(quantity=name) for name in quantities]
    return pd.concat(parts, ignore_index=True)


def exponents(near: pd.DataFrame, quantities: Mapping[str, str]) -> pd.DataFrame:
    """Fit a power of the width to each seed's distances: a straight line in log-log axes.

    Returns indexed by ``quantity`` and ``activation``: ``exponent``, the seeds' mean, its ``uncertainty`` by their
    scatter (half the width of the 95 % interval), and ``offset``, the mean logarithm at width 1.
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
    """Evaluate the fitted power laws at the widths that were measured.

    ``measured``, ``powers``: from :func:`distances` and :func:`exponents`. Returns with ``value``.
    """
    lines = measured.join(powers, on=["quantity", "activation"])
    lines["value"] = np.exp(lines["offset"]) * lines["width"] ** lines["exponent"]
    return lines


def exponent_statistics(powers: pd.DataFrame) -> dict[str, str]:
    """Put into words what the page says of the exponents.

    ``powers``: from :func:`exponents`. Returns ``exponents``, of the Jacobian, and ``radius_exponents``, with their
    uncertainties; and ``half``, which intervals contain -1/2, a sentence without its full stop.
    """
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
    """Compare networks' mean radii with the band of the limit's samples.

    ``mean_radii``: ``activation``, ``width``, ``norm`` and ``mean``. ``band``: ``activation``, ``norm``, ``mean``,
    ``low`` and ``high``. Returns those of the networks, ``low_band``, ``mean_band`` and ``high_band``, and whether the
    mean is ``inside``.
    """
    compared = mean_radii.merge(band, on=["activation", "norm"], suffixes=("", "_band"))
    compared["inside"] = compared["mean"].between(compared["low_band"], compared["high_band"])
    return compared[["activation", "width", "norm", "mean", "low_band", "mean_band", "high_band", "inside"]]


def band_left(compared: pd.DataFrame, activations: Sequence[str]) -> pd.DataFrame:
    """Find the last norm before a curve first leaves the band; zero if it never was inside.

    ``compared``: from :func:`inside_the_band`. Returns indexed by the activation, one column a width.
    """
    ordered = compared.sort_values("norm")
    stays: Any = ordered.groupby(["activation", "width"])["inside"].cummin()
    last = ordered["norm"].where(stays, 0.0).groupby([ordered["activation"], ordered["width"]]).max()
    return last.unstack().loc[list(activations)]


def band_sentence(compared: pd.DataFrame) -> str:
    """Say on which side of the band the means are that lie outside.

    ``compared``: from :func:`inside_the_band`. Returns a sentence without its full stop.
    """
    outside = compared[~compared["inside"]]
    below = int(outside["mean"].lt(outside["low_band"]).sum())
    if outside.empty:
        return f"None of the {len(compared)} means is outside the band"
    return f"Of the {len(compared)} means {len(outside)} are outside the band, {below} of them below it"
