"""What a sweep costs a condition beyond the condition itself: on local processes and on a cluster, by workers."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from book.sweeps import grid, sweep

__all__ = ["overhead"]


def nothing(*, a: int) -> dict[str, float]:
    """Take no time, so that what a sweep takes is its own."""
    return {"a_third": a / 3}


def overhead(conditions: int) -> list[dict[str, Any]]:
    """Measure sweeps over conditions that take no time, their records written, each in a process of its own.

    Parameters
    ----------
    conditions
        How many.

    Returns
    -------
    list of dict
        ``where`` (processes or cluster), ``workers``, ``conditions``, ``milliseconds`` a condition once the workers
        have been started, the client's ``peak_megabytes``, ``grown_megabytes``, by how much that is more than after a
        few conditions, and ``load``, how many processes else the machine was running when it began.
    """
    from distributed import LocalCluster  # which takes a while, and the workers need not load

    rows = [_in_client("processes", workers, conditions) for workers in (1, 2)]
    for workers in (1, 2):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, memory_limit=0
        ) as cluster:
            rows.append(_in_client("cluster", workers, conditions, cluster.scheduler_address))
    return rows


def _in_client(where: str, workers: int, conditions: int, scheduler: str = "") -> dict[str, Any]:
    load = round(os.getloadavg()[0], 1)
    environment = os.environ | {"SIGAE_SCHEDULER": scheduler, "SIGAE_WORKERS": str(workers)}
    command = [sys.executable, "-m", "book.bench.overhead", str(workers), str(conditions)]
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return {"where": where, **json.loads(said.stdout), "load": load}


def _peak() -> float:
    """Return the most memory that this process has had, in megabytes."""
    try:  # Linux's ru_maxrss begins at what the process that started this one had; VmHWM does not
        return 1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1e6
    except (OSError, IndexError):
        unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


@click.command()
@click.argument("workers", type=int)
@click.argument("conditions", type=int)
def client(workers: int, conditions: int) -> None:
    """Measure one sweep in this process and print its row."""
    from book.bench.overhead import nothing  # by the name under which the workers find it

    with tempfile.TemporaryDirectory() as folder:
        sweep(nothing, grid(a=list(range(-20, 0))), cache=folder, progress=False)  # starts the workers
        before, started = _peak(), time.perf_counter()
        table = sweep(nothing, grid(a=list(range(conditions))), cache=folder, progress=False)
        seconds = time.perf_counter() - started
    if table["error"].notna().any():
        raise RuntimeError(f"a condition failed: {table['error'].dropna().iloc[0]}")
    milliseconds = 1e3 * seconds / conditions
    found = {"workers": workers, "conditions": conditions, "milliseconds": milliseconds}
    click.echo(json.dumps(found | {"peak_megabytes": _peak(), "grown_megabytes": _peak() - before}))


if __name__ == "__main__":
    client()
