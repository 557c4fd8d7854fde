"""How a verdict looks on a page: a sentence, one line a criterion with its picture, and everything else folded."""

from __future__ import annotations

import html
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from book.figures import intervals
from book.statistics.verdicts import NOT_JUDGED
from book.typeset import number, symbols


def _title(data: Mapping[str, Any]) -> str:
    said = data["verdict"] + (" at these parameters" if data["verdict"] == NOT_JUDGED else "")
    scale = f" at {data['scale']}" if data.get("scale") else ""
    part = f" ({data['part']})" if data["part"] else ""
    return f"{data['id']}{scale}{part}: {said}"


def as_text(data: Mapping[str, Any]) -> str:
    """Write a verdict with all its evidence as plain text.

    Returns a line for the verdict, then one for each piece of evidence, each criterion without any, and each margin.
    """
    lines = [f"{_title(data)}. {data['statement']}"]
    for items in _by_criterion(data["evidence"]):
        if items[0]["decides"]:
            lines.append(f"  {outcome_counts(items)}")
    for item in data["evidence"]:
        words = "" if item["decides"] else "beside it, "
        said = f"{item['quantity']} = {item['text']}, wanted {item['threshold']}: {outcome_of(item)}"
        lines.append(f"  {words}{condition_of(item)}: {said}")
    for item in data.get("missing", ()):
        lines.append(f"  {item['quantity']}, wanted {item['threshold']}: nothing to compare at these parameters")
    return "\n".join([*lines, *(f"  margin: {margin}" for margin in data["margins"])])


def as_html(data: Mapping[str, Any]) -> str:
    """Show a verdict: what it is on, one line a criterion; the rest is folded."""
    rows = [_line(items) for items in _by_criterion(data["evidence"])]
    for item in data.get("missing", ()):
        asked = f"{symbols(item['quantity'])}, wanted {symbols(item['threshold'])}"
        rows.append(f'<tr><td>{asked}</td><td colspan="2">nothing to compare at these parameters</td></tr>')
    head = "".join(f'<th scope="col">{word}</th>' for word in ("Measured", "At worst", "All measurements"))
    inside = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    inside = f'<table class="criteria">{inside}</table>' if rows else ""
    if data["evidence"]:
        said = f"Evidence ({len(data['evidence'])})"
        margins = "".join(f"<li>{symbols(margin)}</li>" for margin in data["margins"])
        margin_list = f"<p>How far the verdict is from another:</p><ul>{margins}</ul>" if margins else ""
        inside += f"<details><summary>{said}</summary>{margin_list}{evidence_table(data['evidence'])}</details>"
    kind = data["verdict"].replace(" ", "-")
    # What a claim says stands over its parts.
    said = "" if data["part"] else f" {symbols(data['statement'])}"
    return (
        f'<div class="verdict verdict-{kind}"><p><strong>{html.escape(_title(data))}.</strong>{said}</p>{inside}</div>'
    )


def condition_of(item: Mapping[str, Any]) -> str:
    """Say under which condition something was measured, and what is told of it."""
    return ", ".join(filter(None, (item["condition"], item.get("note"))))


def outcome_of(item: Mapping[str, Any]) -> str:
    """Say how a measurement came out, and whether the sigmoid's did so too."""
    if not item.get("as_sigmoid"):
        return str(item["outcome"])
    same = {"holds": "as for the sigmoid", "fails": "unlike the sigmoid", "open": "comparison open"}
    return f"{item['outcome']}, {same[item['as_sigmoid']]}"


def outcome_counts(items: Sequence[Mapping[str, Any]]) -> str:
    """Count the outcomes of the measurements for one criterion, and those that are the sigmoid's too.

    Returns as in ``of 16, 1 holds, 13 fail, 2 open``.
    """
    number = {name: sum(item["outcome"] == name for item in items) for name in ("holds", "fails", "open")}
    words = {"holds": ("holds", "hold"), "fails": ("fails", "fail"), "open": ("open", "open")}
    found = [f"{count} {words[name][count > 1]}" for name, count in number.items() if count]
    if compared := [item["as_sigmoid"] for item in items if item.get("as_sigmoid")]:
        found.append(f"{compared.count('holds')} of {len(compared)} as for the sigmoid")
        found += [f"{compared.count('fails')} unlike it"] * ("fails" in compared)
    return f"of {len(items)}, {', '.join(found)}"


def evidence_table(items: Sequence[Mapping[str, Any]]) -> str:
    """Lay out evidence: a heading a quantity, then a row a condition."""
    rows = []
    for group in _by_criterion(items):
        beside = "" if group[0]["decides"] else "; it does not decide"
        asked = f"{symbols(group[0]['quantity'])}, wanted {symbols(group[0]['threshold'])}{beside}"
        rows.append(f'<tr><th colspan="3" scope="rowgroup">{asked}</th></tr>')
        for item in group:
            cells = (condition_of(item), item["text"], outcome_of(item))
            rows.append("<tr>" + "".join(f"<td>{symbols(cell)}</td>" for cell in cells) + "</tr>")
    return f'<table class="evidence">{"".join(rows)}</table>'


def _by_criterion(items: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    return [list(group) for _, group in itertools.groupby(items, key=lambda item: item["criterion"])]


def _line(items: Sequence[Mapping[str, Any]]) -> str:
    """Write one criterion's row: what was measured and wanted, the worst case with its margin, all in a picture."""
    worst = min(items, key=lambda item: intervals.margin(item)[1])
    _, least, _ = intervals.margin(worst)
    condition = f", {symbols(condition_of(worst))}" if worst["condition"] else ""
    counts = f"<br>{outcome_counts(items)}" if len(items) > 1 else ""
    kind = "deciding" if items[0]["decides"] else "beside"
    return (
        f'<tr class="{kind}"><td>{symbols(items[0]["quantity"])}, wanted {symbols(items[0]["threshold"])}</td>'
        f"<td>{symbols(worst['text'])}{condition}; "
        f'<span class="value">margin {number(least, 2)}</span></td>'
        f"<td>{intervals.picture(items)}{counts}</td></tr>"
    )
