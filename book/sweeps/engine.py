"""Run an experiment under many conditions: which are known, which are missing, and the table of all."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import BuiltinFunctionType
from typing import Any

import pandas as pd
import torch
from tqdm import tqdm

from book.sweeps.cache import (
    RecordWarning,
    open_folder,
    read_record,
    record_key,
    records_folder,
    warn_not_kept,
    write_record,
)
from book.sweeps.conditions import as_json
from book.sweeps.origin import UnknownOriginError, origin
from book.sweeps.processes import in_processes
from sigae.checks import check_positive, check_whole

__all__ = ["sweep"]

Result = tuple[str, bool]  # a record as JSON, and whether the experiment returned it; if not, it says why


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

    Every record is written, in one piece, the moment it is done, and used again as long as nothing that made it has
    changed: the condition, the experiment's code with all that it imports, the variables it refers to, the versions
    of torch and numpy. A sweep that was killed goes on where it stopped.

    Parameters
    ----------
    experiment
        A function, called as ``experiment(**condition)``, that returns a mapping of names to plain
        numbers, strings, lists or arrays. It must depend on the condition alone, seeds included.
    conditions
        Mappings of argument names to JSON values, as :func:`book.sweeps.grid` makes them.
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
        One row a condition, in the order given, whatever the order they finish in: the condition, then
        the measurements, then ``error``, None unless the experiment raised or the process that computed it died; such
        a condition is tried again next time.

    Raises
    ------
    ValueError
        If there are no conditions, a measurement bears the name of a condition's argument, the scheduler's address is
        none, or the number of workers is none.
    TypeError
        If the experiment is no Python function, or a condition is no mapping of names to JSON values.
    ConnectionError
        If the scheduler does not answer, or no longer.
    RuntimeError
        If the cluster has no worker for a minute, or one whose package, code or versions are not those here.
    ImportError
        If there is a scheduler, and the package distributed is not installed.

    Warns
    -----
    RecordWarning
        If records cannot be read, kept, or used again; the table is right all the same.
    """
    if isinstance(experiment, BuiltinFunctionType | type) or not callable(experiment):
        raise TypeError(f"experiment is {experiment!r}: give a Python function that returns a mapping of numbers.")
    rows = [as_json(condition if device == "cpu" else {**condition, "device": device}) for condition in conditions]
    if not rows:
        raise ValueError("conditions is empty: give at least one condition.")
    scheduler = scheduler or os.environ.get("SIGAE_SCHEDULER") or None
    workers = _asked_for() if workers is None else check_whole("workers", workers)
    if memory is not None:
        check_positive("memory", memory)
    name = getattr(experiment, "__name__", "sweep")
    folder, made_by = records_folder(cache), ""
    if folder is not None:
        try:
            made_by = origin(experiment)
        except UnknownOriginError as error:
            warnings.warn(f"no record of {name} is kept or used: it refers to a {error}.", RecordWarning, stacklevel=2)
            folder = None
    if folder is not None and not open_folder(folder):
        folder = None

    keys = [record_key(made_by, row) for row in rows]
    found = {} if folder is None else _kept(folder, keys)
    missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}

    measure = partial(_measure, experiment, torch.get_default_dtype())
    if scheduler:
        from book.sweeps.cluster import on_cluster  # which needs a package that not everybody has

        done = on_cluster(measure, missing, workers, memory, scheduler)
    elif workers == 1:
        done = _here(measure, missing)
    else:
        done = in_processes(measure, missing, workers, memory)
    hidden, not_kept = None if progress is None else not progress, ""
    with warnings.catch_warnings():
        # A process that has grown large, or had nothing to do, is replaced by a fresh one, which harms nothing.
        warnings.filterwarnings("ignore", message="A worker (stopped|was restarted) while some jobs were given")
        for key, (text, returned) in tqdm(done, desc=name, total=len(missing), disable=hidden):
            # As it will be read back: a fresh table equals a kept one.
            found[key] = json.loads(text)
            if returned and folder is not None:
                trouble = write_record(folder, key, text)
                not_kept = not_kept or trouble
    if not_kept and folder is not None:
        warn_not_kept(folder, not_kept)
    return _table(keys, rows, found)


def _asked_for() -> int | None:
    """Read how many workers the environment asks for; None where it does not."""
    asked = os.environ.get("SIGAE_WORKERS", "")
    number: Any = int(asked) if asked.isdecimal() else asked
    return check_whole("SIGAE_WORKERS", number) if asked else None


def _kept(folder: Path, keys: list[str]) -> dict[str, dict[str, Any]]:
    """Read what records there are; those that cannot be read are told, and left out."""
    found: dict[str, dict[str, Any]] = {}
    broken = 0
    for key in dict.fromkeys(keys):
        try:
            record = read_record(folder, key)
        except ValueError:
            broken += 1
        else:
            found |= {} if record is None else {key: record}
    if broken:
        warnings.warn(
            f"{broken} of the records in {folder} cannot be read: computed anew.", RecordWarning, stacklevel=3
        )
    return found


def _table(keys: list[str], rows: list[str], found: dict[str, dict[str, Any]]) -> pd.DataFrame:
    table = []
    for key, row in zip(keys, rows, strict=True):
        condition, record = json.loads(row), found[key]
        if clash := condition.keys() & record.keys():
            raise ValueError(f"both the condition and the record have {', '.join(sorted(clash))}: rename one of them.")
        table.append({**condition, **record})
    frame = pd.DataFrame(table)
    frame["error"] = pd.Series([row.get("error") for row in table], dtype=object)
    return frame[[column for column in frame if column != "error"] + ["error"]]


def _measure(experiment: Callable, dtype: torch.dtype, row: str) -> Result:
    """Measure one condition on one thread, wherever this process runs, with the caller's default type."""
    torch.set_num_threads(1)
    torch.set_default_dtype(dtype)
    try:
        record = dict(experiment(**json.loads(row)))
    except Exception as error:  # a condition that fails is a row of the table, not the end of it
        return as_json({"error": f"{type(error).__name__}: {error}"}), False
    return as_json(record), True


def _here(measure: Callable[[str], Result], missing: Mapping[str, str]) -> Iterator[tuple[str, Result]]:
    """Yield keys with their results, computed in this process."""
    threads = torch.get_num_threads()
    try:
        for key, row in missing.items():
            yield key, measure(row)
    finally:
        torch.set_num_threads(threads)
