"""Of several makes at once one works on the site, and the others find it made."""

import os
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.machinery

PROGRAM = """import sys; from pathlib import Path; from book.build import locked
locked.ROOT = Path(sys.argv[1])
locked.main(["--stamp", "stamp", "--made-for", "smoke", "sh", "-c", sys.argv[2]])"""
WORK = "echo begin >> log; for i in $(seq 100); do [ -e go ] || sleep 0.1; done; echo end >> log"


def test_one_waits_for_the_other_and_finds_the_site_made(tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), WORK]
    first = subprocess.Popen(command, cwd=tmp_path)
    while not (tmp_path / "log").exists():
        assert first.poll() is None
        time.sleep(0.05)
    second = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert second.stdout.readline()  # says that it waits
    (tmp_path / "go").touch()
    assert [run.wait() for run in (first, second)] == [0, 0]
    assert (tmp_path / "log").read_text().split() == ["begin", "end"]
    assert (tmp_path / "stamp").read_text() == "smoke\n"
    assert os.path.getmtime(tmp_path / "stamp") < os.path.getmtime(tmp_path / "go")  # what changed meanwhile is newer
