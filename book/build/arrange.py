"""The cells of an executed notebook, arranged for a reader: results in the page, code out of the way."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from book.build.outputs import slug

FOLDED = '<details class="behind">'  # how book.publish begins a table that stands behind a figure


@dataclass
class Behind:
    """What stands behind a figure, or is a table that nobody needs to see: one fold, and files to take along."""

    files: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        """Write the quiet line: code and numbers to unfold at its left, files at its right."""
        inside = [f"```python\n{code}\n```\n" for code in self.code]
        inside += [f"```{{raw}} html\n{table}\n```\n" for table in self.tables]
        called = "Code and numbers" if self.tables and self.code else "Numbers" if self.tables else "Code"
        links = " ".join(f"{{download}}`{file.rpartition('.')[2].upper()} <{file}>`" for file in self.files)
        fold = f":::::{{dropdown}} {called}\n{''.join(inside)}:::::\n\n" if inside else ""
        return f"::::::{{div}} behind\n{fold}:::::{{div}} files\n{links}\n:::::\n::::::\n"


def arranged(executed: NotebookNode, folder: str) -> list[NotebookNode]:
    """Arrange the cells of an executed notebook as a page.

    A figure is followed by one quiet line that has the code and the numbers behind it and its files. All other code is
    left to the page's end, see :func:`all_code`, but for cells tagged ``show-input``, where the code is the point.
    What the cells glued stays, unseen, for the prose to cite.
    """
    page: list[NotebookNode] = []
    behind: Behind | None = None

    def say(text: str) -> None:
        page.append(new_markdown_cell(text, id=f"arranged-{len(page):02d}"))

    for cell in copy.deepcopy(executed).cells:
        if cell.cell_type != "code":
            if behind:
                say(behind.markdown())
            behind = None
            page.append(cell)
            continue
        settings, in_sight = cell.metadata.get("mystnb", {}), "show-input" in cell.metadata.get("tags", [])
        if in_sight:
            if behind:
                say(behind.markdown())
                behind = None
            say(f"```python\n{clean(cell.source)}\n```\n")
        kept = []
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/svg+xml" in data and "figure" in settings:
                if behind:
                    say(behind.markdown())
                name = slug(settings["figure"]["name"])
                say(_figure(settings, f"{folder}/{name}.svg"))
                behind = Behind(
                    [f"{folder}/{name}.{kind}" for kind in ("svg", "png")], [] if in_sight else [clean(cell.source)]
                )
            elif data.get("text/html", "").startswith(FOLDED):
                behind = behind or Behind()
                behind.files.insert(0, f"{folder}/{slug(output.metadata['sigae']['name'])}.csv")
                behind.tables.append(re.sub(r"^.*?</summary>|</details>$", "", data["text/html"]))
                if not in_sight and (code := clean(cell.source)) not in behind.code:
                    behind.code.append(code)
            else:
                kept.append(output)
        cell.outputs = kept
        visible = [o for o in kept if "text/html" in o.get("data", {}) or in_sight and o.output_type != "display_data"]
        if visible and behind:
            say(behind.markdown())
            behind = None
        cell.metadata["tags"] = ["remove-input"] if visible else ["remove-cell"]
        cell.metadata.pop("mystnb", None)
        page.append(cell)
        for output in visible:
            if "text/csv" in output.get("data", {}):
                table = f"{folder}/{slug(output.metadata['sigae']['name'])}.csv"
                say(f":::{{div}} files\n{{download}}`CSV <{table}>`\n:::\n")
    if behind:
        say(behind.markdown())
    return page


def _figure(settings: NotebookNode, path: str) -> str:
    told, alternative = settings["figure"], settings.get("image", {}).get("alt", "")
    return (
        f"::::{{figure}} {path}\n:name: {told['name']}\n:alt: {alternative}\n:class: drawn\n\n"
        f"{told.get('caption', '')}\n::::\n\n"
    )


def clean(source: str) -> str:
    """Leave out of a cell's source what is for the formatter alone."""
    return source.replace("  # fmt: skip", "")


def all_code(executed: NotebookNode) -> str:
    """Write all code of a notebook in one piece, as it was run."""
    return "\n\n".join(clean(cell.source) for cell in executed.cells if cell.cell_type == "code" and cell.source)
