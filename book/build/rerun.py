"""Run one notebook with other parameters: ``make rerun NOTEBOOK=01 PARAMETERS="width=2000 activation=tanh"``."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import nbformat
import yaml
from nbformat import NotebookNode

from book.build.faults import faults_told
from book.build.outputs import claims, files
from book.build.page import page, write_if_changed
from book.build.parameters import (
    check_together,
    check_values,
    declared_parameters,
    describe,
    parse_assignments,
    read_preset,
)
from book.build.toc import NOTEBOOKS, ROOT, UsageError, find_notebook


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
    from book.build.runner import NotebookError

    folder = notebook.with_suffix("")
    program = str(Path(sys.executable).with_name("jupyter-book"))
    with tempfile.TemporaryDirectory() as place:
        # A name without the characters that a parameter's value may bring along.
        source, config = Path(place, "book", "executed", "rerun.ipynb"), Path(place, "config.yml")
        source.parent.mkdir(parents=True)
        for recorded in NOTEBOOKS.glob(f"{name}.*"):
            Path(place, "notebooks").mkdir(exist_ok=True)
            shutil.copy(recorded, Path(place, "notebooks"))  # which the page offers to take along
        nbformat.write(page(nbformat.read(notebook, as_version=4), name, source.parent), source)
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
@faults_told()
def main(notebook: str, parameters: str, file: str, html: bool, output: Path | None) -> None:
    """Execute a copy of a notebook with other parameters; the committed notebook stays as it is."""
    from book.build.runner import NotebookError, beside, read_source, run, shown

    try:
        name = find_notebook(notebook, sorted(path.stem for path in NOTEBOOKS.glob("*.py")))
        source = read_source(name)
        declared = declared_parameters(source)
        given = (read_preset(Path(file)) if file else {}) | parse_assignments(parameters)
        values = check_values(declared, given)
        check_together(source, values)
        if output is not None and output.resolve().is_relative_to(NOTEBOOKS):
            raise UsageError(f"{output} is among the committed notebooks: choose a place outside of notebooks/.")
        target = (output or ROOT / "reruns" / f"{copy_name(name, values)}.ipynb").resolve()
        if not values:
            click.echo(f"No parameter changed. The parameters of {name} are:\n{describe(declared)}")
        click.echo(
            f"Running {name} with " + (", ".join(f"{k}={v!r}" for k, v in values.items()) or "its defaults") + " ..."
        )
        executed = run(source, target, values)
        # A folder that may exist and hold other things: nothing in it is removed.
        taken = beside(target)
        for name_of_file, content in files(executed).items():
            write_if_changed(taken / name_of_file, content)
        built = build_page(target, name) if html else None
    except (UsageError, NotebookError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1 if isinstance(error, NotebookError) else 2)
    click.echo(f"Done in {executed.metadata.papermill.duration:.0f} s: {shown(target)}")
    if taken.exists():
        click.echo(f"Its tables (CSV) and figures: {shown(taken)}/")
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
