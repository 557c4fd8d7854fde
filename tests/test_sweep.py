import importlib
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
import torch

from book.sweeps import grid, sweep

pytestmark = pytest.mark.machinery


def measure(*, a, b=1, log=None):
    """Return numbers that only survive exactly if every digit is kept; note each call in a folder."""
    if log is not None:
        Path(log, f"{a}-{b}-{os.getpid()}-{time.monotonic_ns()}").touch()
    return {
        "third": a / 3,
        "angle": math.sin(a + b),
        "array": torch.tensor([a / 7, math.inf], dtype=torch.float64),
        "numpy": np.float64(a) / 11,
        "threads": torch.get_num_threads(),
    }


def fail_at_two(*, a):
    if a == 2:
        raise RuntimeError("two is too many")
    return {"double": 2 * a, "converged": a != 3, "reason": "because"}


def test_grid_combines_all_values_and_last_axis_varies_fastest():
    assert grid(a=[1, 2], b="word", c=range(2)) == [
        {"a": 1, "b": "word", "c": 0},
        {"a": 1, "b": "word", "c": 1},
        {"a": 2, "b": "word", "c": 0},
        {"a": 2, "b": "word", "c": 1},
    ]


def test_the_table_holds_conditions_and_measurements_in_the_order_given():
    table = sweep(measure, grid(a=[3, 1, 2], b=[0.5]), cache=None, workers=1)
    assert table["a"].tolist() == [3, 1, 2]
    assert table["third"].tolist() == [1.0, 1 / 3, 2 / 3]
    assert table["array"].iloc[1] == [1 / 7, math.inf]
    assert list(table) == ["a", "b", "third", "angle", "array", "numpy", "threads", "error"]
    assert table["error"].isna().all()


def test_workers_change_nothing(tmp_path):
    conditions = grid(a=list(range(7)), b=[1, 2])
    one, two = (sweep(measure, conditions, cache=tmp_path / str(k), workers=k) for k in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)  # bitwise: records
    assert set(one["threads"]) == {1}


def test_kept_records_are_reused_exactly_and_only_for_the_same_condition(tmp_path):
    log = tmp_path / "log"
    log.mkdir()
    conditions = grid(a=[1, 2, 2], log=str(log))
    first = sweep(measure, conditions, cache=tmp_path / "cache", workers=1)
    assert len(list(log.iterdir())) == 2  # the repeated condition is measured once
    again = sweep(measure, conditions[::-1], cache=tmp_path / "cache", workers=1)
    assert len(list(log.iterdir())) == 2
    pd.testing.assert_frame_equal(first[::-1].reset_index(drop=True), again, check_exact=True)  # bitwise: records
    sweep(measure, [{**conditions[0], "b": 5}], cache=tmp_path / "cache", workers=1)
    assert len(list(log.iterdir())) == 3


def test_the_cache_can_be_switched_off(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGAE_CACHE", "off")
    sweep(measure, grid(a=[1]), workers=1)
    monkeypatch.delenv("SIGAE_CACHE")
    sweep(measure, grid(a=[1]), cache=None, workers=1)
    assert list(tmp_path.iterdir()) == []
    sweep(measure, grid(a=[1]), workers=1)
    assert len(list((tmp_path / ".cache" / "sigae").glob("*.json"))) == 1
    monkeypatch.setenv("SIGAE_CACHE", str(tmp_path / "elsewhere"))
    sweep(measure, grid(a=[1]), workers=1)
    assert len(list((tmp_path / "elsewhere").glob("*.json"))) == 1


@pytest.mark.parametrize("damage", ["", '{"third": 0.3', "[1, 2]", "\x00\x00"])
def test_a_record_that_cannot_be_read_is_computed_anew_with_a_warning(tmp_path, damage):
    whole = sweep(measure, grid(a=[1, 2]), cache=tmp_path, workers=1)
    next(tmp_path.glob("*.json")).write_text(damage)
    with pytest.warns(UserWarning, match="cannot be read"):
        mended = sweep(measure, grid(a=[1, 2]), cache=tmp_path, workers=1)
    pd.testing.assert_frame_equal(whole, mended, check_exact=True)  # bitwise: records
    assert all(json.loads(path.read_text()) for path in tmp_path.glob("*.json"))


def test_changed_code_is_measured_anew(tmp_path, monkeypatch):
    source = tmp_path / "changing.py"
    source.write_text("def value(*, a):\n    return {'value': a}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = importlib.import_module("changing")
    assert sweep(module.value, grid(a=[3]), cache=tmp_path / "cache", workers=1)["value"].tolist() == [3]
    source.write_text("def value(*, a):\n    return {'value': a * a * 1}\n")
    module = importlib.reload(module)
    assert sweep(module.value, grid(a=[3]), cache=tmp_path / "cache", workers=1)["value"].tolist() == [9]


def test_a_condition_that_fails_is_a_row_that_says_why_and_is_tried_again(tmp_path):
    table = sweep(fail_at_two, grid(a=[1, 2, 3]), cache=tmp_path, workers=1)
    assert table["error"].tolist()[::2] == [None, None]
    assert table["error"][1] == "RuntimeError: two is too many"
    assert table["double"].tolist()[::2] == [2, 6]
    assert not table["converged"][2]
    assert len(list(tmp_path.glob("*.json"))) == 2


SCRIPT = """
import os, sys, time
from pathlib import Path
from book.sweeps import grid, sweep

def measure(*, a, folder):
    Path(folder, "calls", f"{a}-{os.getpid()}").touch()
    while a >= 25 and not Path(folder, "go").exists():
        time.sleep(0.01)
    return {"square": a * a / 3}

if __name__ == "__main__":
    folder = sys.argv[1]
    table = sweep(measure, grid(a=list(range(60)), folder=folder), cache=sys.argv[2], workers=2, progress=False)
    table.to_pickle(sys.argv[3])
"""


def test_a_sweep_killed_midway_goes_on_where_it_stopped(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    calls = tmp_path / "calls"
    calls.mkdir()
    root = Path(__file__).resolve().parents[1]
    environment = os.environ | {"PYTHONPATH": str(root)}

    def start(result):
        command = [sys.executable, str(script), str(tmp_path), str(tmp_path / "cache"), str(tmp_path / result)]
        return subprocess.Popen(command, env=environment, start_new_session=True, cwd=tmp_path)

    killed = start("unused")
    try:
        # Conditions from 25 on wait for a file that does not exist yet, so exactly 25 records can appear.
        while len(list((tmp_path / "cache").glob("*.json"))) < 25:
            assert killed.poll() is None
            time.sleep(0.02)
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    assert len(list((tmp_path / "cache").glob("*.json"))) == 25
    for call in calls.iterdir():
        call.unlink()

    (tmp_path / "go").touch()
    assert start("resumed.pickle").wait() == 0
    assert sorted(int(call.name.split("-")[0]) for call in calls.iterdir()) == list(range(25, 60))
    resumed = pd.read_pickle(tmp_path / "resumed.pickle")
    assert resumed["a"].tolist() == list(range(60)) and resumed["error"].isna().all()
    assert resumed["square"].tolist() == [a * a / 3 for a in range(60)]


def test_progress_is_shown_where_asked_for(capfd):
    sweep(measure, grid(a=[1, 2]), cache=None, workers=1, progress=True)
    assert "2/2" in capfd.readouterr().err
    sweep(measure, grid(a=[1, 2]), cache=None, workers=1)
    assert capfd.readouterr().err == ""


def returns_its_argument(*, a):
    return {"a": a}


@pytest.mark.parametrize(
    "experiment, conditions, error, match",
    [
        (abs, [{"x": 1}], TypeError, "experiment is <built-in function abs>: give a Python function"),
        (dict, [{"x": 1}], TypeError, "experiment is <class 'dict'>"),
        ("measure", [{"x": 1}], TypeError, "experiment is 'measure'"),
        (measure, [], ValueError, "conditions is empty"),
        (measure, [3], TypeError, "3: give a mapping"),
        (measure, [{"a": object()}], TypeError, "neither a number"),
        (returns_its_argument, [{"a": 1}], ValueError, "both the condition and the record have a"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(experiment, conditions, error, match):
    with pytest.raises(error, match=match):
        sweep(experiment, conditions, cache=None, workers=1)


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
    with pytest.raises(ValueError, match="memory is -1"):
        sweep(process_of, grid(a=[1], folder=str(tmp_path), alone=True), cache=None, memory=-1)


@pytest.mark.parametrize("workers", [-1, 0, 1.5])
def test_workers_must_be_a_whole_number(workers):
    with pytest.raises(ValueError, match=f"workers is {workers}: give a whole number of at least 1"):
        sweep(measure, grid(a=[1]), cache=None, workers=workers)


def test_the_environment_says_how_many_workers(monkeypatch, tmp_path):
    conditions = grid(a=[1, 2], folder=str(tmp_path), alone=True)
    monkeypatch.setenv("SIGAE_WORKERS", "1")
    assert set(sweep(process_of, conditions, cache=None)["process"]) == {os.getpid()}
    monkeypatch.setenv("SIGAE_WORKERS", "2")
    assert os.getpid() not in set(sweep(process_of, conditions, cache=None)["process"])
    assert set(sweep(process_of, conditions, cache=None, workers=1)["process"]) == {os.getpid()}
    monkeypatch.setenv("SIGAE_WORKERS", "many")
    with pytest.raises(ValueError, match="SIGAE_WORKERS is 'many': give a whole number of at least 1"):
        sweep(process_of, conditions, cache=None)
