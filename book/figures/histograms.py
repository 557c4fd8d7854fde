"""Distributions of eigenvalue norms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


@styled
def eigenvalue_histograms(
    table: pd.DataFrame,
    limit: pd.DataFrame,
    *,
    theory: Mapping[Any, float],
    bin_width: float = 0.1,
    upper: float = 1.3,
    row_by: str | None = None,
    edges: Mapping[Any, float] | None = None,
    rings: Mapping[str, pd.DataFrame] | None = None,
) -> Figure:
    """Draw the distribution of eigenvalue norms, pooled over seeds and training points.

    ``table``, ``limit``: from sweeps of trained networks and of the limit: ``n_points``, ``eigenvalue_norms`` and
    perhaps ``row_by``. ``theory``: share of eigenvalues that should be at one, by ``n_points``, or by (``row_by``,
    ``n_points``). ``edges``: where the bulk of the others should end, with the keys of ``theory``. ``rings``: label to
    a sweep of other networks, whose shares are drawn as rings at the middle of bins that are not empty.
    """
    rows, columns = values_of(table, row_by), values_of(table, "n_points")
    figure, axes = panels(len(rows), len(columns), share_y=True)
    ends = (np.arange(round(upper / bin_width) + 2) - 0.5) * bin_width
    for (i, j), ax in np.ndenumerate(axes):
        row, n = rows[i], columns[j]
        here = {"n_points": n} | ({row_by: row} if row_by else {})
        key = (row, n) if row_by else n
        hue = colour("activation", row if row_by == "activation" else "sigmoid")
        ax.stairs(_shares(rows_where(table, **here), ends), ends, fill=True, color=hue, alpha=0.75, label="networks")
        ax.stairs(_shares(rows_where(limit, **here), ends), ends, color=LIMIT_COLOUR, label="infinite width")
        for label, found in (rings or {}).items():
            if not (beside := rows_where(found, **here)).empty:
                shares = _shares(beside, ends)
                draw_rings(ax, (ends[:-1] + bin_width / 2)[shares > 0], shares[shares > 0], LIMIT_COLOUR, label)
        ax.axhline(theory[key], **THRESHOLD, label="share at one, theory")
        if edges is not None:
            ax.axvline(edges[key], color="#AA3377", linestyle=":", label="edge of the others, theory")
        ax.set_title(", ".join(label_of(name, value) for name, value in here.items()))
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
    for ax in axes[-1]:
        ax.set_xlabel(r"eigenvalue norm $|\lambda|$")
    for ax in axes[:, 0]:
        ax.set_ylabel("share of eigenvalues")
    legend(figure, axes)
    return figure


def _shares(table: pd.DataFrame, ends: np.ndarray) -> np.ndarray:
    norms = np.concatenate([np.ravel(values) for values in table["eigenvalue_norms"]])
    return np.histogram(np.clip(norms, ends[0], ends[-1]), ends)[0] / norms.size
