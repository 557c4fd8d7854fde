"""Spectra of trained networks and of the limit, side by side for the explorers and their still figures."""

from __future__ import annotations

import pandas as pd

from sigae.pages.tables import summaries

__all__ = ["together", "told_of_spectra"]


def together(trained: pd.DataFrame, limit: pd.DataFrame) -> pd.DataFrame:
    """Put the spectra of trained networks and of infinitely wide ones into one table.

    Parameters
    ----------
    trained, limit
        From sweeps of ``trained_eigenvalues`` and ``limit_eigenvalues``; rows that failed are left out.

    Returns
    -------
    DataFrame
        With the width as a text, ∞ for the limit.
    """
    named = summaries.usable(trained).astype({"width": str})
    return pd.concat([named, summaries.usable(limit).assign(width="∞")], ignore_index=True)


def told_of_spectra(spectra: pd.DataFrame) -> dict[str, float | int | str]:
    """Tell how the largest eigenvalue of one kind of network moves with the norm.

    Parameters
    ----------
    spectra
        ``norm`` and ``radius``, one row a norm.

    Returns
    -------
    dict
        ``spectra_first_norm``, ``spectra_last_norm``, the radii there, and ``spectra_crossing``, from which on all are
        below one.
    """
    radius = spectra.set_index("norm")["radius"].sort_index()
    return {
        "spectra_first_norm": radius.index[0],
        "spectra_last_norm": radius.index[-1],
        "spectra_first_radius": radius.iloc[0],
        "spectra_last_radius": radius.iloc[-1],
        "spectra_crossing": summaries.from_which_on(radius.lt(1)),
    }
