"""Sweeps in processes of this machine, and what goes wrong there: each fault is made to happen."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
import torch

from book.sweep import grid, sweep

pytestmark = pytest.mark.machinery

ROOT = Path(__file__).resolve().parents[2]


def measure(*, a, b=1, log=None):
    """Return numbers that only survive exactly if every digit is kept; note each call in a folder."""
    if log is not None:
        Path(log, f"{a}-{time.monotonic_ns()}").touch()
    array = torch.tensor([a / 7, math.inf], dtype=torch.float64)
    return {"third": a / 3, "array": array, "numpy": np.float64(b) / 11, "threads": torch.get_num_threads()}


def calls(log):
    """List the conditions that were computed since the last look."""
    found = sorted(int(path.name.split("-")[0]) for path in log.iterdir())
    for path in log.iterdir():
        path.unlink()
    return found


@pytest.fixture
def log(tmp_path):
    (tmp_path / "log").mkdir()
    return tmp_path / "log"


def test_grid_combines_all_values_and_last_axis_varies_fastest():
    assert grid(a=[1, 2], b="word", c=range(2)) == [
        {"a": 1, "b": "word", "c": 0},
        {"a": 1, "b": "word", "c": 1},
        {"a": 2, "b": "word", "c": 0},
        {"a": 2, "b": "word", "c": 1},
    ]


def test_the_table_is_the_same_from_any_number_of_workers_and_from_records(tmp_path, log):
    conditions = grid(a=[3, 1, 2, 1], b=[0.5, 7], log=str(log))
    one = sweep(measure, conditions, cache=tmp_path / "1", workers=1)
    assert list(one) == ["a", "b", "log", "third", "array", "numpy", "threads", "error"]
    assert one["third"].tolist() == [condition["a"] / 3 for condition in conditions]
    assert one["array"][0] == [3 / 7, math.inf] and set(one["threads"]) == {1} and one["error"].isna().all()
    assert calls(log) == [1, 1, 2, 2, 3, 3]  # the repeated conditions are computed once
    two = sweep(measure, conditions, cache=tmp_path / "2", workers=2)
    again = sweep(measure, [dict(reversed(row.items())) for row in conditions], cache=tmp_path / "1", workers=1)
    assert calls(log) == [1, 1, 2, 2, 3, 3]
    for table in (two, again[list(one)]):
        pd.testing.assert_frame_equal(one, table, check_exact=True)  # bitwise: records
    sweep(measure, [conditions[0] | {"b": 5}], cache=tmp_path / "1", workers=1)
    assert calls(log) == [3]


def test_where_records_are_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGAE_CACHE", "off")
    sweep(measure, grid(a=[1]), workers=1)
    monkeypatch.delenv("SIGAE_CACHE")
    sweep(measure, grid(a=[1]), cache=None, workers=1)
    assert list(tmp_path.iterdir()) == []
    sweep(measure, grid(a=[1]), workers=1)
    monkeypatch.setenv("SIGAE_CACHE", str(tmp_path / "elsewhere"))
    sweep(measure, grid(a=[1]), workers=1)
    assert len(list(Path(".cache", "sigae").glob("*.json"))) == len(list(Path("elsewhere").glob("*.json"))) == 1


@pytest.mark.parametrize("damage", ["", '{"third": 0.3', "[1, 2]", "\x00\x00", b"\xff"])
def test_a_record_that_cannot_be_read_is_computed_anew(tmp_path, damage):
    whole = sweep(measure, grid(a=[1, 2]), cache=tmp_path, workers=1)
    next(tmp_path.glob("*.json")).write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    mended = sweep(measure, grid(a=[1, 2]), cache=tmp_path, workers=1)
    pd.testing.assert_frame_equal(whole, mended, check_exact=True)  # bitwise: records
    assert all(json.loads(path.read_text())["third"] for path in tmp_path.glob("*.json"))


def fails(*, a, how, log):
    Path(log, f"{a}-{time.monotonic_ns()}").touch()
    if how == "exit":
        sys.exit("enough")
    if how == "raise":
        raise RuntimeError("two is too many")
    if how:
        os.kill(os.getpid(), how)
    return {"double": 2 * a}


@pytest.mark.parametrize(
    "workers, faults",
    [
        (1, {2: ("raise", "RuntimeError: two is too many"), 5: ("exit", "SystemExit: enough")}),
        (
            2,
            {
                1: ("exit", "SystemExit: enough"),
                2: (signal.SIGKILL, "process that computed this condition died of SIGKILL(-9)"),  # as out of memory
                11: (signal.SIGSEGV, "process that computed this condition died of SIGSEGV(-11)"),  # a crash
            },
        ),
    ],
)
def test_a_condition_that_fails_is_a_row_that_says_why_and_is_tried_again(tmp_path, log, workers, faults):
    conditions = [{"a": a, "how": faults.get(a, (None,))[0], "log": str(log)} for a in range(12)]
    table = sweep(fails, conditions, cache=tmp_path / "cache", workers=workers)
    assert table["a"].tolist() == list(range(12))
    for a, error, double in zip(table["a"], table["error"], table["double"], strict=True):
        assert faults[a][1] in error if a in faults else error is None and double == 2 * a
    calls(log)
    again = sweep(fails, conditions, cache=tmp_path / "cache", workers=workers)
    pd.testing.assert_frame_equal(table, again, check_exact=True)  # bitwise: records
    assert set(calls(log)) == set(faults)


SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from book.sweep import grid, sweep

def measure(*, a):
    Path("log", f"{a}-{os.getpid()}").touch()
    while a >= 25 and not Path("go").exists():
        time.sleep(0.01)
    return {"square": a * a / 3}

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may have inherited that it is ignored
    print(*sweep(measure, grid(a=list(range(60))), cache="cache", workers=2, progress=False)["square"])
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_sweep_ended_midway_leaves_no_process_and_goes_on_where_it_stopped(tmp_path, log, how):
    (tmp_path / "script.py").write_text(SCRIPT)
    options = {"env": os.environ | {"PYTHONPATH": str(ROOT)}, "cwd": tmp_path, "text": True}
    command = [sys.executable, "script.py"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **options) as first:
        # Conditions from 25 on wait for a file that does not exist yet, so exactly 25 records can appear.
        while len(list(tmp_path.glob("cache/*.json"))) < 25 or len(list(log.iterdir())) < 27:
            assert first.poll() is None
            time.sleep(0.02)
        workers = psutil.Process(first.pid).children(recursive=True)
        first.send_signal(how)
        assert first.wait(timeout=60) != 0
    assert not psutil.wait_procs(workers, timeout=20)[1]
    calls(log)
    (tmp_path / "go").touch()
    resumed = subprocess.run(command, stdout=subprocess.PIPE, check=True, **options).stdout
    assert calls(log) == list(range(25, 60))
    assert resumed.split() == [str(a * a / 3) for a in range(60)]


def bulky(*, a):
    return {"numbers": [a / 7] * 400}


def check_a_sweep_on_a_full_disk(cache):
    """See the whole table, one warning, and nothing but whole records; return how many."""
    with pytest.warns(UserWarning) as said:
        table = sweep(bulky, grid(a=list(range(60))), cache=cache, workers=2)
    (warning,) = said
    assert "No space left on device" in str(warning.message) and "SIGAE_CACHE" in str(warning.message)
    assert table["numbers"].tolist() == [[a / 7] * 400 for a in range(60)]
    kept = list(cache.iterdir())
    assert all(path.suffix == ".json" and len(json.loads(path.read_text())["numbers"]) == 400 for path in kept)
    return len(kept)


def test_a_full_disk_costs_a_warning_and_nothing_else(small_disk):
    assert 1 <= check_a_sweep_on_a_full_disk(small_disk("128k")) < 60


def test_a_failing_write_costs_a_warning_and_nothing_else(tmp_path, monkeypatch):
    written = Path.write_text

    def write_text(self, text, **options):
        written(self, text[:10], **options)
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", write_text)
    assert check_a_sweep_on_a_full_disk(tmp_path / "cache") == 0


def test_a_folder_that_cannot_be_made_costs_a_warning(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.warns(UserWarning, match="cannot be kept"):
        table = sweep(bulky, grid(a=[7]), cache=tmp_path / "file" / "cache", workers=1)
    assert table["numbers"][0][0] == 1


@pytest.mark.parametrize("option", ["size=4k", "ro"])
def test_without_shared_memory_one_sentence_names_the_remedy(tmp_path, log, option):
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "go").touch()
    mount = f"mount -t tmpfs -o {option} tmpfs /dev/shm && exec {sys.executable} script.py"
    if subprocess.run([shutil.which("unshare") or "false", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("a /dev/shm of one's own needs Linux and the right to mount one")
    options = {"env": os.environ | {"PYTHONPATH": str(ROOT)}, "cwd": tmp_path, "text": True, "capture_output": True}
    said = subprocess.run(["unshare", "--mount", "sh", "-c", mount], **options)
    assert said.returncode == 1
    assert "SIGAE_WORKERS=1" in said.stderr.splitlines()[-1]


def test_progress_is_shown_where_asked_for(capfd):
    sweep(measure, grid(a=[1, 2]), cache=None, workers=1, progress=True)
    assert "2/2" in capfd.readouterr().err
    sweep(measure, grid(a=[1, 2]), cache=None, workers=1)
    assert capfd.readouterr().err == ""


def returns_its_argument(*, a):
    return {"a": a}


@pytest.mark.parametrize(
    "experiment, conditions, options, error, match",
    [
        (abs, [{"x": 1}], {}, TypeError, "experiment is <built-in function abs>: give a Python function"),
        (dict, [{"x": 1}], {}, TypeError, "experiment is <class 'dict'>"),
        ("measure", [{"x": 1}], {}, TypeError, "experiment is 'measure'"),
        (measure, [], {}, ValueError, "conditions is empty"),
        (measure, [3], {}, TypeError, "3: give a mapping"),
        (measure, [{"a": object()}], {}, TypeError, "neither a number"),
        (returns_its_argument, [{"a": 1}], {}, ValueError, "both the condition and the record have a"),
        (measure, [{"a": 1}], {"workers": 0}, ValueError, "workers is 0: give a whole number of at least 1"),
        (measure, [{"a": 1}], {"workers": 1.5}, ValueError, "workers is 1.5: give a whole number of at least 1"),
        (measure, [{"a": 1}], {"memory": -1}, ValueError, "memory is -1"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(experiment, conditions, options, error, match):
    with pytest.raises(error, match=match):
        sweep(experiment, conditions, **{"cache": None, "workers": 1} | options)


def process_of(*, a, folder, alone):
    Path(folder, str(a)).touch()
    while not alone and len(list(Path(folder).iterdir())) < 2:
        time.sleep(0.01)
    return {"process": os.getpid()}


def test_no_more_workers_run_than_fit_in_memory(monkeypatch, tmp_path):
    class Little:
        available = 4e9

    monkeypatch.setattr(psutil, "virtual_memory", lambda: Little)
    # The conditions wait for each other where there is room for both.
    for memory, processes in ((3e9, 1), (5e9, 1), (1e9, 2)):
        folder = tmp_path / str(memory)
        folder.mkdir()
        conditions = grid(a=[1, 2], folder=str(folder), alone=processes == 1)
        table = sweep(process_of, conditions, cache=None, workers=2, memory=memory)
        assert table["process"].nunique() == processes
        assert not table["process"].eq(os.getpid()).any()


def test_the_environment_says_how_many_workers(monkeypatch, tmp_path):
    conditions = grid(a=[1, 2], folder=str(tmp_path), alone=True)
    for asked, given, here in (("1", None, True), ("2", None, False), ("2", 1, True)):
        monkeypatch.setenv("SIGAE_WORKERS", asked)
        assert (os.getpid() in set(sweep(process_of, conditions, cache=None, workers=given)["process"])) == here
    monkeypatch.setenv("SIGAE_WORKERS", "many")
    with pytest.raises(ValueError, match="SIGAE_WORKERS is 'many': give a whole number of at least 1"):
        sweep(process_of, conditions, cache=None)


HELD = []


def grows(k):
    HELD.append(b"x" * 150_000_000)
    time.sleep(0.7)
    return {"megabytes": len(HELD)}


def test_a_worker_that_has_grown_is_replaced_without_a_word():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        table = sweep(grows, grid(k=list(range(12))), cache=None, workers=2)
    assert table["error"].isna().all()
    assert table["megabytes"].max() < 6  # nobody held them all
    assert not said, [str(warning.message) for warning in said]
