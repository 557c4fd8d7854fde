"""Time what everybody waits for: make book and make test, from nothing but the environment."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

__all__ = ["house_times"]

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("book", "test")


def house_times() -> dict[str, float | str]:
    """Time the targets of the last commit in a fresh clone, whose environment is made before.

    Returns
    -------
    dict
        ``commit``, and the seconds of each target.

    Raises
    ------
    subprocess.CalledProcessError
        If one fails.
    """
    environment = {
        name: value for name, value in os.environ.items() if name not in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
    }
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "sigae")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=clone, stdout=subprocess.PIPE, text=True, check=True
        )
        found: dict[str, float | str] = {"commit": commit.stdout.strip()}
        subprocess.run(["make", "--silent", "environment"], cwd=clone, env=environment, check=True)
        for target in TARGETS:
            started = time.perf_counter()
            subprocess.run(
                ["make", "--silent", target], cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL
            )
            found[target] = time.perf_counter() - started
    return found
