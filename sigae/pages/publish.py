"""What a notebook hands to the book: glued numbers, tables, figures and verdicts, the same bytes on any machine."""

from __future__ import annotations

import base64
import html
import io
import itertools
import numbers as abstract_numbers
from typing import Any

import pandas as pd
from IPython.display import display
from matplotlib import rc_context
from matplotlib.figure import Figure
from myst_nb import glue

from sigae.pages.tables import summaries
from sigae.pages.verdicts import CLAIM_MIME, NOT_JUDGED, Verdict

__all__ = ["CLAIM_MIME", "failures", "figure", "notice", "numbers", "table", "verdict"]

CONDITION = ("activation", "dim", "n_points", "width", "depth", "learning_rate", "norm", "seed")
DIGITS = 4  # significant digits that stay the same from one machine to the next


def _rounded(value: Any, digits: int = DIGITS) -> Any:
    """Round a real number that is not whole by type to significant digits, and make it a plain int or float."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, abstract_numbers.Integral):
        return int(value)
    if isinstance(value, abstract_numbers.Real):
        number = float(f"{float(value):.{digits}g}")
        return 0.0 if number == 0 else number
    raise TypeError(f"{value!r} is neither a number nor a text: glue one number a name.")


def notice(sentence: str) -> None:
    """Show a sentence that a reader of the page must not miss.

    Parameters
    ----------
    sentence
        Plain text.
    """
    display({"text/plain": sentence, "text/html": f'<p class="notice">{html.escape(sentence)}</p>'}, raw=True)


def failures(*sweeps: pd.DataFrame) -> None:
    """Say on the page which conditions of its sweeps failed, with the first reason; nothing where none did.

    Parameters
    ----------
    *sweeps
        Tables from :func:`sigae.sweep`.

    Raises
    ------
    RuntimeError
        If nothing is left of one of them.
    """
    for table in sweeps:
        failed = summaries.failures(table)
        if failed.empty:
            continue
        row = failed.iloc[0]
        known = [name for name in CONDITION if name in table]
        first = f"the first ({', '.join(f'{name} {row[name]}' for name in known)}) with: {row['why']}"
        if len(failed) == len(table):
            raise RuntimeError(f"nothing can be shown, all {len(table):,} conditions of a sweep failed, {first}")
        notice(f"{len(failed):,} of {len(table):,} conditions of a sweep failed and are left out below, {first}")


def numbers(**values: float | int | str) -> None:
    """Glue numbers under their names, for the prose to cite; each is also printed, one a line.

    Parameters
    ----------
    **values
        Numbers, rounded to four significant digits, or texts.

    Raises
    ------
    TypeError
        If a value is neither.
    """
    for name, value in values.items():
        plain = _rounded(value)
        glue(name, plain, display=False)
        print(f"{name} = {plain}")


def table(frame: pd.DataFrame, name: str, *, title: str = "") -> None:
    """Show a table together with its CSV for download: folded, as what is behind a figure, unless it has a title.

    Parameters
    ----------
    frame
        Columns of numbers and texts.
    name
        Stem of the file that the table is offered as.
    title
        Of a table that stands for itself.
    """
    plain = frame.map(_rounded)
    count = f"{len(plain)} row{'' if len(plain) == 1 else 's'}"
    inside = plain.to_html(index=False, border=0, na_rep="")
    called = f"{html.escape(title or 'Numbers behind the figure')} ({html.escape(name)}, {count})"
    # A long table scrolls, which a keyboard can do only where it can get to.
    box = f'<div style="max-height: 24em; overflow: auto" tabindex="0" role="region" aria-label="{called}">'
    bundle = {
        "text/plain": f"{name}.csv: {count}, columns {', '.join(map(str, plain.columns))}",
        "text/html": f"<details{' open' if title else ''}><summary>{called}</summary>{box}{inside}</div></details>",
        "text/csv": plain.to_csv(index=False, lineterminator="\n"),
    }
    display(bundle, raw=True, metadata={"sigae": {"name": name}})


def figure(drawing: Figure) -> None:
    """Show a matplotlib figure as SVG and PNG.

    Parameters
    ----------
    drawing
        The figure.
    """
    files: dict[str, bytes] = {}
    with rc_context({"svg.hashsalt": "sigae", "svg.fonttype": "path"}):
        for kind, metadata in (("svg", {"Date": None, "Creator": None}), ("png", {"Software": None})):
            buffer = io.BytesIO()
            drawing.savefig(buffer, format=kind, metadata=metadata, dpi=150, bbox_inches="tight", pad_inches=0.08)
            files[kind] = buffer.getvalue()
    bundle = {
        "image/svg+xml": files["svg"].decode(),
        "image/png": base64.b64encode(files["png"]).decode(),
        "text/plain": f"Figure, {drawing.get_figwidth():g} by {drawing.get_figheight():g} inches",
    }
    display(bundle, raw=True)


def verdict(judgement: Verdict, *, figure: str = "") -> None:
    """Show a verdict with its evidence, and record it for the claims page.

    Parameters
    ----------
    judgement
        From :func:`sigae.pages.verdicts.judge`.
    figure
        Name of the figure that shows it, as in the cell's metadata.
    """
    data = judgement.as_dict() | {"figure": figure}
    said = data["verdict"] + (" at these parameters" if data["verdict"] == NOT_JUDGED else "")
    scale = f" at {judgement.scale}" if judgement.scale else ""
    title = f"{data['id']}{scale}{f' ({judgement.part})' if judgement.part else ''}: {said}"
    lines = [f"{title}. {data['statement']}"]
    deciding, beside = ([item for item in data["evidence"] if item["decides"] == decides] for decides in (True, False))
    inside = _evidence_table(deciding) + _evidence_table(
        [dict(item, condition="nothing to compare at these parameters") for item in data.get("missing", ())]
    )
    if beside:
        inside += f"<details><summary>Beside it, without deciding</summary>{_evidence_table(beside)}</details>"
    for item in data["evidence"]:
        words = "" if item["decides"] else "beside it, "
        said = f"{item['quantity']} = {item['text']}, wanted {item['threshold']}: {item['outcome']}"
        lines.append(f"  {words}{item['condition']}: {said}")
    for item in data.get("missing", ()):
        lines.append(f"  {item['quantity']}, wanted {item['threshold']}: nothing to compare at these parameters")
    if data["margins"]:
        points = "".join(f"<li>{html.escape(margin)}</li>" for margin in data["margins"])
        inside += f"<p>How far the verdict is from another:</p><ul>{points}</ul>"
        lines += [f"  margin: {margin}" for margin in data["margins"]]
    kind = data["verdict"].replace(" ", "-")
    bundle = {
        "text/plain": "\n".join(lines),
        "text/html": f'<div class="verdict verdict-{kind}"><p><strong>{html.escape(title)}.</strong> '
        f"{html.escape(data['statement'])}</p>{inside}</div>",
        CLAIM_MIME: data,
    }
    display(bundle, raw=True)


def _evidence_table(items: list[dict[str, Any]]) -> str:
    """Lay out evidence, or what there is none for: a heading a quantity, then a row a condition."""
    if not items:
        return ""
    rows = []
    for asked, group in itertools.groupby(items, key=lambda item: f"{item['quantity']}, wanted {item['threshold']}"):
        rows.append(f'<tr><th colspan="3" scope="rowgroup">{html.escape(asked)}</th></tr>')
        for item in group:
            cells = (item["condition"], item.get("text", ""), item.get("outcome", NOT_JUDGED))
            rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>"
