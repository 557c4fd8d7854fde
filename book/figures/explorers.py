"""Figures that a reader can turn: a picture's data with its controls, drawn in the browser by ``explorers.js``."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from book.figures.style import COLUMN, THRESHOLD, label_of, rows_where, styled

LABELS = dict(activation="Activation", n_points="Patterns n", width="Width m", norm="Norm r", noise="Noise variance t")
INSIDE, OUTSIDE = "#0072B2", "#D55E00"
DIGITS = 3  # significant digits handed to the page: finer than a pixel


def spectrum_explorer(table: pd.DataFrame, **start: Any) -> None:
    """Show the eigenvalues of trained Jacobians in the complex plane; widths are texts, so infinity may be one."""
    choices = {name: _values(table[name]) for name in ("activation", "n_points", "width", "norm")}
    _show("Spectrum explorer", choices, start, kind="spectrum", records=_eigenvalues(table, [*choices]))


def plane_explorer(plane: pd.DataFrame, spectra: pd.DataFrame, **start: Any) -> None:
    """Show the plane of norm and number of patterns with a cursor, and the eigenvalues where the cursor stands."""
    fields = {}
    for activation, part in plane.groupby("activation", sort=False):
        field = part.pivot(index="n_points", columns="norm", values="radius")
        rows = [[None if np.isnan(value) else float(f"{value:.5g}") for value in row] for row in field.to_numpy()]
        fields[activation] = {"norms": _values(field.columns), "counts": _values(field.index), "radii": rows}
    choices = {"activation": _values(spectra["activation"])}
    choices |= {name: _values(sorted(set(spectra[name]))) for name in ("n_points", "norm")}
    records = _eigenvalues(spectra, [*choices])
    _show("Phase diagram explorer", choices, start, kind="plane", records=records, fields=fields)


def recall_explorer(table: pd.DataFrame, *, noises: Sequence[float], threshold: float, **start: Any) -> None:
    """Show how far iterated cues are from their pattern; ``errors`` has axes noise, cue and iteration."""
    records = {}
    for row in table.to_dict("records"):
        for noise, errors in zip(noises, row["errors"], strict=True):
            key = _key(row | {"noise": float(noise)}, ["activation", "noise", "norm"])
            # Below 1e-12 the fixed point itself is not known; zero has no place on a logarithmic axis.
            records[key] = {"errors": [_short(np.maximum(cue, 1e-12)) for cue in errors]}
    choices = {"activation": _values(table["activation"]), "noise": _values(noises), "norm": _values(table["norm"])}
    _show("Recall explorer", choices, start, kind="recall", records=records, threshold=threshold)


def _eigenvalues(table: pd.DataFrame, names: Sequence[str]) -> dict[str, Any]:
    """Key each row's eigenvalues by the values of its controls."""
    records = {}
    for row in table.to_dict("records"):
        radius = float(f"{row['radius']:.4g}")
        records[_key(row, names)] = {"x": _short(row["real"]), "y": _short(row["imaginary"]), "radius": radius}
    return records


@styled
def spectra_figure(table: pd.DataFrame, *, norms: Sequence[float]) -> Figure:
    """Draw eigenvalues in the complex plane: a row an activation, a column an input norm."""
    activations = list(dict.fromkeys(table["activation"]))
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 181))
    drawing = Figure(figsize=(min(COLUMN, 1.9 * len(norms)), 1.2 * len(activations) + 0.5))
    axes = drawing.subplots(len(activations), len(norms), squeeze=False, sharex=True, sharey=True)
    for (i, j), ax in np.ndenumerate(axes):
        row = rows_where(table, activation=activations[i], norm=norms[j]).iloc[0]
        eigenvalues = np.array(row["real"]) + 1j * np.array(row["imaginary"])
        inside = abs(eigenvalues) < 1
        ax.plot(circle.real, circle.imag, **THRESHOLD)
        ax.plot(eigenvalues[inside].real, eigenvalues[inside].imag, "o", color=INSIDE)
        ax.plot(eigenvalues[~inside].real, eigenvalues[~inside].imag, "D", color=OUTSIDE)
        ax.set(aspect="equal", xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    _label(axes, norms, [f"{activation}\nIm $\\lambda$" for activation in activations], "Re $\\lambda$")
    return drawing


@styled
def recall_figure(table: pd.DataFrame, *, noises: Sequence[float], threshold: float) -> Figure:
    """Draw the error of iterated cues: a row a noise variance, a column an input norm."""
    shown = table.iloc[:: max(1, len(table) // 4)].to_dict("records")
    drawing = Figure(figsize=(min(COLUMN, 1.0 + 2.0 * len(shown)), 1.0 * len(noises) + 0.5))
    axes = drawing.subplots(len(noises), len(shown), squeeze=False, sharex=True, sharey=True)
    for (i, j), ax in np.ndenumerate(axes):
        for errors in np.maximum(np.array(shown[j]["errors"][i]), 1e-12):
            style = {"color": INSIDE} if errors[-1] < threshold else {"color": OUTSIDE, "linestyle": ":"}
            ax.semilogy(errors, **style, linewidth=1)
        ax.axhline(threshold, **THRESHOLD)
    _label(axes, [row["norm"] for row in shown], [f"$t$ = {noise:g}\nerror" for noise in noises], "iteration")
    return drawing


def _label(axes: np.ndarray, norms: Sequence[float], rows: Sequence[str], x_label: str) -> None:
    for ax, norm in zip(axes[0], norms, strict=True):
        ax.set_title(label_of("norm", norm))
    for ax, row in zip(axes[:, 0], rows, strict=True):
        ax.set_ylabel(row)
    for ax in axes[-1]:
        ax.set_xlabel(x_label)


def _key(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return "|".join(f"{row[name]:g}" if isinstance(row[name], float) else str(row[name]) for name in names)


def _short(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") + 0.0 for value in values]


def _values(column: Sequence[Any]) -> list[str]:
    return [f"{value:g}" if isinstance(value, float) else str(value) for value in dict.fromkeys(column)]


def _show(title: str, choices: Mapping[str, list[str]], start: Mapping[str, Any], **data: Any) -> None:
    """Display what ``explorers.js`` draws, and opens where ``start`` says; without it the still picture is there."""
    opens = {name: _values([value])[0] for name, value in start.items()}
    data["controls"] = [
        {"name": name, "label": LABELS[name], "values": values, "start": opens.get(name)}
        for name, values in choices.items()
    ]
    markup = (
        f'<div class="sigae-explorer" id="explorer-{data["kind"]}" hidden><h3>{title}</h3>'
        f'<div class="explorer-controls" role="group" aria-label="{title}"></div><div class="explorer-plot"></div>'
        f'<p class="explorer-says" aria-live="polite"></p><p class="explorer-caption"></p>'
        f'<script type="application/json">{json.dumps(data, separators=(",", ":"))}</script></div>'
    )
    says = f"{title}: {len(data['records'])} pictures; it opens on the website."
    display({"text/html": markup, "text/plain": says}, raw=True)
