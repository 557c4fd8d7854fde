"""Spectra of trained networks and of the limit, side by side for the explorers and their still figures."""

from __future__ import annotations

import pandas as pd

from book.statistics import summaries
from book.statistics.linear_region import edge_of_the_others
from book.typeset import of_each

__all__ = ["spectra_in_words", "together", "spectrum_statistics"]


def together(trained: pd.DataFrame, limit: pd.DataFrame) -> pd.DataFrame:
    """Put the spectra of trained networks and of infinitely wide ones into one table.

    ``trained``, ``limit``: from sweeps of ``trained_eigenvalues`` and ``limit_eigenvalues``; rows that failed are left
    out. Returns with the width as a text, ∞ for the limit.
    """
    named = summaries.converged(trained).astype({"width": str})
    return pd.concat([named, summaries.converged(limit).assign(width="∞")], ignore_index=True)


def spectrum_statistics(spectra: pd.DataFrame) -> dict[str, float | int | str]:
    """Tell how the largest eigenvalue of one kind of network moves with the norm.

    ``spectra``: ``norm`` and ``radius``, one row a norm. Returns ``spectra_first_norm``, ``spectra_last_norm``, the
    radii there, and ``spectra_crossing``, from which on all are below one.
    """
    radius = spectra.set_index("norm")["radius"].sort_index()
    return {
        "spectra_first_norm": radius.index[0],
        "spectra_last_norm": radius.index[-1],
        "spectra_first_radius": radius.iloc[0],
        "spectra_last_radius": radius.iloc[-1],
        "spectra_crossing": summaries.holds_from(radius.lt(1)),
    }


def spectra_in_words(spectra: pd.DataFrame, n_points: int, dim: int) -> dict[str, float | str]:
    """Put into words how the largest eigenvalue moves with the norm, activation by activation.

    ``spectra``: ``activation``, ``norm`` and ``radius``, one row an activation and norm. Returns ``spectra_first`` and
    ``spectra_last``, the largest eigenvalue norms at the norms ``spectra_first_norm`` and ``spectra_last_norm``; and
    ``edges``, where the circular law has the eigenvalues end that training leaves alone, for ``spectra_points``
    patterns.
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
