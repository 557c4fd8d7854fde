"""The switches that make the libraries compute as on an older processor."""

import json
import os
import subprocess
import sys

import pytest

from book.build import portable

pytestmark = pytest.mark.machinery

PROBE = """
import hashlib, json, numpy as np, sigae, torch
found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
drawn = [sigae.Autoencoder(9, 50).weights[0].detach(), sigae.sphere_points(20, 33, norm=3.0, seed=2)]
drawn = [hashlib.sha256(x.numpy().tobytes()).hexdigest() for x in drawn]
print(json.dumps([torch.backends.cpu.get_cpu_capability(), found, drawn]))
"""


def test_the_switches_reach_the_libraries_and_leave_what_is_drawn_as_it_is():
    told = {}
    for instructions in {instructions for instructions, _ in portable.COMBINATIONS}:
        environment = os.environ | portable.switches(instructions)
        said = subprocess.check_output([sys.executable, "-c", PROBE], env=environment, text=True)
        told[instructions] = json.loads(said)
    assert all(drawn == told["native"][2] for _, _, drawn in told.values())
    assert told["default"][0] == "DEFAULT"
    assert not portable.INTEL or told["default"][1] == []
    assert "avx2" not in told or told["avx2"][0] == "AVX2"
