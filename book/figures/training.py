"""Figures of training time, and of what rounding takes of it, from what the benchmark recorded."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from book.figures.style import COLUMN, STYLE, colour, label_of, styled

# Method to label, colour and marker; Okabe and Ito's colours again.
METHODS = {
    "report": ("the report's loop", "#999999", "s"),
    "dopri5": ("Runge-Kutta (dopri5)", "#CC79A7", "D"),
    "descent": ("descent, best step", "#E69F00", "^"),
    "flow": ("exponential integrator", "#0072B2", "o"),
}

# What was run to colour and dash; and its name.
LOOPS = {"float64": ("#E69F00", "-"), "float32": ("#999999", "-"), "flow": ("#0072B2", (0, (2, 2)))}
NAMES = {"float64": "the loop in double precision", "float32": "in single, as the report's", "flow": "gradient flow"}


def training_times(panels: Mapping[str, tuple[str, pd.DataFrame]]) -> Figure:
    """Draw seconds of training on logarithmic axes, one panel a table.

    ``panels``: label of the horizontal axis to its column's name and a table with a column ``{method}_seconds`` for
    each method of ``METHODS`` that was measured.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(COLUMN, 2.7))
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


@styled
def loop_curves(curves: pd.DataFrame) -> Figure:
    """Draw the loss of the report's loop against its steps, and the share of its steps that the weights take in.

    ``curves``: as ``report_loop.curves`` makes it. Returns a panel for the loss at each width at
    which the loop was run, and one for the share at every width.
    """
    run = curves[curves["run"].ne("flow")]
    widths = sorted(run["width"].unique())
    figure = Figure(figsize=(COLUMN, 3.0))
    *losses, shares = figure.subplots(1, len(widths) + 1)
    for ax, width in zip(losses, widths, strict=True):
        for name, (hue, dash) in LOOPS.items():
            part = curves[curves["width"].eq(width) & curves["run"].eq(name)]
            if len(part):
                ax.plot(part["steps"], part["loss"], color=hue, linestyle=dash, label=NAMES[name])
        ax.set(xscale="linear", yscale="log", xlabel="steps", ylabel="mean squared error", ylim=(7e-8, 2e-2))
        ax.set_title(label_of("width", int(width)))
        ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda steps, _: f"{steps / 1e6:g} M"))
    for width in sorted(curves["width"].unique()):
        foreseen = curves[curves["width"].eq(width) & curves["run"].eq("flow")]
        measured = curves[curves["width"].eq(width) & curves["run"].eq("float32")]
        style = {"color": colour("width", width)}
        shares.plot(foreseen["loss"], foreseen["progress"], linestyle=(0, (5, 3)), **style)
        shares.plot(measured["loss"], measured["progress"], label=label_of("width", int(width)), **style)
    shares.set(
        xscale="log", ylim=(0, 1.05), xlim=(1e-3, 7e-8), xlabel="mean squared error", ylabel="share of a step kept"
    )
    shares.set_title("single precision")
    shares.legend(loc="lower left")
    named = {name: line for ax in losses for line, name in zip(*ax.get_legend_handles_labels(), strict=True)}
    figure.legend(named.values(), named.keys(), loc="outside lower center", ncols=3)
    return figure
