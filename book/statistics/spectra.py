"""Spectra of trained networks and of the limit, side by side for the explorers and their still figures."""

from __future__ import annotations

import pandas as pd

from book.statistics.linear_region import edge_of_the_others
from book.statistics.summaries import converged, holds_from
from book.typeset import of_each


def networks_and_limit(trained: pd.DataFrame, limit: pd.DataFrame) -> pd.DataFrame:
    """Put what converged of trained networks and of infinitely wide ones into one table, with the width as a text."""
    named = converged(trained).astype({"width": str})
    return pd.concat([named, converged(limit).assign(width="∞")], ignore_index=True)


def spectrum_statistics(spectra: pd.DataFrame) -> dict[str, float]:
    """Return the largest eigenvalue norms at both ends of the norms, and from which norm on all are below one."""
    radius = spectra.set_index("norm")["radius"].sort_index()
    return {
        "spectra_first_norm": radius.index[0],
        "spectra_last_norm": radius.index[-1],
        "spectra_first_radius": radius.iloc[0],
        "spectra_last_radius": radius.iloc[-1],
        "spectra_crossing": holds_from(radius.lt(1)),
    }


def spectra_in_words(spectra: pd.DataFrame, n_points: int, dim: int) -> dict[str, float | str]:
    """Say of each activation the largest eigenvalue norms at the smallest and the largest norm.

    With ``edges``, where the circular law has the eigenvalues end that training leaves alone.
    """
    names, ends = list(dict.fromkeys(spectra["activation"])), (spectra["norm"].min(), spectra["norm"].max())
    radii = spectra.set_index(["activation", "norm"])["radius"]
    first, last = (of_each({name: f"{radii[name, r]:.3f}" for name in names if (name, r) in radii}) for r in ends)
    return {
        "spectra_first_norm": ends[0],
        "spectra_last_norm": ends[1],
        "spectra_first": first,
        "spectra_last": last,
        "spectra_points": n_points,
        "edges": of_each({name: f"{edge_of_the_others(name, min(n_points, dim), dim):.2f}" for name in names}),
    }
