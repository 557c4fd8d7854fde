"""Many conditions to one table: on processes of this machine or a cluster, with one kept record a condition."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import BuiltinFunctionType
from typing import Any

import pandas as pd
import torch
from tqdm import tqdm

from book.record_key import MadeBy
from book.workers import as_json, here, in_processes, measure_one, on_cluster
from sigae.checks import check_positive, check_whole

__all__ = ["RecordWarning", "WorkersNote", "grid", "sweep"]


class RecordWarning(UserWarning):
    """Records cannot be read, kept or used again: the table is right, and is only computed again next time."""


class WorkersNote(UserWarning):
    """By how many workers of a cluster a table was computed."""


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


def sweep(
    experiment: Callable[..., Mapping[str, Any]],
    conditions: Iterable[Mapping[str, Any]],
    *,
    cache: str | os.PathLike | None = "auto",
    workers: int | None = None,
    memory: float | None = None,
    scheduler: str | None = None,
    device: str = "cpu",
    progress: bool | None = None,
) -> pd.DataFrame:
    """Run one experiment under many conditions.

    Every record is written the moment it is done, and used again as long as nothing that made it has changed
    (:mod:`book.record_key`). A sweep that was killed goes on where it stopped.

    Parameters
    ----------
    experiment
        A function, called as ``experiment(**condition)``, that returns a mapping of names to plain
        numbers, strings, lists or arrays. It must depend on the condition alone, seeds included.
    conditions
        Mappings of argument names to JSON values, as :func:`book.sweep.grid` makes them.
    cache
        Folder that keeps the records; None to keep and reuse nothing. ``"auto"`` takes it from the environment
        variable SIGAE_CACHE (``off`` for none), or else is ``.cache/sigae`` in the working directory.
    workers
        Number of processes, each with one thread; by default SIGAE_WORKERS, or else one a processor. With 1 this very
        process computes, where a debugger can follow. On a cluster, how many of its workers are used at most; by
        default all.
    memory
        Bytes that the most demanding condition needs (:func:`sigae.training.memory_needed`): no more processes run
        than fit in the memory that is free. On a cluster, workers that may use less are not used.
    scheduler
        Address of a Dask cluster's scheduler, ``tcp://host:8786``, whose workers compute one condition at a time each,
        those that join later too; by default SIGAE_SCHEDULER, or else processes on this machine.
    device
        Where conditions are computed, as torch names it: anything but ``"cpu"`` is handed to the experiment as its
        argument ``device``, and becomes a part of each condition.
    progress
        Show a progress bar: True, False, or None to show it on a terminal only.

    Returns
    -------
    pandas.DataFrame
        One row a condition, in the order given: the condition, then the measurements, then ``error``, None unless the
        experiment raised or the process that computed it died; such a condition is tried again next time.

    Raises
    ------
    ValueError
        If there are no conditions, a measurement bears the name of a condition's argument, the scheduler's address is
        none, or the number of workers is none.
    TypeError
        If the experiment is no Python function, or a condition is no mapping of names to JSON values.
    OSError
        If the system lets no processes start.
    ConnectionError
        If the scheduler does not answer, or no longer.
    RuntimeError
        If the cluster has no worker for a minute, or one whose code or versions are not those here.
    ImportError
        If there is a scheduler, and the package distributed is not installed.

    Warns
    -----
    RecordWarning
        If records cannot be kept, or used again; the table is right all the same.
    WorkersNote
        Where there is a scheduler, by how many workers the table was computed.
    """
    if isinstance(experiment, BuiltinFunctionType | type) or not callable(experiment):
        raise TypeError(f"experiment is {experiment!r}: give a Python function that returns a mapping of numbers.")
    rows = [as_json(condition if device == "cpu" else {**condition, "device": device}) for condition in conditions]
    if not rows:
        raise ValueError("conditions is empty: give at least one condition.")
    if workers is not None:
        check_whole("workers", workers)
    elif asked := os.environ.get("SIGAE_WORKERS"):
        number: Any = int(asked) if asked.isdecimal() else asked
        workers = check_whole("SIGAE_WORKERS", number)
    if memory is not None:
        check_positive("memory", memory)
    scheduler = scheduler or os.environ.get("SIGAE_SCHEDULER")
    name, made_by = getattr(experiment, "__name__", "sweep"), MadeBy(experiment)
    folder = _open(cache, name, made_by.unknown)
    ordered = [json.dumps(json.loads(row), sort_keys=True) for row in rows]
    keys = [hashlib.sha256(f"{made_by.digest}\0{row}".encode()).hexdigest()[:40] for row in ordered]
    found = {} if folder is None else _read(folder, keys)
    missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}

    used: set[str] = set()
    measure = partial(measure_one, experiment, torch.get_default_dtype())
    if not missing or (workers == 1 and not scheduler):
        done = here(measure, missing)
    elif scheduler:
        done = on_cluster(measure, missing, workers, memory, scheduler, made_by.modules, used)
    else:
        done = in_processes(measure, missing, workers, memory)
    trouble = ""
    with warnings.catch_warnings():
        # A process that has grown large, or had nothing to do, is replaced by a fresh one, which harms nothing.
        warnings.filterwarnings("ignore", message="A worker (stopped|was restarted) while some jobs were given")
        for key, (text, returned) in tqdm(done, name, len(missing), disable=None if progress is None else not progress):
            found[key] = json.loads(text)  # as it will be read back: a fresh table equals a kept one
            if returned and folder is not None:
                trouble = _write(folder, key, text) or trouble
    if trouble:
        _not_kept(folder, trouble)
    if scheduler:
        what = f"{len(missing)} conditions of {name} were computed by {len(used)} workers of the cluster"
        warnings.warn(f"{what}, and {len(set(keys) - missing.keys())} were recorded before.", WorkersNote, stacklevel=2)
    table = []
    for key, row in zip(keys, rows, strict=True):
        condition = json.loads(row)
        if clash := condition.keys() & found[key].keys():
            raise ValueError(f"both the condition and the record have {', '.join(sorted(clash))}: rename one of them.")
        table.append(condition | found[key])
    errors = pd.Series([row.pop("error", None) for row in table], dtype=object)
    return pd.DataFrame(table).assign(error=errors)


def _open(cache: str | os.PathLike | None, name: str, unknown: str) -> Path | None:
    """Make the folder of records; None where none are kept."""
    if cache == "auto":
        cache = os.environ.get("SIGAE_CACHE") or Path(".cache", "sigae")
    if cache is None or cache == "off":
        return None
    if unknown:
        remedy = "Make it inside the function, or define it in a module of book"
        what = f"no record of {name} is kept or used: it refers to {unknown}, whose state cannot be known"
        warnings.warn(f"{what}. {remedy}.", RecordWarning, stacklevel=3)
        return None
    folder = Path(cache).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _not_kept(folder, str(error))
        return None
    return folder


def _not_kept(folder: Path | None, why: str) -> None:
    what = "the table is right all the same, but will be computed again next time"
    remedy = "Free some space there, or name another folder in the environment variable SIGAE_CACHE"
    warnings.warn(f"results cannot be kept in {folder} ({why}): {what}. {remedy}.", RecordWarning, stacklevel=4)


def _read(folder: Path, keys: list[str]) -> dict[str, dict[str, Any]]:
    """Read what records there are; one that cannot be read is computed anew."""
    found = {}
    for key in keys:
        with contextlib.suppress(OSError, ValueError, TypeError):
            found[key] = dict(json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
    return found


def _write(folder: Path, key: str, text: str) -> str:
    """Keep a record, in one piece or not at all; return why that failed, or an empty text."""
    draft = folder / f"{key}.{os.getpid()}.draft"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / f"{key}.json")
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        return str(error.strerror or error)
    return ""
