"""How a verdict looks on a page: the claim, one sentence, a picture of the evidence; and the same as plain text."""

import html
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from book.figures import intervals
from book.statistics.claims import CLAIMS
from book.statistics.verdicts import NOT_JUDGED
from book.typeset import symbols, with_article

SAME = {"holds": "as for the sigmoid", "fails": "unlike the sigmoid", "open": "comparison open"}


def heading(data: Mapping[str, Any]) -> str:
    """Say what was judged: the claim, or of one that compares with the sigmoid its part."""
    if not data["part"]:
        return f"{data['id']}. {data['statement']}"
    activation, _, claim = data["part"].partition(", ")
    compared = f"{CLAIMS[claim].title} ({claim}): the outcome is the same for {activation} as for the sigmoid."
    return f"{data['id']}. {compared[:1].upper()}{compared[1:]}"


def outcome(data: Mapping[str, Any]) -> str:
    """Say the verdict, and where it is not the one on the claim itself."""
    where = " at these parameters" if data["verdict"] == NOT_JUDGED else ""
    return data["verdict"].capitalize() + (f" at {data['scale']}" if data.get("scale") else where)


def sentence(data: Mapping[str, Any]) -> str:
    """Say the number that a verdict hinges on, with its interval; of each half of a claim that has two."""
    halves = deciding(data)
    which = ["first threshold", "second threshold"] if len(halves) > 1 else ["threshold"]
    said = "; ".join(_hinge(*half, threshold) for half, threshold in zip(halves, which, strict=False))
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _hinge(items: Sequence[Mapping[str, Any]], reference: Sequence[Mapping[str, Any]], threshold: str) -> str:
    """Say under how many conditions a threshold is met, and which measurement is the least favourable."""
    if compared := [item for item in items if item.get("as_sigmoid")]:
        order = ("fails", "open", "holds")
        least = min(compared, key=lambda item: (order.index(item["as_sigmoid"]), intervals.margin(item)[1]))
        other = next(item for item in reference if item["condition"] == least["condition"])
        counts = _counted([item["as_sigmoid"] for item in compared], "the same", "different")
        values = f"for {condition_of(least)} the value is {least['text']}, the sigmoid's {other['text']}"
        return f"the outcome is {counts}; {values}"
    least = min(items, key=lambda item: intervals.margin(item)[1])
    where = f" for {with_article(condition_of(least))}" if condition_of(least) else ""
    link = "; the least favourable is" if len(items) > 1 else ":"
    counts = _counted([item["outcome"] for item in items], "met", "missed")
    return f"the {threshold} is {counts}{link} {least['text']}{where}"


def _counted(outcomes: Sequence[str], good: str, bad: str) -> str:
    """Count outcomes, as in ``met in 1 of 16 conditions, missed in 13, undecided in 2``."""
    words = {"holds": good, "fails": bad, "open": "undecided"}
    found = [(words[name], outcomes.count(name)) for name in words if name in outcomes]
    (word, number), *others = found
    if len(outcomes) == 1:
        return word
    share = f"{number} of {len(outcomes)}" if others else "both" if number == 2 else f"all {number}"
    first = f"{word} in {share} conditions"
    return ", ".join([first, *(f"{word} in {number}" for word, number in others)])


def as_html(data: Mapping[str, Any]) -> str:
    """Show claim, outcome, one sentence, a picture for each criterion that decides; all measurements are folded."""
    inside = "".join(
        f"<tr><td>{_asked(items[0])}</td><td>{intervals.distances([(items, sigmoid)])}</td></tr>"
        for items, sigmoid in deciding(data)
    )
    inside = f'<table class="criteria"><tbody>{inside}</tbody></table>' if inside else ""
    if data["evidence"]:
        choices = "".join(f"<li>{symbols(margin)}</li>" for margin in data["margins"])
        inside += "<details><summary>All measurements, and other choices</summary>"
        inside += f"{f'<ul>{choices}</ul>' if choices else ''}{evidence_table(data['evidence'])}</details>"
    kind = data["verdict"].replace(" ", "-")
    return (
        f'<div class="verdict verdict-{kind}"><p><strong>{symbols(heading(data))}</strong> '
        f'<strong class="outcome">{html.escape(outcome(data))}.</strong> {symbols(sentence(data))}</p>{inside}</div>'
    )


def as_text(data: Mapping[str, Any]) -> str:
    """Write a verdict as plain text, with all that was measured."""
    lines = [heading(data), f"{outcome(data)}. {sentence(data)}".strip()]
    for item in data["evidence"]:
        lines.append(f"{_role(item)}, {condition_of(item)}: {item['quantity']}: {item['text']}, {outcome_of(item)}")
    return "\n  ".join([*lines, *data["margins"]])


def condition_of(item: Mapping[str, Any]) -> str:
    """Say under which condition something was measured, and what is noted of it."""
    return ", ".join(filter(None, (item["condition"], item.get("note"))))


def outcome_of(item: Mapping[str, Any]) -> str:
    """Say how a measurement came out, and whether the sigmoid's did so too."""
    return ", ".join([item["outcome"], *([SAME[item["as_sigmoid"]]] if item.get("as_sigmoid") else [])])


def by_criterion(items: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Part evidence by what was measured."""
    return [list(group) for _, group in itertools.groupby(items, key=lambda item: item["criterion"])]


def evidence_table(items: Sequence[Mapping[str, Any]]) -> str:
    """Lay out evidence: a heading a quantity, then a row a condition."""
    rows = []
    for group in by_criterion(items):
        rows.append(f'<tr><th colspan="3" scope="rowgroup">{_asked(group[0])}</th></tr>')
        for item in group:
            cells = (condition_of(item), item["text"], outcome_of(item))
            rows.append("<tr>" + "".join(f"<td>{symbols(cell)}</td>" for cell in cells) + "</tr>")
    return f'<table class="evidence">{"".join(rows)}</table>'


def deciding(data: Mapping[str, Any]) -> list[tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]]:
    """Pair the evidence for each criterion that decides with that of the sigmoid."""
    sigmoid = {items[0]["criterion"]: items for items in by_criterion(data.get("reference", ()))}
    groups = [items for items in by_criterion(data["evidence"]) if items[0]["decides"]]
    return [(items, sigmoid.get(items[0]["criterion"], [])) for items in groups]


def _role(item: Mapping[str, Any]) -> str:
    return "decides" if item["decides"] else "also measured"


def _asked(item: Mapping[str, Any]) -> str:
    return f"<em>{_role(item)}:</em> {symbols(item['quantity'])}; threshold: {symbols(item['threshold'])}"
