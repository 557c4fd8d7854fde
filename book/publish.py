"""What a notebook hands to the book: glued numbers, tables, figures and verdicts, the same bytes on any machine."""

import base64
import html
import io
import numbers as abstract_numbers
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display
from matplotlib import rc_context
from matplotlib.figure import Figure
from myst_nb import glue

from book.figures.style import DEFAULTS, stack
from book.figures.verdict_html import as_html, as_text
from book.statistics import summaries
from book.statistics.verdict_record import measurements, record
from book.statistics.verdicts import CLAIM_MIME, Verdict
from book.typeset import SYMBOLS, grouped, number, symbols

STACKED_MIME = "application/vnd.sigae.stacked+svg"  # a figure as a phone shows it
CONDITION = ("activation", "dim", "n_points", "width", "depth", "learning_rate", "norm", "seed")
DIGITS = 4  # significant digits that stay the same from one machine to the next


def _rounded(value: Any) -> Any:
    """Round a real number that is not whole by type to significant digits, and make it a plain int or float."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, abstract_numbers.Integral):
        return int(value)
    if isinstance(value, abstract_numbers.Real):
        return float(f"{float(value):.{DIGITS}g}") + 0.0
    raise TypeError(f"{value!r} is neither a number nor a text: glue one number a name.")


def notice(sentence: str) -> None:
    """Show a sentence that a reader of the page must not miss."""
    display({"text/plain": sentence, "text/html": f'<p class="notice">{html.escape(sentence)}</p>'}, raw=True)


def failures(optional: Sequence[str] = (), **sweeps: pd.DataFrame) -> None:
    """Say on the page which conditions of its sweeps failed; something must remain of each that is not ``optional``."""
    folder = os.environ.get("SIGAE_RECORDS")
    for name, table in sweeps.items():
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            nested = table.map(lambda value: isinstance(value, list) and any(isinstance(part, list) for part in value))
            flat = table.columns[~nested.any()]
            table[flat].to_csv(Path(folder, f"{name}.csv"), index=False, lineterminator="\n")
        failed = summaries.failures(table)
        if failed.empty:
            continue
        row = failed.iloc[0]
        known = [column for column in CONDITION if column in table]
        first = f"the first ({', '.join(f'{column} {row[column]}' for column in known)}) with: {row['why']}"
        if len(failed) == len(table) and name not in optional:
            raise RuntimeError(f"nothing can be shown, all {len(table):,} conditions of a sweep failed, {first}")
        notice(f"{len(failed):,} of {len(table):,} conditions of a sweep failed and are left out below, {first}")


def numbers(**values: float | int | str) -> None:
    """Glue numbers, rounded to four significant digits, or texts, for the prose to cite by name; print them too."""
    for name, value in values.items():
        plain = _rounded(value)
        glue(name, plain, display=False)
        print(f"{name} = {plain}")


def table(frame: pd.DataFrame, name: str, *, title: str = "") -> None:
    """Show a table with its CSV: folded, as what is behind a figure, unless it has a title."""
    plain = frame.map(_rounded)
    count = f"{len(plain)} row{'' if len(plain) == 1 else 's'}"
    called = title or f"Numbers ({name}, {count})"
    # A long table scrolls, which a keyboard can do only where it can get to.
    box = f'<div class="numbers" tabindex="0" role="region" aria-label="{html.escape(called)}">{_as_html(plain)}</div>'
    folded = f'<details class="behind"><summary>{html.escape(called)}</summary>{box}</details>'
    shown = f'<p class="table-title">{symbols(title)}</p>{box}' if title else folded
    bundle = {
        "text/plain": f"{name}.csv: {count}, columns {', '.join(map(str, plain.columns))}",
        "text/html": shown,
        "text/csv": plain.to_csv(index=False, lineterminator="\n"),
    }
    display(bundle, raw=True, metadata={"sigae": {"name": name}})


def _as_html(frame: pd.DataFrame) -> str:
    """Write a table with the letters of quantities for its heads, and every number as it is known."""
    called = {name: f"<i>{letter}</i>" for name, letter in SYMBOLS.items()}
    heads = [called.get(column, html.escape(grouped(column.replace("_", " ")))) for column in map(str, frame.columns)]
    cells = frame.map(lambda value: html.escape(number(value)))
    return cells.set_axis(heads, axis=1).to_html(index=False, escape=False, border=0, justify="unset")


def figure(drawing: Figure) -> None:
    """Show a matplotlib figure as SVG and PNG; for a page, which has its records, too, also stacked for a phone."""
    bundle = {
        "image/svg+xml": saved(drawing, "svg").decode(),
        "image/png": base64.b64encode(saved(drawing, "png")).decode(),
        "text/plain": f"Figure, {drawing.get_figwidth():g} by {drawing.get_figheight():g} inches",
    }
    if "SIGAE_RECORDS" in os.environ:
        stack(drawing)
        bundle[STACKED_MIME] = saved(drawing, "svg").decode()
    display(bundle, raw=True)


def saved(drawing: Figure, kind: str) -> bytes:
    """Save a figure, as large as drawn: SVG on the page's own ground or PNG on white, the same bytes each time."""
    metadata, ground = {"svg": (["Date", "Creator"], "none"), "png": (["Software"], "white")}[kind]
    buffer = io.BytesIO()
    with rc_context(DEFAULTS | {"svg.hashsalt": "sigae", "svg.fonttype": "path"}):
        if (engine := drawing.get_layout_engine()) is not None:
            # Axes of a fixed shape find their place in the second pass; then both formats have the same.
            for _ in range(2):
                engine.execute(drawing)
            drawing.set_layout_engine("none")
        drawing.savefig(buffer, format=kind, metadata=dict.fromkeys(metadata), dpi=120, facecolor=ground)
    return buffer.getvalue()


def verdict(judgement: Verdict, *, figure: str = "") -> None:
    """Show a verdict with its evidence and the name of its figure, and offer what it rests on, a row a seed."""
    name = "_".join(["verdict", judgement.claim.id, *re.findall(r"\w+", f"{judgement.part} {judgement.scale}")])
    data = record(judgement) | {"figure": figure, "file": f"{name}.csv"}
    bundle = {"text/plain": as_text(data), "text/html": as_html(data), CLAIM_MIME: data}
    bundle["text/csv"] = pd.DataFrame(measurements(judgement)).to_csv(index=False, lineterminator="\n")
    display(bundle, raw=True, metadata={"sigae": {"name": name}})
