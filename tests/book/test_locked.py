"""Of several makes at once one works on the site, and the others find it made or come after."""

import os
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.machinery

PROGRAM = """import sys; from pathlib import Path; from book.build import locked
locked.ROOT = Path(sys.argv[1])
locked.main(sys.argv[2:])"""


@pytest.mark.parametrize("stamp", [[], ["--stamp", "stamp", "--made-for", "smoke"]], ids=["again", "made meanwhile"])
def test_one_comes_after_the_other_unless_that_has_made_it_and_one_killed_keeps_none_waiting(tmp_path, stamp):
    def start(*arguments):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path), *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path)

    killed = start("sh", "-c", "touch begun; exec sleep 1")
    while not (tmp_path / "begun").exists():
        time.sleep(0.05)
    killed.kill()
    killed.communicate()
    work = "echo begin >> log; while [ ! -e go ]; do sleep 0.1; done; echo end >> log"
    first = start(*stamp, "sh", "-c", work)
    while not (tmp_path / "log").exists():
        assert first.poll() is None
        time.sleep(0.05)
    second = start(*stamp, "sh", "-c", work)
    assert "waits" in second.stdout.readline()
    (tmp_path / "go").touch()
    assert [run.wait() for run in (first, second)] == [0, 0]
    assert (tmp_path / "log").read_text().split() == ["begin", "end"] * (1 if stamp else 2)
    if stamp:
        assert (tmp_path / "stamp").read_text() == "smoke\n"
        made, meanwhile = (os.path.getmtime(tmp_path / name) for name in ("stamp", "go"))
        assert made < meanwhile  # what changed meanwhile is newer
