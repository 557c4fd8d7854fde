"""Execute the notebooks of the table of contents for the book, those whose inputs have changed."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click
import nbformat

from book.build import film, limit_figures, memories
from book.build.claims_and_status import write_pages
from book.build.errors import NotebookError, one_sentence
from book.build.page import page, write_if_changed
from book.build.presets import check_together, preset_values
from book.build.runner import fingerprint, in_threads, read_kept, read_source, run
from book.build.toc import EXECUTED, GENERATED, ROOT, UsageError, notebook_names
from book.parameters import ParameterError, checked, declared

# While one notebook starts, or draws, another one's sweep keeps the processors busy.
AT_ONCE = 2


def execute(name: str, preset: str, copies: Path) -> nbformat.NotebookNode:
    """Bring the executed copy of one notebook up to date and return it."""
    source = read_source(name)
    try:
        values = checked(declared(source), preset_values(preset, name))
        check_together(source, values)
    except ParameterError as error:
        raise ParameterError(f"{name}, preset {preset}: {error}") from None
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
    except (UsageError, ParameterError, NotebookError) as error:
        click.echo(f"error: {error}", err=True)
    return None


@click.command()
@click.option("--preset", default="default", help="Scale of the experiments: default or a folder of notebooks/presets.")
@one_sentence()
def main(preset: str) -> None:
    """Execute what is out of date and write the pages that the book shows."""
    names = notebook_names()
    copies = ROOT / "_build" / "executed" / preset
    found = in_threads(partial(attempt, preset=preset, copies=copies), names, AT_ONCE)
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
    limit_figures.write(GENERATED / "infinite_width")


if __name__ == "__main__":
    main()
