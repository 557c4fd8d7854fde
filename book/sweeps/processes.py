"""Conditions in processes of this machine, of which any may die."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool

import loky
import psutil

from book.sweeps.conditions import as_json

__all__ = ["death", "in_processes"]

IDLE = 30  # seconds after which a worker without work ends
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def in_processes(
    measure: Callable[[str], tuple[str, bool]],
    missing: Mapping[str, str],
    workers: int | None,
    memory: float | None,
) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Yield keys with their results as they are done, whatever becomes of the processes.

    Parameters
    ----------
    measure
        Takes a condition as JSON; returns a record as JSON, and whether the experiment returned it.
    missing
        Key to condition.
    workers
        Number of processes; None for one a processor.
    memory
        Bytes that the most demanding condition needs; no more processes run than fit in what is free.

    Yields
    ------
    key, result
        In the order they are done.
    """
    workers = workers or loky.cpu_count()
    if memory is not None:
        workers = min(workers, max(1, int(psutil.virtual_memory().available / memory)))
    waiting, executor = dict(missing), None
    try:
        while waiting:
            executor = _executor(min(workers, len(waiting)))
            futures = {executor.submit(measure, row): key for key, row in waiting.items()}
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
                        result = executor.submit(measure, row).result()
                    except BrokenProcessPool as error:
                        codes = re.search(r"\{(.*?)\}", str(error))
                        how = f"died of {codes[1]}" if codes else "died"
                        result = death(type(error).__name__, f"the process that computed this condition {how}")
                    yield key, result
    except BaseException:  # interrupted, or nobody wants the rest: the workers must not go on alone
        if executor is not None:
            executor.shutdown(kill_workers=True)
        raise


def death(kind: str, what: str) -> tuple[str, bool]:
    """Make the record of a condition that nothing comes back of.

    Parameters
    ----------
    kind
        The error's name.
    what
        What happened.

    Returns
    -------
    result
        A record as JSON that says what to do, and that the experiment did not return it.
    """
    why = "as happens when the system runs out of memory or a library crashes"
    remedy = "take a smaller width or fewer points, or tell sweep the memory that it needs"
    return as_json({"error": f"{kind}: {what}, {why}: {remedy}."}), False


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
