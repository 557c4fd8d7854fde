"""Run one notebook with other parameters: ``make rerun NOTEBOOK=01 PARAMETERS="width=2000 activation=tanh"``."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import Any

import click

from book.tools.faults import faults_told
from book.tools.parameters import check_values, declared_parameters, describe, parse_assignments, read_preset
from book.tools.toc import NOTEBOOKS, ROOT, UsageError, find_notebook


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
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where the executed copy goes.")
@faults_told()
def main(notebook: str, parameters: str, file: str, output: Path | None) -> None:
    """Execute a copy of a notebook with other parameters; the committed notebook stays as it is."""
    from book.tools.runner import NotebookError, read_source, run

    try:
        name = find_notebook(notebook, sorted(path.stem for path in NOTEBOOKS.glob("*.py")))
        source = read_source(name)
        declared = declared_parameters(source)
        given = (read_preset(Path(file)) if file else {}) | parse_assignments(parameters)
        values = check_values(declared, given)
        if output is not None and output.resolve().is_relative_to(NOTEBOOKS):
            raise UsageError(f"{output} is among the committed notebooks: choose a place outside of notebooks/.")
        target = (output or ROOT / "reruns" / f"{copy_name(name, values)}.ipynb").resolve()
        if not values:
            click.echo(f"No parameter changed. The parameters of {name} are:\n{describe(declared)}")
        click.echo(
            f"Running {name} with " + (", ".join(f"{k}={v!r}" for k, v in values.items()) or "its defaults") + " ..."
        )
        executed = run(source, target, values)
    except (UsageError, NotebookError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1 if isinstance(error, NotebookError) else 2)
    shown = target.relative_to(ROOT) if target.is_relative_to(ROOT) else target
    click.echo(f"Done in {executed.metadata.papermill.duration:.0f} s: {shown}")


if __name__ == "__main__":
    main()
