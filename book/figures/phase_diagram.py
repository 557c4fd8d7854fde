"""The phase diagram: spectral radii over the plane of norm and load."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.colors
import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from book.figures.style import COLUMN, styled

BOUNDARY = "#007a3d"


@styled
def phase_diagram(
    table: pd.DataFrame,
    rows: Mapping[str, str],
    *,
    levels: Sequence[float],
    borders: pd.DataFrame | None = None,
    edges: Mapping[str, float] | None = None,
) -> Figure:
    """Draw spectral radii over the plane of norm and n/d, a column an activation, with the theory over the last row."""
    activations = list(dict.fromkeys(table["activation"]))
    figure = Figure(figsize=(min(COLUMN, 3.2 * len(activations) + 0.6), 2.0 * len(rows) + 0.4))
    axes = figure.subplots(len(rows), len(activations), squeeze=False, sharex=True, sharey=True)
    colours: dict[str, Any] = {"cmap": "PuOr_r", "norm": matplotlib.colors.TwoSlopeNorm(1.0, levels[0], levels[-1])}
    for i, (column, title) in enumerate(rows.items()):
        for ax, activation in zip(axes[i], activations, strict=True):
            part = table[table["activation"].eq(activation)].assign(load=lambda t: t["n_points"] / t["dim"])
            field = part.pivot(index="load", columns="norm", values=column)
            values = np.ma.masked_invalid(field.to_numpy())
            plane = field.columns.to_numpy(), field.index.to_numpy()
            if min(values.shape) > 1:
                filled = ax.contourf(*plane, values, levels, extend="both", **colours)
                for level, width, dashes in ((1.0, 1.8, "solid"), (0.5, 0.9, "dashed")):
                    if values.min() < level < values.max():
                        ax.contour(*plane, values, [level], colors="black", linewidths=width, linestyles=dashes)
            else:  # a line of the plane has no areas
                x, y = (axis.ravel() for axis in np.meshgrid(*plane))
                filled = ax.scatter(x, y, c=values.ravel(), edgecolors="#555555", **colours)
            ax.set(xscale="log", yscale="log")
            ax.grid(False)
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
        axes[i, 0].set_ylabel(f"{title}\nload $n/d$")
    for ax, activation in zip(axes[-1], activations, strict=True):
        view = ax.get_xlim(), ax.get_ylim()  # the theory is drawn within the panel as it is
        if borders is not None:
            line = borders[borders["activation"].eq(activation) & borders["critical_load"].gt(0)].sort_values("norm")
            for hue, width, dashes in (("white", 3.0, "-"), (BOUNDARY, 1.5, "--")):
                ax.plot(line["norm"], line["critical_load"], color=hue, linewidth=width, linestyle=dashes)
        if edges and activation in edges:
            ax.plot(view[0][0], edges[activation], marker=">", markersize=9, color=BOUNDARY, clip_on=False, zorder=5)
        ax.set(xlim=view[0], ylim=view[1])
        ax.set_xlabel("norm $r$ of the patterns")
    for ax, activation in zip(axes[0], activations, strict=True):
        ax.set_title(str(activation))
    figure.colorbar(filled, ax=axes, label=r"spectral radius $\rho$", shrink=0.8, ticks=levels[::2])
    return figure
