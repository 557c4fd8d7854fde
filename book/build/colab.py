"""The first cell of a published notebook: Colab opens the notebook alone, so there it fetches and installs the rest."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

TAG = "colab"


def without_install(notebook: NotebookNode) -> NotebookNode:
    """Drop the cell that installs; the notebook is changed in place and returned."""
    notebook.cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    return notebook


def with_install(notebook: NotebookNode, address: str) -> NotebookNode:
    """Begin a notebook with a cell that installs the repository at an address where Colab runs it, and only there."""
    without_install(notebook)
    if address:
        source = f"""\
import sys

if "google.colab" in sys.modules:  # which has opened this notebook alone
    !git clone --quiet --depth 1 {address} /content/repository
    %pip install --quiet --editable "/content/repository[book]"
    sys.path[:0] = ["/content/repository"]
    %cd -q /content/repository/notebooks"""
        notebook.cells.insert(0, new_code_cell(source, id=TAG, metadata={"tags": [TAG, "remove-cell"]}))
    return notebook


def installs(notebook: Path, address: str) -> bool:
    """Tell whether a notebook begins with the cell that installs from an address."""
    return f" {address} " in nbformat.read(notebook, as_version=4).cells[0].source
