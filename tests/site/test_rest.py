"""A book that is built is not built again."""

import subprocess

from book.tools.toc import ROOT


def test_nothing_is_left_to_do_after_the_site_is_built():
    # -q: say by the exit status alone whether anything would be done
    assert subprocess.run(["make", "-q", "_build/html/.built"], cwd=ROOT, capture_output=True).returncode == 0
