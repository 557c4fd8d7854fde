"""Conditions on the workers of a Dask cluster, of which any may die, come late or be another than expected.

This process decides which worker computes what, one condition at a time on each: no more conditions are under way than
there are workers, whatever their number, and a worker that dies tells which condition it died of.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import closing, contextmanager
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

try:
    from distributed import Client, Future, KilledWorker
except ImportError:
    raise ImportError(
        "a sweep on a cluster needs the package distributed: install it with pip install 'distributed'."
    ) from None

from book.sweeps.processes import death
from book.sweeps.roster import LOOK, GoneError, Roster

__all__ = ["on_cluster"]

CONNECT = 5  # seconds for a scheduler to answer
FETCH = 10  # seconds for a record to come over
DEATHS = 3  # workers that one condition may cost


def on_cluster(
    measure: Callable[[str], tuple[str, bool]],
    missing: Mapping[str, str],
    workers: int | None,
    memory: float | None,
    scheduler: str,
) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Yield keys with their results as they come back, whatever becomes of the workers.

    Parameters
    ----------
    measure, missing
        As for :func:`book.sweeps.processes.in_processes`.
    workers
        How many are used at once at most; None for all.
    memory
        Bytes that a worker must be allowed to use.
    scheduler
        Its address.

    Yields
    ------
    key, result
        In the order they come back.

    Raises
    ------
    ValueError
        If the address is none.
    ConnectionError
        If the scheduler does not answer, or no longer.
    """
    if not missing:
        return
    with _connected(scheduler) as client, closing(Roster(client, measure, memory)) as roster:
        try:
            roster.gather()
            yield from _shared_out(measure, missing, workers or len(missing), client, roster)
        except (GoneError, CancelledError):
            raise ConnectionError(
                f"the scheduler {scheduler} went away in mid-sweep: start it and its workers again, then run this"
                " again, which computes only what has not been recorded."
            ) from None


def _shared_out(
    measure: Callable[[str], tuple[str, bool]],
    missing: Mapping[str, str],
    workers: int,
    client: Client,
    roster: Roster,
) -> Iterator[tuple[str, tuple[str, bool]]]:
    waiting, deaths = deque(missing), Counter[str]()
    running: dict[str, tuple[str, Future]] = {}  # by worker
    done: SimpleQueue[tuple[str, Future]] = SimpleQueue()

    def mourn(key: str, lost: int = 1) -> Iterator[tuple[str, tuple[str, bool]]]:
        deaths[key] += lost
        if deaths[key] < DEATHS:
            waiting.append(key)  # behind all others, which it then does not hold up
        else:
            what = f"{deaths[key]} workers that computed this condition died, one after another"
            yield key, death("KilledWorker", what)

    while waiting or running:
        free = [worker for worker in roster.usable(bool(running)) if worker not in running]
        roster.warn()
        for worker in running.keys() - roster.present.keys():
            yield from mourn(running.pop(worker)[0])
        for worker in free[: max(0, workers - len(running))]:
            if waiting:
                key = waiting.popleft()
                future = client.submit(measure, missing[key], workers=[worker], allow_other_workers=False, pure=False)
                running[worker] = key, future
                future.add_done_callback(lambda future, worker=worker: done.put((worker, future)))
        try:
            worker, future = done.get(timeout=LOOK)
        except Empty:
            continue
        if worker not in running or running[worker][1] is not future:
            continue  # of a worker that has been given up
        try:
            result = future.result(timeout=FETCH)
        except TimeoutError:
            done.put((worker, future))  # it will come, or its worker is found to be gone
            continue
        except KilledWorker as error:
            yield from mourn(running.pop(worker)[0], error.allowed_failures + 1)
            continue
        yield running.pop(worker)[0], result


@contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    try:
        parts = urlsplit(scheduler)
        well_formed = parts.scheme in ("tcp", "tls", "ws", "wss") and parts.hostname and parts.port
    except ValueError:  # a port that is no number
        well_formed = False
    if not well_formed:
        raise ValueError(
            f"scheduler is {scheduler!r}: give the address that it prints when it starts, tcp://host:8786."
        )
    # What the library says of a scheduler that has gone, at length, is said here in a sentence.
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        client = Client(scheduler, timeout=CONNECT, set_as_default=False)
    except Exception as error:  # whatever answers there may do so in its own way
        raise ConnectionError(
            f"no scheduler answers at {scheduler} within {CONNECT} seconds ({type(error).__name__}): start one there"
            " with dask scheduler, or give the address that it prints."
        ) from None
    try:
        yield client
    finally:
        client.close(timeout=CONNECT)
        logger.setLevel(level)
