"""The switches that make the libraries compute as on an older processor."""

import json
import os
import subprocess
import sys

import pytest

from book.build import portable
from book.build.toc import ROOT

pytestmark = pytest.mark.machinery

PROBE = """
import hashlib, json, os, subprocess, sys
import numpy as np, sigae, torch
from book.build import portable
found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
drawn = [sigae.Autoencoder(9, 50).weights[0].detach(), sigae.sphere_points(20, 33, norm=3.0, seed=2)]
drawn = [hashlib.sha256(x.numpy().tobytes()).hexdigest() for x in drawn]
told = {"capability": torch.backends.cpu.get_cpu_capability(), "found": found, "drawn": drawn}
if len(sys.argv) == 1:
    for chosen in portable.SETS:
        environment = os.environ | portable.switches(chosen)
        said = subprocess.check_output([sys.executable, "-c", PROBE, "again"], env=environment, text=True)
        told[chosen] = json.loads(said)
print(json.dumps(told))
"""
ADVANCED = {"X86_V3", "AVX2", "FMA3", "F16C", "AVX", "XOP"}  # what NumPy calls it, from one version to the next


def test_the_switches_reach_the_libraries_and_leave_what_is_drawn_as_it_is():
    # These tests may run under switches themselves: then what the processor has is seen from without.
    free = {name: value for name, value in os.environ.items() if name not in portable.switches("default")}
    program = f"PROBE = {PROBE!r}\nexec(PROBE)"
    said = subprocess.run(
        [sys.executable, "-c", program], env=free, capture_output=True, text=True, check=True, cwd=ROOT
    )
    told = json.loads(said.stdout)
    assert told["native"] == {name: told[name] for name in ("capability", "found", "drawn")}
    assert all(told[chosen]["drawn"] == told["drawn"] for chosen in portable.SETS if chosen in told)
    assert told["default"]["capability"] == "DEFAULT"
    if portable.INTEL:
        assert told["default"]["found"] == []
    if "avx2" in told:
        assert told["avx2"]["capability"] == "AVX2"
        assert set(told["avx2"]["found"]) == set(told["found"]) & ADVANCED


def test_notebooks_are_shuffled_as_wholes():
    one, two = (portable.pytest_command("notebooks", seed, 1) for seed in (1, 2))
    assert one != two
    assert sorted(one) == sorted(two)
