"""Where conditions are computed: in processes of this machine or on a Dask cluster, of which any may die."""

from __future__ import annotations

import json
import logging
import math
import os
import re
import threading
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, as_completed
from concurrent.futures.process import BrokenProcessPool
from queue import Empty, SimpleQueue
from typing import Any

import loky
import numpy as np
import psutil
import torch

from book.record_key import versions

__all__ = ["as_json", "here", "in_processes", "measure_one", "on_cluster"]

Result = tuple[str, bool]  # a record as JSON, and whether the experiment returned it; if not, it says why
Measure = Callable[[str], Result]  # of a condition as JSON

IDLE = 30  # seconds after which a process without work ends
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
CONNECT = 5  # seconds for a scheduler to answer at first
ANSWER = 60  # seconds for it to answer later
LOOK = 1  # seconds between two looks at who is there
WAIT = 60  # seconds that a cluster may be without a worker of use
LOAD = 300  # the same while one loads the code, on a busy machine or from a slow disk
FETCH = 10  # seconds for a record to come over
DEATHS = 3  # workers that one condition may cost

REMEDY = "install there what is installed here (the same version and requirements.lock), and start it again"


def as_json(values: Mapping[str, Any]) -> str:
    """Write a condition or a record as JSON, which keeps every digit of a float64."""
    if not isinstance(values, Mapping):
        raise TypeError(f"a condition is {values!r}: give a mapping of argument names to values.")
    return json.dumps(dict(values), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor | np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{value!r} is neither a number, a string, a list nor an array: turn it into one.")


def measure_one(experiment: Callable, dtype: torch.dtype, row: str) -> Result:
    """Measure one condition on one thread, wherever this process runs, with the caller's default type."""
    torch.set_num_threads(1)
    torch.set_default_dtype(dtype)
    try:
        record = dict(experiment(**json.loads(row)))
    except (Exception, SystemExit) as error:  # a condition that fails is a row of the table, not the end of it
        return as_json({"error": f"{type(error).__name__}: {error}"}), False
    return as_json(record), True


def here(measure: Measure, missing: Mapping[str, str]) -> Iterator[tuple[str, Result]]:
    """Yield keys with their results from this process."""
    threads = torch.get_num_threads()
    try:
        for key, row in missing.items():
            yield key, measure(row)
    finally:
        torch.set_num_threads(threads)


def in_processes(
    measure: Measure, missing: Mapping[str, str], workers: int | None, memory: float | None
) -> Iterator[tuple[str, Result]]:
    """Yield keys with their results from processes of this machine, as they are done."""
    workers, executor, waiting = min(workers or loky.cpu_count(), len(missing)), None, dict(missing)
    if memory is not None:
        workers = min(workers, max(1, int(psutil.virtual_memory().available / memory)))
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
                    how = "".join(f" of {found}" for found in re.findall(r"\{(.*?)\}", str(error)))
                    yield key, _died(f"{type(error).__name__}: the process that computed this condition died{how}")
                else:
                    yield key, future.result()
    except BaseException:  # interrupted, or nobody wants the rest: the processes must not go on alone
        if executor is not None:
            executor.shutdown(kill_workers=True)
        raise


def _executor(workers: int) -> loky.ProcessPoolExecutor:
    options = {"timeout": IDLE, "env": ONE_THREAD, "initializer": _end_with, "initargs": (os.getpid(),)}
    try:
        return loky.get_reusable_executor(workers, **options)
    except OSError as error:  # no shared memory, for one
        remedy = "compute in this one process, with SIGAE_WORKERS=1 in the environment"
        raise OSError(f"no worker processes can be started ({error}): {remedy}.") from None


def _end_with(parent: int) -> None:
    """End this process, whatever it computes, soon after its parent has been killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _died(how: str) -> Result:
    """Make the record of a condition of which nothing comes back."""
    why = "as happens when the system runs out of memory or a library crashes"
    remedy = "take a smaller width or fewer points, or give sweep the memory that it needs"
    return as_json({"error": f"{how}, {why}: {remedy}."}), False


def on_cluster(
    measure: Measure,
    missing: Mapping[str, str],
    workers: int | None,
    memory: float | None,
    scheduler: str,
    modules: Iterable[str],
    used: set[str],
) -> Iterator[tuple[str, Result]]:
    """Yield keys with their results from a cluster's workers, which need some modules and are noted in ``used``."""
    logger = logging.getLogger("distributed.client")  # says at length what is said here in a sentence
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    client = _connect(scheduler)
    try:
        yield from _shared_out(client, measure, missing, workers or len(missing), memory or 0, sorted(modules), used)
    except (OSError, TimeoutError, CancelledError):
        remedy = "start it and its workers again, then run this again, which computes only what has not been recorded"
        raise ConnectionError(f"the scheduler {scheduler} went away in mid-sweep: {remedy}.") from None
    finally:
        client.close(timeout=CONNECT)
        logger.setLevel(level)


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        need = "a sweep on a cluster needs the package distributed"
        raise ImportError(f"{need}: install it with pip install 'distributed'.") from None
    if not re.fullmatch(r"(tcp|tls|ws|wss)://[^/]+:\d+", scheduler):
        remedy = "give the address that it prints when it starts, tcp://host:8786"
        raise ValueError(f"scheduler is {scheduler!r}: {remedy}.")
    try:
        return Client(scheduler, timeout=CONNECT, set_as_default=False)
    except Exception as error:  # whatever answers there may do so in its own way
        what = f"no scheduler answers at {scheduler} within {CONNECT} seconds ({type(error).__name__})"
        raise ConnectionError(
            f"{what}: start one there with dask scheduler, or give the address that it prints."
        ) from None


def _shared_out(
    client: Any,
    measure: Measure,
    missing: Mapping[str, str],
    limit: int,
    memory: float,
    modules: list[str],
    used: set[str],
) -> Iterator[tuple[str, Result]]:
    """Have each worker compute one condition at a time; one that dies tells which condition it died of."""
    from distributed import KilledWorker

    def submit(worker: str, function: Callable, argument: str) -> Any:
        return client.submit(function, argument, workers=[worker], allow_other_workers=False, pure=False)

    # As text, which a worker that lacks the package can receive, too.
    question = f"__import__('book.record_key', fromlist=['versions']).versions({modules})"
    expected = versions(modules)
    present, asked = dict[str, Any](), dict[str, Any]()
    faults: dict[str, str] = {}  # of the workers that have answered; empty where nothing is wrong
    running: dict[str, tuple[str, Any]] = {}  # by worker
    waiting, deaths, done = deque(missing), Counter[str](), SimpleQueue[tuple[str, Any]]()
    began = idle = time.monotonic()
    looked = -math.inf
    while waiting or running:
        if client.status != "running" or client.scheduler is None:
            raise ConnectionError
        now = time.monotonic()
        if now >= looked + LOOK:
            identity, looked = client.scheduler.identity, now
            present = client.sync(identity, n_workers=-1, callback_timeout=ANSWER)["workers"]
            asked = {worker: asked.get(worker) or submit(worker, eval, question) for worker in present}
            faults = {worker: fault for worker, fault in faults.items() if worker in present}
        for worker in [worker for worker in asked.keys() - faults.keys() if asked[worker].done()]:
            faults[worker] = _fault(asked[worker], expected)
            if faults[worker] and not (used or running):
                raise RuntimeError(f"worker {worker} {faults[worker]}: {REMEDY}.")
            if faults[worker]:
                warnings.warn(f"not used: worker {worker} {faults[worker]}: {REMEDY}.", RuntimeWarning, stacklevel=4)
        enough = [w for w, info in present.items() if (info["memory_limit"] or math.inf) >= memory]
        good = [w for w in enough if faults.get(w) == "" and present[w]["status"] == "running"]
        pending = len(faults) < len(asked)
        if good or running:
            idle = now
        elif now > idle + (LOAD if pending else WAIT):
            address = client.scheduler.address
            needed, option = (
                (f" that may use {memory:.3g} bytes", f" --memory-limit {memory:.0f}") if memory else ("", "")
            )
            raise RuntimeError(
                f"the scheduler {address} has had no worker of use{needed}, of {len(present)}, for {WAIT} seconds:"
                f" start one with dask worker {address}{option}."
            )
        if pending and not (used or running) and now < began + WAIT:
            good = []  # all that are there at the start are to answer first
        for worker in [worker for worker in good if worker not in running][: max(0, limit - len(running))]:
            if waiting:
                key = waiting.popleft()
                running[worker] = key, submit(worker, measure, missing[key])
                running[worker][1].add_done_callback(lambda future, worker=worker: done.put((worker, future)))
        lost = [running.pop(worker)[0] for worker in running.keys() - present.keys()]
        try:
            worker, future = done.get(timeout=LOOK if running else 0.02)
            if worker in running and running[worker][1] is future:
                result = future.result(timeout=FETCH)
                used.add(worker)
                yield running.pop(worker)[0], result
        except Empty:
            pass
        except TimeoutError:
            done.put((worker, future))  # it will come, or its worker is found to be gone
        except KilledWorker:
            lost.append(running.pop(worker)[0])
        for key in lost:
            deaths[key] += 1
            if deaths[key] < DEATHS:
                waiting.append(key)  # behind all others, which it then does not hold up
            else:
                yield key, _died(f"KilledWorker: {DEATHS} workers that computed this condition died, one after another")


def _fault(answer: Any, expected: Mapping[str, str]) -> str:
    """Say what is wrong with a worker that has said its versions; nothing, if it is like this process."""
    if answer.status != "finished":
        return f"cannot load what the experiment needs ({answer.exception()})"
    found = answer.result(timeout=FETCH)
    lacking = sorted(expected.keys() - found.keys())
    others = sorted(name for name in expected.keys() & found.keys() if expected[name] != found[name])
    if lacking:
        return f"lacks {', '.join(lacking[:3])}"
    return f"has another version of {', '.join(others[:3])}" if others else ""
