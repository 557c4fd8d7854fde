"""Many conditions to one table: on processes of this machine or a cluster, with one kept record a condition."""

import contextlib
import functools
import hashlib
import itertools
import json
import logging
import os
import sys
import time
import warnings
from _thread import RLock, start_new_thread
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

import loky
import pandas as pd
import psutil
import torch
from tqdm import tqdm

from sigae.checks import check_whole

ROOT = Path(__file__).resolve().parents[1]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
WAIT = 60  # seconds that a cluster may be without a worker
as_json = json.JSONEncoder(default=lambda value: torch.as_tensor(value).tolist()).encode  # keeps every digit
ALONE = RLock()  # threads search for modules, and compute conditions on a cluster, one at a time
# A process that has grown large, or had nothing to do, is replaced by a fresh one, which harms nothing.
warnings.filterwarnings("ignore", message="A worker (stopped|was restarted) while some jobs were given")


class RecordWarning(UserWarning):
    """Records cannot be kept or used again: the table is right, and is only computed again next time."""


class WorkersNote(UserWarning):
    """How many workers of a cluster computed a table."""


def grid(**axes: Any) -> list[dict[str, Any]]:
    """Combine every value of each axis (list, tuple or range) with every one of the others; the last varies fastest."""
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
) -> pd.DataFrame:
    """Run one experiment under many conditions; a sweep that was killed goes on where it stopped.

    Parameters
    ----------
    experiment, conditions
        Called as ``experiment(**condition)``, with values of JSON, returns a mapping of names to numbers, strings,
        lists or arrays. If a module of ``book`` defines it, its records are kept, and used again until that module,
        what it imports or a version changes; what a program sets in modules is not noticed.
    cache
        Folder of the records, or None for none; by default that of SIGAE_CACHE (``off``: none), or ``.cache/sigae``.
    workers, scheduler
        Number of processes of one thread (SIGAE_WORKERS, or else one a processor); with 1 this very process computes.
        Or the address of a Dask cluster, ``tcp://host:8786`` (SIGAE_SCHEDULER), which is used whole.
    memory
        Bytes that the most demanding condition needs (:func:`sigae.training.memory_needed`): no more processes run
        than fit in the memory that is free, and no worker of a cluster that may use less computes.
    device
        Anything but ``"cpu"`` is added to each condition as the experiment's argument ``device``.

    Returns
    -------
    pandas.DataFrame
        One row a condition, in the order given: the condition, the measurements, then ``error``, None unless the
        experiment raised or its process died; such a condition is tried again next time.
    """
    rows = [as_json(condition if device == "cpu" else {**condition, "device": device}) for condition in conditions]
    if workers is None and (asked := os.environ.get("SIGAE_WORKERS")):
        workers = check_whole("SIGAE_WORKERS", int(asked) if asked.isdecimal() else asked)  # type: ignore[arg-type]
    scheduler = scheduler or os.environ.get("SIGAE_SCHEDULER")
    name, module = (str(getattr(experiment, key, "")) for key in ("__qualname__", "__module__"))
    ours = module.startswith("book.") and getattr(sys.modules.get(module), name, None) is experiment
    source = f"import {module if ours else ', '.join(sorted(key for key in sys.modules if key.startswith('book.')))}"
    code, dtype = code_hash(source), torch.get_default_dtype()  # a function of one's own may use all that is loaded
    keys = [f"{code} {module}.{name} {dtype} {json.dumps(json.loads(row), sort_keys=True)}" for row in rows]
    keys = [hashlib.sha256(key.encode()).hexdigest()[:40] for key in keys]
    cache = (os.environ.get("SIGAE_CACHE") or Path(".cache", "sigae")) if cache == "auto" else cache
    folder: Any = Path(cache).absolute() if ours and cache not in (None, "off") else None
    if not ours and cache not in (None, "off"):
        what = f"no record of {name} is kept or used: what it depends on is not known"
        warnings.warn(f"{what}. To keep them, put it into a file of book/experiments.", RecordWarning, stacklevel=2)
    found: dict[str, dict[str, Any]] = {}
    for key in keys if folder else ():
        with contextlib.suppress(OSError, ValueError, TypeError):  # one that cannot be read is computed anew
            found[key] = dict(json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
    missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}
    measure, processes, trouble = functools.partial(_measure, experiment, source, code, dtype), set(), ""
    if not missing or (workers == 1 and not scheduler):
        done: Iterator = ((key, measure(row)) for key, row in missing.items())
    elif scheduler:
        done = _on_cluster(measure, missing, memory or 0, scheduler)
    else:
        done = _in_processes(measure, missing, loky.cpu_count() if workers is None else workers, memory)
    for key, (process, text) in tqdm(done, name, len(missing), disable=None):
        processes.add(process)
        found[key] = json.loads(text)  # as it will be read back: a fresh table equals a kept one
        if folder and "error" not in found[key]:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{key}.json").write_text(text, encoding="utf-8")
            except OSError as error:
                trouble = str(error)
    if trouble:
        what = f"results cannot be kept in {folder} ({trouble}), and will be computed again next time"
        warnings.warn(f"{what}: free some space, or set SIGAE_CACHE to another folder.", RecordWarning, stacklevel=2)
    if scheduler:
        what = f"{len(missing)} conditions of {name} were computed by {len(processes)} workers of the cluster"
        warnings.warn(f"{what}, and {len(set(keys) - missing.keys())} were recorded before.", WorkersNote, stacklevel=2)
    records = pd.DataFrame([found[key] for key in keys]).drop(columns="error", errors="ignore")
    table = pd.concat([pd.DataFrame([json.loads(row) for row in rows]), records], axis=1, verify_integrity=True)
    return table.assign(error=pd.Series([found[key].get("error") for key in keys], dtype=object))


@functools.cache  # as modules are loaded once: what changes on the disk later is not what this process computes with
def code_hash(source: str) -> str:
    """Digest the files of the project that a source imports, directly or not, the lock and the installed versions."""
    finder = ModuleFinder([str(ROOT)])
    with ALONE, contextlib.suppress(SyntaxError):  # which whoever runs the source will see
        finder.scan_code(compile(source, "", "exec"), finder.add_module("__main__"))
    files = {Path(found["__file__"]) for found in map(vars, finder.modules.values()) if found["__file__"]}
    packages = [version(name) for name in ("torch", "numpy", "scipy")]
    digest = hashlib.sha256(f"{sys.version_info[:2]} {packages}".encode())
    for file in sorted(files | {ROOT / "requirements.lock"}):
        digest.update(f"{file.relative_to(ROOT)} ".encode() + file.read_bytes())
    return digest.hexdigest()


def _measure(experiment: Callable, source: str, code: str, dtype: torch.dtype, row: str) -> tuple[str, str]:
    """Measure one condition on one thread, wherever this process runs; return the process, and the record as JSON."""
    process, threads = f"{os.getpid()} on {os.uname().nodename}", torch.get_num_threads()
    if code_hash(source) != code:
        raise RuntimeError(f"process {process} has other code or versions than the sweep: start both with the same.")
    torch.set_num_threads(1)
    torch.set_default_dtype(dtype)
    try:
        return process, as_json(dict(experiment(**json.loads(row))))
    except (Exception, SystemExit) as error:  # a condition that fails is a row of the table, not the end of it
        return process, as_json({"error": f"{type(error).__name__}: {error}"})
    finally:
        torch.set_num_threads(threads)


def _in_processes(measure: Callable, rows: dict, number: int, memory: float | None) -> Iterator:
    number = min(number, len(rows), max(1, int(psutil.virtual_memory().available / memory)) if memory else number)
    watch = {"initializer": start_new_thread, "initargs": (_end_with, (os.getpid(),))}
    pool = functools.partial(loky.get_reusable_executor, timeout=30, env=ONE_THREAD, **watch)
    try:
        yield from _shared_out(measure, rows, pool, number, BrokenProcessPool, lambda: None)
    except OSError as error:  # there is no shared memory, for one
        raise OSError(f"no process can be started ({error}): set SIGAE_WORKERS=1 to compute in this one.") from None
    except BaseException:  # interrupted, or nobody wants the rest: the processes must not go on alone
        pool(number).shutdown(kill_workers=True)
        raise


def _end_with(parent: int) -> None:
    """End this process, whatever it computes, soon after its parent has been killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _on_cluster(measure: Callable, rows: dict, memory: float, scheduler: str) -> Iterator:
    from cloudpickle import dumps
    from distributed import Client, KilledWorker

    def check() -> None:
        if not any((one["memory_limit"] or memory) >= memory for one in client.scheduler_info()["workers"].values()):
            raise RuntimeError(f"no worker of use: start one, dask worker {scheduler} --memory-limit {memory:.0f}.")

    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # it says at length what one sentence says here
    task = dumps(functools.partial(_on_worker, measure, memory))  # bytes reach a worker that lacks the package, too
    far = {key: {"task": task, "row": row} for key, row in rows.items()}
    there = functools.partial(eval, "__import__('pickle').loads(task)(row)")
    try:
        with Client(scheduler, timeout=5, set_as_default=False) as client:
            yield from _shared_out(there, far, lambda _: client.get_executor(pure=False), len(far), KilledWorker, check)
    except (OSError, ValueError, CancelledError, ImportError) as error:
        what = f"{scheduler} is no scheduler, is gone, or its workers lack what is here ({error!r})"
        raise ConnectionError(f"{what}: start it (it prints its address, tcp://host:8786) and them again.") from None


def _on_worker(measure: Callable, memory: float, row: str) -> tuple[str, str]:
    from distributed import Reschedule, get_worker

    if (get_worker().memory_manager.memory_limit or memory) < memory:
        time.sleep(1)
        raise Reschedule  # to another worker
    with ALONE:
        return measure(row)


def _shared_out(measure: Callable, rows: dict, pool: Callable, number: int, died: type, check: Callable) -> Iterator:
    """Yield keys with what was measured, as it is done; what was under way when a process died runs again, alone."""
    waiting = dict(rows)
    while waiting:
        executor, futures = pool(number), {}
        for key, row in waiting.items():
            with contextlib.suppress(died):
                futures[executor.submit(measure, row)] = key
        while futures:
            done = wait(futures, WAIT, FIRST_COMPLETED).done
            if not done:
                check()
            for future in done:
                key = futures.pop(future)
                if not isinstance(future.exception(), died):
                    del waiting[key]
                    yield key, future.result()
        if waiting and len(rows) == 1:
            why = f"{died.__name__}: the process that computed this condition died, as it does when memory runs out"
            yield waiting.popitem()[0], ("", as_json({"error": f"{why}: give sweep the memory that it needs."}))
        for key in list(waiting)[: 2 * number]:
            yield from _shared_out(measure, {key: waiting.pop(key)}, pool, 1, died, check)
