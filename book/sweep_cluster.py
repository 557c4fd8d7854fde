"""Conditions on the workers of a Dask cluster, of which any may die, come late or have other code.

This process decides which worker computes what, one condition at a time on each: no more are under way than there are
workers, and a worker that dies tells which condition it died of.
"""

from __future__ import annotations

import logging
import math
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

try:
    from distributed import Client, Future, KilledWorker
except ImportError:
    raise ImportError(
        "a sweep on a cluster needs the package distributed: install it with pip install 'distributed'."
    ) from None

from book.record_key import versions
from book.sweep import Result, WorkersNote, died

__all__ = ["on_cluster"]

CONNECT = 5  # seconds for a scheduler to answer at first
ANSWER = 60  # seconds for it to answer later
LOOK = 1  # seconds between two looks at who is there
WAIT = 60  # seconds that a cluster may be without a worker of use
FETCH = 10  # seconds for a record to come over
LOAD = 300  # seconds that a worker may take to load the code, on a busy machine or from a slow disk
DEATHS = 3  # workers that one condition may cost
# As text, which a worker can receive that has not the package.
VERSIONS = "__import__('book.record_key', fromlist=['versions']).versions({!r})"
ADVICE = "install there what is installed here (the same version and requirements.lock), and start it again"


def on_cluster(
    measure: Callable[[str], Result],
    missing: Mapping[str, str],
    limit: int | None,
    memory: float | None,
    scheduler: str,
    modules: Iterable[str],
) -> Iterator[tuple[str, Result]]:
    """Yield keys with their results as they come back, whatever becomes of the workers."""
    logger = logging.getLogger("distributed.client")  # says at length what is said here in a sentence
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    client = _connect(scheduler)
    try:
        yield from _shared_out(measure, missing, limit or len(missing), _Workers(client, modules, memory or 0))
    except (OSError, TimeoutError, CancelledError):
        raise ConnectionError(
            f"the scheduler {scheduler} went away in mid-sweep: start it and its workers again, then run this again,"
            " which computes only what has not been recorded."
        ) from None
    finally:
        client.close(timeout=CONNECT)
        logger.setLevel(level)


def _connect(scheduler: str) -> Client:
    try:
        parts = urlsplit(scheduler)
        well_formed = parts.scheme in ("tcp", "tls", "ws", "wss") and parts.hostname and parts.port
    except ValueError:  # a port that is no number
        well_formed = False
    if not well_formed:
        raise ValueError(
            f"scheduler is {scheduler!r}: give the address that it prints when it starts, tcp://host:8786."
        )
    try:
        return Client(scheduler, timeout=CONNECT, set_as_default=False)
    except Exception as error:  # whatever answers there may do so in its own way
        raise ConnectionError(
            f"no scheduler answers at {scheduler} within {CONNECT} seconds ({type(error).__name__}): start one there"
            " with dask scheduler, or give the address that it prints."
        ) from None


class _Workers:
    """The workers that are there, each asked once for its versions, before it is given anything else."""

    def __init__(self, client: Client, modules: Iterable[str], memory: float) -> None:
        self._client, self._memory = client, memory
        self._expected, self._question = versions(modules), VERSIONS.format(sorted(modules))
        self._asked: dict[str, Future] = {}
        self._faults: dict[str, str] = {}  # of those that have answered; empty where nothing is wrong
        self._next = self._last = time.monotonic()
        self.present: dict[str, dict[str, Any]] = {}

    def look(self, busy: bool = False) -> None:
        """See who is there, at most once in a while, and who has answered; unless busy, somebody must be of use."""
        if self._client.status != "running" or self._client.scheduler is None:
            raise ConnectionError
        now = time.monotonic()
        if now >= self._next:
            identity, self._next = self._client.scheduler.identity, now + LOOK
            self.present = self._client.sync(identity, n_workers=-1, callback_timeout=ANSWER)["workers"]
            self._asked = {one: self._asked.get(one) or self.submit(one, eval, self._question) for one in self.present}
        self._faults = {
            one: self._faults[one] if one in self._faults else self._fault(answer)
            for one, answer in self._asked.items()
            if answer.done()
        }
        if busy or self.good():
            self._last = now
        elif now - self._last > (LOAD if self.pending() else WAIT):
            raise RuntimeError(self._why_none())

    def submit(self, address: str, function: Callable, argument: str) -> Future:
        """Have one worker call a function."""
        return self._client.submit(function, argument, workers=[address], allow_other_workers=False, pure=False)

    def pending(self) -> bool:
        """Tell whether one has not answered yet."""
        return len(self._faults) < len(self._asked)

    def good(self) -> list[str]:
        """List those that may be given a condition."""
        return [
            address
            for address, worker in self.present.items()
            if (worker["memory_limit"] or math.inf) >= self._memory
            and worker["status"] == "running"
            and self._faults.get(address) == ""
        ]

    def complaints(self) -> set[str]:
        """Say what is wrong, one sentence a fault, with the workers that have it."""
        who = {fault: [one for one in self._faults if self._faults[one] == fault] for fault in self._faults.values()}
        return {f"worker {', '.join(them)} {fault}: {ADVICE}." for fault, them in who.items() if fault}

    def _fault(self, answer: Future) -> str:
        if answer.status != "finished":
            return f"cannot load what the experiment needs ({answer.exception()})"
        found = answer.result(timeout=FETCH)
        names = [name for name in self._expected if found.get(name) != self._expected[name]]
        return f"has other code or versions ({', '.join(names[:5])})" if names else ""

    def _why_none(self) -> str:
        address = self._client.scheduler.address
        limit = max((worker["memory_limit"] or math.inf for worker in self.present.values()), default=math.inf)
        if not self.present:
            return f"the scheduler {address} has had no worker for {WAIT} s: start one with dask worker {address}."
        if limit < self._memory:
            return (
                f"memory is {self._memory:.3g}, but no worker of {address} may use more than {limit:.3g} bytes:"
                " start fewer workers with more memory each (dask worker --nworkers, --memory-limit)."
            )
        return f"no worker of {address} answers, or all have stopped taking tasks: look at their logs."


def _shared_out(
    measure: Callable[[str], Result], missing: Mapping[str, str], limit: int, workers: _Workers
) -> Iterator[tuple[str, Result]]:
    began = time.monotonic()
    while not workers.good() or (workers.pending() and time.monotonic() < began + WAIT):
        workers.look()
        if not workers.pending() and (complaints := workers.complaints()):
            raise RuntimeError(" ".join(sorted(complaints)))
        time.sleep(0.02)
    waiting, deaths, used, said = deque(missing), Counter[str](), set[str](), set[str]()
    running: dict[str, tuple[str, Future]] = {}  # by worker
    done: SimpleQueue[tuple[str, Future]] = SimpleQueue()
    while waiting or running:
        workers.look(bool(running))
        for complaint in workers.complaints() - said:
            said.add(complaint)
            warnings.warn(f"not used: {complaint}", RuntimeWarning, stacklevel=4)
        free = [worker for worker in workers.good() if worker not in running]
        for worker in free[: max(0, limit - len(running))]:
            if waiting:
                key = waiting.popleft()
                running[worker] = key, workers.submit(worker, measure, missing[key])
                running[worker][1].add_done_callback(lambda future, worker=worker: done.put((worker, future)))
        lost = [running.pop(worker)[0] for worker in running.keys() - workers.present.keys()]
        try:
            worker, future = done.get(timeout=LOOK)
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
                yield key, died(f"KilledWorker: {DEATHS} workers that computed this condition died, one after another")
    what = f"{len(missing)} conditions were computed by {len(used)} workers of the cluster"
    warnings.warn(f"{what}.", WorkersNote, stacklevel=4)
