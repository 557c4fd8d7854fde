"""Derive each notebook's ``.ipynb`` from its ``.py``, one way, and record its outputs at the default parameters."""

from pathlib import Path
from typing import Any

import click
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from book.build import readme
from book.build.errors import NotebookError, one_sentence
from book.build.page import write_if_changed
from book.build.runner import OwnKernel, fingerprint, in_threads, read_source
from book.build.toc import NOTEBOOKS, ROOT, find_notebook


def record(name: str, folder: Path = NOTEBOOKS) -> nbformat.NotebookNode:
    """Execute a notebook's source and return it with outputs and nothing that differs from run to run."""
    notebook = read_source(name, folder)
    options: Any = {"resources": {"metadata": {"path": str(folder)}}, "kernel_manager_class": OwnKernel}
    NotebookClient(notebook, timeout=None, kernel_name="python3", record_timing=False, **options).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


@click.command()
@click.argument("notebook", required=False)
@one_sentence()
def main(notebook: str | None) -> None:
    """Record NOTEBOOK, or all notebooks, where an input has changed since it was last recorded here."""
    names = sorted(path.stem for path in NOTEBOOKS.glob("*.py"))
    failures = []
    for name in [find_notebook(notebook, names)] if notebook else names:
        target, done = NOTEBOOKS / f"{name}.ipynb", ROOT / ".cache" / "recorded" / name
        inputs = fingerprint(read_source(name), {})
        if target.exists() and done.exists() and done.read_bytes() == inputs.encode():
            continue
        click.echo(f"Recording {name} ...")
        try:
            (recorded,) = in_threads(record, [name])
        except (CellExecutionError, DeadKernelError) as error:
            why = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else "the end of its kernel"
            click.echo(f"Error: {name}: a cell failed with {why}", err=True)
            failures.append(name)
            continue
        write_if_changed(target, nbformat.writes(recorded) + "\n")
        write_if_changed(done, inputs)
    readme.main()
    if failures:
        raise NotebookError(f"{', '.join(failures)} failed and kept what was recorded before.")


if __name__ == "__main__":
    main()
