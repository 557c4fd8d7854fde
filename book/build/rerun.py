"""Run one notebook with other parameters: ``make rerun NOTEBOOK=01 PARAMETERS="width=2000 activation=tanh"``."""

import hashlib
import re
import shutil
import sys
import tempfile
import textwrap
from functools import partial
from pathlib import Path
from typing import Any

import click
import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from book.build.build_site import jupyter_book
from book.build.errors import UsageError, one_sentence
from book.build.outputs import claims, files
from book.build.page import page, write_if_changed
from book.build.presets import parse_assignments, read_file, settled
from book.build.toc import NOTEBOOKS, ROOT, find_notebook
from book.parameters import ParameterError, declared

BOOK = Path(__file__).resolve().parents[1]


def changed_verdicts(book: NotebookNode, rerun: NotebookNode) -> list[str]:
    """Say which verdicts a rerun comes to that the recorded notebook does not, or the other way round: one a line."""
    before, after = ({(c["id"], c["part"]): c["verdict"] for c in claims(notebook)} for notebook in (book, rerun))
    return [
        f"{id}{f' ({part})' if part else ''}: {after.get((id, part), 'not judged')} here, "
        f"{before.get((id, part), 'not judged')} in the book"
        for id, part in dict.fromkeys([*before, *after])
        if before.get((id, part)) != after.get((id, part))
    ]


def build_page(notebook: Path, name: str) -> Path:
    """Make an HTML page of an executed copy of a notebook, in the folder beside it, as the book would show it."""
    with tempfile.TemporaryDirectory() as place:
        book = Path(place, "book")
        (book / "executed").mkdir(parents=True)
        for part in ("_static", "references.bib"):
            (book / part).symlink_to(BOOK / part)
        Path(place, "notebooks").symlink_to(NOTEBOOKS)  # which the page offers to take along
        Path(place, "_toc.yml").write_text("format: jb-book\nroot: book/executed/rerun\n", encoding="utf-8")
        shown = page(nbformat.read(notebook, as_version=4), name, book / "executed")
        if any("{cite" in cell.source for cell in shown.cells):
            cited = "```{bibliography}\n:filter: docname in docnames\n```"
            shown.cells.append(new_markdown_cell(f"## References\n\n{cited}", id="references"))
        # A name without the characters that a parameter's value may bring along.
        nbformat.write(shown, book / "executed" / "rerun.ipynb")
        jupyter_book(Path(place), Path(place, "_build", "site.log"))
        made = notebook.with_suffix("") / "page"
        shutil.copytree(Path(place, "_build", "html"), made, dirs_exist_ok=True)
    return made / "index.html"


def copy_name(name: str, values: dict[str, Any]) -> str:
    """Name the executed copy after what was changed, readable where that is short."""
    changed = ",".join(f"{key}={value}" for key, value in values.items())
    readable = re.sub(r"[^\w=,.+-]", "", changed.replace(", ", "+").replace(" ", "_"))
    if len(readable) > 80:
        readable = hashlib.sha256(changed.encode()).hexdigest()[:12]
    return f"{name}--{readable or 'defaults'}"


@click.command()
@click.option("--notebook", envvar="NOTEBOOK", default="", help="Number or name, as in 01 or 01_single_example.")
@click.option("--parameters", envvar="PARAMETERS", default="", help='As in "width=2000 activation=tanh norms=[1, 10]".')
@click.option(
    "--file", envvar="FILE", default="", help="YAML file of parameters, as in notebooks/presets; PARAMETERS wins."
)
@click.option("--html", envvar="HTML", is_flag=True, help="Make an HTML page of it too.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where the executed copy goes.")
@one_sentence()
def main(notebook: str, parameters: str, file: str, html: bool, output: Path | None) -> None:
    """Execute a copy of a notebook with other parameters; the committed notebook stays as it is."""
    from book.build.runner import folder_of, in_threads, read_source, run, shown

    name = find_notebook(notebook, sorted(path.stem for path in NOTEBOOKS.glob("*.py")))
    source = read_source(name)
    model = declared(source)
    known = f"The parameters of {name} are:\n{textwrap.indent(model.__doc__ or '', '  ')}"
    try:
        values = settled(source, (read_file(Path(file)) if file else {}) | parse_assignments(parameters))
    except ParameterError as error:
        raise UsageError(f"{error}\n{known}") from None
    if output is not None and output.resolve().is_relative_to(NOTEBOOKS):
        raise UsageError(f"{output} is among the committed notebooks: choose a place outside of notebooks/.")
    target = (output or ROOT / "reruns" / f"{copy_name(name, values)}.ipynb").resolve()
    changed = ", ".join(f"{key}={value!r}" for key, value in values.items())
    click.echo(f"Running {name} with {changed} ..." if changed else f"No parameter changed. {known}")
    (executed,) = in_threads(partial(run, output=target, values=values, progress=sys.stderr.isatty()), [source])
    folder = folder_of(target)  # which may exist and hold other things: nothing in it is removed
    used = f"# Of {name}; handed over as FILE they are run again.\n"
    used += yaml.safe_dump(model().model_dump() | values, sort_keys=False, default_flow_style=None)
    for file_name, content in {"parameters.yaml": used.encode(), **files(executed)}.items():
        write_if_changed(folder / file_name, content)
    click.echo(f"Done in {executed.metadata.papermill.duration:.0f} s: {shown(target)}")
    click.echo(f"Its parameters, tables (CSV) and figures: {shown(folder)}/")
    if html:
        click.echo(f"Its page: {shown(build_page(target, name))}")
    recorded = NOTEBOOKS / f"{name}.ipynb"
    if values and recorded.exists():
        different = changed_verdicts(nbformat.read(recorded, as_version=4), executed)
        said = "Verdicts that differ from the book's:" if different else "Its verdicts are the book's."
        click.echo("\n  ".join([said, *different]))


if __name__ == "__main__":
    main()
