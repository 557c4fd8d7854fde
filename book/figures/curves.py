"""Means with their bands against the norm, or against another column."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import matplotlib.ticker
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from book.figures.style import (
    DASHES,
    LIMIT_COLOUR,
    MARKERS,
    colour,
    draw_curve,
    draw_rings,
    label_of,
    legend,
    panels,
    rows_where,
    styled,
    values_of,
)

X_LABELS = {
    "norm": "norm $r$ of the patterns",
    "width": "width $m$",
    "dim": "dimension $d$",
    "depth": "depth $L$",
    "n_points": "number $n$ of patterns",
    "noise": "noise variance $t$",
    "learning_rate": r"learning rate $\eta$",
}


@styled
def against(
    table: pd.DataFrame,
    *,
    y_label: str,
    colour_by: str,
    x: str = "norm",
    x_label: str = "",
    panel_by: str | None = None,
    row_by: str | None = None,
    limit: pd.DataFrame | None = None,
    rings: Mapping[str, pd.DataFrame] | None = None,
    references: Mapping[str, float] | None = None,
    share_y: bool = True,
    log: str = "",
    percent: bool = False,
    panel_titles: Mapping[Any, str] | None = None,
    bars: bool = False,
) -> Figure:
    """Draw means with their bands against the norm, or against another column ``x``.

    Parameters
    ----------
    table
        As ``over_seeds`` makes it: ``x``, ``mean``, ``low``, ``high``, perhaps ``worst``, which is drawn dotted.
    y_label, x_label
        Of the axes; what is not said follows from ``x``.
    colour_by, panel_by, row_by
        Columns whose values are told apart by colour, by column of panels and by row of panels.
    limit
        The same at infinite width, drawn in black, or dashed in the curve's colour where it has that column.
    rings
        Label to values beside the curves, drawn as rings in their colours.
    references
        Label to height of horizontal lines.
    share_y
        Whether all panels share one vertical axis.
    log
        The axes, of ``"x"``, ``"y"`` and ``"xy"``, that are logarithmic.
    percent
        Whether the values are shares, shown from 0 to 100 %.
    panel_titles
        Titles of the panels by value, where the value itself says too little.
    bars
        Whether intervals are thin error bars, as is best for wide ones, and not bands.

    Returns
    -------
    Figure
        The drawing.
    """
    rows, columns, curves = (values_of(table, column) for column in (row_by, panel_by, colour_by))
    figure, axes = panels(len(rows), len(columns), share_y=share_y)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            ax: Axes = axes[i, j]
            here = {key: value for key, value in ((row_by, row), (panel_by, column)) if key is not None}
            for k, value in enumerate(curves):
                part = rows_where(table, **here, **{colour_by: value})
                if part.empty:
                    continue
                hue = colour(colour_by, value)
                draw_curve(ax, part, x, label_of(colour_by, value), {"color": hue}, MARKERS[k % len(MARKERS)], bars)
                for label, found in (rings or {}).items():
                    beside = rows_where(found, **here, **{colour_by: value})
                    draw_rings(ax, beside[x], beside["mean"], hue, label)
                if limit is not None and colour_by in limit:
                    style = {"color": hue, "linestyle": "--", "linewidth": 1.1}
                    exact = rows_where(limit, **here, **{colour_by: value})
                    if not exact.empty:
                        draw_curve(ax, exact, x, f"{label_of(colour_by, value)}, infinite width", style, "")
            if limit is not None and colour_by not in limit:
                exact = rows_where(limit, **here)
                if not exact.empty:
                    draw_curve(ax, exact, x, "infinite width", {"color": LIMIT_COLOUR}, "")
            for (label, height), dashes in zip((references or {}).items(), itertools.cycle(DASHES)):
                ax.axhline(height, color="#555555", linestyle=(0, dashes), linewidth=1.0, label=label)
            _scale(ax, log, table[x])
            if percent:
                ax.set_ylim(-0.04, 1.04)
                ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
            names = [(panel_by, column), (row_by, row)]
            titles = [(panel_titles or {}).get(v, label_of(c, v)) for c, v in names if c is not None]
            ax.set_title(", ".join(titles))
            if i == len(rows) - 1:
                ax.set_xlabel(x_label or X_LABELS.get(x, x.replace("_", " ")))
            if j == 0:
                ax.set_ylabel(y_label)
    legend(figure, axes)
    return figure


def _scale(ax: Axes, log: str, x: pd.Series) -> None:
    if "x" in log:
        ax.set_xscale("log")
        if x.nunique() <= 8:  # each value is worth a tick of its own
            ax.set_xticks(sorted(set(x)), [f"{value:g}" for value in sorted(set(x))], minor=False)
            ax.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        elif x.max() < 100 * x.min():  # so few decades that minor ticks would be labelled, into each other
            ax.xaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
            ax.xaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
            ax.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    if "y" in log:
        ax.set_yscale("log")
