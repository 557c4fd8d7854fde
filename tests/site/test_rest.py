"""A book that is built is not built again."""

import os
import subprocess

from book.build.toc import ROOT


def test_nothing_is_left_to_do_after_the_site_is_built():
    # Where a Python is named, make always looks whether the environment is of that one; that is not meant here.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS", "MFLAGS")}
    # -q: say by the exit status alone whether anything would be done
    command = ["make", "-q", "_build/html/.built"]
    assert subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == 0
