"""What executed notebooks hold: their claims, the tables behind their figures, and the figures themselves."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from book.statistics.verdicts import CLAIM_MIME


def displayed(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """Iterate over what the cells displayed: pairs of cell and output."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for output in cell.outputs:
                if output.output_type in ("display_data", "execute_result"):
                    yield cell, output


def claims(notebook: NotebookNode) -> list[dict[str, Any]]:
    """List the claims that a notebook judged, in order."""
    return [output.data[CLAIM_MIME] for _, output in displayed(notebook) if CLAIM_MIME in output.data]


def glued(notebook: NotebookNode) -> dict[str, float | str]:
    """Collect the numbers and texts that a notebook glued, by name."""
    found: dict[str, float | str] = {}
    for _, output in displayed(notebook):
        if name := output.metadata.get("scrapbook", {}).get("name"):
            text = output.data["application/papermill.record/text/plain"]
            try:
                found[name] = float(text)
            except ValueError:
                found[name] = text.strip("'\"")
    return found


def files(notebook: NotebookNode) -> dict[str, bytes]:
    """Extract what a reader may want to take along.

    Parameters
    ----------
    notebook
        An executed notebook.

    Returns
    -------
    dict
        File name to content: every table as CSV, every named figure as SVG and PNG.
    """
    found: dict[str, bytes] = {}
    for cell, output in displayed(notebook):
        if "text/csv" in output.data:
            named = (
                output.metadata.get("name") or output.metadata.get("sigae", {}).get("name") or f"table-{len(found) + 1}"
            )
            found[f"{slug(named)}.csv"] = output.data["text/csv"].encode()
        figure = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
        if figure and "image/svg+xml" in output.data:
            found[f"{slug(figure)}.svg"] = output.data["image/svg+xml"].encode()
        if figure and "image/png" in output.data:
            found[f"{slug(figure)}.png"] = base64.b64decode(output.data["image/png"])
    return found


def slug(name: str) -> str:
    """Turn a name into the stem of a file."""
    return re.sub(r"[^\w.-]+", "-", Path(name).name).removesuffix(".csv")
