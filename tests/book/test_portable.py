"""The switches that make the libraries compute as on an older processor."""

import json
import os
import subprocess
import sys

import pytest

from book.build import portable

pytestmark = pytest.mark.machinery

PROBE = """
import json, numpy, torch
found = numpy.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
print(json.dumps([torch.backends.cpu.get_cpu_capability(), found]))
"""


def test_the_switches_reach_the_libraries():
    environment = os.environ | portable.switches()
    capability, beyond = json.loads(subprocess.check_output([sys.executable, "-c", PROBE], env=environment, text=True))
    assert capability == "DEFAULT" and (beyond == [] or not portable.INTEL)
