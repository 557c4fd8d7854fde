"""Many conditions to one table: on processes of this machine or a cluster, with one kept record a condition."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
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
from types import BuiltinFunctionType, MappingProxyType
from typing import Any, cast

import loky
import numpy as np
import pandas as pd
import psutil
import torch
from tqdm import tqdm

from book.record_key import MadeBy
from sigae.checks import check_positive, check_whole

__all__ = ["RecordWarning", "grid", "sweep"]

Result = tuple[str, bool]  # a record as JSON, and whether the experiment returned it; if not, it says why
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
IDLE = 30  # seconds after which a process without work ends


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
        If records cannot be read, kept, or used again; the table is right all the same.
    """
    if isinstance(experiment, BuiltinFunctionType | type) or not callable(experiment):
        raise TypeError(f"experiment is {experiment!r}: give a Python function that returns a mapping of numbers.")
    rows = [_as_json(condition, {} if device == "cpu" else {"device": device}) for condition in conditions]
    if not rows:
        raise ValueError("conditions is empty: give at least one condition.")
    if workers is not None:
        check_whole("workers", workers)
    elif asked := os.environ.get("SIGAE_WORKERS"):
        workers = check_whole("SIGAE_WORKERS", cast(int, int(asked) if asked.isdecimal() else asked))
    if memory is not None:
        check_positive("memory", memory)
    scheduler = scheduler or os.environ.get("SIGAE_SCHEDULER")
    name, made_by = getattr(experiment, "__name__", "sweep"), MadeBy(experiment)
    folder = _open(cache, f"{name} refers to {made_by.unknown}" if made_by.unknown else "")
    ordered = [json.dumps(json.loads(row), sort_keys=True) for row in rows]
    keys = [hashlib.sha256(f"{made_by.digest}\0{row}".encode()).hexdigest()[:40] for row in ordered]
    found = {} if folder is None else _read(folder, keys)
    missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}

    measure = partial(_measure, experiment, torch.get_default_dtype())
    if not missing or workers == 1 and not scheduler:
        done = _here(measure, missing)
    elif scheduler:
        from book.sweep_cluster import on_cluster  # which needs a package that not everybody has

        done = on_cluster(measure, missing, workers, memory, scheduler, made_by.modules)
    else:
        done = _in_processes(measure, missing, workers, memory)
    bar, trouble = {"desc": name, "total": len(missing), "disable": None if progress is None else not progress}, ""
    with warnings.catch_warnings():
        # A process that has grown large, or had nothing to do, is replaced by a fresh one, which harms nothing.
        warnings.filterwarnings("ignore", message="A worker (stopped|was restarted) while some jobs were given")
        for key, (text, returned) in tqdm(done, **bar):
            found[key] = json.loads(text)  # as it will be read back: a fresh table equals a kept one
            if returned and folder is not None:
                trouble = trouble or _write(folder, key, text)
    if folder is not None and trouble:
        _warn_not_kept(folder, trouble)
    table = []
    for key, row in zip(keys, rows, strict=True):
        condition = json.loads(row)
        if clash := condition.keys() & found[key].keys():
            raise ValueError(f"both the condition and the record have {', '.join(sorted(clash))}: rename one of them.")
        table.append(condition | found[key])
    frame = pd.DataFrame(table)
    errors = pd.Series([row.get("error") for row in table], dtype=object)
    return frame.drop(columns="error", errors="ignore").assign(error=errors)


def _as_json(values: Mapping[str, Any], more: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Write a condition or a record as JSON, which keeps every digit of a float64."""
    if not isinstance(values, Mapping):
        raise TypeError(f"a condition is {values!r}: give a mapping of argument names to values.")
    return json.dumps({**values, **more}, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor | np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{value!r} is neither a number, a string, a list nor an array: turn it into one.")


def _open(cache: str | os.PathLike | None, unknown: str) -> Path | None:
    """Make the folder of records; None where none are kept."""
    if cache == "auto":
        cache = os.environ.get("SIGAE_CACHE") or Path(".cache", "sigae")
    if cache is None or cache == "off":
        return None
    if unknown:
        warnings.warn(f"no record is kept or used: {unknown}, whose state is not known.", RecordWarning, stacklevel=3)
        return None
    folder = Path(cache).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _warn_not_kept(folder, str(error))
        return None
    return folder


def _warn_not_kept(folder: Path, why: str) -> None:
    remedy = "Free some space there, or name another folder in the environment variable SIGAE_CACHE."
    what = "the table is right all the same, but will be computed again next time"
    warnings.warn(f"results cannot be kept in {folder} ({why}): {what}. {remedy}", RecordWarning, stacklevel=3)


def _read(folder: Path, keys: list[str]) -> dict[str, dict[str, Any]]:
    found, broken = {}, 0
    for key in dict.fromkeys(keys):
        try:
            found[key] = dict(json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError):
            broken += 1
    if broken:
        warnings.warn(f"{broken} records in {folder} cannot be read: computed anew.", RecordWarning, stacklevel=3)
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


def _measure(experiment: Callable, dtype: torch.dtype, row: str) -> Result:
    """Measure one condition on one thread, wherever this process runs, with the caller's default type."""
    torch.set_num_threads(1)
    torch.set_default_dtype(dtype)
    try:
        record = dict(experiment(**json.loads(row)))
    except (Exception, SystemExit) as error:  # a condition that fails is a row of the table, not the end of it
        return _as_json({"error": f"{type(error).__name__}: {error}"}), False
    return _as_json(record), True


def _here(measure: Callable[[str], Result], missing: Mapping[str, str]) -> Iterator[tuple[str, Result]]:
    threads = torch.get_num_threads()
    try:
        for key, row in missing.items():
            yield key, measure(row)
    finally:
        torch.set_num_threads(threads)


def _in_processes(
    measure: Callable[[str], Result], missing: Mapping[str, str], workers: int | None, memory: float | None
) -> Iterator[tuple[str, Result]]:
    """Yield keys with their results as they are done, whatever becomes of the processes."""
    workers = min(workers or loky.cpu_count(), len(missing))
    if memory is not None:
        workers = min(workers, max(1, int(psutil.virtual_memory().available / memory)))
    executor = None
    waiting = dict(missing)
    try:
        while waiting:
            executor = _executor(workers)
            futures = {executor.submit(measure, row): key for key, row in waiting.items()}
            for future in as_completed(futures):
                if not isinstance(future.exception(), BrokenProcessPool):  # of all that were not done when one died
                    del waiting[futures[future]]
                    yield futures[future], future.result()
            for key in list(waiting)[: 2 * workers]:  # those that were under way: each alone, they tell which it was
                executor = _executor(1)
                future = executor.submit(measure, waiting.pop(key))
                if isinstance(error := future.exception(), BrokenProcessPool):
                    how = "".join(f" of {found[1]}" for found in re.finditer(r"\{(.*?)\}", str(error)))
                    yield key, died(f"{type(error).__name__}: the process that computed this condition died{how}")
                else:
                    yield key, future.result()
    except BaseException:  # interrupted, or nobody wants the rest: the processes must not go on alone
        if executor is not None:
            executor.shutdown(kill_workers=True)
        raise


def died(how: str) -> Result:
    """Make the record of a condition of which nothing comes back."""
    why = "as happens when the system runs out of memory or a library crashes"
    remedy = "take a smaller width or fewer points, or give sweep the memory that it needs"
    return _as_json({"error": f"{how}, {why}: {remedy}."}), False


def _executor(workers: int) -> loky.ProcessPoolExecutor:
    try:
        return loky.get_reusable_executor(
            workers, timeout=IDLE, env=ONE_THREAD, initializer=_end_with, initargs=(os.getpid(),)
        )
    except OSError as error:  # no shared memory, for one
        raise OSError(
            f"no processes can be started ({error}): compute in this one, with SIGAE_WORKERS=1 in the environment."
        ) from None


def _end_with(parent: int) -> None:
    """End this process, whatever it computes, soon after its parent has been killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
