"""Parameters as they are given for a run: in a preset, a file, or on the command line; and whether they go together."""

from __future__ import annotations

import re
import threading
from contextlib import chdir
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from book.build.toc import NOTEBOOKS, PRESETS, UsageError
from book.parameters import ParameterError, parse_yaml

CHECK = "check-parameters"  # tag of the cell that checks what its parameters are together
ONE_FOLDER = threading.Lock()  # a process has one working directory, whatever number of threads check notebooks in it


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
    return read_file(path) if path.exists() else {}


def read_file(path: Path) -> dict[str, Any]:
    """Read a YAML file of parameters, or raise a :class:`ParameterError` that names it and what is wrong with it."""
    try:
        values = parse_yaml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ParameterError(f"The parameter file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ParameterError(f"The parameter file {path} is no text in UTF-8: save it as that.") from None
    except ParameterError as error:
        raise ParameterError(f"The parameter file {path}: {error}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ParameterError(f"The parameter file {path} has no lines of the form 'name: value'.")
    for name in values:
        if not isinstance(name, str):
            raise ParameterError(f"The parameter file {path} has {name!r} for a name: write 'name: value'.")
    return values


def parse_assignments(text: str) -> dict[str, Any]:
    """Parse ``width=2000 activation=tanh widths=[1000, 2000]``.

    Parameters
    ----------
    text
        ``name=value`` any number of times; values are YAML and may hold spaces.

    Returns
    -------
    dict
        Name to value.

    Raises
    ------
    ParameterError
        If the text is not of that form, or names a parameter twice.
    """
    before, *rest = re.split(r"(?:^|\s)([A-Za-z_]\w*)\s*=", text)
    if before.strip():
        raise ParameterError(f'{before.strip()!r} is not of the form name=value, as in PARAMETERS="width=2000".')
    values: dict[str, Any] = {}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if name in values:
            raise ParameterError(f"{name} is given twice.")
        if not value.strip():
            raise ParameterError(f"{name} is given no value: write {name}=value.")
        values[name] = parse_yaml(value.strip())
    return values


def check_together(notebook: NotebookNode, values: dict[str, Any]) -> None:
    """Let a notebook check whether its parameters go together and fit this machine, without running the rest of it.

    Parameters
    ----------
    notebook
        Its cells up to the one tagged ``check-parameters`` are executed here; where there is none, nothing is.
    values
        The parameters that are changed, each of its declared type.

    Raises
    ------
    ParameterError
        If they do not.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    last = next((k for k, cell in enumerate(cells) if CHECK in cell.metadata.get("tags", [])), -1)
    namespace: dict[str, Any] = {"In": [cell.source for cell in cells[:last]]}
    try:
        with ONE_FOLDER, chdir(NOTEBOOKS):
            for cell in cells[: last + 1]:
                exec(cell.source, namespace)
                if "parameters" in cell.metadata.get("tags", []):
                    namespace.update(values)
    except (ValueError, MemoryError) as error:
        raise ParameterError(str(error)) from None
