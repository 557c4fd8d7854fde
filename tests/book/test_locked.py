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


@pytest.fixture
def start(tmp_path):
    def start(*arguments):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path), *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    return start


def wait_for(path):
    while not path.exists():
        time.sleep(0.05)


@pytest.fixture
def two(start, tmp_path):
    """Start a second one while the first is at work, and let the first end when the second has said that it waits."""

    def two(*arguments):
        work = f"cd '{tmp_path}'; echo begin >> log; while [ ! -e go ]; do sleep 0.1; done; echo end >> log"
        first = start(*arguments, "sh", "-c", work)
        wait_for(tmp_path / "log")
        second = start(*arguments, "sh", "-c", work)
        assert "waits" in second.stdout.readline()
        (tmp_path / "go").touch()
        return [run.wait(timeout=60) for run in (first, second)]

    return two


def test_one_comes_after_the_other_and_says_that_it_waits(two, tmp_path):
    assert two() == [0, 0]
    assert (tmp_path / "log").read_text().split() == ["begin", "end"] * 2


def test_what_another_has_made_meanwhile_is_not_made_again(two, start, tmp_path):
    stamp = tmp_path / "stamp"
    assert two("--stamp", str(stamp), "--made-for", "smoke") == [0, 0]
    assert ((tmp_path / "log").read_text(), stamp.read_text()) == ("begin\nend\n", "smoke\n")
    assert os.path.getmtime(stamp) < os.path.getmtime(tmp_path / "go")  # what has changed meanwhile is newer
    assert start("--stamp", str(stamp), "--made-for", "default", "false").wait(timeout=60) == 1
    assert stamp.read_text() == "smoke\n"


def test_a_process_that_was_killed_keeps_no_other_waiting(start, tmp_path):
    first = start("sh", "-c", f"echo > '{tmp_path}/begun'; exec sleep 2")
    wait_for(tmp_path / "begun")
    first.kill()
    first.wait()
    assert start("true").wait(timeout=60) == 0
