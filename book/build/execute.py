"""Execute the notebooks of the table of contents for the book, those whose inputs have changed."""

from pathlib import Path
from typing import Any

import click
import nbformat

from book import publish
from book.build import film, front_page, memories
from book.build.claims_page import write_pages
from book.build.errors import NotebookError, UsageError, one_sentence
from book.build.outputs import STACKED
from book.build.page import page, write_if_changed
from book.build.presets import preset_values, settled
from book.build.runner import fingerprint, in_threads, read_kept, read_source, run
from book.build.toc import EXECUTED, GENERATED, ROOT, notebook_names
from book.figures import infinite_width
from book.figures.style import stack
from book.parameters import ParameterError

# While one notebook starts, or draws, another one's sweep keeps the processors busy.
AT_ONCE = 2


def values_of(preset: str, name: str) -> dict[str, Any]:
    """Read and check the parameters of a preset, or raise a UsageError that says what is wrong with them."""
    try:
        return settled(read_source(name), preset_values(preset, name))
    except ParameterError as error:
        raise UsageError(f"{name}, preset {preset}: {error}") from None


def execute(name: str, values: dict[str, Any], preset: str, copies: Path) -> nbformat.NotebookNode | None:
    """Bring the executed copy of one notebook up to date and return it, or say why that failed and return nothing."""
    source = read_source(name)
    inputs = fingerprint(source, values)
    copy = copies / f"{name}.ipynb"
    kept = read_kept(copy)
    if kept is not None and kept.metadata.sigae.get("inputs") == inputs:
        return kept
    click.echo(f"Executing {name} ...")
    try:
        executed = run(source, copy, values, extra={"inputs": inputs, "preset": preset})
    except NotebookError as error:
        error.show()
        return None
    click.echo(f"Executed {name} in {executed.metadata.papermill.duration:.0f} s.")
    return executed


@click.command()
@click.option("--preset", default="default", help="Scale of the experiments: default or a folder of notebooks/presets.")
@one_sentence()
def main(preset: str) -> None:
    """Execute what is out of date and write the pages that the book shows."""
    names = notebook_names()
    values = {name: values_of(preset, name) for name in names}
    copies = ROOT / "_build" / "executed" / preset
    found = in_threads(lambda name: execute(name, values[name], preset, copies), names, AT_ONCE)
    executed = {name: notebook for name, notebook in zip(names, found, strict=True) if notebook is not None}
    for name in executed:
        shown = page(executed[name], name, EXECUTED, copies / name / "records")
        write_if_changed(EXECUTED / f"{name}.ipynb", nbformat.writes(shown) + "\n")
    for stale in EXECUTED.glob("*.ipynb"):
        if stale.stem not in names:
            stale.unlink()
    if failures := [name for name in names if name not in executed]:
        raise NotebookError(f"{len(failures)} of {len(names)} notebooks failed: {', '.join(failures)}.")
    write_pages(executed, GENERATED)
    front_page.write(executed, GENERATED)
    memories.write(GENERATED / "site")
    film.write_page(GENERATED)
    for draw in (infinite_width.kernel, infinite_width.eigenvalues, infinite_width.radius):
        drawing = draw()
        for end in (".svg", STACKED):
            write_if_changed(GENERATED / "infinite_width" / f"{draw.__name__}{end}", publish.saved(drawing, "svg"))
            stack(drawing)


if __name__ == "__main__":
    main()
