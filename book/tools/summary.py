"""The pages that look across all executed notebooks: the claims with their verdicts, and the status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from book.tools.outputs import claims
from book.tools.page import write_if_changed

MARKS = {"reproduced": "✓", "partly": "◐", "not reproduced": "✗"}


def collect(executed: dict[str, NotebookNode]) -> list[dict[str, Any]]:
    """List all claims that were judged, by claim and then in reading order, each with its notebook's name."""
    found = [{**claim, "notebook": name} for name, notebook in executed.items() for claim in claims(notebook)]
    return sorted(found, key=lambda claim: (len(str(claim["id"])), str(claim["id"])))


def claims_table(found: list[dict[str, Any]], prefix: str, *, short: bool = False) -> str:
    """Lay the claims out as a MyST table, with links to the pages relative to ``prefix``."""
    if not found:
        return "No claim has been judged yet.\n"
    head = (
        ["Claim", "Verdict", "Ours", "Page"]
        if short
        else ["", "Claim", "Source", "Threshold", "Ours", "Verdict", "Page"]
    )
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for claim in found:
        link = f"[{title(claim['notebook'])}]({prefix}{claim['notebook']}.ipynb)"
        verdict = f"{MARKS.get(claim['verdict'], '')} {claim['verdict']}"
        named = f"**{claim['id']}**"
        cells = {
            "": named,
            "Claim": f"{named} {claim['statement']}" if short else claim["statement"],
            "Source": claim.get("source", ""),
            "Threshold": claim.get("threshold", ""),
            "Ours": ours(claim),
            "Verdict": verdict,
            "Page": link,
        }
        lines.append(
            "| " + " | ".join(str(cells[column]).replace("|", r"\|").replace("\n", " ") for column in head) + " |"
        )
    return "\n".join(lines) + "\n"


def ours(claim: dict[str, Any]) -> str:
    """Say what was measured for a claim, with its uncertainty."""
    value, uncertainty = claim.get("value"), claim.get("uncertainty")
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:.4g}" + (f" ± {uncertainty:.2g}" if isinstance(uncertainty, int | float) else "")


def title(name: str) -> str:
    """Say a notebook's name in words."""
    number, _, words = name.partition("_")
    return f"{int(number)} {words.replace('_', ' ')}" if number.isdigit() else name


def status_table(executed: dict[str, NotebookNode]) -> str:
    """Lay out when, how long and from which commit each notebook was executed."""
    lines = ["| Notebook | Scale | Run time | Finished | Commit |", "|---|---|---:|---|---|"]
    total = 0.0
    for name, notebook in executed.items():
        told, run = notebook.metadata.get("sigae", {}), notebook.metadata.papermill
        total += run.duration
        lines.append(
            f"| [{title(name)}](../executed/{name}.ipynb) | {told.get('preset', '')} | {run.duration:.0f} s "
            f"| {run.end_time[:16].replace('T', ' ')} UTC | `{told.get('commit', '')}` |"
        )
    return "\n".join([*lines, f"| **all** | | **{total:.0f} s** | | |"]) + "\n"


def write_pages(executed: dict[str, NotebookNode], folder: Path) -> bool:
    """Write the generated pages.

    Parameters
    ----------
    executed
        Name to executed notebook, in reading order.
    folder
        ``book/generated``.

    Returns
    -------
    bool
        Whether any of them changed.
    """
    found = collect(executed)
    count = {verdict: sum(claim["verdict"] == verdict for claim in found) for verdict in MARKS}
    counted = ", ".join(f"{number} {verdict}" for verdict, number in count.items())
    pages: dict[str, str] = {
        "claims.md": f"""\
# Claims and verdicts

Every claim, what was measured for it, the threshold that was set beforehand, and the verdict that follows: {counted}.
The same as data: {{download}}`claims.json <site/claims.json>`.

{claims_table(found, "../executed/")}
How a verdict is reached is described on the page [](../method.md).
""",
        "claims_short.md": claims_table(found, "executed/", short=True),
        "status.md": f"""\
# Status of this build

Each notebook was executed by papermill when the site was built. A run whose inputs have not changed is kept, and so
are the records of its sweep: a run time tells what had to be computed then.

{status_table(executed)}""",
        "site/claims.json": json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
    }
    return any([write_if_changed(folder / file, text) for file, text in pages.items()])
