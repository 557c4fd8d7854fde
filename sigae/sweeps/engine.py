"""Run an experiment under many conditions, in processes of which any may die."""

from __future__ import annotations

import json
import os
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from types import BuiltinFunctionType
from typing import Any

import loky
import pandas as pd
import psutil
import torch
from tqdm import tqdm

from sigae.checks import check_positive, check_whole
from sigae.sweeps.cache import (
    RecordWarning,
    open_folder,
    read_record,
    record_key,
    records_folder,
    warn_not_kept,
    write_record,
)
from sigae.sweeps.conditions import as_json
from sigae.sweeps.origin import UnknownOriginError, origin

__all__ = ["sweep"]

IDLE = 30  # seconds after which a worker without work ends
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def sweep(
    experiment: Callable[..., Mapping[str, Any]],
    conditions: Iterable[Mapping[str, Any]],
    *,
    cache: str | os.PathLike | None = "auto",
    workers: int | None = None,
    memory: float | None = None,
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
        Mappings of argument names to JSON values, as :func:`sigae.sweeps.grid` makes them.
    cache
        Folder that keeps the records; None to keep and reuse nothing. ``"auto"`` takes it from the environment
        variable SIGAE_CACHE (``off`` for none), or else is ``.cache/sigae`` in the working directory.
    workers
        Number of processes, each with one thread; by default SIGAE_WORKERS, or else one a processor. ``workers=1``
        computes in this process, where a debugger can follow.
    memory
        Bytes that the most demanding condition needs (:func:`sigae.training.memory_needed`): no more processes run
        than fit in the memory that is free.
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
        If there are no conditions, or a measurement bears the name of a condition's argument.
    TypeError
        If the experiment is no Python function, or a condition is no mapping of names to JSON values.

    Warns
    -----
    RecordWarning
        If records cannot be read, kept, or used again; the table is right all the same.
    """
    if isinstance(experiment, BuiltinFunctionType | type) or not callable(experiment):
        raise TypeError(f"experiment is {experiment!r}: give a Python function that returns a mapping of numbers.")
    rows = [as_json(condition) for condition in conditions]
    if not rows:
        raise ValueError("conditions is empty: give at least one condition.")
    here = workers == 1
    workers = check_whole("workers", workers or int(os.environ.get("SIGAE_WORKERS", 0)) or loky.cpu_count())
    if memory is not None:
        free = psutil.virtual_memory().available
        workers = min(workers, max(1, int(free / check_positive("memory", memory))))
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

    measure = partial(_measure, experiment, folder)
    alone = ((key, measure(key, row)) for key, row in missing.items())
    done = alone if here else _in_processes(measure, missing, workers)
    hidden, not_kept = None if progress is None else not progress, ""
    with warnings.catch_warnings():
        # A worker that has grown large, or had nothing to do, is replaced by a fresh one, which harms nothing.
        warnings.filterwarnings("ignore", message="A worker (stopped|was restarted) while some jobs were given")
        for key, (record, trouble) in tqdm(done, desc=name, total=len(missing), disable=hidden):
            found[key] = record
            not_kept = not_kept or trouble
    if not_kept and folder is not None:
        warn_not_kept(folder, not_kept)
    return _table(keys, rows, found)


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


def _measure(experiment: Callable, folder: Path | None, key: str, row: str) -> tuple[dict[str, Any], str]:
    """Measure one condition, in a worker or here, on one thread, and keep the record; say why if that failed."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        record = dict(experiment(**json.loads(row)))
    except Exception as error:  # a condition that fails is a row of the table, not the end of it
        return {"error": f"{type(error).__name__}: {error}"}, ""
    finally:
        torch.set_num_threads(threads)
    text = as_json(record)
    trouble = "" if folder is None else write_record(folder, key, text)
    return json.loads(text), trouble  # as it will be read back: a fresh table equals a kept one


def _in_processes(
    measure: Callable[[str, str], tuple[dict[str, Any], str]], missing: Mapping[str, str], workers: int
) -> Iterator[tuple[str, tuple[dict[str, Any], str]]]:
    """Yield keys with their results as they are done, whatever becomes of the processes."""
    waiting, executor = dict(missing), None
    try:
        while waiting:
            executor = _executor(min(workers, len(waiting)))
            futures = {executor.submit(measure, key, row): key for key, row in waiting.items()}
            died = False
            for future in as_completed(futures):
                try:
                    result = future.result()
                except BrokenProcessPool:  # raised for all that were not done when a process died
                    died = True
                    continue
                del waiting[futures[future]]
                yield futures[future], result
            if died:
                # It died of one of those that were started first. Each alone, they tell which; the rest can go on.
                for key in list(waiting)[: 2 * workers]:
                    executor, row = _executor(1), waiting.pop(key)
                    try:
                        result = executor.submit(measure, key, row).result()
                    except BrokenProcessPool as error:
                        result = {"error": _death(error)}, ""
                    yield key, result
    except BaseException:  # interrupted, or nobody wants the rest: the workers must not go on alone
        if executor is not None:
            executor.shutdown(kill_workers=True)
        raise


def _executor(workers: int) -> loky.ProcessPoolExecutor:
    return loky.get_reusable_executor(
        max_workers=workers, timeout=IDLE, env=ONE_THREAD, initializer=_end_with, initargs=(os.getpid(),)
    )


def _end_with(parent: int) -> None:
    """End this process, whatever it computes, soon after its parent has been killed: nobody waits for it any more."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _death(error: BrokenProcessPool) -> str:
    codes = re.search(r"\{(.*?)\}", str(error))
    return (
        f"{type(error).__name__}: the process that computed this condition died"
        f"{f' of {codes[1]}' if codes else ''}, as happens when the system runs out of memory or a library crashes: "
        "take a smaller width or fewer points, or tell sweep the memory that it needs."
    )
