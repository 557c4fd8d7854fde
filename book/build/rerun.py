"""Run one notebook with other parameters: ``make rerun NOTEBOOK=01 PARAMETERS="width=2000 activation=tanh"``."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
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

from book.build.errors import NotebookError, one_sentence
from book.build.outputs import claims, files
from book.build.page import page, title, write_if_changed
from book.build.presets import check_together, parse_assignments, read_file
from book.build.toc import NOTEBOOKS, ROOT, UsageError, find_notebook
from book.parameters import ParameterError, checked, declared


def changed_verdicts(book: NotebookNode, rerun: NotebookNode) -> list[str]:
    """Say which verdicts a rerun comes to that the book does not.

    Parameters
    ----------
    book, rerun
        The recorded notebook and the executed copy.

    Returns
    -------
    list of str
        One line a verdict that differs or that only one of them reaches.
    """
    before, after = ({(c["id"], c["part"]): c["verdict"] for c in claims(notebook)} for notebook in (book, rerun))
    return [
        f"{id}{f' ({part})' if part else ''}: {after.get((id, part), 'not judged')} here, "
        f"{before.get((id, part), 'not judged')} in the book"
        for id, part in dict.fromkeys([*before, *after])
        if before.get((id, part)) != after.get((id, part))
    ]


def build_page(notebook: Path, name: str) -> Path:
    """Make an HTML page of an executed copy, in the folder beside it, as the book would show it.

    Parameters
    ----------
    notebook
        The copy.
    name
        Of the notebook that it is a copy of.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    NotebookError
        With the last words of jupyter-book, if it fails.
    """
    from book.build.build_site import configuration_of_a_page

    folder = notebook.with_suffix("")
    program = str(Path(sys.executable).with_name("jupyter-book"))
    with tempfile.TemporaryDirectory() as place:
        # A name without the characters that a parameter's value may bring along.
        source, config = Path(place, "book", "executed", "rerun.ipynb"), Path(place, "config.yml")
        source.parent.mkdir(parents=True)
        for recorded in NOTEBOOKS.glob(f"{name}.*"):
            Path(place, "notebooks").mkdir(exist_ok=True)
            shutil.copy(recorded, Path(place, "notebooks"))  # which the page offers to take along
        nbformat.write(alone(page(nbformat.read(notebook, as_version=4), name, source.parent)), source)
        config.write_text(yaml.safe_dump(configuration_of_a_page()), encoding="utf-8")
        command = [program, "build", str(source), "--path-output", place, "--config", str(config)]
        said = subprocess.run(command, cwd=place, capture_output=True, text=True)
        made = next(Path(place, "_build", "_page").glob("*/html/rerun.html"), None)
        if said.returncode or made is None:
            raise NotebookError(
                f"the page of {notebook.name} was not made: {(said.stderr or said.stdout).strip()[-300:]}"
            )
        shutil.copytree(made.parent, folder / "page", dirs_exist_ok=True)
    return folder / "page" / "rerun.html"


def alone(shown: NotebookNode) -> NotebookNode:
    """Let a page stand alone: name in words what only the book holds, and list what it cites; changed in place."""
    defined = "".join(f"{cell.source} {cell.metadata}" for cell in shown.cells)

    def in_words(found: re.Match[str]) -> str:
        known = re.search(rf"(\(|:label: |:name: ){found[2]}\b", defined)
        return found[0] if known else f"*{found[2]}* of the book"

    def named(found: re.Match[str]) -> str:
        return f"*{found[1] or title(Path(found[2]).name)}*"

    for cell in shown.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"\{doc\}`(?:([^`<]*) )?<?([\w./]+)>?`", named, cell.source)
            text = re.sub(r"\[([^]]*)\]\((?!\w+:)([\w./]+)\.md\)", named, text)
            cell.source = re.sub(r"\{(eq|prf:ref|numref)\}`([\w-]+)`", in_words, text)
    if "{cite" in defined:
        listed = new_markdown_cell("## References\n\n```{bibliography}\n:filter: docname in docnames\n```")
        listed["id"] = "references"
        shown.cells.append(listed)
    return shown


def copy_name(name: str, values: dict[str, Any]) -> str:
    """Name the executed copy after what was changed, readable where that is short."""
    changed = ",".join(f"{key}={value}" for key, value in values.items())
    readable = re.sub(r"[^\w=,.+-]", "", changed.replace(", ", "+").replace(" ", "_"))
    if len(readable) > 80:
        readable = hashlib.sha256(changed.encode()).hexdigest()[:12]
    return f"{name}--{readable}" if changed else f"{name}--defaults"


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
    from book.build.runner import beside, in_threads, read_source, run, shown

    name = find_notebook(notebook, sorted(path.stem for path in NOTEBOOKS.glob("*.py")))
    source = read_source(name)
    model = declared(source)
    known = f"The parameters of {name} are:\n{textwrap.indent(model.__doc__ or '', '  ')}"
    try:
        values = checked(model, (read_file(Path(file)) if file else {}) | parse_assignments(parameters))
        check_together(source, values)
    except ParameterError as error:
        raise ParameterError(f"{error}\n{known}") from None
    if output is not None and output.resolve().is_relative_to(NOTEBOOKS):
        raise UsageError(f"{output} is among the committed notebooks: choose a place outside of notebooks/.")
    target = (output or ROOT / "reruns" / f"{copy_name(name, values)}.ipynb").resolve()
    if not values:
        click.echo(f"No parameter changed. {known}")
    click.echo(
        f"Running {name} with " + (", ".join(f"{k}={v!r}" for k, v in values.items()) or "its defaults") + " ..."
    )
    (executed,) = in_threads(partial(run, output=target, values=values, progress=sys.stderr.isatty()), [source])
    # A folder that may exist and hold other things: nothing in it is removed.
    folder = beside(target)
    used = f"# Of {name}; handed over as FILE they are run again.\n"
    used += yaml.safe_dump(model().model_dump() | values, sort_keys=False, default_flow_style=None)
    for file_name, content in {"parameters.yaml": used.encode(), **files(executed)}.items():
        write_if_changed(folder / file_name, content)
    built = build_page(target, name) if html else None
    click.echo(f"Done in {executed.metadata.papermill.duration:.0f} s: {shown(target)}")
    click.echo(f"Its parameters, tables (CSV) and figures: {shown(folder)}/")
    if built is not None:
        click.echo(f"Its page: {shown(built)}")
    recorded = NOTEBOOKS / f"{name}.ipynb"
    if values and recorded.exists():
        different = changed_verdicts(nbformat.read(recorded, as_version=4), executed)
        click.echo("Verdicts that differ from the book's:" if different else "Its verdicts are the book's.")
        for line in different:
            click.echo(f"  {line}")


if __name__ == "__main__":
    main()
