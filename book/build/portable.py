"""Run the tests and the strict notebooks as other processors would: fewer instructions, more threads, any order.

The libraries that compute choose among several versions of their code by what the processor can do, and each has a
switch that makes it choose as an older one would. A test that fails so fails on some reader's machine.
"""

from __future__ import annotations

import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import numpy as np
import torch

from book.build import portability, readme
from book.build.toc import NOTEBOOKS, ROOT

INTEL = platform.machine().lower() in ("x86_64", "amd64")
HAS_AVX2 = INTEL and torch.backends.cpu.get_cpu_capability() != "DEFAULT"
SETS = ("default", "avx2", "native") if HAS_AVX2 else ("default", "native")
PARTS = ("tests", "notebooks")
# Every set and both numbers of threads, not each with each: the libraries choose by the one and split by the other.
COMBINATIONS = [("avx2", 2), ("native", 1), ("native", 2), ("default", 1)]


def processor() -> str:
    """Name the kind of processor; empty where the system does not tell."""
    if platform.system() == "Darwin":
        return subprocess.run(
            ["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True
        ).stdout.strip()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def switches(instructions: str) -> dict[str, str]:
    """Return the environment variables that hold torch, MKL, OpenBLAS and NumPy to a set of instructions.

    Parameters
    ----------
    instructions
        One of ``SETS``: ``"default"``, what every 64-bit processor of the kind can do; ``"avx2"``; or ``"native"``.

    Returns
    -------
    dict
        Name to value; none for ``"native"``.
    """
    if instructions == "native":
        return {}
    if not INTEL:
        return {"ATEN_CPU_CAPABILITY": "default"}
    basic = instructions == "default"
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    beyond = [feature for feature in found if basic or feature not in ("X86_V3", "AVX2", "FMA3", "F16C", "AVX", "XOP")]
    environment = {
        "ATEN_CPU_CAPABILITY": instructions,
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2" if basic else "AVX2",
        "OPENBLAS_CORETYPE": "Nehalem" if basic else "Haswell",
        "NPY_DISABLE_CPU_FEATURES": " ".join(beyond),
    }
    if "AMD" in processor():  # where MKL listens to this switch alone
        environment["MKL_CBWR"] = "COMPATIBLE" if basic else "AVX2"
    return environment


@contextmanager
def fresh_folder(path: Path) -> Iterator[Path]:
    """Make an empty folder, and remove it in the end.

    Yields
    ------
    Path
        The folder.
    """
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def pytest_command(part: str, seed: int, threads: int, numbers: bool = False) -> list[str]:
    """Return the command that runs a part in an order drawn from a seed; a notebook's cells keep theirs.

    With ``numbers``, tests of the project's machinery are left out, which no processor's arithmetic can show in.
    """
    # Threads that wait for a processor spin: more of them than processors would take several times as long.
    at_once = max(1, (os.cpu_count() or 1) // threads)
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(min(2, at_once)), "--dist", "loadfile"]
    if part == "tests":
        chosen = ["-m", "not machinery"] if numbers else []
        return [*command, "--random-order", f"--random-order-seed={seed}", *chosen, "tests"]
    notebooks = sorted(str(path.relative_to(ROOT)) for path in NOTEBOOKS.glob("*.ipynb"))
    random.Random(seed).shuffle(notebooks)
    command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]
    return [*command, *notebooks]


def counts(report: Path) -> dict[str, int]:
    """Count what a JUnit report tells of: ``passed``, ``failed`` and ``skipped``."""
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total = {key: sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "failures", "errors", "skipped")}
    failed = total["failures"] + total["errors"]
    return {"passed": total["tests"] - failed - total["skipped"], "failed": failed, "skipped": total["skipped"]}


def run(part: str, instructions: str, threads: int, seed: int, numbers: bool) -> dict[str, int]:
    """Run a part in a process of its own, computing everything anew; return :func:`counts` of it."""
    environment = os.environ | switches(instructions)
    environment |= {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    with (
        fresh_folder(ROOT / ".cache" / f"portable-{instructions}-{threads}") as cache,
        tempfile.TemporaryDirectory() as folder,
    ):
        report = Path(folder, "report.xml")
        environment["SIGAE_CACHE"] = str(cache)
        command = [*pytest_command(part, seed, threads, numbers), f"--junitxml={report}"]
        code = subprocess.run(command, cwd=ROOT, env=environment).returncode
        found = counts(report) if report.exists() else {"passed": 0, "failed": 0, "skipped": 0}
    if code and not found["failed"]:
        found["failed"] = 1  # pytest itself failed
    return found


@click.command()
@click.option("--instructions", multiple=True, type=click.Choice(SETS), help="Only these instruction sets.")
@click.option("--threads", multiple=True, type=click.IntRange(1), help="Only with these numbers of threads.")
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Tests or notebooks; both unless given.")
@click.option("--numbers", is_flag=True, help="Of the tests only those of what is computed.")
@click.option("--seed", type=int, help="Of the order; drawn and printed unless given.")
@click.option("--record", is_flag=True, help="Note the result in book/portability.json.")
def main(
    instructions: tuple[str, ...],
    threads: tuple[int, ...],
    only: tuple[str, ...],
    numbers: bool,
    seed: int | None,
    record: bool,
) -> None:
    """Run all combinations, whatever fails, and say in the end what did."""
    if record and numbers:
        raise click.UsageError("--record tells of all tests: leave out --numbers.")
    seed = random.randrange(10**6) if seed is None else seed
    combinations = [(chosen, count) for chosen, count in COMBINATIONS if chosen in SETS]
    if instructions or threads:
        combinations = [(chosen, count) for chosen in instructions or SETS for count in threads or (1, 2)]
    rows: list[dict[str, Any]] = []
    for chosen, count in combinations:
        started = time.monotonic()
        click.echo(f"\n=== {chosen} instructions, threads: {count}, order of seed {seed}", err=True)
        parts = {part: run(part, chosen, count, seed, numbers) for part in only or PARTS}
        row: dict[str, Any] = {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": processor(),
            "python": platform.python_version(),
            "instructions": chosen,
            "threads": count,
            "seed": seed,
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "minutes": round((time.monotonic() - started) / 60, 1),
            **parts,
        }
        rows.append(row)
        if record:
            portability.record(run=[row])
            readme.main()
    click.echo("", err=True)
    for row in rows:
        told = "; ".join(
            f"{part}: {row[part]['passed']} passed, {row[part]['failed']} failed" for part in PARTS if part in row
        )
        click.echo(f"{row['instructions']} instructions, threads: {row['threads']}: {told}")
    if failed := sum(row[part]["failed"] for row in rows for part in PARTS if part in row):
        sys.exit(f"error: {failed} failed; the same order again: make portable ARGS='--seed {seed}'.")


if __name__ == "__main__":
    main()
