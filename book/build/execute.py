"""Execute the notebooks of the table of contents for the book, those whose inputs have changed."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import click
import nbformat

from book.build import film, memories
from book.build.claims_and_status import write_pages
from book.build.faults import faults_told
from book.build.page import page, write_if_changed
from book.build.parameters import check_together, check_values, declared_parameters, read_preset
from book.build.runner import NotebookError, fingerprint, read_kept, read_source, run
from book.build.toc import EXECUTED, GENERATED, PRESETS, ROOT, UsageError, notebook_names

# While one notebook starts, or draws, another one's sweep keeps the processors busy.
AT_ONCE = 2


def preset_values(preset: str, name: str) -> dict[str, Any]:
    """Read what a preset sets in a notebook; nothing where the preset does not name the notebook.

    Parameters
    ----------
    preset
        ``default`` or the name of a folder of ``notebooks/presets``.
    name
        The notebook.

    Returns
    -------
    dict
        Name to value.

    Raises
    ------
    UsageError
        If there is no such preset.
    """
    if preset == "default":
        return {}
    known = ["default", *sorted(path.name for path in PRESETS.glob("*") if path.is_dir())]
    if preset not in known:
        raise UsageError(f"There is no preset {preset!r}: choose one of {', '.join(known)}.")
    path = PRESETS / preset / f"{name}.yaml"
    return read_preset(path) if path.exists() else {}


def execute(name: str, preset: str, copies: Path) -> nbformat.NotebookNode:
    """Bring the executed copy of one notebook up to date and return it."""
    source = read_source(name)
    try:
        values = check_values(declared_parameters(source), preset_values(preset, name))
        check_together(source, values)
    except UsageError as error:
        raise UsageError(f"{name}, preset {preset}: {error}") from None
    inputs = fingerprint(source, values)
    copy = copies / f"{name}.ipynb"
    kept = read_kept(copy)
    if kept is not None and kept.metadata.sigae.get("inputs") == inputs:
        return kept
    if kept is None and copy.exists():
        click.echo(f"The executed copy of {name} cannot be read: it is executed anew.")
    click.echo(f"Executing {name} ...")
    executed = run(source, copy, values, extra={"inputs": inputs, "preset": preset})
    click.echo(f"Executed {name} in {executed.metadata.papermill.duration:.0f} s.")
    return executed


def attempt(name: str, preset: str, copies: Path) -> nbformat.NotebookNode | None:
    """Execute one notebook, or say why that failed and return nothing."""
    try:
        return execute(name, preset, copies)
    except (UsageError, NotebookError) as error:
        click.echo(f"error: {error}", err=True)
    return None


@click.command()
@click.option("--preset", default="default", help="Scale of the experiments: default or a folder of notebooks/presets.")
@faults_told()
def main(preset: str) -> None:
    """Execute what is out of date and write the pages that the book shows."""
    names = notebook_names()
    copies = ROOT / "_build" / "executed" / preset
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(partial(attempt, preset=preset, copies=copies), names))
    executed = {name: notebook for name, notebook in zip(names, found, strict=True) if notebook is not None}
    failures = [name for name in names if name not in executed]
    for name in executed:
        shown = page(executed[name], name, EXECUTED, copies / name / "records")
        write_if_changed(EXECUTED / f"{name}.ipynb", nbformat.writes(shown) + "\n")
    for stale in EXECUTED.glob("*.ipynb"):
        if stale.stem not in names:
            stale.unlink()
    if failures:
        sys.exit(f"error: {len(failures)} of {len(names)} notebooks failed: {', '.join(failures)}.")
    write_pages(executed, GENERATED)
    memories.write(GENERATED / "site")
    film.write_page(GENERATED)


if __name__ == "__main__":
    main()
