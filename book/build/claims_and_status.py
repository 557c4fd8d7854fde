"""The pages that look across all executed notebooks: the claims with their verdicts, and the status."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from book.build.front import moving, spectra, verdict_strip
from book.build.outputs import claims
from book.build.page import table, title, write_if_changed
from book.build.report_compared import comparison_table, conclusions
from book.build.status import status_page
from book.build.toc import ROOT
from book.figures.intervals import strip
from book.figures.verdict_html import as_html
from book.statistics.claims import CLAIMS
from book.statistics.verdicts import NOT_JUDGED, NOT_REPRODUCED, OUTCOMES, REPRODUCED, combine, sum_up
from book.typeset import grouped, listed, symbols

MARKS = dict(zip(OUTCOMES, "✓◐✗?–", strict=True))
OUTCOMES_SAID = (
    "A claim is *reproduced* where it holds under every condition, *mixed* where it holds under some and fails under "
    "others, *not reproduced* where it fails under some and holds under none, *inconclusive* where it fails under none "
    "and is open under some, and *not judged* where there is nothing to compare."
)
SIMILAR = (
    "The first row says how each claim fares for the sigmoid. A part is reproduced where the claim holds and fails "
    "under the same conditions as for the sigmoid."
)
CHECKED = sum(not claim.own for claim in CLAIMS.values())


def collect(executed: dict[str, NotebookNode], *, other_scales: bool = False) -> dict[str, list[dict[str, Any]]]:
    """List what was judged: claim id to its judgements in reading order, each with its notebook's name.

    Those at other scales than the report's, which the verdicts do not rest on, are listed apart.
    """
    found = [{**claim, "notebook": name} for name, notebook in executed.items() for claim in claims(notebook)]
    return {id: [claim for claim in found if claim["id"] == id and ("scale" in claim) == other_scales] for id in CLAIMS}


def verdicts(found: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Say the verdict on every claim that a page looked at: what its parts add up to."""
    return {id: combine(part["verdict"] for part in parts) for id, parts in found.items() if parts}


def verdict_counts(said: dict[str, str]) -> list[str]:
    """Count each verdict, as in ``5 reproduced``; how many were reproduced is said even where none is."""
    count = {verdict: sum(v == verdict for v in said.values()) for verdict in MARKS}
    return [f"{number} {verdict}" for verdict, number in count.items() if number or verdict == REPRODUCED]


def apart(said: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Tell the verdicts on the claims that the book was made to check from those on its own."""
    checked = {id: verdict for id, verdict in said.items() if not CLAIMS[id].own}
    return checked, {id: verdict for id, verdict in said.items() if CLAIMS[id].own}


def summary(found: dict[str, list[dict[str, Any]]]) -> str:
    """Say in one sentence how the claims fared, and which parts did not hold; then how the book's own did."""
    checked, own = (verdict_counts(said) for said in apart(verdicts(found)))
    sentence = f"Of {CHECKED} claims, {listed(checked)}{failed_of(found)}."
    if any(CLAIMS[id].own for id in verdicts(found)):
        sentence += f" Of {len(CLAIMS) - CHECKED} more, this book's own, {listed(own)}."
    return sentence


def failed_of(found: dict[str, list[dict[str, Any]]]) -> str:
    """Count the verdicts on the parts of claims of which some are not reproduced, as the end of a sentence."""
    said = ""
    for id, parts in found.items():
        if failed_parts(parts):
            counts = Counter(part["verdict"] for part in parts)
            said += f"; of the {len(parts)} parts of {id}, "
            said += listed([f"{count} {verdict}" for verdict, count in counts.most_common()])
    return said


def failed_parts(parts: list[dict[str, Any]]) -> list[str]:
    """Name the parts of a claim that are not reproduced, where it is judged in parts."""
    return [part["part"] for part in parts if part["part"] and part["verdict"] == NOT_REPRODUCED]


def scale(executed: dict[str, NotebookNode]) -> str:
    """Name the preset that notebooks were executed at, where it is not the default one."""
    presets = {notebook.metadata.get("sigae", {}).get("preset", "default") for notebook in executed.values()}
    return ", ".join(f"`PRESET={preset}`" for preset in sorted(presets - {"default"}))


def scale_note(executed: dict[str, NotebookNode]) -> str:
    """Tell the reader of a page that its verdicts are those of another scale; nothing at the default one."""
    if not (preset := scale(executed)):
        return ""
    return (
        f":::{{note}}\nThis copy of the book was computed at another scale, {preset}: its verdicts are those of other, "
        "perhaps much smaller experiments than the text describes.\n:::\n\n"
    )


def _marked(verdict: str) -> str:
    return f"{MARKS[verdict]} {verdict}".replace(" ", "\N{NO-BREAK SPACE}")


def _links(parts: list[dict[str, Any]], prefix: str) -> str:
    names = list(dict.fromkeys(part["notebook"] for part in parts))
    return ", ".join(f"[{title(name)}]({prefix}{name}.ipynb)" for name in names)


def overview(
    found: dict[str, list[dict[str, Any]]], prefix: str, beside: dict[str, list[dict[str, Any]]] | None = None
) -> str:
    """Lay the claims out in one table: claim, verdict, pages; links are relative to ``prefix``."""
    said = verdicts(found)
    rows = []
    for id, parts in found.items():
        verdict = _marked(said[id]) if id in said else "not judged"
        if failed := failed_parts(parts):
            verdict += f"; not reproduced: {'; '.join(failed)}"
        others = (beside or {}).get(id, [])
        verdict += "".join(f"; at {other['scale']} {_marked(other['verdict'])}" for other in others)
        rows.append((f"**{id}**", symbols(CLAIMS[id].statement), verdict, _links(parts + others, prefix)))
    return table(("", "Claim", "Verdict", "Page"), rows)


def part_grid(parts: list[dict[str, Any]]) -> str:
    """Lay out the parts of a claim that compares with the sigmoid; nothing where there are none.

    A row for the sigmoid, and two for each other activation: how each claim fares for it, and whether that is similar.
    """
    named = {tuple(part["part"].split(", ")): part for part in parts if part["part"]}
    if not named:
        return ""
    activations, columns = (list(dict.fromkeys(key[k] for key in named)) for k in (0, -1))
    columns.sort()

    by_activation = {name: [named.get((name, column)) for column in columns] for name in activations}
    of_any = [next((part for (_, c), part in named.items() if c == column), None) for column in columns]
    rows = [("sigmoid", *(_marked(by_itself(part.get("reference", []))) if part else "" for part in of_any))]
    for name, cells in by_activation.items():
        rows.append((name, *(_marked(by_itself(part["evidence"])) if part else "" for part in cells)))
        rows.append((f"{name}: as for the sigmoid?", *(_marked(part["verdict"]) if part else "" for part in cells)))
    return table(("", *columns), rows) + "\n"


def by_itself(items: list[dict[str, Any]]) -> str:
    """Say what evidence adds up to without any comparison."""
    outcomes = [item["outcome"] for item in items if item["decides"]]
    return sum_up(outcomes) if outcomes else NOT_JUDGED


def evidence(parts: list[dict[str, Any]], prefix: str) -> str:
    """Show what the verdict on one claim rests on, part by part, each with the figure that shows it."""
    shown = []
    for part in parts:
        page = f"[{title(part['notebook'])}]({prefix}{part['notebook']}.ipynb)"
        data = f"../executed/files/{part['notebook']}/{part['file']}" if part.get("file") else ""
        offered = f" The same, a row a seed: {{download}}`{part['file']} <{data}>`." if data else ""
        figure = f"{{numref}}`{part['figure']}` on the page {page}" if part.get("figure") else f"the page {page}"
        shown.append(f"```{{raw}} html\n{as_html(part)}\n```\n\nSee {figure}.{offered}\n")
    return "\n".join(shown)


def at_other_scale(parts: list[dict[str, Any]]) -> str:
    """Show what was judged of one claim at another scale, below the rest."""
    return "".join(
        f"\n**At {part['scale']}: {part['verdict']}.**\n\n{evidence([part], '../executed/')}" for part in parts
    )


def claims_page(
    found: dict[str, list[dict[str, Any]]], note: str = "", beside: dict[str, list[dict[str, Any]]] | None = None
) -> str:
    """Write the page of all claims: a note on their scale, the overview, then what each verdict rests on."""
    said, beside = verdicts(found), beside or {}
    grid = part_grid(found.get("C9", []))
    sections = [
        # What is judged as a whole says itself what it is.
        f"({id.lower()})=\n## {id}: {said[id]}\n\n"
        + (f"{symbols(CLAIMS[id].statement)}\n\n" if parts[0]["part"] else "")
        + f"Source: {CLAIMS[id].source}.\n\n"
        + (f"{SIMILAR}\n\n{grid}\n" if parts[0]["part"] else "")
        + f"{evidence(parts, '../executed/')}"
        + at_other_scale(beside.get(id, []))
        for id, parts in found.items()
        if parts
    ]
    judged = [(id, [items for part in parts for items in _deciding(part)]) for id, parts in found.items()]
    return f"""\
# Claims and verdicts

{note}{summary(found)}

```{{raw}} html
<figure class="strip">{strip((id, parts) for id, parts in judged if any(parts))}</figure>
```

Every mark is one measurement that decides on a claim, with its 95 % interval: to the right of the dashed line it holds
(disc), to the left it fails (diamond), and where the interval crosses the line it is open (ring). Each part of a claim
has its own unit, in which the furthest measurement is one. Of C9 the marks are those of tanh and erf; its verdict says
whether they fall as the sigmoid's do.

{OUTCOMES_SAID}

{overview(found, "../executed/", beside)}

How a verdict is reached is said on the page [](../method.md); when a criterion or a verdict changed, and why, on the
page [](../changes.md). The same as data: {{download}}`claims.json <site/claims.json>`. Beside each verdict is a table
of all that it rests on, a row a seed; {{download}}`a short script <../../tests/book/recompute_verdicts.py>` that shares
no code with the book comes to every verdict again from these tables alone.

{chr(10).join(sections)}"""


def _deciding(part: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """List the evidence that decides on a part, apart for each criterion."""
    items = [item for item in part["evidence"] if item["decides"]]
    return [
        [item for item in items if item["criterion"] == name] for name in dict.fromkeys(i["criterion"] for i in items)
    ]


def parts_short(found: dict[str, list[dict[str, Any]]]) -> str:
    """Write the front page's table of C9's parts."""
    grid = part_grid(found.get("C9", []))
    return f"\nThe parts of C9. {SIMILAR}\n\n{grid}" if grid else ""


def headline(found: dict[str, list[dict[str, Any]]], executed: dict[str, NotebookNode], benchmark: Path) -> str:
    """Write the front page's cards: what reproduced, and how fast training became."""
    checked, own = apart(verdicts(found))
    reproduced, *others = verdict_counts(checked)
    beside = f"; of its own {len(CLAIMS) - CHECKED} this book finds {verdict_counts(own)[0]}" if own else ""
    at = f" at {scale(executed)}" if scale(executed) else ""
    cards = [
        (
            f"{reproduced.split()[0]} of {CHECKED}",
            "; ".join([f"claims reproduced{at}", *others]) + failed_of(found) + beside,
            "generated/claims",
        ),
    ]
    if benchmark.exists():
        measured = json.loads(benchmark.read_text(encoding="utf-8"))
        cell = measured["headline"]
        big = f"{cell['report_seconds'] / 60:,.0f} minutes to {cell['flow_seconds']:.2g} s"
        cards.append((big, training_summary(measured), "executed/09_from_hours_to_a_second"))
    inside = "".join(
        f":::{{grid-item-card}} {grouped(big)}\n:link: {link}\n:link-type: doc\n{grouped(small)}\n:::\n"
        for big, small, link in cards
    )
    return scale_note(executed) + f"::::{{grid}} 1 1 2 2\n:gutter: 3\n:class-container: headline\n\n{inside}::::\n"


def training_summary(measured: dict[str, Any]) -> str:
    """Say what training takes by the report's loop, by descent and by the integrator, without the last full stop."""
    cell, ratios, grid = measured["headline"], measured["summary"], measured["grid"]
    quicker = sum(row["descent_seconds"] < row["flow_seconds"] for row in grid)
    return (
        f"Training {cell['n_points']} patterns at norm {cell['norm']:g}, which took the report more than 30 hours, "
        f"takes {cell['flow_seconds']:.2g} s; in the same measurement the report's loop takes "
        f"{cell['report_seconds'] / 60:,.0f} minutes, the time of one step times the {cell['report_steps']:,.0f} of a "
        f"run to its end, and descent at its best step {cell['descent_seconds']:.0f} s. "
        "Experiment 3 as a whole, in one process and with the loop's steps counted by flow time, is "
        f"{ratios['grid_report_ratio']:,.0f} to {ratios['coarse_report_ratio']:,.0f} times faster than by the loop, by "
        "the accuracy asked for. At the default accuracy descent at its best step is quicker than the integrator in "
        f"{quicker} of its {len(grid)} conditions"
    )


def experiments_documented() -> str:
    """Write the reference's section on the experiments: every file of theirs with its functions."""
    names = sorted(path.stem for path in (ROOT / "book" / "experiments").glob("[a-z]*.py"))
    sections = (f".. automodule:: book.experiments.{name}\n   :members:\n" for name in names)
    return "```{eval-rst}\n" + "\n".join(sections) + "```\n"


def write_pages(executed: dict[str, NotebookNode], folder: Path) -> bool:
    """Write the generated pages into a folder, and return whether any of them changed."""
    found, beside = collect(executed), collect(executed, other_scales=True)
    said = verdicts(found)
    data = [
        {
            "id": id,
            "statement": CLAIMS[id].statement,
            "source": CLAIMS[id].source,
            "verdict": said[id],
            "parts": parts,
            "at_other_scales": beside[id],
        }
        for id, parts in found.items()
        if parts
    ]
    pages = {
        "claims.md": claims_page(found, scale_note(executed), beside),
        "experiments.md": experiments_documented(),
        "claims_short.md": overview(found, "executed/", beside) + parts_short(found),
        "report_compared.md": comparison_table(executed, found),
        "report_conclusions.md": conclusions(executed),
        "moving.md": moving(spectra(executed)),
        "strip.md": verdict_strip(said, MARKS, {id: claim.statement for id, claim in CLAIMS.items()}),
        "headline.md": headline(found, executed, folder.parent / "benchmark.json"),
        "status.md": status_page(executed),
        "site/claims.json": json.dumps(data, indent=1, ensure_ascii=False) + "\n",
    }
    return any([write_if_changed(folder / file, text) for file, text in pages.items()])
