"""What looks across all executed notebooks: the claims and their verdicts, as a page, a sentence and data."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from book.build.outputs import claims
from book.build.page import scale_note, table, write_if_changed
from book.build.report_compared import comparison_table
from book.build.toc import ROOT
from book.figures.intervals import distances
from book.figures.verdict_html import deciding
from book.statistics.claims import CLAIMS
from book.statistics.verdicts import OUTCOMES, REPRODUCED, combine
from book.typeset import listed, symbols

MARKS = dict(zip(OUTCOMES, "✓◐✗?–", strict=True))
OUTCOMES_SAID = (
    "A claim is *reproduced* where it holds under every condition, *mixed* where it holds under some and fails under "
    "others, *not reproduced* where it fails under some and holds under none, *inconclusive* where it fails under none "
    "and is open under some, and *not judged* where there is nothing to compare."
)
CHECKED = sum(not claim.own for claim in CLAIMS.values())
Found = dict[str, list[dict[str, Any]]]  # claim to its judgements in reading order, each with its notebook's name


def collect(executed: dict[str, NotebookNode], *, other_scales: bool = False) -> Found:
    """List what was judged, or what was at other scales than the report's, which verdicts do not rest on."""
    found = [{**claim, "notebook": name} for name, notebook in executed.items() for claim in claims(notebook)]
    return {id: [claim for claim in found if claim["id"] == id and ("scale" in claim) == other_scales] for id in CLAIMS}


def verdicts(found: Found) -> dict[str, str]:
    """Say the verdict on every claim that a page looked at: what its parts add up to."""
    return {id: combine(part["verdict"] for part in parts) for id, parts in found.items() if parts}


def verdict_counts(found: Found, *, own: bool) -> list[str]:
    """Count the verdicts on the claims that the book was made to check, or on its own, as in ``5 reproduced``."""
    said = [verdict for id, verdict in verdicts(found).items() if CLAIMS[id].own == own]
    return [f"{said.count(verdict)} {verdict}" for verdict in MARKS if verdict in said or verdict == REPRODUCED]


def summary(found: Found) -> str:
    """Say in one sentence how the claims fared, and in another how the book's own did."""
    sentence = f"Verdicts on {CHECKED} claims: {listed(verdict_counts(found, own=False))}."
    if any(CLAIMS[id].own for id in verdicts(found)):
        sentence += f" On this book's own {len(CLAIMS) - CHECKED} claims: {listed(verdict_counts(found, own=True))}."
    return sentence


def marked(verdict: str, others: Sequence[Mapping[str, Any]] = ()) -> str:
    """Write a verdict with its mark, and those at other scales."""
    said = f"{MARKS[verdict]} {verdict}".replace(" ", "\N{NO-BREAK SPACE}")
    return "".join([said, *(f"<br>{other['scale']}: {marked(other['verdict'])}" for other in others)])


def overview(found: Found, others: Found) -> str:
    """Lay the claims out in one table: claim, to which other pages link, verdict, pages."""
    said, rows = verdicts(found), []
    for id, parts in found.items():
        verdict = marked(said.get(id, "not judged"))
        names = dict.fromkeys(part["notebook"] for part in parts + others[id])
        pages = ", ".join(f"[](../executed/{name}.ipynb)" for name in names)
        rows.append((f"[**{id}**]{{#{id.lower()}}}", symbols(CLAIMS[id].statement), verdict, pages))
    return table(("", "Claim", "Verdict", "Page"), rows)


def forest(found: Found, others: Found) -> str:
    """Draw all claims, and the parts of those that have some, against their thresholds: one row per judgement."""
    rows = []
    for part in [part for id in found for part in found[id] + others[id]]:
        if halves := deciding(part):
            activation, _, claim = part["part"].partition(", ")
            where = f"at {part['scale']}" if part.get("scale") else ""
            name = ", ".join(filter(None, (CLAIMS[claim or part["id"]].title, activation, where)))
            name = f'<a href="../executed/{part["notebook"]}.html">{name[:1].upper()}{name[1:]}</a>'
            rows.append(f'<tr><th scope="row">{name}</th><td>{distances(halves)}</td><td>{part["verdict"]}</td></tr>')
    head = '<th scope="col">Claim</th><th scope="col"><span>fails</span><span>threshold</span><span>holds</span></th>'
    return (
        f'<table class="forest"><thead><tr>{head}<th scope="col">Verdict</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def claims_page(found: Found, others: Found, note: str = "") -> str:
    """Write the page of all claims: a note on their scale, one picture, one table."""
    sources = "".join(f"- {id}: {CLAIMS[id].source}.\n" for id in found)
    return f"""\
# Claims and verdicts

{note}
{summary(found)}

```{{raw}} html
{forest(found, others)}
```

Every mark is one measurement that decides on a claim, with its 95 % interval. A disc, right of the threshold, holds.
A diamond, left of it, fails. A ring, whose interval crosses it, is open. Each criterion has a scale of its own. Rows
that end in tanh or erf are reproduced where it is on the same side as the sigmoid (grey bars).

{overview(found, others)}
{OUTCOMES_SAID}

[](../method.md) says how a verdict is reached, and [](../changes.md) when a criterion or a verdict changed, and why.
The verdicts as data: {{download}}`claims.json <site/claims.json>`. Every page offers what its verdict rests on as a
table with a row per seed; {{download}}`a short script <../../tests/book/recompute_verdicts.py>` that shares no code
with the book comes to every verdict again from these tables alone.

:::{{dropdown}} Where each claim comes from
{sources}:::
"""


def write_pages(executed: dict[str, NotebookNode], folder: Path) -> bool:
    """Write the generated pages into a folder, and return whether any of them changed."""
    found, others = collect(executed), collect(executed, other_scales=True)
    said = verdicts(found)
    data = [
        {"id": id, "statement": CLAIMS[id].statement, "source": CLAIMS[id].source, "verdict": verdict}
        | {"parts": found[id], "at_other_scales": others[id]}
        for id, verdict in said.items()
    ]
    names = sorted(path.stem for path in (ROOT / "book" / "experiments").glob("[a-z]*.py"))
    documented = "\n".join(f".. automodule:: book.experiments.{name}\n   :members:\n" for name in names)
    pages = {
        "claims.md": claims_page(found, others, scale_note(next(iter(executed.values())))),
        "experiments.md": f"```{{eval-rst}}\n{documented}```\n",
        "report_compared.md": comparison_table(found),
        "site/claims.json": json.dumps(data, indent=1, ensure_ascii=False) + "\n",
    }
    return any([write_if_changed(folder / file, text) for file, text in pages.items()])
