"""What a notebook's ``parameters`` cell declares, and whether given values fit it."""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
import typing
from dataclasses import dataclass
from typing import Any

import yaml
from nbformat import NotebookNode
from pydantic import ConfigDict, TypeAdapter, ValidationError

from book.tools.toc import UsageError

_NAMES = {"Literal": typing.Literal, "Annotated": typing.Annotated}


@dataclass(frozen=True)
class Parameter:
    """One name of a ``parameters`` cell: its annotation, its default and what it is for."""

    name: str
    annotation: str
    default: Any
    comment: str

    def check(self, value: Any) -> Any:
        """Return ``value`` as the annotation's type, or raise a :class:`UsageError` that says what is wrong."""
        # Strict: a whole number may stand for a float, nothing else is turned into anything.
        config = ConfigDict(strict=True, arbitrary_types_allowed=True)
        adapter = TypeAdapter(eval(self.annotation, {"__builtins__": __builtins__, **_NAMES}), config=config)
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors()[0]
            place = "".join(f"[{key}]" for key in first["loc"] if isinstance(key, int))
            raise UsageError(
                f"{self.name}{place} is {first['input']!r}: {first['msg'][0].lower() + first['msg'][1:]} "
                f"(declared as {self.annotation}, as in {self.default!r})."
            ) from None


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
    source = cells[0].source
    comments = _comments(source)
    found: dict[str, Parameter] = {}
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None):
            raise UsageError(f"{ast.unparse(node)!r} in the parameters cell is not of the form 'name: type = value'.")
        try:
            default = ast.literal_eval(node.value)
        except ValueError:
            raise UsageError(f"The default of {node.target.id} in the parameters cell is not a literal.") from None
        comment = next(
            (comments[n] for n in range(node.lineno, (node.end_lineno or node.lineno) + 1) if n in comments), ""
        )
        found[node.target.id] = Parameter(node.target.id, ast.unparse(node.annotation), default, comment)
    return found


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").split("  # fmt:")[0]
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def check_values(declared: dict[str, Parameter], values: dict[str, Any]) -> dict[str, Any]:
    """Refuse unknown names and wrong types.

    Parameters
    ----------
    declared
        What the notebook declares.
    values
        Name to value, as given.

    Returns
    -------
    dict
        Name to value, each of the declared type.

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
    except UsageError as error:
        raise UsageError(f"{error} The parameters are:\n{describe(declared)}") from None


def describe(declared: dict[str, Parameter]) -> str:
    """Lay the known parameters out, one a line, with type, default and meaning."""
    rows = [(p.name, f"{p.name}: {p.annotation} = {p.default!r}", p.comment) for p in declared.values()]
    return "\n".join(f"  {signature}" + (f"  # {comment}" if comment else "") for _, signature, comment in rows)


class _Yaml(yaml.SafeLoader):
    """YAML that reads 1e-3 as a number, as YAML 1.2 does, and nothing but true and false as truth values."""


_Yaml.yaml_implicit_resolvers = {
    first: [
        (tag, regexp) for tag, regexp in resolvers if tag not in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\d[\d_]*\.[\d_]*([eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+|\.\d+([eE][-+]?\d+)?|\.(inf|nan))$"),
    list("-+0123456789."),
)
_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|True|false|False)$"), list("tTfF"))


def parse_yaml(text: str) -> Any:
    """Parse YAML, raising a :class:`UsageError` where it is none."""
    try:
        return yaml.load(text, Loader=_Yaml)
    except yaml.YAMLError as error:
        raise UsageError(f"{text!r} cannot be read as a value: {str(error).splitlines()[0]}.") from None


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
