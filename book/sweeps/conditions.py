"""Conditions: plain values under the names of an experiment's arguments."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

__all__ = ["as_json", "grid"]


def grid(**axes: Any) -> list[dict[str, Any]]:
    """Combine every value of each axis with every value of the others.

    Parameters
    ----------
    **axes
        A list, tuple or range holds the values of an axis; anything else is one value for all conditions.

    Returns
    -------
    list of dict
        One condition a combination; the last axis varies fastest.
    """
    values = [axis if isinstance(axis, list | tuple | range) else [axis] for axis in axes.values()]
    return [dict(zip(axes, combination, strict=True)) for combination in itertools.product(*values)]


def as_json(values: Mapping[str, Any]) -> str:
    """Write a condition or a record as JSON, which keeps every digit of a float64.

    Parameters
    ----------
    values
        Numbers, strings, lists and arrays by name.

    Returns
    -------
    str
        The text; arrays and array scalars have become lists and numbers.

    Raises
    ------
    TypeError
        If it is no mapping, or a value is none of these.
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"a condition is {values!r}: give a mapping of argument names to values.")
    return json.dumps(dict(values), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor | np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{value!r} is neither a number, a string, a list nor an array: turn it into one.")
