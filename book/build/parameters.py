"""What a notebook's ``parameters`` cell declares, and whether given values fit it."""

from __future__ import annotations

import difflib
import re
import threading
from contextlib import chdir
from typing import Any

from nbformat import NotebookNode

from book import parameters
from book.build.toc import NOTEBOOKS, UsageError
from book.parameters import Parameter, ParameterError, declarations

CHECK = "check-parameters"  # tag of the cell that checks what its parameters are together
ONE_FOLDER = threading.Lock()  # a process has one working directory, whatever number of threads check notebooks in it


def declared_parameters(notebook: NotebookNode) -> dict[str, Parameter]:
    """Read the parameters that a notebook declares.

    Parameters
    ----------
    notebook
        A notebook with one code cell tagged ``parameters`` that holds annotated literals only.

    Returns
    -------
    dict
        Name to :class:`Parameter`, in the order of the cell.

    Raises
    ------
    UsageError
        If the cell is missing, there are several, or a line is no annotated literal.
    """
    cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", []) and cell.source.strip()
    ]
    if len(cells) != 1:
        raise UsageError(f"The notebook has {len(cells)} code cells tagged 'parameters' instead of one.")
    try:
        return declarations(cells[0].source)
    except ParameterError as error:
        raise UsageError(str(error)) from None


def check_values(declared: dict[str, Parameter], values: dict[str, Any]) -> dict[str, Any]:
    """Refuse unknown names, wrong types and what is out of range.

    Parameters
    ----------
    declared
        What the notebook declares.
    values
        Name to value, as given.

    Returns
    -------
    dict
        Name to value, each of the declared type, and sorted where its order means nothing.

    Raises
    ------
    UsageError
        Naming the first value that does not fit, with the list of the known parameters.
    """
    for name in values:
        if name not in declared:
            close = difflib.get_close_matches(name, declared, n=1, cutoff=0.5)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise UsageError(f"There is no parameter {name!r}.{hint} The parameters are:\n{describe(declared)}")
    try:
        return {name: declared[name].check(value) for name, value in values.items()}
    except ParameterError as error:
        raise UsageError(f"{error} The parameters are:\n{describe(declared)}") from None


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
    UsageError
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
    except ParameterError as error:
        raise UsageError(str(error)) from None


def describe(declared: dict[str, Parameter]) -> str:
    """Lay the known parameters out, one a line, with type, default and meaning."""
    rows = [(p.name, f"{p.name}: {p.annotation} = {p.default!r}", p.comment) for p in declared.values()]
    return "\n".join(f"  {signature}" + (f"  # {comment}" if comment else "") for _, signature, comment in rows)


def parse_yaml(text: str) -> Any:
    """Parse YAML, raising a :class:`UsageError` where it is none."""
    try:
        return parameters.parse_yaml(text)
    except ParameterError as error:
        raise UsageError(str(error)) from None


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
    UsageError
        If the text is not of that form, or names a parameter twice.
    """
    starts = list(re.finditer(r"(?:^|\s)([A-Za-z_]\w*)\s*=", text))
    before = text[: starts[0].start()] if starts else text
    if before.strip():
        raise UsageError(f'{before.strip()!r} is not of the form name=value, as in PARAMETERS="width=2000".')
    values: dict[str, Any] = {}
    ends = [following.start() for following in starts[1:]] + [len(text)]
    for start, end in zip(starts, ends if starts else [], strict=True):
        name, value = start[1], text[start.end() : end].strip()
        if name in values:
            raise UsageError(f"{name} is given twice.")
        if not value:
            raise UsageError(f"{name} is given no value: write {name}=value.")
        values[name] = parse_yaml(value)
    return values


def read_preset(path: Any) -> dict[str, Any]:
    """Read a YAML file of parameters, raising a :class:`UsageError` where it is missing or no mapping."""
    try:
        values = parse_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The parameter file {path} cannot be read: {error.strerror}.") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise UsageError(f"The parameter file {path} holds no 'name: value' lines.")
    return values
