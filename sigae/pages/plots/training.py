"""Figures of training time, from the benchmark's results."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from sigae.pages.plots.style import STYLE

__all__ = ["METHODS", "training_times"]

# Method to label, colour and marker; Okabe and Ito's colours again.
METHODS = {
    "report": ("the report's loop", "#999999", "s"),
    "dopri5": ("Runge-Kutta (dopri5)", "#CC79A7", "D"),
    "descent": ("descent, best step", "#E69F00", "^"),
    "flow": ("exponential integrator", "#0072B2", "o"),
}


def training_times(panels: Mapping[str, tuple[str, pd.DataFrame]]) -> Figure:
    """Draw seconds of training on logarithmic axes, one panel a table.

    Parameters
    ----------
    panels
        Label of the horizontal axis to its column's name and a table with a column ``{method}_seconds`` for each
        method of :data:`METHODS` that was measured.

    Returns
    -------
    Figure
        The drawing.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.6 if len(panels) > 2 else 8.6, 3.6))
        axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
        for ax, (label, (x, table)) in zip(axes, panels.items(), strict=True):
            table = table.sort_values(x)
            for method, (name, hue, marker) in METHODS.items():
                if (column := f"{method}_seconds") in table:
                    part = table.dropna(subset=[column])
                    ax.plot(part[x], part[column], color=hue, marker=marker, label=name)
            ax.set_xscale("log")
            ax.set_yscale("log")
            ax.xaxis.set_minor_locator(LogLocator(subs=(2, 5)))  # more labels than that run into each other
            ax.set_xlabel(label)
        axes[0].set_ylabel("seconds of training")
        handles = {name: handle for ax in axes for handle, name in zip(*ax.get_legend_handles_labels(), strict=True)}
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
        return figure
