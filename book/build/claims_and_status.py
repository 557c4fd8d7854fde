"""The pages that look across all executed notebooks: the claims with their verdicts, and the status."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from book.build.front_page import moving, spectra, verdict_strip
from book.build.outputs import claims
from book.build.page import table, write_if_changed
from book.build.report_compared import comparison_table
from book.build.toc import ROOT
from book.figures.intervals import distances
from book.figures.verdict_html import by_criterion
from book.statistics.claims import CLAIMS
from book.statistics.verdicts import NOT_REPRODUCED, OUTCOMES, REPRODUCED, combine
from book.typeset import grouped, listed, symbols

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


def _counts(found: Found, *, own: bool) -> list[str]:
    """Count the verdicts on the claims that the book was made to check, or on its own, as in ``5 reproduced``."""
    said = [verdict for id, verdict in verdicts(found).items() if CLAIMS[id].own == own]
    return [f"{said.count(verdict)} {verdict}" for verdict in MARKS if verdict in said or verdict == REPRODUCED]


def _parts(found: Found) -> str:
    """Count the verdicts on the parts of claims of which some are not reproduced, as the end of a sentence."""
    said = ""
    for id, parts in found.items():
        counts = Counter(part["verdict"] for part in parts if part["part"])
        if NOT_REPRODUCED in counts:
            numbers = listed(f"{count} {verdict}" for verdict, count in counts.most_common())
            said += f"; of the {counts.total()} parts of {id}, {numbers}"
    return said


def summary(found: Found) -> str:
    """Say in one sentence how the claims fared, and which parts did not hold; then how the book's own did."""
    sentence = f"Of {CHECKED} claims, {listed(_counts(found, own=False))}{_parts(found)}."
    if any(CLAIMS[id].own for id in verdicts(found)):
        sentence += f" Of {len(CLAIMS) - CHECKED} more, this book's own, {listed(_counts(found, own=True))}."
    return sentence


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


def overview(found: Found, prefix: str, others: Found, *, anchors: bool = False) -> str:
    """Lay the claims out in one table: claim, verdict, pages, with links relative to ``prefix``, perhaps anchors."""
    said, rows = verdicts(found), []
    for id, parts in found.items():
        verdict = _marked(said.get(id, "not judged"))
        if failed := [part["part"] for part in parts if part["part"] and part["verdict"] == NOT_REPRODUCED]:
            verdict += f"; not reproduced: {'; '.join(failed)}"
        verdict += "".join(f"; at {other['scale']} {_marked(other['verdict'])}" for other in others[id])
        names = dict.fromkeys(part["notebook"] for part in parts + others[id])
        pages = ", ".join(f"[]({prefix}{name}.ipynb)" for name in names)
        name = f"[**{id}**]{{#{id.lower()}}}" if anchors else f"**{id}**"
        rows.append((name, symbols(CLAIMS[id].statement), verdict, pages))
    return table(("", "Claim", "Verdict", "Page"), rows)


def forest(found: Found, others: Found) -> str:
    """Draw all claims, and the parts of those that have some, against their thresholds: a row a judgement."""
    rows = []
    for part in [part for id in found for part in found[id] + others[id]]:
        deciding = [items for items in by_criterion(part["evidence"]) if items[0]["decides"]]
        if deciding:
            sigmoid = {items[0]["criterion"]: items for items in by_criterion(part.get("reference", ()))}
            same = [sigmoid.get(items[0]["criterion"], []) for items in deciding]
            name = ", ".join(filter(None, (part["id"], part["part"], part.get("scale"))))
            page = f"../executed/{part['notebook']}.html"
            drawn = f'<th scope="row"><a href="{page}">{name}</a></th><td>{distances(deciding, same)}</td>'
            rows.append(f"<tr>{drawn}<td>{part['verdict']}</td></tr>")
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

{note}{summary(found)}

```{{raw}} html
{forest(found, others)}
```

Every mark is one measurement that decides on a claim, with its 95 % interval. A disc, right of the threshold, holds.
A diamond, left of it, fails. A ring, whose interval crosses it, is open. Each criterion has its own unit, its furthest
measurement. The rows of C9 show tanh and erf, with the sigmoid as grey bars: a part is reproduced where the two are on
the same side.

{overview(found, "../executed/", others, anchors=True)}
{OUTCOMES_SAID}

Each page shows what its verdict rests on, and [](../method.md) says how a verdict is reached. When a criterion or a
verdict changed, and why, is on the page [](../changes.md). The same as data: {{download}}`claims.json
<site/claims.json>`. Every page offers what its verdict rests on as a table, a row a seed;
{{download}}`a short script <../../tests/book/recompute_verdicts.py>` that shares no code with the book comes to every
verdict again from these tables alone.

:::{{dropdown}} Where each claim comes from
{sources}:::
"""


def headline(found: Found, executed: dict[str, NotebookNode], benchmark: Path) -> str:
    """Write the front page's cards: what reproduced, and how fast training became."""
    reproduced, *rest = _counts(found, own=False)
    at = f" at {scale(executed)}" if scale(executed) else ""
    words = "; ".join([f"claims reproduced{at}", *rest]) + _parts(found)
    if any(CLAIMS[id].own for id in verdicts(found)):
        words += f"; of its own {len(CLAIMS) - CHECKED} this book finds {_counts(found, own=True)[0]}"
    cards = [(f"{reproduced.split()[0]} of {CHECKED}", words, "generated/claims")]
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


def status_page(executed: dict[str, NotebookNode]) -> str:
    """Write the page that tells when, how long and from which commit each notebook was executed."""
    rows, total = [], 0
    for name, notebook in executed.items():
        made, run = notebook.metadata.get("sigae", {}), notebook.metadata.papermill
        finished, commit = f"{run.end_time[:16].replace('T', ' ')} UTC", f"`{made.get('commit', '')}`"
        rows.append(
            (f"[](../executed/{name}.ipynb)", made.get("preset", ""), f"{run.duration:.0f} s", finished, commit)
        )
        total += run.duration
    rows.append(("**all**", "", f"**{total:.0f} s**", "", ""))
    return f"""\
# Status of this build

Each notebook was executed by papermill when the site was built. A run whose inputs have not changed is kept, and so
are the records of its sweep: a run time says what had to be computed then. Two notebooks run at a time.

{table(("Notebook", "Scale", "Run time", "Finished", "Commit"), rows)}"""


def write_pages(executed: dict[str, NotebookNode], folder: Path) -> bool:
    """Write the generated pages into a folder, and return whether any of them changed."""
    found, others = collect(executed), collect(executed, other_scales=True)
    said = verdicts(found)
    data = [
        {"id": id, "statement": CLAIMS[id].statement, "source": CLAIMS[id].source, "verdict": verdict}
        | {"parts": found[id], "at_other_scales": others[id]}
        for id, verdict in said.items()
    ]
    pages = {
        "claims.md": claims_page(found, others, scale_note(executed)),
        "experiments.md": experiments_documented(),
        "claims_short.md": overview(found, "executed/", others),
        "report_compared.md": comparison_table(found),
        "moving.md": moving(spectra(executed)),
        "strip.md": verdict_strip(said, MARKS, {id: claim.statement for id, claim in CLAIMS.items()}),
        "headline.md": headline(found, executed, folder.parent / "benchmark.json"),
        "status.md": status_page(executed),
        "site/claims.json": json.dumps(data, indent=1, ensure_ascii=False) + "\n",
    }
    return any([write_if_changed(folder / file, text) for file, text in pages.items()])
