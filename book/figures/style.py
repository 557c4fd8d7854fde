"""What all figures share: one style, one palette for activations, one for widths, one for depths and noises."""

import math
import re
from collections.abc import Mapping
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from book import typeset
from book.typeset import grouped
from sigae.activations import ACTIVATIONS, get_activation

COLUMN = 7.0  # inches: a page's column has 672 pixels, and figures are shown as large as they are drawn
PHONE = 3.6  # inches: that of a phone
INK = "#222222"

# What a matplotlibrc on the machine says does not matter.
DEFAULTS: Any = {name: value for name, value in matplotlib.rcParamsDefault.items() if not name.startswith("backend")}
STYLE: Any = {
    **DEFAULTS,
    "font.family": "DejaVu Sans",
    **dict.fromkeys(["font.size", "axes.titlesize", "axes.labelsize"], 9),
    **dict.fromkeys(["legend.fontsize", "xtick.labelsize", "ytick.labelsize"], 8.5),
    # Said outright, and no white ground: a page in the dark replaces the ink and shows its own ground.
    **dict.fromkeys(["text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor"], INK),
    **dict.fromkeys(["xtick.color", "ytick.color"], INK),
    **dict.fromkeys(["figure.facecolor", "axes.facecolor"], "none"),
    **dict.fromkeys(["axes.spines.top", "axes.spines.right"], False),
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.linewidth": 1.6,
    "lines.markersize": 4,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}

# Okabe and Ito's colours, told apart in all common kinds of colour blindness, the light ones darkened until they have
# a contrast of three to white; markers repeat the distinction.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#C2659A", "#B97F00", "#3592C8", "#8A8A8A")
DEPTH_COLOURS = {2: "#332288", 3: "#C2659A", 4: "#B97F00"}
styled = matplotlib.rc_context(STYLE)
"""Draw in the book's style without changing anybody else's: a decorator."""

MARKERS = "osD^vPX*"
# Solid with markers: networks; solid without: infinite width; dashed grey: thresholds; dotted: the worst network.
LIMIT_COLOUR = INK
THRESHOLD: Any = {"color": "#555555", "linestyle": (0, (5, 3)), "linewidth": 1.0}
NARROWEST, WIDEST = 2.0, 6.5  # log10 of the widths at the ends of their palette

SYMBOLS = typeset.SYMBOLS | {"learning_rate": r"\eta", "seed": "seed"}


def colour(kind: str, value: Any) -> Any:
    """Return the colour that a value, such as an activation's name or a width, has in every figure."""
    if kind == "activation":
        return COLOURS[list(ACTIVATIONS).index(get_activation(value).name) % len(COLOURS)]
    if kind == "depth" and value in DEPTH_COLOURS:
        return DEPTH_COLOURS[value]
    if kind == "n_pictures":  # from ten to thousands
        return matplotlib.colormaps["plasma"](min(max(0.3 * math.log10(value / 10), 0.0), 0.62))
    maps = {"noise": "magma", "n_points": "plasma"}
    if kind == "width":
        share = 0.42 + 0.55 * (math.log10(value) - NARROWEST) / (WIDEST - NARROWEST)
        return matplotlib.colormaps["viridis_r"](min(max(share, 0.42), 0.97))  # lighter ones are lost on white
    share = 0.64 * math.log1p(value) / math.log1p(40)
    return matplotlib.colormaps[maps.get(kind, "cividis")](min(max(share, 0.0), 0.62))


def label_of(kind: str, value: Any) -> str:
    """Write a value as a legend does, with its symbol: m = 10 000."""
    if isinstance(value, str):
        return value
    plain = grouped(str(value) if isinstance(value, int | np.integer) else f"{value:g}")
    return f"${SYMBOLS[kind]}$ = {plain}" if kind in SYMBOLS else plain


def values_of(table: pd.DataFrame, column: str | None) -> list[Any]:
    """List the values of a column, each once; None alone where no column is asked for."""
    return [None] if column is None else list(dict.fromkeys(table[column].tolist()))


def rows_where(table: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Return the rows where each named column has the wanted value; columns a table does not have divide nothing."""
    for column, value in wanted.items():
        if value is not None and column in table:
            table = table[table[column] == value]
    return table


def panels(rows: int, columns: int, *, share_y: bool, share_x: bool = True) -> tuple[Figure, np.ndarray]:
    """Make a figure with rows and columns of axes, as wide as the page's column."""
    height = {1: 2.0, 2: 2.2}.get(columns, 2.1)
    figure = Figure(figsize=(COLUMN, height if rows == 1 else 0.5 + 0.7 * height * rows))
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=share_x, sharey=share_y)


def draw_curve(
    ax: Axes, part: pd.DataFrame, x: str, label: str, style: Mapping[str, Any], marker: str, bars: bool = False
) -> None:
    """Draw a mean with its band, or with thin error bars, and the worst case dotted where the table has it."""
    part = part.sort_values(x)
    ax.plot(part[x], part["mean"], marker=marker, markevery=max(1, len(part) // 12), label=label, **style)
    if bars:
        ax.vlines(part[x], part["low"], part["high"], color=style["color"], linewidth=0.8)
    elif "low" in part:
        ax.fill_between(part[x], part["low"], part["high"], color=style["color"], alpha=0.18, linewidth=0)
    if "worst" in part:
        ax.plot(part[x], part["worst"], linestyle=":", linewidth=1.1, color=style["color"])


def draw_thresholds(axes: np.ndarray, heights: Mapping[str, float]) -> None:
    """Draw horizontal lines through all panels, and write what they are at the right end of each row."""
    for ax in axes.flat:
        for height in heights.values():
            ax.axhline(height, **THRESHOLD)
    for ax in axes[:, -1]:
        for label, height in heights.items():
            beside: Any = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
            ax.annotate(label, (1, height), (4, 0), va="center", fontsize=8.5, color=THRESHOLD["color"], **beside)


def draw_rings(ax: Axes, x: Any, y: Any, hue: Any, label: str) -> None:
    """Draw values that stand beside a curve as rings in its colour, with one entry for all of them in the legend."""
    ring: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 9, "markerfacecolor": "none"}
    ax.plot(x, y, markeredgecolor=hue, markeredgewidth=1.3, zorder=3, **ring)
    ax.plot([], [], markeredgecolor=INK, markeredgewidth=1.3, label=label, **ring)


def point_out(ax: Axes, words: str, at: tuple[float, float], place: tuple[float, float]) -> None:
    """Write words at a place in the panel, in shares of its sides, with an arrow to what they are about."""
    arrow = {"arrowstyle": "->", "color": INK}
    ax.annotate(words, at, place, textcoords="axes fraction", fontsize=8.5, color=INK, arrowprops=arrow)


def legend(figure: Figure, axes: np.ndarray) -> None:
    """Put one legend for all panels below them, in as many columns as there is room for; beside a single one."""
    entries: dict[str, Any] = {}
    for ax in axes.flat:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    if axes.size == 1 == len(figure.axes):
        figure.legend(entries.values(), entries.keys(), loc="outside right upper")
    elif len(entries) > 1:
        _legend_below(figure, entries)


def _legend_below(figure: Figure, entries: Mapping[str, Any]) -> None:
    # A line of a page's column has room for a hundred letters; a handle takes six.
    longest = max(len(re.sub(r"\\[a-z]+|[${}]", "", label)) for label in entries)
    columns = max(1, min(len(entries), 4, int(102 * figure.get_figwidth() / COLUMN) // (longest + 6)))
    figure.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=columns)


def stack(figure: Figure) -> None:
    """Lay a figure out anew for a phone: panels under each other, each with its title and labels, the legend below."""
    at = {(s.rowspan.start, s.colspan.start): ax for ax in figure.axes if (s := ax.get_subplotspec()) is not None}
    rows, columns = (1 + max(part) for part in zip(*at, strict=True))
    width, height = figure.get_figwidth() / columns, figure.get_figheight() / rows  # of a panel
    strips = columns > 4 and not any(ax.get_xticks().size for ax in at.values())
    squares = any(ax.get_aspect() != "auto" for ax in at.values())
    across = columns if strips else min(columns, 2 if squares else 1)
    lines = -(-columns // across)  # of panels, for each row of them
    with matplotlib.rc_context(STYLE):
        figure.set_layout_engine("constrained")
        tall = height - width + PHONE / across if strips else max(height, PHONE / across * squares)
        figure.set_size_inches(PHONE, tall * rows * lines)
        grid = GridSpec(rows * lines, across, figure)
        for (row, column), ax in at.items():
            ax.set_subplotspec(grid[row * lines + column // across, column % across])
            if lines > 1:
                ax.tick_params(labelbottom=True, labelleft=True)
                ax.set_title(ax.get_title() or at[0, column].get_title())
                ax.set_xlabel(ax.get_xlabel() or at[rows - 1, column].get_xlabel())
                ax.set_ylabel(ax.get_ylabel() or at[row, 0].get_ylabel())
        for old in list(figure.legends):
            old.remove()
            keys = [text.get_text() for text in old.texts]
            _legend_below(figure, dict(zip(keys, old.legend_handles, strict=True)))
