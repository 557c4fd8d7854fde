"""Run the tests and the strict notebooks as other processors would: fewer instructions, more threads, any order."""

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
# Every set of instructions and both numbers of threads, not each with each.
COMBINATIONS = [*([("avx2", 2)] if HAS_AVX2 else []), ("native", 1), ("native", 2), ("default", 1)]
STRICT = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]


def switches(instructions: str) -> dict[str, str]:
    """Return the environment variables that hold torch, MKL, OpenBLAS and NumPy to a set of instructions."""
    if instructions == "native":
        return {}
    if not INTEL:
        return {"ATEN_CPU_CAPABILITY": "default"}
    basic = instructions == "default"
    kept = () if basic else ("X86_V3", "AVX2", "FMA3", "F16C", "AVX", "XOP")
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return {
        "ATEN_CPU_CAPABILITY": instructions,
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2" if basic else "AVX2",
        "MKL_CBWR": "COMPATIBLE" if basic else "AVX2",  # what MKL listens to on AMD's
        "OPENBLAS_CORETYPE": "Nehalem" if basic else "Haswell",
        "NPY_DISABLE_CPU_FEATURES": " ".join(feature for feature in found if feature not in kept),
    }


@click.command()
@click.option("--numbers", is_flag=True, help="Only the tests of what is computed, once, on the oldest processor.")
@click.option("--seed", type=int, default=lambda: random.randrange(10**6), help="Of the order; drawn unless given.")
def main(numbers: bool, seed: int) -> None:
    """Run all combinations, whatever fails, computing everything anew, and say in the end what failed."""
    notebooks = sorted(str(path.relative_to(ROOT)) for path in NOTEBOOKS.glob("*.ipynb"))
    parts = {"tests": ["--random-order", f"--random-order-seed={seed}", "tests"]}
    if numbers:
        parts["tests"] += ["-m", "not machinery"]  # in which no processor's arithmetic can show
    else:
        parts["notebooks"] = [*STRICT, *random.Random(seed).sample(notebooks, len(notebooks))]
    failed = []
    for instructions, threads in [("default", 1)] if numbers else COMBINATIONS:
        environment = os.environ | switches(instructions)
        environment |= {f"{library}_NUM_THREADS": str(threads) for library in ("OMP", "MKL", "OPENBLAS")}
        # Threads that wait for a processor spin: more of them than processors would take several times as long.
        at_once = str(min(2, max(1, (os.cpu_count() or 1) // threads)))
        for part, options in parts.items():
            what = f"{part} with {instructions} instructions, threads: {threads}"
            click.echo(f"\n=== {what}, order of seed {seed}", err=True)
            with tempfile.TemporaryDirectory() as cache:
                command = [sys.executable, "-m", "pytest", "-q", "-n", at_once, "--dist", "loadfile", *options]
                if subprocess.run(command, cwd=ROOT, env=environment | {"SIGAE_CACHE": cache}).returncode:
                    failed.append(what)
    if failed:
        sys.exit(f"error: {'; '.join(failed)} failed; the same order again: make portable ARGS='--seed {seed}'.")


if __name__ == "__main__":
    main()
