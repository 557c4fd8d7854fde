"""What git says of the project's own folder; and the cell with which a published notebook begins."""

import os
import re
import subprocess
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

TAG = "colab"


def _git(root: Path, *arguments: str) -> str:
    """Return what git prints; nothing where the folder is no checkout of its own, or git is not installed."""
    if not (root / ".git").exists():
        return ""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        found = subprocess.run(["git", *arguments], cwd=root, env=ours, capture_output=True, text=True, check=True)
        return found.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def commit(root: Path) -> str:
    """Name the commit that is checked out, with a plus sign where files differ from it; empty outside a checkout."""
    return _git(root, "describe", "--always", "--abbrev=12", "--exclude", "*", "--dirty=+")


def repository(root: Path) -> str:
    """Find the published repository's address, from SITE_REPOSITORY or git's remote "origin"; empty if not public."""
    address = os.environ.get("SITE_REPOSITORY") or _git(root, "remote", "get-url", "origin")
    public = r"(?:https://|git@|ssh://git@)(github\.com|gitlab\.com)[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
    found = re.fullmatch(public, address)
    return f"https://{found[1]}/{found[2]}" if found else ""


def published(address: str) -> str:
    """Say where the site of a repository is published, with a slash at its end; nothing where that is unknown."""
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", address)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def with_install(notebook: NotebookNode, address: str) -> NotebookNode:
    """Begin a notebook with a cell that installs the repository from an address on Colab; without any, drop it."""
    notebook.cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
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
