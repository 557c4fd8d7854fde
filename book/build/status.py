"""The page that tells when each notebook was executed, how long that took, and what took it."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from book.build.page import table, title

__all__ = ["costs", "status_page"]

STARTING, IMPORTING, SWEEPING, DRAWING = COSTS = ("Kernel", "Imports", "Workers, training", "Tables, figures")
IMPORT = re.compile(r"^(from \S+ )?import ", re.MULTILINE)
SWEEP = re.compile(r"\bsweep\(")


def status_page(executed: dict[str, NotebookNode]) -> str:
    """Write the page that tells when, how long and from which commit each notebook was executed."""
    rows, totals = [], [0.0] * (1 + len(COSTS))
    for name, notebook in executed.items():
        told, run = notebook.metadata.get("sigae", {}), notebook.metadata.papermill
        seconds = [run.duration, *costs(notebook).values()]
        totals = [a + b for a, b in zip(totals, seconds, strict=True)]
        finished = f"{run.end_time[:16].replace('T', ' ')} UTC"
        link = f"[{title(name)}](../executed/{name}.ipynb)"
        shown = [f"{s:.0f} s" for s in seconds]
        rows.append((link, told.get("preset", ""), *shown, finished, f"`{told.get('commit', '')}`"))
    rows.append(("**all**", "", *(f"**{s:.0f} s**" for s in totals), "", ""))
    return f"""\
# Status of this build

Each notebook was executed by papermill when the site was built. A run whose inputs have not changed is kept, and so
are the records of its sweep: a run time tells what had to be computed then. Two notebooks run at a time.

{table(("Notebook", "Scale", "Run time", *COSTS, "Finished", "Commit"), rows)}"""


def costs(notebook: NotebookNode) -> dict[str, float]:
    """Take the run time of an executed notebook apart.

    Returns
    -------
    dict
        A part of :data:`COSTS` to seconds; together the run time.
    """
    found = dict.fromkeys(COSTS, 0.0)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            imports = IMPORTING if IMPORT.search(cell.source) else DRAWING
            found[SWEEPING if SWEEP.search(cell.source) else imports] += (
                cell.metadata.get("papermill", {}).get("duration") or 0.0
            )
    found[STARTING] = max(0.0, notebook.metadata.papermill.duration - sum(found.values()))
    return found
