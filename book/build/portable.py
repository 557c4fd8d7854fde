"""Run tests and strict notebooks as the oldest processors would: no instructions but the basic ones, in any order."""

import os
import platform
import random
import subprocess
import sys
import tempfile

import click
import numpy as np

from book.build.toc import ROOT

INTEL = platform.machine().lower() in ("x86_64", "amd64")


def switches() -> dict[str, str]:
    """Return the environment variables that hold torch, MKL, OpenBLAS and NumPy to what every 64-bit processor has."""
    found = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    found["ATEN_CPU_CAPABILITY"] = "default"
    if not INTEL:
        return found
    return found | {
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "MKL_CBWR": "COMPATIBLE",  # what MKL listens to on AMD's
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])),
    }


@click.command()
@click.option("--numbers", is_flag=True, help="Only the tests of what is computed, without the slow ones.")
@click.option("--seed", type=int, default=lambda: random.randrange(10**6), help="Of the order; drawn unless given.")
def main(numbers: bool, seed: int) -> None:
    """Compute everything anew, and in the end name the order in which it failed."""
    parts = [["--random-order", f"--random-order-seed={seed}", "tests"]]
    if numbers:
        parts[0] += ["-m", "not machinery and not slow"]
    else:
        parts += [["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg", "notebooks"]]
    failed = False
    for part in parts:
        with tempfile.TemporaryDirectory() as cache:
            command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *part]
            environment = os.environ | switches() | {"SIGAE_CACHE": cache}
            failed |= subprocess.run(command, cwd=ROOT, env=environment).returncode != 0
    sys.exit(f"error: the same order again: make portable ARGS='--seed {seed}'." if failed else 0)


if __name__ == "__main__":
    main()
