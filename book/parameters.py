"""What the parameters of a notebook may be: types with ranges, how values are read, and checks before anything runs."""

import ast
import difflib
import re
from collections.abc import Callable, Mapping, MutableMapping
from itertools import product
from math import floor, inf
from pathlib import Path
from reprlib import repr as shortened
from typing import Annotated, Any, TypeVar, cast

import torch
from nbformat import NotebookNode
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model
from ruamel.yaml import YAML, YAMLError

from sigae.activations import ACTIVATIONS
from sigae.checks import check_memory, check_place
from sigae.training import memory_needed

T = TypeVar("T")
NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
LONG = 600  # seconds of one processor from which a reader learns beforehand how long a run takes
# Seconds that a network takes: by n d m, by n m m for each further layer, by n d d d, and at least.
FLOW_COST, DEEP_COST, EIGENVALUE_COST, START_COST = 6e-8, 5e-8, 2e-9, 0.02
JACOBIAN_COPIES = 4  # of a Jacobian at every pattern, until its spectral radius is known
FAR_BELOW = 1e-4  # of an untrained network's error r^2 / d: training to it reproduces a pattern to 1 %


class ParameterError(ValueError):
    """A parameter that no page can be made with; its text is one sentence."""


def _distinct(values: list[T]) -> list[T]:
    for position, value in enumerate(values):
        if value in values[:position]:
            raise ValueError(f"{value!r} stands there twice, give each value once")
    return values


def _plain(value: float) -> float:
    """Write a whole number as one: so it reads, and names a sweep's records, as in the book's own parameters."""
    return int(value) if value == floor(value) else value


def _must(hold: Callable[[Any], bool], otherwise: str) -> AfterValidator:
    def validate(value: Any) -> Any:
        if not hold(value):
            raise ValueError(otherwise)
        return value

    return AfterValidator(validate)


def _present(device: str) -> str:
    try:
        check_place(torch.float64, device)
    except ValueError:
        raise ValueError('torch has no such device here that computes in double precision, give "cpu"') from None
    return device


Activation = Annotated[
    str, _must(lambda name: name in ACTIVATIONS, f"choose one of {', '.join(map(repr, ACTIVATIONS))}")
]
Count = Annotated[int, Field(ge=1)]
Many = Annotated[int, Field(ge=2)]
Depth = Many  # number of layers
Seed = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), AfterValidator(_plain)]
Tolerance = Annotated[Positive, _must(lambda loss: loss >= 1e-20, "in double precision no loss is below 1e-20")]
File = Annotated[str, _must(lambda path: (NOTEBOOKS / path).is_file(), "the notebook's folder has no such file")]
Device = Annotated[str, AfterValidator(_present)]
Distinct = Annotated[list[T], Field(min_length=1), AfterValidator(_distinct)]  # in the order given
Ascending = Annotated[list[T], Field(min_length=1), AfterValidator(_distinct), AfterValidator(sorted)]
Several = Annotated[list[T], Field(min_length=2), AfterValidator(_distinct), AfterValidator(sorted)]


def declared(notebook: NotebookNode) -> type[BaseModel]:
    """Read the cell tagged ``parameters``, without running it, as :func:`declared_in` reads its source."""
    cells = [cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    require(len(cells) == 1, f"The notebook has {len(cells)} cells tagged 'parameters' instead of one.")
    return declared_in(cells[0])


def declared_in(source: str) -> type[BaseModel]:
    """Read annotated literals, ``name: type = value  # comment``, as the fields of a strict pydantic model."""
    fields: dict[str, Any] = {}
    lines, body = source.splitlines(), cast(list[Any], ast.parse(source).body)
    for node in body:
        try:
            name, annotation, default = node.target.id, ast.unparse(node.annotation), ast.literal_eval(node.value)
        except (AttributeError, ValueError):
            raise ParameterError(f"{ast.unparse(node)!r} declares no parameter: write 'name: type = value'.") from None
        comment = re.search(r"  #\s*(.*?)(?:  # fmt: \w+)?$", lines[node.end_lineno - 1])
        fields[name] = (eval(annotation, globals()), Field(default, description=comment[1] if comment else ""))
    # Strict: a whole number may stand for a float, nothing else is turned into anything.
    config = ConfigDict(strict=True, extra="forbid", validate_default=True)
    return create_model("Parameters", __config__=config, __doc__=source, **fields)


def checked(model: type[BaseModel], values: Mapping[str, Any], *, text: bool = False) -> dict[str, Any]:
    """Return values of parameters in their types, or say what is wrong; as ``text``, papermill's, they may be YAML."""
    try:
        return {name: getattr(model(**values), name) for name in values}
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name, *keys = first["loc"]
    if name not in model.model_fields:
        close = difflib.get_close_matches(str(name), model.model_fields, n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise ParameterError(f"There is no parameter {name!r}.{hint} Choose among {', '.join(model.model_fields)}.")
    if text and isinstance(given := values.get(name), str) and (read := parse_yaml(given)) != given:
        return checked(model, {**values, name: read}, text=True)
    at = str(name) + "".join(f"[{key!r}]" for key in keys if key != "[key]")
    why = first["msg"].replace("Input should be", "it should be").removeprefix("Value error, ")
    if keys and ":" in str(keys[0]):  # and no space after it, so that YAML reads no more than a key
        why = f"write {{{str(keys[0]).replace(':', ': ')}}}, with a space after the colon"
    example = shortened(model.model_fields[name].default)
    raise ParameterError(f"{at} is {shortened(first['input'])}: {why[0].lower()}{why[1:]} (as in {example}).")


def parse_yaml(text: str) -> Any:
    """Read a value written in YAML 1.2, or raise a :class:`ParameterError` that says what is wrong with the text."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        why = str(getattr(error, "problem", error)).splitlines()[0]
        raise ParameterError(f"{shortened(text)} cannot be read as YAML: {why}.") from None


def check(namespace: MutableMapping[str, Any]) -> None:
    """Check the parameters of a notebook, in its ``globals()``, before anything else runs, however they were changed.

    Their declarations are read from its inputs, as Python 3.14 keeps no annotations of a cell's variables; where none
    are kept, as when a recorded notebook is compared with a new run, nothing is checked.
    """
    inputs = [str(source) for source in namespace.get("In", ())]
    if not any(inputs):
        return
    found = [k for k, source in enumerate(inputs) if _kinds(source) == {ast.AnnAssign}]
    require(bool(found), "no cell has declared parameters yet: run the notebook from its first cell.")
    model = declared_in(inputs[found[-1]])
    injected = [source for source in inputs[found[-1] + 1 :] if source.startswith("# Parameters\n")]  # by papermill
    names = re.findall(r"^(\w+) = ", "\n".join(injected), re.MULTILINE)
    values = checked(model, {name: namespace[name] for name in [*names, *model.model_fields]}, text=True)
    namespace.update(values)
    changed = [f"{name} = {shortened(v)}" for name, v in values.items() if v != getattr(model(), name)]
    if changed and "get_ipython" in namespace:
        from book.publish import notice

        notice(
            f"This copy was run with other parameters: {', '.join(changed)}. Its figures, numbers and verdicts are "
            "computed from them; the words around these were written for the book's own parameters, and may not fit."
        )


def _kinds(source: str) -> set[type]:
    try:
        return {type(node) for node in ast.parse(source).body}
    except SyntaxError:  # a cell that failed
        return set()


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def require(holds: bool, otherwise: str) -> None:
    """Raise a :class:`ParameterError` with the sentence ``otherwise`` unless something holds."""
    if not holds:
        raise ParameterError(otherwise)


def check_fits(
    *, width: Any, dim: int, n_points: Any = 1, depth: Any = 2, repeats: int = 1, norms: Any = (), tolerance: Any = 1e-7
) -> int:
    """Check that all networks of the lists fit into memory and need training; return the bytes of the largest."""
    widths, counts, depths, norm = _listed(width), _listed(n_points), _listed(depth), min(_listed(norms), default=inf)
    n, m, layers = max(counts), max(widths), max(depths)
    require(dim > 1 or n <= 2, f"dim is 1, where only two patterns differ, but {n} are asked for: give a larger dim.")
    require(
        tolerance <= (most := FAR_BELOW * norm**2 / dim),
        f"tolerance is {tolerance:g}, not far below the error of an untrained network at norm {norm:g} in {dim} "
        f"dimensions: give larger norms, or a tolerance of at most {most:.1g}.",
    )
    what = f"training {n} pattern{'s' if n > 1 else ''} in {dim} dimensions at width {m} and depth {layers}"
    need = max(memory_needed(n_points=n, dim=dim, width=m, depth=layers), 8 * JACOBIAN_COPIES * n * dim**2)
    check_memory(what, need, "take a smaller width, fewer or smaller patterns, or a smaller depth")
    costs = [
        START_COST + k * (FLOW_COST * dim * w + DEEP_COST * (deep - 2) * w * w + EIGENVALUE_COST * dim**3)
        for w, k, deep in product(widths, counts, depths)
    ]
    if (seconds := repeats * sum(costs)) > LONG:
        long = f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:,.0f} hours"
        print(f"Training {repeats * len(costs):,} networks will take about {long} of one processor's time.")
    return need
