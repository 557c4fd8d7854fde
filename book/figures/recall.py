"""Recall rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.ticker
import pandas as pd
from matplotlib.figure import Figure

from book.figures.style import MARKERS, colour, draw_curve, draw_rings, label_of, legend, panels, styled, values_of

__all__ = ["recall_rates"]


@styled
def recall_rates(
    table: pd.DataFrame, *, criteria: Sequence[str], rings: Mapping[str, pd.DataFrame] | None = None
) -> Figure:
    """Draw recall rates with their intervals against the norm, one panel a criterion, one colour a noise.

    ``table``: ``norm``, ``noise``, ``criterion``, ``mean``, ``low``, ``high``. ``criteria``: values of ``criterion``,
    in the order of the panels; they are the panels' titles. ``rings``: label to rates beside the curves, with the
    columns of ``table`` but for bands, drawn as rings in their colours.
    """
    figure, axes = panels(1, len(criteria), share_y=True)
    for ax, criterion in zip(axes[0], criteria, strict=True):
        part = table[table["criterion"] == criterion]
        for k, noise in enumerate(values_of(part, "noise")):
            curve = part[part["noise"] == noise]
            style, marker = {"color": colour("noise", noise)}, MARKERS[k % len(MARKERS)]
            draw_curve(ax, curve, "norm", label_of("noise", noise), style, marker)
            for label, found in (rings or {}).items():
                beside = found[found["criterion"].eq(criterion) & found["noise"].eq(noise)]
                draw_rings(ax, beside["norm"], beside["mean"], style["color"], label)
        ax.set_title(criterion)
        ax.set_xlabel("norm $r$ of the patterns")
        ax.set_ylim(-0.04, 1.04)
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
    axes[0, 0].set_ylabel("recall rate")
    legend(figure, axes)
    return figure
