"""From an executed notebook to the page that the book shows: with where it came from, and what to take along."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from book.build.arrange import all_code, arranged
from book.build.dark import dark
from book.build.outputs import displayed, files, glued
from book.build.unknown import without_unknown
from book.parameters import ParameterError, declared
from book.statistics.verdicts import CLAIM_MIME


def page(executed: NotebookNode, name: str, folder: Path, records: Path | None = None) -> NotebookNode:
    """Turn an executed notebook into the book's page of it.

    Parameters
    ----------
    executed
        What papermill wrote.
    name
        The notebook's name.
    folder
        Where the page goes; the downloads are written into ``files/NAME`` below it.
    records
        Folder of the records that its sweeps made, offered as they are.

    Returns
    -------
    NotebookNode
        The page: its cells arranged for a reader, with its provenance as a last cell.
    """
    downloads = []
    kept = {f"records_{path.name}": path.read_bytes() for path in sorted(records.glob("*.csv"))} if records else {}
    for file, content in (files(executed) | kept).items():
        target = folder / "files" / name / file
        write_if_changed(target, content)
        downloads.append(f"files/{name}/{file}")
        if target.suffix == ".svg":
            write_if_changed(target.with_name(f"{target.stem}-dark.svg"), dark(content))
    shown = copy.deepcopy(executed)
    shown.cells = arranged(executed, f"files/{name}")
    values = glued(executed)
    for cell in shown.cells:
        if cell.cell_type == "markdown":
            cell.source = without_unknown(cell.source, values)
    for _, output in displayed(shown):
        for kind in (CLAIM_MIME, "text/csv"):  # for tools, not for readers
            output.data.pop(kind, None)
    preset = executed.metadata.get("sigae", {}).get("preset", "default")
    if preset != "default":
        note = new_markdown_cell(
            f":::{{note}}\nThis copy was executed at another scale, `PRESET={preset}`: figures, numbers and verdicts "
            "are those of the parameters at the bottom of the page, while the text describes the default ones.\n:::"
        )
        note["id"] = "scale"
        shown.cells.insert(1, note)
    again = take_section(shown, "## (?:Run it again|Rerun it)")  # how to run it again belongs to how it was made
    cell = new_markdown_cell(provenance(executed, name, downloads, again))
    cell["id"] = "provenance"
    shown.cells.append(cell)
    return shown


def take_section(page: NotebookNode, head: str) -> str:
    """Take the section whose heading fits a pattern out of a page's prose, and return what stands under it."""
    for cell in page.cells:
        if cell.cell_type == "markdown" and (found := re.search(rf"(?ms)^{head}[^\n]*\n(.*?)(?=^## |\Z)", cell.source)):
            cell.source = cell.source[: found.start()] + cell.source[found.end() :]
            return found[1].strip()
    return ""


def provenance(executed: NotebookNode, name: str, downloads: list[str], again: str = "") -> str:
    """Write the fold under a result page: how to run it again, parameters, versions, commit, run time and downloads."""
    told = executed.metadata.get("sigae", {})
    run = executed.metadata.get("papermill", {})
    versions = told.get("versions", {})
    machine, preset = told.get("machine", ""), told.get("preset", "default")
    chosen = preset == "default" and run.get("parameters")
    taken = "\n".join(f"- {{download}}`{Path(file).name} <{file}>`" for file in downloads)
    rows = [
        ("Scale", "parameters of one's own" if chosen else f"`PRESET={preset}`"),
        ("Run time", f"{run.get('duration', 0):.0f} s, on {run.get('start_time', '')[:10]}"),
        ("Commit", f"`{told.get('commit') or 'not in a checkout'}`"),
        ("Machine", machine),
        ("Versions", ", ".join(f"{package} {version}" for package, version in versions.items())),
    ]
    return f"""\
::::::{{dropdown}} How this page was made, and how to run it again
:class-container: made

{again}

:::::{{tab-set}}
:::{{tab-item}} Run
{table(("What", "Value"), rows)}
A plus sign after the commit says that files had been changed since. The functions called here are documented, with
their source, on the page [](../reference.md).
:::

:::{{tab-item}} Parameters
{parameter_table(executed, run.get("parameters", {}))}
:::

:::{{tab-item}} Code
```python
{all_code(executed)}
```
:::

:::{{tab-item}} Downloads
- {{download}}`{name}.ipynb, the recorded notebook <../../notebooks/{name}.ipynb>`
- {{download}}`{name}.py, its source <../../notebooks/{name}.py>`
{taken}
:::
:::::
::::::
"""


def parameter_table(executed: NotebookNode, changed: dict[str, Any]) -> str:
    """Lay out the parameters of an execution, each with its meaning; changed ones are marked."""
    try:
        fields = declared(executed).model_fields
    except ParameterError:
        return "This notebook has no parameters."
    rows = []
    for parameter, field in fields.items():
        value = changed.get(parameter, field.default)
        mark = f" (default `{field.default!r}`)" if parameter in changed else ""
        rows.append((f"`{parameter}`", f"`{value!r}`{mark}", field.description or ""))
    return table(("Parameter", "Value", "Meaning"), rows)


def title(name: str) -> str:
    """Say a notebook's name in words."""
    number, _, words = name.partition("_")
    return f"{int(number)} {words.replace('_', ' ')}" if number.isdigit() else name


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write a Markdown table; a bar inside a cell is kept."""
    lines = [tuple(cell.replace("|", r"\|").replace("\n", " ") for cell in row) for row in [head, *rows]]
    lines.insert(1, tuple("---" for _ in head))
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def write_if_changed(path: Path, content: str | bytes) -> bool:
    """Write a file unless it holds this content already, so that its time stamp tells of real changes.

    Parameters
    ----------
    path
        The file; its folder is made where missing.
    content
        The wanted content.

    Returns
    -------
    bool
        Whether it was written.
    """
    wanted = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == wanted:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_bytes(wanted)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return True
