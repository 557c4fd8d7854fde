"""From an executed notebook to the page that the book shows: results in sight, code and numbers folded away."""

import copy
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from book.build.outputs import STACKED, displayed, files, files_of
from book.parameters import declared
from book.statistics.verdicts import CLAIM_MIME

FOLDED = '<details class="behind">'  # how book.publish begins a table that stands behind a figure


def page(executed: NotebookNode, name: str, folder: Path, records: Path | None = None) -> NotebookNode:
    """Turn an executed notebook into the book's page of it, and write what it offers into ``files/NAME`` below."""
    kept = {f"records_{path.name}": path.read_bytes() for path in sorted(records.glob("*.csv"))} if records else {}
    made = files(executed) | kept
    downloads = [file for file in made if not file.endswith(STACKED)]
    for file, content in made.items():
        write_if_changed(folder / "files" / name / file, content)
    shown = copy.deepcopy(executed)
    shown.cells = arranged(shown, f"files/{name}")
    for output in displayed(shown):
        for kind in (CLAIM_MIME, "text/csv"):  # for tools, not for readers
            output.data.pop(kind, None)
    if note := scale_note(executed):
        shown.cells.insert(1, new_markdown_cell(note, id="scale"))
    again = take_section(shown, "Run it again")  # how to run it again belongs to how it was made
    shown.cells.append(new_markdown_cell(provenance(executed, name, downloads, again), id="provenance"))
    return shown


def scale_note(executed: NotebookNode) -> str:
    """Tell the reader that what was executed is of another scale than the text describes; nothing at the default."""
    preset = executed.metadata.get("sigae", {}).get("preset", "default")
    if preset == "default":
        return ""
    return (
        f":::{{note}}\nThis copy was executed at another scale, `PRESET={preset}`: figures, numbers and verdicts are "
        "those of other, perhaps much smaller experiments than the text describes.\n:::\n"
    )


def arranged(executed: NotebookNode, folder: str) -> list[NotebookNode]:
    """Arrange the cells of an executed notebook, which are changed, as a page: code and numbers fold, files follow."""
    cells: list[NotebookNode] = []
    code: list[str] = []  # behind what was shown last, as are the others
    tables: list[str] = []
    offered: list[str] = []

    def close() -> None:
        if offered:
            cells.append(new_markdown_cell(folded_away(code, tables, offered), id=f"behind-{len(cells):02d}"))
            for part in (code, tables, offered):
                part.clear()

    for cell in executed.cells:
        if cell.cell_type != "code":
            close()
            cells.append(cell)
            continue
        folded = [o for o in cell.outputs if o.get("data", {}).get("text/html", "").startswith(FOLDED)]
        in_sight = "show-input" in cell.metadata.get("tags", [])
        own = [f"{folder}/{file}" for file, _ in files_of(cell) if not file.endswith(STACKED)]
        settings = cell.metadata.pop("mystnb", None)
        cell.outputs = [o for o in cell.outputs if o not in folded and (in_sight or o.output_type != "stream")]
        pictures = [o for o in cell.outputs if settings and "image/svg+xml" in o.get("data", {})]
        cell.outputs = [o for o in cell.outputs if o not in pictures]
        shows = any("text/html" in o.get("data", {}) for o in cell.outputs)
        if in_sight or shows or pictures:
            close()
        if pictures:
            cells.append(new_markdown_cell(figure(settings, folder), id=f"figure-{len(cells):02d}"))
        cell.metadata["tags"] = [] if in_sight else ["remove-input"] if shows else ["remove-cell"]
        if own and not in_sight and (pictures or folded) and cell.source not in code:
            code.append(cell.source)
        tables += [re.sub(r"^.*?</summary>|</details>$", "", o.data["text/html"]) for o in folded]
        offered += own
        cells.append(cell)
    close()
    return cells


def figure(settings: Mapping[str, Any], folder: str) -> str:
    """Write a figure with its number and caption; ``site_extension`` finds the file that a phone shows beside it."""
    name, alt = settings["figure"]["name"], settings.get("image", {}).get("alt", "")
    head = f":::{{figure}} {folder}/{name}.svg\n:name: {name}\n:class: drawn\n:alt: {alt}\n\n"
    return f"{head}{settings['figure']['caption']}\n:::\n"


def folded_away(code: list[str], tables: list[str], files: list[str]) -> str:
    """Write the quiet line: code and numbers to unfold at its left, where there are any, files at its right."""
    inside = [f"```python\n{source.replace('  # fmt: skip', '')}\n```\n" for source in code]  # for the formatter alone
    inside += [f"```{{raw}} html\n{table}\n```\n" for table in tables]
    called = " and ".join([*["Code"] * bool(code), *["numbers"] * bool(tables)]).capitalize()
    tables_first = sorted(files, key=lambda file: not file.endswith(".csv"))
    links = " ".join(f"{{download}}`{file.rpartition('.')[2].upper()} <{file}>`" for file in tables_first)
    taken = f":::::{{div}} files\n{links}\n:::::\n"
    fold = f":::::{{dropdown}} {called}\n{''.join(inside)}:::::\n\n"
    return f"::::::{{div}} behind\n{fold}{taken}::::::\n" if inside else taken


def take_section(page: NotebookNode, title: str) -> str:
    """Take the section of a title out of a page's prose, and return what stands under it."""
    for cell in page.cells:
        found = re.search(rf"(?ms)^## {title}\n(.*?)(?=^## |\Z)", f"{cell.source}\n")
        if cell.cell_type == "markdown" and found:
            cell.source = cell.source[: found.start()] + cell.source[found.end() :]
            return found[1].strip()
    return ""


def provenance(executed: NotebookNode, name: str, downloads: list[str], again: str) -> str:
    """Write the fold under a result page: how to run it again, parameters, versions, commit, run time and downloads."""
    known, run = (executed.metadata.get(part, {}) for part in ("sigae", "papermill"))
    changed, preset = run.get("parameters", {}), known.get("preset", "default")
    rows = [
        ("Scale", "parameters of one's own" if preset == "default" and changed else f"`PRESET={preset}`"),
        ("Run time", f"{run.get('duration', 0):.0f} s, on {run.get('start_time', '')[:10]}"),
        ("Commit", f"`{known.get('commit') or 'not in a checkout'}`"),
        ("Machine", known.get("machine", "")),
        ("Versions", ", ".join(f"{package} {version}" for package, version in known.get("versions", {}).items())),
    ]
    taken = "\n".join(f"- {{download}}`{file} <files/{name}/{file}>`" for file in downloads)
    return f"""\
:::{{dropdown}} How this page was made, and how to run it again
:class-container: made

{again}

{table(("What", "Value"), rows)}
A plus sign after the commit says that files had been changed since. The functions called here are documented, with
their source, on the page [](../reference.md).

{parameter_table(executed, changed)}
- {{download}}`{name}.ipynb, the recorded notebook <../../notebooks/{name}.ipynb>`
- {{download}}`{name}.py, its source <../../notebooks/{name}.py>`
{taken}
::::
"""


def parameter_table(executed: NotebookNode, changed: dict[str, Any]) -> str:
    """Lay out the parameters of an execution, each with its meaning; changed ones are marked."""
    rows = []
    for parameter, field in declared(executed).model_fields.items():
        value = changed.get(parameter, field.default)
        mark = f" (default `{field.default!r}`)" if parameter in changed else ""
        rows.append((f"`{parameter}`", f"`{value!r}`{mark}", field.description or ""))
    return table(("Parameter", "Value", "Meaning"), rows)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Write a Markdown table; a bar inside a cell is kept."""
    lines = [tuple(cell.replace("|", r"\|").replace("\n", " ") for cell in row) for row in [head, *rows]]
    lines.insert(1, tuple("---" for _ in head))
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def write_if_changed(path: Path, content: str | bytes) -> bool:
    """Write a file, whole or not at all, unless it holds this content already; return whether it was written."""
    wanted = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == wanted:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_bytes(wanted)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return True
