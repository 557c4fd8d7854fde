"""The table of contents, ``_toc.yml``: the single list of pages and notebooks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from book.build.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
PRESETS = NOTEBOOKS / "presets"
EXECUTED = ROOT / "book" / "executed"
GENERATED = ROOT / "book" / "generated"


def pages(root: Path = ROOT) -> list[str]:
    """List every page of the book in reading order, as written in ``_toc.yml`` (no file ending)."""
    return list(_entries(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))))


def _entries(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[key] for key in ("root", "file") if key in node)
        node = [child for key in ("parts", "chapters", "sections") for child in node.get(key, [])]
    for child in node:
        yield from _entries(child)


def notebook_names(root: Path = ROOT) -> list[str]:
    """List the names of the book's notebooks, like ``01_single_example``, in reading order."""
    return [Path(page).name for page in pages(root) if page.startswith("book/executed/")]


def find_notebook(wanted: str, names: list[str]) -> str:
    """Find the notebook that a number, name or path means, or raise a UsageError that lists them."""
    stem = Path(wanted.strip()).name.removesuffix(".py").removesuffix(".ipynb")
    found = [name for name in names if stem and stem.zfill(2) in (name, name.split("_")[0])]
    if found:
        return found[0]
    asked = f"There is no notebook {wanted!r}." if stem else "Name a notebook, as in NOTEBOOK=01."
    raise UsageError(f"{asked} The notebooks are:\n  " + "\n  ".join(names))
