"""Time the package's pieces: a step of training, the limit's iteration, hard cases. One tree of sources a process.

Run as a script with the folder that holds the ``sigae`` to be measured, so that an earlier version of the package can
be measured beside the present one: :func:`before_and_after`. It therefore uses public names only. Prints JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BEFORE = "200e546"  # the commit before the first of these pieces was made faster
STEP_CELLS = ((2, 1_000), (10, 1_000), (10, 10_000), (20, 10_000), (20, 100_000))  # n, m; norm 10, d = 32, sigmoid
HARD_CELLS = ((64, 300, 1.0), (5, 100, 500.0))  # n, m, norm
SLICE = 400  # points along a side of a slice of pattern space
ROUNDS = 2  # in which the two versions take turns


def useful_flops(n: int, m: int, d: int = 32) -> float:
    """Count what a step cannot do without: two passes, three pullbacks, the update of the weights, the kernel."""
    return (4 * (n + d) + 12 * d + 2 * n) * n * m


def shortest(run: Callable[[], float], repeats: int) -> float:
    """Return the least of a few measurements."""
    return min(run() for _ in range(repeats))


def _step_times() -> list[dict[str, Any]]:
    import torch
    from torch.profiler import ProfilerActivity, profile

    import sigae

    A = torch.randn(2_000, 2_000, dtype=torch.float64)

    def square() -> float:
        started = time.perf_counter()
        A @ A
        return time.perf_counter() - started

    rows = []
    for n, m in STEP_CELLS:
        points = sigae.sphere_points(n, 32, norm=10.0, seed=0)

        def run(points=points, m=m) -> Any:  # type: ignore[no-untyped-def]
            return sigae.train(sigae.Autoencoder(32, m, seed=0), points, step_tolerance=0.03)

        results = [run() for _ in range(20 if m == 1_000 else 6 if m == 10_000 else 3)]
        step = min(result.seconds / result.steps for result in results)
        with profile(activities=[ProfilerActivity.CPU]) as profiled:
            run()
        spent = {event.key: event.self_cpu_time_total for event in profiled.key_averages()}
        products = sum(spent.get(f"aten::{name}", 0) for name in ("mm", "addmm", "addmm_", "bmm"))
        peak = 2 * 2_000**3 / shortest(square, 3)
        rows.append(
            {
                "n_points": n,
                "width": m,
                "steps": results[0].steps,
                "milliseconds": 1e3 * step,
                "peak_share": useful_flops(n, m) / step / peak,
                "product_share": products / sum(spent.values()),
            }
        )
    return rows


def _limit_times() -> dict[str, float]:
    import sigae

    def seconds(activation: str) -> float:
        points = sigae.sphere_points(40, 32, norm=100.0, seed=0)
        limit = sigae.InfiniteWidth(points, activation=activation)
        started = time.perf_counter()
        sigae.iterate(limit, points + sigae.sphere_points(40, 32, norm=10.0, seed=1), steps=50)
        return time.perf_counter() - started

    return {name: shortest(lambda name=name: seconds(name), 2) for name in ("sigmoid", "tanh", "erf")}  # type: ignore[misc]


def _large_limits() -> dict[str, float]:
    import torch

    import sigae

    found = {}
    for activation in ("sigmoid", "tanh", "erf"):
        points = sigae.sphere_points(200, 100, norm=100.0, seed=0)
        limit = sigae.InfiniteWidth(points, activation=activation)
        cues = points[:40] + sigae.sphere_points(40, 100, norm=10.0, seed=1)
        started = time.perf_counter()
        sigae.iterate(limit, cues, steps=50)
        found[f"{activation}, 200 patterns in 100 dimensions, from 40 cues"] = time.perf_counter() - started
    for n in (3, 10):
        points = sigae.sphere_points(n, 64, norm=100.0, seed=0)
        limit = sigae.InfiniteWidth(points, activation="sigmoid")
        across = torch.linspace(-0.5, 1.5, SLICE, dtype=torch.float64)
        a, b = across.repeat(SLICE, 1), across.repeat_interleave(SLICE).view(SLICE, SLICE)
        plane = (torch.stack((1 - a - b, a, b), dim=-1) @ points[:3]).view(-1, 64)
        steps = 50 if hasattr(limit, "for_iteration") else 1  # one application of the version before takes a minute
        started = time.perf_counter()
        sigae.recalled(limit, plane, points[0], steps=steps)
        found[f"sigmoid, {n} patterns, {SLICE} x {SLICE} points"] = (time.perf_counter() - started) * 50 / steps
    return found


def _hard_cells() -> list[dict[str, Any]]:
    import sigae

    rows = []
    for n, m, norm in HARD_CELLS:
        model = sigae.Autoencoder(32, m, seed=0)
        result = sigae.train(model, sigae.sphere_points(n, 32, norm=norm, seed=0))
        found = {name: getattr(result, name) for name in ("steps", "seconds", "converged", "loss")}
        rows.append({"n_points": n, "width": m, "norm": norm} | found)
    return rows


def measured(tree: Path, part: str = "pieces") -> Any:
    """Measure the pieces of the package that lies in a folder, or its large limits, in a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, __file__, str(tree), part]
    said = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    if said.returncode:
        raise RuntimeError(f"measuring the pieces of {tree} failed:\n{said.stderr}")
    return json.loads(said.stdout.splitlines()[-1])  # the profiler prints, too


def _better(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """Keep, of two rounds, the quicker time of each piece."""
    steps = [min(pair, key=lambda row: row["milliseconds"]) for pair in zip(a["steps"], b["steps"], strict=True)]
    hard = [min(pair, key=lambda row: row["seconds"]) for pair in zip(a["hard"], b["hard"], strict=True)]
    return {
        "steps": steps,
        "hard": hard,
        "limit": {name: min(a["limit"][name], b["limit"][name]) for name in a["limit"]},
    }


def before_and_after(commit: str = BEFORE) -> dict[str, Any]:
    """Measure the package as it was at a commit, and as it is, in turns.

    Returns
    -------
    dict
        ``commit``, and ``before`` and ``after`` with the same keys; without ``before`` where the repository does not
        hold the commit.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(["git", "archive", commit, "sigae"], cwd=ROOT, capture_output=True)
        trees = {"after": ROOT}
        if told.returncode == 0:
            archive = Path(folder, "sigae.tar")
            archive.write_bytes(told.stdout)
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
            trees["before"] = Path(folder)
        found: dict[str, Any] = {"commit": commit}
        for _ in range(ROUNDS):
            for name, tree in trees.items():
                new = measured(tree)
                found[name] = _better(found[name], new) if name in found else new
        for name, tree in trees.items():
            found[name]["large_limits"] = measured(tree, "large limits")
    return found


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    import torch

    torch.set_num_threads(1)
    if sys.argv[2] == "large limits":
        print(json.dumps(_large_limits()))
    else:
        print(json.dumps({"steps": _step_times(), "limit": _limit_times(), "hard": _hard_cells()}))
