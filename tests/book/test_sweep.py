"""Sweeps in processes of this machine, their records, and what goes wrong there: each fault is made to happen."""

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest
import torch

from book import sweep as module
from book.experiments import single_example
from book.experiments.single_example import initial_jacobian
from book.sweep import RecordWarning, grid, sweep

pytestmark = pytest.mark.machinery

SMALL = {"dim": 3, "width": 5, "norm": 1.0}
exactly = functools.partial(pd.testing.assert_frame_equal, check_exact=True)  # bitwise: records


@pytest.fixture(autouse=True)
def standing_dtype():
    dtype = torch.get_default_dtype()
    yield
    torch.set_default_dtype(dtype)


def kept(folder):
    """List the records with when they were written."""
    return {path.name: path.stat().st_mtime_ns for path in Path(folder).glob("*.json")}


def test_the_table_is_the_same_from_any_number_of_workers_and_from_records(tmp_path):
    conditions = grid(**SMALL, seed=[3, 1, 2, 1])
    one = sweep(initial_jacobian, conditions, cache=tmp_path / "1", workers=1)
    assert list(one) == [*SMALL, "seed", "operator_norm", "radius", "error"] and one["error"].isna().all()
    assert one["seed"].tolist() == [3, 1, 2, 1]
    assert one["radius"][2] == initial_jacobian(**SMALL, seed=2)["radius"]
    before = kept(tmp_path / "1")
    assert len(before) == 3  # the repeated condition is computed once
    exactly(one, sweep(initial_jacobian, conditions, cache=tmp_path / "2", workers=2))
    turned = [dict(reversed(condition.items())) for condition in conditions]
    exactly(one, sweep(initial_jacobian, turned, cache=tmp_path / "1", workers=1)[list(one)])
    assert kept(tmp_path / "1") == before
    for name, damage in zip(before, (b'{"radius": 0.3', b"[1, 2]", b""), strict=True):  # no record can be read
        (tmp_path / "1" / name).write_bytes(damage)
    exactly(one, sweep(initial_jacobian, conditions, cache=tmp_path / "1", workers=1))


def test_where_nothing_can_be_written_one_warning_says_so(tmp_path, monkeypatch):
    def write_text(self, text, **options):
        self.write_bytes(text[:10].encode())
        raise OSError(28, "No space left on device", str(self))

    (tmp_path / "file").touch()
    monkeypatch.setattr(Path, "write_text", write_text)
    for cache in (tmp_path / "cache", tmp_path / "file" / "cache"):  # a full disk, and no folder
        with pytest.warns(RecordWarning, match="cannot be kept .* SIGAE_CACHE") as said:
            table = sweep(initial_jacobian, grid(**SMALL, seed=[0, 1]), cache=cache, workers=1)
        assert len(said) == 1
    monkeypatch.undo()
    exactly(table, sweep(initial_jacobian, grid(**SMALL, seed=[0, 1]), cache=tmp_path / "cache", workers=1))


def fails(*, a, how=None):
    if how == "exit":
        sys.exit("enough")
    if how == "raise":
        raise RuntimeError("two is too many")
    if how:
        os.kill(os.getpid(), how)
    return {"double": 2 * a, "process": os.getpid(), "third": (torch.ones(1) / 3).item()}


def test_a_condition_that_fails_or_kills_its_process_is_a_row_and_no_other_is_lost():
    how = {1: "exit", 2: signal.SIGKILL, 4: "raise", 9: signal.SIGSEGV}
    table = sweep(fails, [{"a": a, "how": how.get(a)} for a in range(10)], cache=None, workers=2)
    assert table["a"].tolist() == list(range(10))
    said = {1: "SystemExit: enough", 2: "process that computed", 4: "RuntimeError: two is", 9: "process that computed"}
    for a, error, double in zip(table["a"], table["error"], table["double"], strict=True):
        assert said[a] in error if a in said else error is None and double == 2 * a


def test_where_no_process_can_be_started_the_remedy_is_named(monkeypatch):
    def refuse(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.loky, "get_reusable_executor", refuse)
    with pytest.raises(OSError, match=r"No space left .* SIGAE_WORKERS=1"):
        sweep(initial_jacobian, grid(**SMALL, seed=0), cache=None, workers=2)


SCRIPT = """
from book.experiments.single_example import initial_jacobian
from book.sweep import grid, sweep
if __name__ == "__main__":
    sweep(initial_jacobian, grid(dim=60, width=3000, norm=1.0, seed=range(16)), cache="cache", workers=2)
"""


def test_a_sweep_killed_midway_leaves_no_process_and_goes_on_where_it_stopped(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(module.ROOT)}
    killed = subprocess.Popen([sys.executable, "script.py"], cwd=tmp_path, env=environment)
    while len(kept(tmp_path / "cache")) < 3:
        assert killed.poll() is None
        time.sleep(0.01)
    workers = psutil.Process(killed.pid).children(recursive=True)
    killed.kill()
    killed.wait()
    assert workers and not psutil.wait_procs(workers, timeout=60)[1]
    before = kept(tmp_path / "cache")
    conditions = grid(dim=60, width=3000, norm=1.0, seed=range(16))
    resumed = sweep(initial_jacobian, conditions, cache=tmp_path / "cache", workers=1)
    after = kept(tmp_path / "cache")
    assert 3 <= len(before) < len(after) == 16 and resumed["error"].isna().all()
    assert sum(before[name] != after[name] for name in before) <= 1  # the one that was being written


# What may change, and whether the experiment depends on it: setting.py, for one, is what it imports.
FILES = {
    "sigae/checks.py": 1,
    "book/experiments/setting.py": 1,
    "book/experiments/basins.py": 0,
    "requirements.lock": 1,
}


def test_a_record_is_used_again_only_until_what_made_it_changes(tmp_path, monkeypatch):
    for name in ("sigae", "book/experiments"):
        shutil.copytree(module.ROOT / name, tmp_path / name)
    for name in ("book/__init__.py", "requirements.lock"):
        shutil.copy(module.ROOT / name, tmp_path / name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "code_hash", module.code_hash.__wrapped__)

    def records():
        sweep(initial_jacobian, grid(**SMALL, seed=0), cache=tmp_path / "cache", workers=1)
        return len(kept(tmp_path / "cache"))

    assert [records(), records()] == [1, 1]
    known = 1
    for name, depends in FILES.items():
        (tmp_path / name).write_text((tmp_path / name).read_text() + "# another\n")
        known += depends
        assert records() == known, name
    monkeypatch.setattr(module, "version", {"torch": "1", "numpy": "2", "scipy": "3"}.get)
    assert records() == known + 1
    torch.set_default_dtype(torch.float64)
    assert records() == known + 2


def test_of_ones_own_functions_no_record_is_kept_and_that_is_said_once(tmp_path, monkeypatch):
    def own(factor):
        return lambda **condition: {"value": factor * condition["seed"]}

    monkeypatch.setattr(single_example, "initial_jacobian", own(5))
    for experiment, value in ((own(1), 3), (own(7), 21), (functools.partial(own(2)), 6), (initial_jacobian, None)):
        with pytest.warns(RecordWarning, match="no record of .* is kept or used") as said:
            table = sweep(experiment, grid(**SMALL, seed=3), cache=tmp_path, workers=1)
        assert len(said) == 1 and not kept(tmp_path)
        assert value is None or table["value"].tolist() == [value]


def test_no_more_processes_run_than_fit_in_memory_or_the_environment_says(monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Little", (), {"available": 4e9}))
    torch.set_default_dtype(torch.float64)
    table = sweep(fails, grid(a=list(range(6))), cache=None, workers=2, memory=3e9)
    assert table["process"].nunique() == 1 and os.getpid() not in set(table["process"])
    assert set(table["third"]) == {1 / 3}  # in the caller's default type
    monkeypatch.undo()
    monkeypatch.setenv("SIGAE_WORKERS", "1")
    assert set(sweep(fails, grid(a=[1, 2]), cache=None)["process"]) == {os.getpid()}
    monkeypatch.setenv("SIGAE_WORKERS", "many")
    with pytest.raises(ValueError, match="SIGAE_WORKERS is 'many': give a whole number of at least 1"):
        sweep(fails, grid(a=[1, 2]), cache=None)
