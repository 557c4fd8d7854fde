"""Figures that a reader can turn: a picture's data with its controls, drawn in the browser by ``explorers.js``."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from book.figures.style import COLUMN, THRESHOLD, label_of, rows_where, styled
from book.typeset import grouped

INSIDE, OUTSIDE = "#0072B2", "#D55E00"
SHAPES = "Dots lie inside the unit circle (dashed), diamonds on it or outside."
DIGITS = 3  # significant digits handed to the page: finer than a pixel


def spectrum_explorer(table: pd.DataFrame, **start: Any) -> None:
    """Show the eigenvalues of trained Jacobians in the complex plane; widths are texts, so infinity may be one.

    This and the others open where ``start`` says, by name of the control.
    """
    controls = [
        _control("select", "activation", "Activation", table["activation"], start),
        _control("select", "n_points", "Patterns n", table["n_points"], start),
        _control("select", "width", "Width m", table["width"], start),
        _control("range", "norm", "Norm r", table["norm"], start),
    ]
    caption = f"Eigenvalues of the trained Jacobian, as in the figure above. {SHAPES} Width ∞: a draw at infinite width."
    _show("spectrum", "Spectrum explorer", caption, controls, _eigenvalues(table, controls))


def plane_explorer(plane: pd.DataFrame, spectra: pd.DataFrame, **start: Any) -> None:
    """Show the plane of norm and number of patterns with a cursor, and the eigenvalues where the cursor stands."""
    fields = {}
    for activation, part in plane.groupby("activation", sort=False):
        field = part.pivot(index="n_points", columns="norm", values="radius")
        rows = [[None if np.isnan(value) else float(f"{value:.3g}") for value in row] for row in field.to_numpy()]
        fields[activation] = {"norms": _values(field.columns), "counts": _values(field.index), "radii": rows}
    controls = [
        _control("select", "activation", "Activation", spectra["activation"], start),
        _control("range", "n_points", "Patterns n", sorted(set(spectra["n_points"])), start),
        _control("range", "norm", "Norm r", sorted(set(spectra["norm"])), start),
    ]
    caption = (
        "First: mean spectral radius ρ of sampled Jacobians, as in the lower row of the figure above, with the stability "
        f"boundary ρ = 1 as a line. The cross is where you are. Second: eigenvalues of one Jacobian there. {SHAPES}"
    )
    _show("plane", "Phase diagram explorer", caption, controls, _eigenvalues(spectra, controls), fields=fields)


def _eigenvalues(table: pd.DataFrame, controls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Key each row's eigenvalues by the values of its controls."""
    names = [control["name"] for control in controls]
    records = {}
    for row in table.to_dict("records"):
        radius = float(f"{row['radius']:.4g}")
        records[_key(row, names)] = {"x": _short(row["real"]), "y": _short(row["imaginary"]), "radius": radius}
    return records


def recall_explorer(table: pd.DataFrame, *, noises: Sequence[float], threshold: float, **start: Any) -> None:
    """Show how far iterated cues are from their pattern; ``errors`` has axes noise, cue and iteration."""
    records = {}
    for row in table.to_dict("records"):
        for noise, errors in zip(noises, row["errors"], strict=True):
            key = _key(row | {"noise": float(noise)}, ["activation", "noise", "norm"])
            # Below 1e-12 the fixed point itself is not known; zero has no place on a logarithmic axis.
            records[key] = {"errors": [_short(np.maximum(cue, 1e-12)) for cue in errors]}
    controls = [
        _control("select", "activation", "Activation", table["activation"], start),
        _control("select", "noise", "Noise variance t", noises, start),
        _control("range", "norm", "Norm r", table["norm"], start),
    ]
    caption = (
        "Mean squared error of cues of one pattern, as in the figure above. Solid curves end below the threshold of "
        "recall (dashed), dotted ones do not."
    )
    _show("recall", "Recall explorer", caption, controls, records, threshold=threshold)


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
        if i == 0:
            ax.set_title(label_of("norm", norms[j]))
        if j == 0:
            ax.set_ylabel(f"{activations[i]}\nIm $\\lambda$")
    for ax in axes[-1]:
        ax.set_xlabel("Re $\\lambda$")
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
        if i == 0:
            ax.set_title(label_of("norm", shown[j]["norm"]))
        if j == 0:
            ax.set_ylabel(f"$t$ = {noises[i]:g}\nerror")
    for ax in axes[-1]:
        ax.set_xlabel("iteration")
    return drawing


def _key(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return "|".join(f"{row[name]:g}" if isinstance(row[name], float) else str(row[name]) for name in names)


def _short(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") + 0.0 for value in values]


def _values(column: Sequence[Any]) -> list[str]:
    return [f"{value:g}" if isinstance(value, float) else str(value) for value in dict.fromkeys(column)]


def _control(kind: str, name: str, label: str, column: Sequence[Any], start: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a control: a ``select``, or a ``range``, which is a slider; one choice alone is none."""
    values = _values(column)
    first = values[len(values) // 2 if kind == "range" else 0]
    opens = _values([start[name]])[0] if name in start else first
    known = {"name": name, "label": label, "values": values, "start": opens if opens in values else first}
    return known | {"kind": kind if len(values) > 1 else "text"}


def _field(id: str, control: Mapping[str, Any]) -> str:
    """Write a control as HTML."""
    label, values, start = html.escape(control["label"]), control["values"], control["start"]
    said = f'<output for="{id}">{html.escape(grouped(start))}</output>'
    if control["kind"] == "text":
        return f'<span class="explorer-field">{label} {said}</span>'
    if control["kind"] == "select":
        options = "".join(
            f'<option value="{html.escape(value)}"{" selected" * (value == start)}>{html.escape(grouped(value))}</option>'
            for value in values
        )
        field = f'<select id="{id}">{options}</select>'
    else:
        field = f'<input type="range" id="{id}" max="{len(values) - 1}" value="{values.index(start)}"> {said}'
    return f'<span class="explorer-field"><label for="{id}">{label}</label> {field}</span>'


def _show(
    kind: str, title: str, caption: str, controls: list[dict[str, Any]], records: dict[str, Any], **options: Any
) -> None:
    """Display the controls and the data; a page without the script says where the still picture is."""
    fields = "".join(_field(f"{kind}-{control['name']}", control) for control in controls)
    data = json.dumps({"kind": kind, "controls": controls, "records": records, **options}, separators=(",", ":"))
    markup = (
        f'<div class="sigae-explorer" id="explorer-{kind}" hidden><h3>{title}</h3><div class="explorer-controls" '
        f'role="group" aria-label="{title}">{fields}</div><div class="explorer-plot"></div><p class="explorer-says" '
        f'aria-live="polite"></p><p class="explorer-caption">{caption}</p><script type="application/json">{data}</script>'
        "</div>"
    )
    bundle = {"text/html": markup, "text/plain": f"{title}: {len(records)} pictures; it opens on the website."}
    display(bundle, raw=True)
