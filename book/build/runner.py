"""Run one notebook with papermill so that a failure never replaces a good result."""

import hashlib
import importlib.metadata
import platform
import re
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import click
import jupytext
import loky
import nbformat
import papermill
import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from book.build.errors import NotebookError
from book.build.repository import commit
from book.build.toc import NOTEBOOKS, ROOT
from book.sweep import code_hash

T = TypeVar("T")
R = TypeVar("R")
papermill.log.logger.disabled = True  # an error says all that it would
INTERRUPTED = threading.Event()  # by Ctrl-C, which ends kernels
PACKAGES = ("sigae", "torch", "numpy", "scipy", "pandas", "loky", "matplotlib", "papermill")  # that numbers depend on


class OwnKernel(AsyncKernelManager):
    """Starts the kernel of this very environment, whatever JUPYTER_PATH has under its name."""

    kernel_spec = KernelSpec(
        # A kernel on this machine's own sockets need not warn about encryption.
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", "--IPKernelApp.log_level=ERROR"],
        display_name="Python 3",
        language="python",
    )

    async def _async_interrupt_kernel(self) -> None:
        if not self.shutting_down:  # with nothing left to interrupt, the kernel would report the signal as an error
            await super()._async_interrupt_kernel()


def in_threads(function: Callable[[T], R], items: Iterable[T], number: int = 1) -> list[R]:
    """Call a function that runs kernels for each item, so many at once; Ctrl-C ends them and what they have started."""
    with ThreadPoolExecutor(number) as threads:
        try:
            return list(threads.map(function, items))
        except KeyboardInterrupt:
            INTERRUPTED.set()
            for process in psutil.Process().children(recursive=True):
                process.kill()
            raise


def read_source(name: str, folder: Path = NOTEBOOKS) -> NotebookNode:
    """Read a notebook from its py:percent source, without outputs, the same bytes each time."""
    text = (folder / f"{name}.py").read_text(encoding="utf-8-sig")  # some editors begin a file with a byte order mark
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata.pop("jupytext", None)  # a copy that kept it would be paired with the source again
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{index:02d}"  # jupytext draws them at random
    return notebook


def read_kept(path: Path) -> NotebookNode | None:
    """Read an executed notebook; None where there is none, or one that is not what papermill wrote."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        return notebook if {"sigae", "papermill"} <= set(notebook.metadata) else None
    except Exception:  # there is no end to what reading a broken file may raise
        return None


def run(
    source: NotebookNode,
    output: Path,
    values: dict[str, Any],
    *,
    extra: dict[str, Any] | None = None,
    progress: bool = False,
) -> NotebookNode:
    """Execute a notebook to ``output``; a failure leaves that as it is, and what was executed in ``.failed.ipynb``."""
    output.parent.mkdir(parents=True, exist_ok=True)
    partial, failed = (output.with_name(f"{output.stem}.{kind}.ipynb") for kind in ("partial", "failed"))
    failed.unlink(missing_ok=True)
    source = nbformat.from_dict(source)
    versions = {"Python": platform.python_version()} | {name: importlib.metadata.version(name) for name in PACKAGES}
    machine = f"{platform.system()} {platform.machine()}, {loky.cpu_count()} cores"
    source.metadata["sigae"] = {"commit": commit(ROOT), "machine": machine, "versions": versions} | (extra or {})
    records = f"import os; os.environ['SIGAE_RECORDS'] = {str(folder_of(output) / 'records')!r}"
    try:
        executed = papermill.execute_notebook(
            source,
            str(partial),
            parameters=values,
            cwd=str(NOTEBOOKS),
            progress_bar={"desc": output.stem, "unit": "cell", "dynamic_ncols": True} if progress else False,
            kernel_name="python3",
            kernel_manager_class=OwnKernel,
            start_timeout=600,  # seconds, for a machine that is busy
            extra_arguments=[f"--IPKernelApp.exec_lines={records}"],
        )
        executed.metadata.papermill["input_path"] = executed.metadata.papermill["output_path"] = output.name
        for sentence in take_record_warnings(executed):
            click.echo(f"warning: {output.stem}: {sentence}", err=True)
        nbformat.write(executed, partial)
        partial.replace(output)
    except (PapermillExecutionError, RuntimeError) as error:
        if INTERRUPTED.is_set():
            partial.unlink()
            raise KeyboardInterrupt from None
        if isinstance(error, PapermillExecutionError):
            why = f"cell {error.exec_count} failed with {error.ename}: {error.evalue}\n"
        else:  # the kernel has died
            why = f"{str(error).rstrip('.')}, as for lack of memory: free some, then run the same command again; "
            why += "what sweeps have computed is kept. "
        partial.replace(failed)
        raise NotebookError(f"{output.stem}: {why}What was executed so far is in {shown(failed)}.") from None
    except BaseException:  # interrupted, or the disk is full
        partial.unlink(missing_ok=True)
        raise
    return executed


def folder_of(output: Path) -> Path:
    """Name the folder of what an executed copy offers."""
    return output.with_suffix("" if output.suffix else ".files")


def shown(path: Path) -> str:
    """Write a path as seen from the project's folder, where it is inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def take_record_warnings(notebook: NotebookNode) -> list[str]:
    """Take what sweeps said of their records out of an executed notebook, and return it."""
    sentences = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                # As Python writes a warning: place and category, the sentence, then the line of code below it.
                warning = re.compile(r"^\S.*: (?:RecordWarning|WorkersNote): (.*)\n(?:  .*\n)?", re.MULTILINE)
                sentences += warning.findall(output.text)
                output.text = warning.sub("", output.text)
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr" or o.text.strip()]
    return list(dict.fromkeys(sentences))


def fingerprint(source: NotebookNode, values: dict[str, Any], root: Path = ROOT) -> str:
    """Hash what an execution depends on: cells, parameters, modules that they import, the lock, files they name."""
    code = "\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
    digest = hashlib.sha256(f"{source.cells} {sorted(values.items())} {code_hash(code)}".encode())
    for name in sorted(set(re.findall(r"\"(\.\./[\w./-]+)\"", code))):
        place = (root / "notebooks" / name).resolve()
        for path in [place, *sorted(place.glob("*"))]:  # or in a folder
            if path.is_file():
                digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
