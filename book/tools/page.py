"""From an executed notebook to the page that the book shows."""

from __future__ import annotations

import copy
from pathlib import Path

from nbformat import NotebookNode


def page(executed: NotebookNode, name: str) -> NotebookNode:
    """Turn an executed notebook into the book's page of it."""
    shown = copy.deepcopy(executed)
    return shown


def write_if_changed(path: Path, text: str) -> bool:
    """Write a file unless it holds this text already, so that its time stamp tells of real changes.

    Parameters
    ----------
    path
        The file; its folder is made where missing.
    text
        The wanted content.

    Returns
    -------
    bool
        Whether it was written.
    """
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return True
