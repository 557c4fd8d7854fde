"""Run one notebook with papermill so that a failure never replaces a good result."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import click
import jupytext
import nbformat
import papermill
import psutil
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from book.build.toc import NOTEBOOKS, ROOT
from book.build.uses import definitions_used

QUIET = ["--IPKernelApp.log_level=ERROR"]  # a kernel on this machine's own sockets need not warn about encryption

PACKAGES = ("sigae", "torch", "numpy", "scipy", "pandas", "loky", "matplotlib", "papermill")


class NotebookError(Exception):
    """A cell of a notebook failed."""


def read_source(name: str, folder: Path = NOTEBOOKS) -> NotebookNode:
    """Read a notebook from its py:percent source, without outputs, the same bytes each time."""
    notebook = jupytext.read(folder / f"{name}.py")
    notebook.metadata.pop("jupytext", None)  # a copy that kept it would be paired with the source again
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{index:02d}"  # jupytext draws them at random
    return notebook


def read_kept(path: Path) -> NotebookNode | None:
    """Read an executed notebook that an earlier build has kept.

    Parameters
    ----------
    path
        Where it is.

    Returns
    -------
    NotebookNode
        The notebook, or None where there is none, or one that is cut short or otherwise not what papermill wrote.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        return notebook if {"sigae", "papermill"} <= set(notebook.metadata) else None
    except Exception:  # there is no end to what reading a broken file may raise
        return None


def run(
    source: NotebookNode, output: Path, values: dict[str, Any], *, extra: dict[str, Any] | None = None
) -> NotebookNode:
    """Execute a notebook and write it to ``output``.

    Parameters
    ----------
    source
        The notebook, without outputs.
    output
        Where the executed copy goes; replaced only when every cell has run. Its sweeps' records go into
        ``records`` in the folder :func:`beside` it.
    values
        The parameters to inject.
    extra
        Kept in the executed notebook's metadata under ``sigae``.

    Returns
    -------
    NotebookNode
        The executed notebook.

    Raises
    ------
    NotebookError
        If a cell fails: what was executed so far is then beside ``output``, ending in ``.failed.ipynb``.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    for left in output.parent.glob("*.partial.ipynb"):  # by a process that was killed
        process = left.name.split(".")[-3]
        if process.isdigit() and not psutil.pid_exists(int(process)):
            left.unlink(missing_ok=True)
    partial, failed = (output.with_name(f"{output.stem}.{kind}.ipynb") for kind in (f"{os.getpid()}.partial", "failed"))
    failed.unlink(missing_ok=True)
    source = nbformat.from_dict(source)
    source.metadata["sigae"] = {"commit": commit(), "machine": machine(), "versions": versions(), **(extra or {})}
    try:
        executed = papermill.execute_notebook(
            source,
            str(partial),
            parameters=values,
            cwd=str(NOTEBOOKS),
            progress_bar=False,
            kernel_name="python3",
            extra_arguments=[*QUIET, f"--IPKernelApp.exec_lines={_records_into(beside(output) / 'records')}"],
        )
        executed.metadata.papermill["input_path"] = executed.metadata.papermill["output_path"] = output.name
        for sentence in take_record_warnings(executed):
            click.echo(f"warning: {output.stem}: {sentence}", err=True)
        nbformat.write(executed, partial)
        partial.replace(output)
    except PapermillExecutionError as error:
        partial.replace(failed)
        raise NotebookError(
            f"{output.stem}: cell {error.exec_count} failed with {error.ename}: {error.evalue}\n"
            f"What was executed so far is in {shown(failed)}."
        ) from None
    except BaseException:  # interrupted, or the disk is full
        partial.unlink(missing_ok=True)
        raise
    return executed


def beside(output: Path) -> Path:
    """Name the folder of what an executed copy offers."""
    return output.with_suffix("" if output.suffix else ".files")


def _records_into(folder: Path) -> str:
    """Write the line with which a kernel learns where its records are wanted."""
    return f"import os; os.environ['SIGAE_RECORDS'] = {str(folder)!r}"


def shown(path: Path) -> str:
    """Write a path as seen from the project's folder, where it is inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def take_record_warnings(notebook: NotebookNode) -> list[str]:
    """Take out of an executed notebook what a sweep said of its records, which is no matter for the page.

    Parameters
    ----------
    notebook
        Changed in place; other words on stderr stay.

    Returns
    -------
    list of str
        The sentences.
    """
    sentences = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                # As Python writes a warning: place and category, the sentence, then the line of code below it.
                warning = re.compile(r"^\S.*: RecordWarning: (.*)\n(?:  .*\n)?", re.MULTILINE)
                sentences += warning.findall(output.text)
                output.text = warning.sub("", output.text)
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr" or o.text.strip()]
    return list(dict.fromkeys(sentences))


def commit(root: Path = ROOT) -> str:
    """Name the commit that is checked out, with a plus sign where files differ from it; empty outside a checkout."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--exclude", "*", "--dirty=+"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip()


def versions() -> dict[str, str]:
    """Name the versions of Python and of the packages that the numbers depend on."""
    found = {package: importlib.metadata.version(package) for package in PACKAGES}
    return {"Python": platform.python_version(), **found}


def machine() -> str:
    """Describe the machine without naming it: system, processor architecture and number of cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores"


def fingerprint(source: NotebookNode, values: dict[str, Any], root: Path = ROOT) -> str:
    """Hash what an execution depends on: cells, parameters, what they use of the package, the lock, files they name."""
    digest = hashlib.sha256()
    named = {path for cell in source.cells for path in re.findall(r"\"(\.\./[\w./-]+)\"", cell.source)}
    places = [(root / "notebooks" / name).resolve() for name in sorted(named)]
    inputs = [
        path for place in places for path in [place, *sorted(place.glob("*"))] if path.is_file()
    ]  # or in a folder
    for cell in source.cells:
        digest.update(f"{cell.cell_type}\0{cell.source}\0{cell.metadata}\0".encode())
    digest.update(repr(sorted(values.items())).encode())
    code = "\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
    for name, text in definitions_used(code, root).items():
        digest.update(f"{name}\0{text}\0".encode())
    for path in [root / "requirements.lock", *inputs]:
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
