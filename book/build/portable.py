"""Run the tests and the strict notebooks as other processors would: fewer instructions, more threads, any order.

The libraries that compute choose among several versions of their code by what the processor can do, and each has a
switch that makes it choose as an older one would. A test that fails so fails on some reader's machine.
"""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
import tempfile

import click
import numpy as np
import torch

from book.build.toc import NOTEBOOKS, ROOT

INTEL = platform.machine().lower() in ("x86_64", "amd64")
HAS_AVX2 = INTEL and torch.backends.cpu.get_cpu_capability() != "DEFAULT"
SETS = ("default", "avx2", "native") if HAS_AVX2 else ("default", "native")
PARTS = ("tests", "notebooks")
# Every set and both numbers of threads, not each with each: the libraries choose by the one and split by the other.
COMBINATIONS = [("avx2", 2), ("native", 1), ("native", 2), ("default", 1)]


def switches(instructions: str) -> dict[str, str]:
    """Return the environment variables that hold torch, MKL, OpenBLAS and NumPy to a set of instructions."""
    if instructions == "native":
        return {}
    if not INTEL:
        return {"ATEN_CPU_CAPABILITY": "default"}
    basic = instructions == "default"
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    beyond = [feature for feature in found if basic or feature not in ("X86_V3", "AVX2", "FMA3", "F16C", "AVX", "XOP")]
    return {
        "ATEN_CPU_CAPABILITY": instructions,
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2" if basic else "AVX2",
        "MKL_CBWR": "COMPATIBLE" if basic else "AVX2",  # what MKL listens to on AMD's
        "OPENBLAS_CORETYPE": "Nehalem" if basic else "Haswell",
        "NPY_DISABLE_CPU_FEATURES": " ".join(beyond),
    }


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


@click.command()
@click.option("--instructions", multiple=True, type=click.Choice(SETS), help="Only these instruction sets.")
@click.option("--threads", multiple=True, type=click.IntRange(1), help="Only with these numbers of threads.")
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Tests or notebooks; both unless given.")
@click.option("--numbers", is_flag=True, help="Of the tests only those of what is computed.")
@click.option("--seed", type=int, help="Of the order; drawn and printed unless given.")
def main(
    instructions: tuple[str, ...], threads: tuple[int, ...], only: tuple[str, ...], numbers: bool, seed: int | None
) -> None:
    """Run all combinations, whatever fails, computing everything anew, and say in the end what failed."""
    seed = random.randrange(10**6) if seed is None else seed
    combinations = [(chosen, count) for chosen, count in COMBINATIONS if chosen in SETS]
    if instructions or threads:
        combinations = [(chosen, count) for chosen in instructions or SETS for count in threads or (1, 2)]
    failed = []
    for chosen, count in combinations:
        environment = os.environ | switches(chosen)
        environment |= {f"{library}_NUM_THREADS": str(count) for library in ("OMP", "MKL", "OPENBLAS")}
        for part in only or PARTS:
            what = f"{part} with {chosen} instructions, threads: {count}"
            click.echo(f"\n=== {what}, order of seed {seed}", err=True)
            with tempfile.TemporaryDirectory() as cache:
                command = pytest_command(part, seed, count, numbers)
                if subprocess.run(command, cwd=ROOT, env=environment | {"SIGAE_CACHE": cache}).returncode:
                    failed.append(what)
    if failed:
        sys.exit(f"error: {'; '.join(failed)} failed; the same order again: make portable ARGS='--seed {seed}'.")


if __name__ == "__main__":
    main()
