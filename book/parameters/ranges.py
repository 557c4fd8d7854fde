"""Parameters as a notebook declares them: types that know their range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import torch
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from book.parameters.text import ParameterError, parse_yaml, shortened
from sigae.activations import ACTIVATIONS
from sigae.checks import check_place

T = TypeVar("T")
N = TypeVar("N", int, float)


def _distinct(values: list[T]) -> list[T]:
    for position, value in enumerate(values):
        if value in values[:position]:
            raise ValueError(f"{value!r} stands there twice, give each value once")
    return values


def _plain(value: float) -> float:
    """Write a whole number as one: so it reads, and names a sweep's records, as in the book's own parameters."""
    return int(value) if value == math.floor(value) else value


def _known(name: str) -> str:
    if name not in ACTIVATIONS:
        *most, last = (repr(known) for known in ACTIVATIONS)
        raise ValueError(f"choose {', '.join(most)} or {last}")
    return name


def _there(device: str) -> str:
    try:
        check_place(torch.float64, device)
    except ValueError:
        raise ValueError(
            'this machine or this installation of torch has none that computes in double precision, give "cpu"'
        ) from None
    return device


def _ascending(values: list[N]) -> list[N]:
    return sorted(_distinct(values))


Activation = Annotated[str, AfterValidator(_known)]
"""The name of an activation."""
Count = Annotated[int, Field(ge=1)]
"""A whole number of at least 1."""
Many = Annotated[int, Field(ge=2)]
"""A whole number of at least 2."""
Depth = Many
"""The same, of layers."""
Seed = Annotated[int, Field(ge=0)]
"""A whole number of at least 0."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False), AfterValidator(_plain)]
"""A finite number above 0."""
Tolerance = Annotated[float, Field(ge=1e-20, allow_inf_nan=False)]
"""A finite number of at least 1e-20, below which no loss comes in double precision."""
Device = Annotated[str, AfterValidator(_there)]
"""The name of a device that torch computes on in double precision."""
Distinct = Annotated[list[T], Field(min_length=1), AfterValidator(_distinct)]
"""At least one value, none twice, in the order given."""
Ascending = Annotated[list[T], Field(min_length=1), AfterValidator(_ascending)]
"""At least one value, none twice; sorted, in whatever order they are given."""
Several = Annotated[list[T], Field(min_length=2), AfterValidator(_ascending)]
"""At least two values, none twice; sorted, in whatever order they are given."""


@dataclass(frozen=True)
class Parameter:
    """One name of a ``parameters`` cell: its annotation, its default and what it is for."""

    name: str
    annotation: str
    default: Any
    comment: str

    def check(self, value: Any) -> Any:
        """Check a value.

        Parameters
        ----------
        value
            As given.

        Returns
        -------
        Any
            The value as the annotation's type, sorted where its order means nothing.

        Raises
        ------
        ParameterError
            If it is of another type or out of range; the sentence names the value and the remedy.
        """
        # Strict: a whole number may stand for a float, nothing else is turned into anything.
        adapter = TypeAdapter(eval(self.annotation, globals()), config=ConfigDict(strict=True))
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors()[0]
            raise ParameterError(
                f"{self.name}{_place(value, first['loc'])} is {shortened(first['input'])}: {_remedy(first)} "
                f"(declared as {self.annotation}, as in {shortened(self.default)})."
            ) from None

    def read(self, value: Any) -> Any:
        """Check a value as papermill's command line hands it over, where all but plain numbers is text.

        Parameters
        ----------
        value
            As injected.

        Returns
        -------
        Any
            As from :meth:`check`.

        Raises
        ------
        ParameterError
            If it fits neither as it is nor as what its text says in YAML.
        """
        try:
            return self.check(value)
        except ParameterError:
            if not isinstance(value, str):
                raise
            return self.check(parse_yaml(value))


def _place(value: Any, path: Sequence[Any]) -> str:
    """Say where in a list or mapping something is."""
    place = ""
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            break
        place += f"[{key!r}]"
    return place


def _remedy(error: Any) -> str:
    limits = error.get("ctx", {})
    limits = limits | {"number": "whole number" if isinstance(limits.get("ge"), int) else "number"}
    sentences = {
        "greater_than": "give a finite number above {gt:g}",
        "greater_than_equal": "give a {number} of at least {ge}",
        "finite_number": "give a finite number",
        "literal_error": "choose {expected}",
        "too_short": "give at least {min_length} values"
        if limits.get("min_length") != 1
        else "give at least one value",
        "value_error": "{error}",
        "int_type": "give a whole number",
        "int_from_float": "give a whole number",
        "float_type": "give a number",
        "string_type": "give a text",
        "list_type": "give a list",
        "dict_type": "give a mapping, as in {{name: value}}",
    }
    if error["type"] not in sentences:
        return error["msg"][0].lower() + error["msg"][1:]
    return sentences[error["type"]].format(**limits)
