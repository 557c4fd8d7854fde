"""What executed notebooks hold: their claims, the tables behind their figures, and the figures."""

import base64
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from book.publish import STACKED_MIME
from book.statistics.verdicts import CLAIM_MIME

STACKED = "-stacked.svg"  # how the name of a figure's file for phones ends


def displayed(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Iterate over what the cells displayed."""
    for cell in notebook.cells:
        yield from (output for output in cell.get("outputs", []) if "data" in output)


def claims(notebook: NotebookNode) -> list[dict[str, Any]]:
    """List the claims that a notebook judged, in order."""
    return [output.data[CLAIM_MIME] for output in displayed(notebook) if CLAIM_MIME in output.data]


def files_of(cell: NotebookNode) -> Iterator[tuple[str, bytes]]:
    """Iterate over what a cell offers: file name and content of its tables as CSV, its figure as SVG and PNG."""
    figure = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "text/csv" in data:
            yield f"{output.metadata['sigae']['name']}.csv", data["text/csv"].encode()
        if figure and "image/svg+xml" in data:
            yield f"{figure}.svg", data["image/svg+xml"].encode()
            yield f"{figure}.png", base64.b64decode(data["image/png"])
        if figure and STACKED_MIME in data:
            yield f"{figure}{STACKED}", data[STACKED_MIME].encode()


def files(notebook: NotebookNode) -> dict[str, bytes]:
    """Extract all that a notebook's cells offer: file name to content."""
    return dict(file for cell in notebook.cells for file in files_of(cell))
