"""Distributions of eigenvalue norms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from book.figures.style import (
    LIMIT_COLOUR,
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
    for i, row in enumerate(rows):
        for j, n in enumerate(columns):
            ax: Axes = axes[i, j]
            part = rows_where(table, **({row_by: row} if row_by else {}), n_points=n)
            exact = rows_where(limit, **({row_by: row} if row_by else {}), n_points=n)
            key = n if row_by is None else (row, n)
            activation = row if row_by == "activation" else "sigmoid"
            heights = _shares(part, ends)
            ax.bar(ends[:-1], heights, np.diff(ends), align="edge", color=colour("activation", activation), alpha=0.75,
                   edgecolor="white", linewidth=0.4, label="trained networks")  # fmt: skip
            ax.stairs(_shares(exact, ends), ends, color=LIMIT_COLOUR, linewidth=1.2, label="infinite width")
            for label, found in (rings or {}).items():
                beside = rows_where(found, **({row_by: row} if row_by else {}), n_points=n)
                if beside.empty:
                    continue
                shares = _shares(beside, ends)
                draw_rings(ax, (ends[:-1] + bin_width / 2)[shares > 0], shares[shares > 0], LIMIT_COLOUR, label)
            ax.axhline(theory[key], color="#555555", linestyle=(0, (5, 3)), linewidth=1, label="share at one, theory")
            if edges is not None:
                ax.axvline(edges[key], color="#AA3377", linestyle=":", label="edge of the others, theory")
            titles = [label_of("n_points", n)] + ([] if row_by is None else [label_of(row_by, row)])
            ax.set_title(", ".join(titles))
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
            if i == len(rows) - 1:
                ax.set_xlabel(r"eigenvalue norm $|\lambda|$")
            if j == 0:
                ax.set_ylabel("share of eigenvalues")
    legend(figure, axes)
    return figure


def _shares(table: pd.DataFrame, ends: np.ndarray) -> np.ndarray:
    norms = np.concatenate([np.ravel(values) for values in table["eigenvalue_norms"]])
    return np.histogram(np.clip(norms, ends[0], ends[-1]), ends)[0] / norms.size
