"""Tables in, figures out: one style, one palette for activations, one for widths, one for depths and noises."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib
import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["STYLE", "against", "colour", "eigenvalue_histograms", "recall_rates"]

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "legend.fontsize": 9,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.linewidth": 1.6,
    "lines.markersize": 4,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.constrained_layout.use": True,
}

# Okabe and Ito's colours, told apart in all common kinds of colour blindness; markers repeat the distinction.
ACTIVATION_COLOURS = {"sigmoid": "#0072B2", "tanh": "#D55E00", "erf": "#009E73"}
DEPTH_COLOURS = {2: "#332288", 3: "#CC79A7", 4: "#E69F00"}
MARKERS = "osD^vPX*"
DASHES = ((5, 3), (1, 2), (7, 2, 1, 2))
LIMIT_COLOUR = "#222222"
NARROWEST, WIDEST = 2.0, 6.5  # log10 of the widths at the ends of their palette

SYMBOLS = {
    "norm": "|x|",
    "learning_rate": r"\eta",
    "n_points": "n",
    "width": "m",
    "dim": "d",
    "depth": "L",
    "noise": "t",
    "seed": "seed",
}


def colour(kind: str, value: Any) -> Any:
    """Return the colour that a value has in every figure.

    Parameters
    ----------
    kind
        ``"activation"``, ``"width"``, ``"depth"``, ``"noise"`` or ``"n_points"``.
    value
        The activation's name, or the number.

    Returns
    -------
    str or tuple
        A matplotlib colour.
    """
    if kind == "activation":
        return ACTIVATION_COLOURS.get(value, "#666666")
    if kind == "depth" and value in DEPTH_COLOURS:
        return DEPTH_COLOURS[value]
    maps = {"width": "viridis_r", "noise": "plasma", "n_points": "magma"}
    if kind == "width":
        share = 0.15 + 0.8 * (math.log10(value) - NARROWEST) / (WIDEST - NARROWEST)
    else:
        share = 0.85 * math.log1p(value) / math.log1p(40)
    return matplotlib.colormaps[maps.get(kind, "cividis")](min(max(share, 0.0), 0.95))


def _styled(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """Draw in the book's style without changing anybody else's."""

    @functools.wraps(draw)
    def styled(*args: Any, **kwargs: Any) -> Figure:
        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return styled


def _text(kind: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    plain = f"{value:,}".replace(",", "\u202f") if isinstance(value, int | np.integer) else f"{value:g}"
    return f"${SYMBOLS[kind]}$ = {plain}" if kind in SYMBOLS else plain


def _values(table: pd.DataFrame, column: str | None) -> list[Any]:
    return [None] if column is None else list(dict.fromkeys(table[column].tolist()))


def _part(table: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    """Return the rows where each named column has the wanted value; columns a table does not have divide nothing."""
    for column, value in wanted.items():
        if value is not None and column in table:
            table = table[table[column] == value]
    return table


def _panels(rows: int, columns: int, *, share_y: bool, height: float = 3.1) -> tuple[Figure, np.ndarray]:
    width = {1: 5.6, 2: 8.6}.get(columns, 9.6)
    figure = Figure(figsize=(width, height * rows if rows == 1 else 0.85 * height * rows))
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=share_y)


def _curve(ax: Axes, part: pd.DataFrame, x: str, label: str, style: Mapping[str, Any], marker: str) -> None:
    part = part.sort_values(x)
    every = max(1, len(part) // 12)
    ax.plot(part[x], part["mean"], marker=marker, markevery=every, label=label, **style)
    ax.fill_between(part[x], part["low"], part["high"], color=style["color"], alpha=0.22, linewidth=0)
    if "worst" in part:
        ax.plot(part[x], part["worst"], linestyle=":", linewidth=1.1, color=style["color"])


@_styled
def against(
    table: pd.DataFrame,
    *,
    y_label: str,
    colour_by: str,
    x: str = "norm",
    x_label: str = r"input norm $|x|$",
    panel_by: str | None = None,
    row_by: str | None = None,
    limit: pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    share_y: bool = True,
    log: str = "",
    panel_titles: Mapping[Any, str] | None = None,
) -> Figure:
    """Draw means with their bands against the norm, or against another column.

    Parameters
    ----------
    table
        From :func:`sigae.summary.over_seeds`: ``x``, ``mean``, ``low``, ``high``, perhaps ``worst`` (drawn dotted).
    y_label, x_label
        Of the axes.
    colour_by, panel_by, row_by
        Columns whose values are told apart by colour, by column of panels and by row of panels.
    x
        Column of the horizontal axis.
    limit
        The same at infinite width, drawn in black, or dashed in the curve's colour where it has that column.
    references
        Label to height of horizontal lines.
    share_y
        Whether all panels share one vertical axis.
    log
        The axes, of ``"x"``, ``"y"`` and ``"xy"``, that are logarithmic.
    panel_titles
        Titles of the panels by value, where the value itself says too little.

    Returns
    -------
    Figure
        The drawing.
    """
    rows, columns, curves = (_values(table, column) for column in (row_by, panel_by, colour_by))
    figure, axes = _panels(len(rows), len(columns), share_y=share_y)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            ax: Axes = axes[i, j]
            here = {key: value for key, value in ((row_by, row), (panel_by, column)) if key is not None}
            for k, value in enumerate(curves):
                part = _part(table, **here, **{colour_by: value})
                if part.empty:
                    continue
                hue = colour(colour_by, value)
                _curve(ax, part, x, _text(colour_by, value), {"color": hue}, MARKERS[k % len(MARKERS)])
                if limit is not None and colour_by in limit:
                    style = {"color": hue, "linestyle": "--", "linewidth": 1.1}
                    exact = _part(limit, **here, **{colour_by: value})
                    if not exact.empty:
                        _curve(ax, exact, x, f"{_text(colour_by, value)}, infinite width", style, "")
            if limit is not None and colour_by not in limit:
                exact = _part(limit, **here)
                if not exact.empty:
                    _curve(ax, exact, x, "infinite width", {"color": LIMIT_COLOUR}, "")
            for (label, height), dashes in zip((references or {}).items(), itertools.cycle(DASHES)):
                ax.axhline(height, color="#555555", linestyle=(0, dashes), linewidth=1.0, label=label)
            _scale(ax, log, table[x])
            names = [(panel_by, column), (row_by, row)]
            titles = [(panel_titles or {}).get(v, _text(c, v)) for c, v in names if c is not None]
            ax.set_title(", ".join(titles))
            if i == len(rows) - 1:
                ax.set_xlabel(x_label)
            if j == 0:
                ax.set_ylabel(y_label)
    _legend(figure, axes)
    return figure


def _scale(ax: Axes, log: str, x: pd.Series) -> None:
    if "x" in log:
        ax.set_xscale("log")
        if x.nunique() <= 8:  # each value is worth a tick of its own
            ax.set_xticks(sorted(set(x)), [f"{value:g}" for value in sorted(set(x))], minor=False)
            ax.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    if "y" in log:
        ax.set_yscale("log")


def _legend(figure: Figure, axes: np.ndarray) -> None:
    """Put one legend for all panels below them."""
    entries: dict[str, Any] = {}
    for ax in axes.flat:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    if len(entries) > 1:
        columns = min(len(entries), 3 if axes.shape[1] == 1 else 4)
        figure.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=columns)


@_styled
def eigenvalue_histograms(
    table: pd.DataFrame,
    limit: pd.DataFrame,
    *,
    theory: Mapping[Any, float],
    bin_width: float = 0.1,
    upper: float = 1.3,
    row_by: str | None = None,
    edges: Mapping[Any, float] | None = None,
) -> Figure:
    """Draw the distribution of eigenvalue norms, pooled over seeds and training points.

    Parameters
    ----------
    table, limit
        From sweeps of trained networks and of the limit: ``n_points``, ``eigenvalue_norms`` and perhaps ``row_by``.
    theory
        Share of eigenvalues that should be at one, by ``n_points``, or by (``row_by``, ``n_points``).
    bin_width, upper
        Width of the bins, whose centres are its multiples, and where they end.
    row_by
        Column that is told apart by row of panels.
    edges
        Where the bulk of the others should end, with the keys of ``theory``.

    Returns
    -------
    Figure
        The drawing.
    """
    rows, columns = _values(table, row_by), _values(table, "n_points")
    figure, axes = _panels(len(rows), len(columns), share_y=True)
    ends = (np.arange(round(upper / bin_width) + 2) - 0.5) * bin_width
    for i, row in enumerate(rows):
        for j, n in enumerate(columns):
            ax: Axes = axes[i, j]
            part = _part(table, **({row_by: row} if row_by else {}), n_points=n)
            exact = _part(limit, **({row_by: row} if row_by else {}), n_points=n)
            key = n if row_by is None else (row, n)
            activation = row if row_by == "activation" else "sigmoid"
            heights = _shares(part, ends)
            ax.bar(ends[:-1], heights, np.diff(ends), align="edge", color=colour("activation", activation), alpha=0.75,
                   edgecolor="white", linewidth=0.4, label="trained networks")  # fmt: skip
            ax.stairs(_shares(exact, ends), ends, color=LIMIT_COLOUR, linewidth=1.2, label="infinite width")
            ax.axhline(theory[key], color="#555555", linestyle=(0, (5, 3)), linewidth=1, label="share at one, theory")
            if edges is not None:
                ax.axvline(edges[key], color="#AA3377", linestyle=":", label="edge of the others, theory")
            title = f"{_text('n_points', n)}" if row_by is None else f"{_text('n_points', n)}, {_text(row_by, row)}"
            ax.set_title(title)
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
            if i == len(rows) - 1:
                ax.set_xlabel(r"eigenvalue norm $|\lambda|$")
            if j == 0:
                ax.set_ylabel("share of eigenvalues")
    _legend(figure, axes)
    return figure


def _shares(table: pd.DataFrame, ends: np.ndarray) -> np.ndarray:
    norms = np.concatenate([np.ravel(values) for values in table["eigenvalue_norms"]])
    return np.histogram(np.clip(norms, ends[0], ends[-1]), ends)[0] / norms.size


@_styled
def recall_rates(table: pd.DataFrame, *, criteria: Sequence[str]) -> Figure:
    """Draw recall rates with their intervals against the norm, one panel a criterion, one colour a noise.

    Parameters
    ----------
    table
        ``norm``, ``noise``, ``criterion``, ``mean``, ``low``, ``high``.
    criteria
        Values of ``criterion``, in the order of the panels; they are the panels' titles.

    Returns
    -------
    Figure
        The drawing.
    """
    figure, axes = _panels(1, len(criteria), share_y=True)
    for ax, criterion in zip(axes[0], criteria, strict=True):
        part = table[table["criterion"] == criterion]
        for k, noise in enumerate(_values(part, "noise")):
            curve = part[part["noise"] == noise]
            _curve(
                ax, curve, "norm", _text("noise", noise), {"color": colour("noise", noise)}, MARKERS[k % len(MARKERS)]
            )
        ax.set_title(criterion)
        ax.set_xlabel(r"input norm $|x|$")
        ax.set_ylim(-0.04, 1.04)
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
    axes[0, 0].set_ylabel("recall rate")
    _legend(figure, axes)
    return figure
