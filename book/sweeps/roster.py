"""The workers of a Dask cluster: who is there, and which of them would make the records that this process would."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from distributed import Client

from book.sweeps.origin import digests, modules

__all__ = ["ANSWER", "GoneError", "Roster"]

LOOK = 1  # seconds between two looks at who is there
ANSWER = 60  # seconds that a scheduler may leave unanswered who is there
WAIT = 60  # seconds that a cluster may be without a worker of use
LOAD = 300  # seconds that a worker may take to load the package, on a busy machine or from a slow disk
ADVICE = "install there what is installed here (the same version and requirements.lock), and start it again"


class GoneError(Exception):
    """The scheduler does not answer any more."""


class Roster:
    """The workers that are there, each looked at once, before it is given anything.

    Parameters
    ----------
    client
        Connected to the scheduler.
    measure
        What the workers are to call.
    memory
        Bytes that a worker must be allowed to use.
    """

    def __init__(self, client: Client, measure: Callable, memory: float | None) -> None:
        self._client, self._memory = client, memory
        self._modules = modules(measure)
        self._expected = digests(self._modules)
        self._threads = ThreadPoolExecutor(thread_name_prefix="sigae-roster")
        self._looks: dict[str, Future[str]] = {}
        self._told: set[str] = set()
        self._address = ""
        self._next = self._used = 0.0
        self._heard = time.monotonic()
        self.present: dict[str, dict[str, Any]] = {}

    def gather(self) -> None:
        """Wait for the first workers, and look at all that are there.

        Raises
        ------
        GoneError
            If the scheduler does not answer.
        RuntimeError
            If there is no worker of use, or one whose code is another.
        """
        self._used = time.monotonic()
        while True:
            self.usable()
            wait(self._looks.values(), timeout=WAIT)  # also where one is found at once: another may be of another kind
            if complaints := self._complaints():
                raise RuntimeError(" ".join(complaints))
            if self.usable():
                return
            time.sleep(0.05)

    def usable(self, busy: bool = False) -> list[str]:
        """Look who is there, at most once in a while.

        Parameters
        ----------
        busy
            Whether anything is under way; if not, somebody must be there to be given it.

        Returns
        -------
        list of str
            Addresses of the workers that may be given a condition.

        Raises
        ------
        GoneError
            If the scheduler does not answer.
        RuntimeError
            If there has been no worker of use for too long.
        """
        now = time.monotonic()
        if now >= self._next:
            self._look()
            self._next = now + LOOK
        found = [address for address in self.present if self._answer(address) == "" and self._may(address)]
        if found or busy:
            self._used = now
        elif now - self._used > (LOAD if any(not look.done() for look in self._looks.values()) else WAIT):
            raise RuntimeError(self._why_none())
        return found

    def warn(self) -> None:
        """Tell once of a worker that came later and is not used."""
        for complaint in set(self._complaints()) - self._told:
            self._told.add(complaint)
            warnings.warn(f"not used: {complaint}", RuntimeWarning, stacklevel=3)

    def close(self) -> None:
        """Wait for nobody any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        client = self._client
        if client.status != "running" or client.scheduler is None:  # it has lost the scheduler
            raise GoneError
        try:
            found = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER)
        except (OSError, TimeoutError):  # gone, or only slow
            if time.monotonic() - self._heard > ANSWER:
                raise GoneError from None
            return
        self._heard = time.monotonic()
        self._address, self.present = str(client.scheduler.address), found["workers"]
        for address in self._looks.keys() - self.present.keys():
            del self._looks[address]  # whoever comes back there is another process
        for address in self.present:
            if address not in self._looks or self._looks[address].done() and self._looks[address].exception():
                self._looks[address] = self._threads.submit(self._compare, address)
                self._used = time.monotonic()  # a newcomer has the whole time to load the package

    def _answer(self, address: str) -> str | None:
        """Return what is wrong with a worker's code, an empty text if nothing is, None while it is not known."""
        look = self._looks.get(address)
        return look.result() if look is not None and look.done() and not look.exception() else None

    def _compare(self, address: str) -> str:
        # A function of this package could not even be received where the package is missing or another.
        question = f"__import__('book.sweeps.origin', fromlist=['digests']).digests({self._modules!r})"
        (answer,) = self._client.run(eval, question, workers=[address], on_error="return").values()
        if isinstance(answer, ImportError):
            return f"cannot import sigae ({answer})"
        if isinstance(answer, AttributeError | TypeError):
            return "has another version of sigae"
        if isinstance(answer, BaseException):
            raise answer  # it went away, say: to be asked again if it is still there
        others = [name for name in self._expected if name not in answer or answer[name] != self._expected[name]]
        lacking = [name for name in others if not answer.get(name)]
        return (
            f"lacks {', '.join(lacking)}"
            if lacking
            else f"has another version of {', '.join(others)}"
            if others
            else ""
        )

    def _complaints(self) -> list[str]:
        """Say what is wrong, one sentence a fault, with the workers that have it."""
        faults: dict[str, list[str]] = {}
        for address in self.present:
            if answer := self._answer(address):
                faults.setdefault(answer, []).append(address)
        return [f"worker {', '.join(who)} {what}: {ADVICE}." for what, who in faults.items()]

    def _may(self, address: str) -> bool:
        worker = self.present[address]
        enough = self._memory is None or not worker["memory_limit"] or worker["memory_limit"] >= self._memory
        return enough and worker["status"] == "running"

    def _why_none(self) -> str:
        address = self._address
        if not self.present:
            return (
                f"the scheduler {address} has had no worker for {WAIT} seconds: start one with dask worker {address}."
            )
        if complaints := self._complaints():
            return " ".join(complaints)
        limits = [worker["memory_limit"] or 0 for worker in self.present.values()]
        if self._memory is not None and max(limits) < self._memory:
            return (
                f"memory is {self._memory:.3g}, but no worker of {address} may use more than {max(limits):.3g} bytes:"
                " start fewer workers with more memory each (dask worker --nworkers, --memory-limit)."
            )
        return f"no worker of {address} answers, or all have stopped taking tasks: look at their logs."


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
