"""What parameters must be together, and whether this machine can take them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from book.parameters.notebook import say
from book.parameters.text import ParameterError

LONG = 600  # seconds of one processor from which a reader is told what to expect
# Seconds that a network takes: by n d m, by n m m for each further layer, by n d d d, and at least.
FLOW_COST, DEEP_COST, EIGENVALUE_COST, START_COST = 6e-8, 5e-8, 2e-9, 0.02


def _many(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def check_file(**path: str) -> None:
    """Check that files are there.

    Parameters
    ----------
    **path
        Parameters by name, each a path as seen from the notebook's folder.

    Raises
    ------
    ParameterError
        If one cannot be read.
    """
    for name, place in path.items():
        if not Path(place).is_file():
            raise ParameterError(
                f"{name} is {place!r}, which is no file as seen from the notebook: give the path of one."
            )


def check_at_most(**pair: Any) -> None:
    """Check that one parameter is nowhere above another.

    Parameters
    ----------
    **pair
        Two parameters by name, as in ``n_points=n_points, dim=dim``; the first may be a list.

    Raises
    ------
    ParameterError
        If a value of the first is above the second.
    """
    (name, values), (bound, limit) = pair.items()
    for value in _many(values):
        if value > limit:
            raise ParameterError(
                f"{name} has {value!r}, but {bound} is {limit!r}: "
                f"give {name} of at most {limit!r}, or a larger {bound}."
            )


def check_given(**pair: Any) -> None:
    """Check that a mapping has a value for every name that another parameter lists.

    Parameters
    ----------
    **pair
        The mapping and the list by name, as in ``report_points=report_points, activations=activations``.

    Raises
    ------
    ParameterError
        If one is missing.
    """
    (name, mapping), (wanted, names) = pair.items()
    for key in names:
        if key not in mapping:
            raise ParameterError(
                f"{wanted} has {key!r}, for which {name} has no value: give one, as in {name}={{{key}: 10}}."
            )


def check_fits(
    *, width: int | list[int], dim: int, n_points: int | list[int] = 1, depth: int | list[int] = 2, repeats: int = 1
) -> None:
    """Check that the largest of some networks can be trained in the memory that is free; say how long all will take.

    Parameters
    ----------
    width, n_points, depth
        Of the networks; of lists, every combination is trained.
    dim
        Dimension d of their patterns.
    repeats
        How often each is, at other norms, seeds or activations.

    Raises
    ------
    ParameterError
        If it cannot.
    """
    from sigae.checks import check_memory
    from sigae.training import memory_needed

    widths, counts, depths = _many(width), _many(n_points), _many(depth)
    n, m, layers = max(counts), max(widths), max(depths)
    need = memory_needed(n_points=n, dim=dim, width=m, depth=layers)
    what = f"training {n} pattern{'s' if n > 1 else ''} in {dim} dimensions at width {m} and depth {layers}"
    try:
        check_memory(what, need, "take a smaller width, fewer patterns or a smaller depth")
    except MemoryError as error:
        raise ParameterError(str(error)) from None
    seconds = repeats * sum(
        START_COST + k * (FLOW_COST * dim * w + DEEP_COST * (deep - 2) * w * w + EIGENVALUE_COST * dim**3)
        for w in widths
        for k in counts
        for deep in depths
    )
    if seconds > LONG:
        networks = repeats * len(widths) * len(counts) * len(depths)
        say(f"Training {networks:,} networks will take about {_duration(seconds)} of one processor's time.")


def _duration(seconds: float) -> str:
    for name, unit in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 1.5 * unit:
            return f"{float(f'{seconds / unit:.1g}') if seconds < 10 * unit else math.floor(seconds / unit):g} {name}s"
    return f"{seconds:.0f} seconds"
