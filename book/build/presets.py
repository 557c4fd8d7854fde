"""Parameters as they are given for a run: in a preset, a file, or on the command line; and whether they go together."""

import re
from contextlib import chdir
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from book.build.toc import NOTEBOOKS, PRESETS, UsageError
from book.parameters import ParameterError, checked, declared, parse_yaml


def preset_values(preset: str, name: str) -> dict[str, Any]:
    """Read what a preset, ``default`` or a folder of ``notebooks/presets``, sets in a notebook."""
    known = ["default", *sorted(path.name for path in PRESETS.glob("*") if path.is_dir())]
    if preset not in known:
        raise UsageError(f"There is no preset {preset!r}: choose one of {', '.join(known)}.")
    path = PRESETS / preset / f"{name}.yaml"
    return read_file(path) if path.exists() else {}


def read_file(path: Path) -> dict[str, Any]:
    """Read a YAML file of parameters, or raise a :class:`ParameterError` that names it and what is wrong with it."""
    try:
        values = parse_yaml(path.read_text(encoding="utf-8-sig")) or {}
    except (OSError, UnicodeDecodeError, ParameterError) as error:
        why = getattr(error, "strerror", None) or f"{error}".removesuffix(".")
        raise ParameterError(f"The parameter file {path} is not one of text in UTF-8 and YAML: {why}.") from None
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ParameterError(f"The parameter file {path} has lines that are not of the form 'name: value'.")
    return values


def parse_assignments(text: str) -> dict[str, Any]:
    """Parse ``width=2000 activation=tanh widths=[1000, 2000]``, whose values are YAML and may hold spaces."""
    before, *rest = re.split(r"(?:^|\s)([A-Za-z_]\w*)\s*=", text)
    if before.strip():
        raise ParameterError(f'{before.strip()!r} is not of the form name=value, as in PARAMETERS="width=2000".')
    values: dict[str, Any] = {}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if name in values or not value.strip():
            raise ParameterError(
                f"{name} is given {'twice' if value.strip() else 'no value'}: write {name}=value once."
            )
        values[name] = parse_yaml(value.strip())
    return values


def check_together(notebook: NotebookNode, values: dict[str, Any]) -> None:
    """Run a notebook's cells up to the one that checks whether its parameters go together and fit this machine."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    last = next((k for k, cell in enumerate(cells) if "check-parameters" in cell.metadata.get("tags", [])), -1)
    namespace: dict[str, Any] = {"In": [cell.source for cell in cells[:last]]}
    try:
        with chdir(NOTEBOOKS):
            for cell in cells[: last + 1]:
                exec(cell.source, namespace)
                if "parameters" in cell.metadata.get("tags", []):
                    namespace.update(values)
    except (ValueError, MemoryError) as error:
        raise ParameterError(str(error)) from None


def settled(notebook: NotebookNode, given: dict[str, Any]) -> dict[str, Any]:
    """Return given values of a notebook's parameters, each checked by itself and all together, in their types."""
    values = checked(declared(notebook), given)
    check_together(notebook, values)
    return values
