"""Time what everybody waits for: make book, make test and the whole check, and the start of a sweep's workers."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from book.experiments.linear_region_and_beyond import trained_spectrum
from book.sweep import grid, sweep

__all__ = ["house_times", "workers_start"]

ROOT = Path(__file__).resolve().parents[2]
WAITED_FOR = {"book": "make --silent book", "test": "make --silent test", "ci": "bash .ci/run"}


def workers_start() -> float:
    """Return the seconds that two workers of a sweep take to start and load the package."""
    conditions = grid(n_points=2, norm=[10.0, 11.0], seed=0, width=100, dim=32)

    def seconds() -> float:
        started = time.perf_counter()
        sweep(trained_spectrum, conditions, cache=None, workers=2, progress=False)
        return time.perf_counter() - started

    first = seconds()
    return first - seconds()


def house_times() -> dict[str, float | str]:
    """Time what the last commit takes, each in a fresh clone; the whole check makes its environment itself.

    Returns
    -------
    dict
        ``commit``, and the seconds of ``book``, ``test`` and ``ci``.

    Raises
    ------
    subprocess.CalledProcessError
        If one fails.
    """
    environment = {
        name: value for name, value in os.environ.items() if name not in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
    }
    head = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(head, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float | str] = {"commit": commit.stdout.strip()}
    for name, command in WAITED_FOR.items():
        with tempfile.TemporaryDirectory() as folder:
            clone = Path(folder, "sigae")
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            if name != "ci":
                subprocess.run(["make", "--silent", "environment"], cwd=clone, env=environment, check=True)
            started = time.perf_counter()
            subprocess.run(command.split(), cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL)
            found[name] = time.perf_counter() - started
    return found
