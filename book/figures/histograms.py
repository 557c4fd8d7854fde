"""Distributions of eigenvalue norms."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from book.figures.style import (
    LIMIT_COLOUR,
    THRESHOLD,
    colour,
    draw_rings,
    label_of,
    legend,
    panels,
    rows_where,
    styled,
    values_of,
)

BIN = 0.1
ENDS = (np.arange(15) - 0.5) * BIN  # the last bin holds all that is larger


@styled
def eigenvalue_histograms(
    table: pd.DataFrame,
    limit: pd.DataFrame,
    *,
    theory: Mapping[int, float],
    edges: Mapping[int, float],
    rings: Mapping[str, pd.DataFrame],
) -> Figure:
    """Draw the distribution of eigenvalue norms, pooled over seeds and training points, one panel a number of points.

    ``table``, ``limit``: from sweeps of trained networks and of the limit: ``n_points`` and ``eigenvalue_norms``.
    ``theory``, ``edges``: by number of points, the share of eigenvalues that should be at one, and where the bulk of
    the others should end. ``rings``: label to a sweep of other networks, whose shares are drawn as rings at the middle
    of bins that are not empty.
    """
    columns = values_of(table, "n_points")
    figure, axes = panels(1, len(columns), share_y=True)
    for ax, n in zip(axes[0], columns, strict=True):
        found, exact = (_shares(rows_where(sweep, n_points=n)) for sweep in (table, limit))
        ax.stairs(found, ENDS, fill=True, color=colour("activation", "sigmoid"), alpha=0.75, label="networks")
        ax.stairs(exact, ENDS, color=LIMIT_COLOUR, label="infinite width")
        for label, sweep in rings.items():
            if not (beside := rows_where(sweep, n_points=n)).empty:
                shares = _shares(beside)
                draw_rings(ax, (ENDS[:-1] + BIN / 2)[shares > 0], shares[shares > 0], LIMIT_COLOUR, label)
        ax.axhline(theory[n], **THRESHOLD, label="share at one, theory")
        ax.axvline(edges[n], color="#AA3377", linestyle=":", label="edge of the others, theory")
        ax.set_title(label_of("n_points", n))
        ax.set_xlabel(r"eigenvalue norm $|\lambda|$")
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
    axes[0, 0].set_ylabel("share of eigenvalues")
    legend(figure, axes)
    return figure


def _shares(table: pd.DataFrame) -> np.ndarray:
    norms = np.concatenate([np.ravel(values) for values in table["eigenvalue_norms"]])
    return np.histogram(np.clip(norms, ENDS[0], ENDS[-1]), ENDS)[0] / norms.size
