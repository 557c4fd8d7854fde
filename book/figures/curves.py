"""Means with their bands against the norm, or against another column, and distributions of eigenvalue norms."""

from collections.abc import Mapping
from typing import Any

import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from book.figures import style
from book.figures.style import LIMIT_COLOUR, MARKERS, colour, draw_curve, draw_rings, label_of, rows_where, values_of

X_LABELS = {"norm": "norm $r$ of the patterns", "width": "width $m$"}  # others are given
BIN = 0.1
BIN_ENDS = (np.arange(15) - 0.5) * BIN  # the last bin holds all that is larger


@style.styled
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
    limit_label: str = "infinite width",
    rings: Mapping[str, pd.DataFrame] | None = None,
    references: Mapping[str, float] | None = None,
    share_y: bool = True,
    log: str = "",
    percent: bool = False,
    panel_titles: Mapping[Any, str] | None = None,
    bars: bool = False,
    line: str = "-",
    markers: bool = True,
) -> Figure:
    """Draw means with their bands, or error ``bars``, as ``over_seeds`` tabulates them, and what is beside or exact."""
    rows, columns, curves = (values_of(table, column) for column in (row_by, panel_by, colour_by))
    figure, axes = style.panels(len(rows), len(columns), share_y=share_y)
    one_limit = limit is not None and colour_by not in limit
    for (i, j), ax in [((i, j), axes[i, j]) for i in range(len(rows)) for j in range(len(columns))]:
        here = {key: value for key, value in ((panel_by, columns[j]), (row_by, rows[i])) if key is not None}
        for k, value in enumerate(curves):
            of_curve = here | {colour_by: value}
            part, hue = rows_where(table, **of_curve), colour(colour_by, value)
            if part.empty:
                continue
            marker, label = MARKERS[k % len(MARKERS)] if markers else "", label_of(colour_by, value)
            if limit_label in here.values():  # a panel of that name shows no network
                marker = label = ""
            draw_curve(ax, part, x, label, {"color": hue, "linestyle": line}, marker, bars)
            for label, found in (rings or {}).items():
                beside = rows_where(found, **of_curve)
                draw_rings(ax, beside[x], beside["mean"], hue, label)
            if limit is not None and not one_limit:
                draw_curve(ax, rows_where(limit, **of_curve), x, "", {"color": hue, "linewidth": 1.0}, "")
        exact = None if limit is None else rows_where(limit, **here)
        if exact is not None and not exact.empty:
            if one_limit:
                draw_curve(ax, exact, x, "", {"color": LIMIT_COLOUR}, "")
            ax.plot([], [], color=LIMIT_COLOUR, linewidth=1.6 if one_limit else 1.0, label=limit_label)
        if percent:
            ax.set_ylim(-0.04, 1.04)
            ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
        ax.set_title(", ".join((panel_titles or {}).get(value, label_of(key, value)) for key, value in here.items()))
    for ax in axes.flat:
        _scale(ax, log, table[x])
    for ax in axes[-1]:
        ax.set_xlabel(x_label or X_LABELS.get(x, x))
    for ax in axes[:, 0]:
        ax.set_ylabel(y_label)
    style.draw_thresholds(axes, references or {})
    style.legend(figure, axes)
    return figure


def power_laws(table: pd.DataFrame, lines: pd.DataFrame, *, line_label: str, **options: Any) -> Figure:
    """Draw measured values as markers with error bars, and the ``value`` of power laws as lines, as in `against`."""
    laws = lines.drop(columns=["mean", "low", "high"], errors="ignore").rename(columns={"value": "mean"})
    return against(table, limit=laws, limit_label=line_label, log="xy", bars=True, line="", share_y=False, **options)


def _scale(ax: Axes, log: str, x: pd.Series) -> None:
    if "x" in log:
        ax.set_xscale("log")
        ticks = {value: f"{value:g}" for value in sorted(set(x))}
        if len(" ".join(ticks.values())) < 26:  # each value is worth a tick of its own
            ax.set_xticks([*ticks], [*ticks.values()], minor=False)
            ax.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        elif x.max() < 100 * x.min():
            _one_two_five(ax.xaxis)
    if "y" in log:
        ax.set_yscale("log")
        low, high = ax.get_ylim()
        if high < 100 * low:
            _one_two_five(ax.yaxis)


def _one_two_five(axis: Axis) -> None:
    """Label 1, 2, 5, 10, ...: over so few decades matplotlib would label minor ticks, too, into each other."""
    axis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
    axis.set_minor_locator(matplotlib.ticker.NullLocator())


@style.styled
def eigenvalue_histograms(
    table: pd.DataFrame,
    limit: pd.DataFrame,
    *,
    theory: Mapping[int, float],
    edges: Mapping[int, float],
    rings: Mapping[str, pd.DataFrame],
) -> Figure:
    """Draw the pooled distribution of eigenvalue norms, a panel a number of points, with its share at one and edge."""
    columns = values_of(table, "n_points")
    figure, axes = style.panels(1, len(columns), share_y=True)
    for ax, n in zip(axes[0], columns, strict=True):
        found, exact = (_shares(rows_where(sweep, n_points=n)) for sweep in (table, limit))
        ax.stairs(found, BIN_ENDS, fill=True, color=colour("activation", "sigmoid"), alpha=0.75, label="networks")
        ax.stairs(exact, BIN_ENDS, color=LIMIT_COLOUR, label="infinite width")
        for label, sweep in rings.items():
            if not (beside := rows_where(sweep, n_points=n)).empty:
                shares = _shares(beside)
                draw_rings(ax, (BIN_ENDS[:-1] + BIN / 2)[shares > 0], shares[shares > 0], LIMIT_COLOUR, label)
        ax.axhline(theory[n], **style.THRESHOLD, label="share at one, theory")
        ax.axvline(edges[n], color="#AA3377", linestyle=":", label="edge of the others, theory")
        ax.set_title(label_of("n_points", n))
        ax.set_xlabel(r"eigenvalue norm $|\lambda|$")
        ax.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
    axes[0, 0].set_ylabel("share of eigenvalues")
    style.legend(figure, axes)
    return figure


def _shares(table: pd.DataFrame) -> np.ndarray:
    norms = np.concatenate([np.ravel(values) for values in table["eigenvalue_norms"]])
    return np.histogram(np.clip(norms, BIN_ENDS[0], BIN_ENDS[-1]), BIN_ENDS)[0] / norms.size
