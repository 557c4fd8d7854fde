"""Figures of the infinite-width limit: power laws in log-log axes, and the phase diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import matplotlib.colors
import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from book.figures.style import COLUMN, KEPT, MARKERS, NARROW, STYLE, colour


def power_laws(
    table: pd.DataFrame,
    lines: pd.DataFrame,
    *,
    x: str,
    panel_by: str,
    colour_by: str,
    x_label: str,
    y_label: str,
    line_label: str,
    panel_titles: Mapping[str, str] | None = None,
) -> Figure:
    """Draw measured values as markers and power laws as dashed lines, both axes logarithmic.

    ``table``: columns ``x``, ``panel_by``, ``colour_by``, ``mean``, ``low`` and ``high``. ``lines``: columns ``x``,
    ``panel_by``, ``colour_by`` and ``value``. ``panel_titles``: title by value of ``panel_by``, where the value itself
    says too little.
    """
    with matplotlib.rc_context(STYLE):
        panels = list(dict.fromkeys(table[panel_by]))
        figure = Figure(figsize=(NARROW if len(panels) == 1 else COLUMN, 2.5))
        axes = figure.subplots(1, len(panels), squeeze=False, sharex=True)[0]
        for ax, panel in zip(axes, panels, strict=True):
            for k, value in enumerate(dict.fromkeys(table[colour_by])):
                hue = colour(colour_by, value)
                part = table[table[panel_by].eq(panel) & table[colour_by].eq(value)].sort_values(x)
                line = lines[lines[panel_by].eq(panel) & lines[colour_by].eq(value)].sort_values(x)
                errors = (part["mean"] - part["low"], part["high"] - part["mean"])
                ax.errorbar(
                    part[x], part["mean"], errors, fmt=MARKERS[k % len(MARKERS)], color=hue, capsize=2, label=str(value)
                )
                ax.plot(line[x], line["value"], color=hue, linestyle="--", linewidth=1.1)
            ax.plot([], [], color="#555555", linestyle="--", linewidth=1.1, label=line_label)
            ax.set_xscale("log")
            ax.set_yscale("log")
            ax.set_title((panel_titles or {}).get(panel, str(panel)))
            ax.set_xlabel(x_label)
        axes[0].set_ylabel(y_label)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure


def phase_diagram(
    table: pd.DataFrame,
    rows: Mapping[str, str],
    *,
    levels: Sequence[float],
    borders: pd.DataFrame | None = None,
    edges: Mapping[str, float] | None = None,
) -> Figure:
    """Draw spectral radii over the plane of norm and n/d, one column of panels an activation.

    ``table``: columns ``activation``, ``norm``, ``n_points``, ``dim``, and the quantities; a value may be missing.
    ``borders``: columns ``activation``, ``norm`` and ``critical_load``: lines over the last row of panels. Returns the
    drawing, with the contour at one in black and that at one half dashed; of a single norm or load, coloured markers
    without contours.
    """
    with matplotlib.rc_context(STYLE):
        activations = list(dict.fromkeys(table["activation"]))
        figure = Figure(figsize=(min(COLUMN, 3.2 * len(activations) + 0.6), 2.0 * len(rows) + 0.4))
        axes = figure.subplots(len(rows), len(activations), squeeze=False, sharex=True, sharey=True)
        scale = matplotlib.colors.TwoSlopeNorm(1.0, levels[0], levels[-1])
        for i, (column, title) in enumerate(rows.items()):
            for j, activation in enumerate(activations):
                ax = axes[i, j]
                part = table[table["activation"].eq(activation)].assign(load=lambda t: t["n_points"] / t["dim"])
                field = part.pivot(index="load", columns="norm", values=column)
                values = np.ma.masked_invalid(field.to_numpy())
                plane = field.columns.to_numpy(), field.index.to_numpy()
                if min(values.shape) > 1:
                    filled = ax.contourf(*plane, values, levels, cmap="PuOr_r", norm=scale, extend="both")
                else:  # a line of the plane has no areas
                    x, y = (axis.ravel() for axis in np.meshgrid(*plane))
                    ax.plot(x, y, color="#cccccc", linewidth=1, zorder=1)
                    marks = {"cmap": "PuOr_r", "norm": scale, "edgecolors": "#555555"}
                    filled = ax.scatter(x, y, c=values.ravel(), zorder=2, **marks)
                _keep(filled)
                if min(values.shape) > 1 and values.min() < 1 < values.max():
                    _keep(ax.contour(*plane, values, [1.0], colors="black", linewidths=1.8))
                if min(values.shape) > 1 and values.min() < 0.5 < values.max():
                    _keep(ax.contour(*plane, values, [0.5], colors="black", linewidths=0.9, linestyles="dashed"))
                ax.set_xscale("log")
                ax.set_yscale("log")
                if i == len(rows) - 1:
                    _draw_theory(ax, activation, borders, edges or {})
                ax.grid(False)
                for axis in (ax.xaxis, ax.yaxis):
                    axis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
                if i == 0:
                    ax.set_title(str(activation))
                if i == len(rows) - 1:
                    ax.set_xlabel("norm $r$ of the patterns")
            axes[i, 0].set_ylabel(f"{title}\nload $n/d$")
        bar = figure.colorbar(filled, ax=axes, label=r"spectral radius $\rho$", shrink=0.8, ticks=levels[::2])
        for part in (bar.solids, *bar.ax.patches):
            _keep(part)
    return figure


def _keep(artist: Any) -> None:
    """Have a part keep its colours on a page in the dark: of a map they are the data."""
    if artist is not None:
        artist.set_gid(KEPT)


def _draw_theory(ax: Axes, activation: str, borders: pd.DataFrame | None, edges: Mapping[str, float]) -> None:
    """Draw the border in high dimension and the edge of the disc, within the panel as it is."""
    view = ax.get_xlim(), ax.get_ylim()
    if borders is not None:
        line = borders[borders["activation"].eq(activation) & borders["critical_load"].gt(0)].sort_values("norm")
        for style in ({"color": "white", "linewidth": 3.0}, {"color": "#007a3d", "linestyle": (0, (4, 1.5))}):
            _keep(ax.plot(line["norm"], line["critical_load"], **{"linewidth": 1.5} | style)[0])
    if activation in edges:
        ax.plot(view[0][0], edges[activation], marker=">", markersize=9, color="#007a3d", clip_on=False, zorder=5)
    ax.set_xlim(*view[0])
    ax.set_ylim(*view[1])
