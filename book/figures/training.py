"""Figures of training time, and of what rounding takes of it, from what the benchmark recorded."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from book.figures.style import COLOURS, COLUMN, colour, label_of, legend, panels, styled

# Method to label, colour and marker.
METHODS = {
    "report": ("the report's loop", COLOURS[6], "s"),
    "dopri5": ("Runge-Kutta (dopri5)", COLOURS[3], "D"),
    "descent": ("descent, best step", COLOURS[4], "^"),
    "flow": ("exponential integrator", COLOURS[0], "o"),
}

# What was run to its name, colour and width: the flow lies on the loop in double precision.
LOOPS = {
    "float64": ("the loop in double precision", COLOURS[4], 1.6),
    "float32": ("in single, as the report's", "#777777", 1.6),
    "flow": ("gradient flow", COLOURS[0], 4.0),
}


@styled
def training_times(tables: Mapping[str, tuple[str, pd.DataFrame]]) -> Figure:
    """Draw seconds of training, one panel a label of the horizontal axis with its column and table."""
    figure = Figure(figsize=(COLUMN, 2.3))
    axes = figure.subplots(1, len(tables), squeeze=False, sharey=True)
    for ax, (label, (x, table)) in zip(axes[0], tables.items(), strict=True):
        for method, (name, hue, marker) in METHODS.items():
            if (column := f"{method}_seconds") in table:
                part = table.dropna(subset=[column]).sort_values(x)
                ax.plot(part[x], part[column], color=hue, marker=marker, label=name)
        ax.set(xscale="log", yscale="log", xlabel=label)
        ax.xaxis.set_minor_locator(LogLocator(subs=(2, 5)))  # more labels than that run into each other
    axes[0, 0].set_ylabel("seconds of training")
    legend(figure, axes)
    return figure


@styled
def loop_curves(curves: pd.DataFrame) -> Figure:
    """Draw the loss of the report's loop against its steps, and the share of its steps that the weights take in."""
    widths = sorted(curves.loc[curves["run"].ne("flow"), "width"].unique())
    figure, axes = panels(1, len(widths) + 1, share_y=False, share_x=False)
    *losses, shares = axes[0]
    for ax, width in zip(losses, widths, strict=True):
        for name, (label, hue, thickness) in LOOPS.items():
            part = curves[curves["width"].eq(width) & curves["run"].eq(name)]
            if len(part):
                ax.plot(part["steps"], part["loss"], color=hue, linewidth=thickness, label=label, zorder=6 - thickness)
        ax.set(yscale="log", xlabel="steps", ylabel="mean squared error", ylim=(7e-8, 2e-2))
        ax.set_title(label_of("width", int(width)))
        ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda steps, _: f"{steps / 1e6:g} M"))
    for (width, run), part in curves[curves["run"].isin(["flow", "float32"])].groupby(["width", "run"]):
        measured = {"marker": "o", "markevery": 0.1, "label": label_of("width", int(width))} if run != "flow" else {}
        shares.plot(part["loss"], part["progress"], color=colour("width", width), **measured)
    shares.set(
        xscale="log", ylim=(0, 1.05), xlim=(1e-3, 7e-8), xlabel="mean squared error", ylabel="share of a step kept"
    )
    shares.set_title("single precision")
    shares.legend(loc="lower left", handlelength=1.2, borderpad=0)
    legend(figure, axes[:, :-1])
    return figure
