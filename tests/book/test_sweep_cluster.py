"""Sweeps on a real Dask cluster, its scheduler and workers processes of this machine, and what goes wrong there."""

import os
import re
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
import torch
from distributed import Client
from local_cluster import ROOT, LocalCluster

from book import workers
from book.sweep import WorkersNote, grid, sweep

pytestmark = [pytest.mark.machinery, pytest.mark.filterwarnings("ignore::book.sweep.WorkersNote")]

GIB = 2**30
LACKS = """
import sys
class Lacks:
    def find_spec(self, name, path=None, target=None):
        if name == "sigae":
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Lacks())
"""


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """Two workers, of which one may use more memory than the other."""
    with LocalCluster(tmp_path_factory.mktemp("dask")) as started:
        for memory in (4, 8):
            started.start_worker("--memory-limit", str(memory * GIB))
        with Client(started.address, set_as_default=False) as client:
            client.wait_for_workers(2)
        yield started


def noted(*, a, folder, gate=None, deadly=False):
    """Note the call and, from condition ``gate`` on, wait for a file."""
    Path(folder, f"{a}-{os.getpid()}-{time.monotonic_ns()}").touch()
    if deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    while gate is not None and a >= gate and not Path(folder, "go").exists():
        time.sleep(0.01)
    return {"third": a / 3, "process": os.getpid(), "threads": torch.get_num_threads()}


def calls(folder):
    return sorted(int(path.name.split("-")[0]) for path in Path(folder).glob("*-*"))


def background(*arguments, **options):
    """Run a sweep in a thread; its table, or what it raised, is in the list that is returned."""
    came = []

    def run():
        try:
            came.append(sweep(*arguments, **options))
        except Exception as error:
            came.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


def wait_for(true, came=(), seconds=300):
    """Wait until something is true, unless the sweep that is to bring it about has come to an end."""
    end = time.monotonic() + seconds
    while not true():
        assert not came, came
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_cluster_comes_to_the_same_table_and_records_need_no_scheduler(dask, tmp_path, monkeypatch, capfd):
    conditions = grid(a=list(range(20)), folder=str(tmp_path))
    monkeypatch.setenv("SIGAE_SCHEDULER", dask.address)
    with pytest.warns(WorkersNote, match="20 conditions of noted were computed by 2 workers of the cluster, and 0"):
        far = sweep(noted, conditions, cache=tmp_path / "far")
    monkeypatch.delenv("SIGAE_SCHEDULER")
    near = sweep(noted, conditions, cache=None, workers=1)
    assert far["process"].nunique() == 2 and not far["process"].eq(os.getpid()).any() and set(far["threads"]) == {1}
    far_table, near_table = (table.drop(columns="process") for table in (far, near))
    pd.testing.assert_frame_equal(far_table, near_table, check_exact=True)  # bitwise: the very same call
    before = calls(tmp_path)
    with pytest.warns(WorkersNote, match="0 conditions of noted were computed by 0 workers of the cluster, and 20"):
        again = sweep(noted, conditions, cache=tmp_path / "far", scheduler="tcp://127.0.0.1:9")
    pd.testing.assert_frame_equal(far, again, check_exact=True)  # bitwise: records
    assert calls(tmp_path) == before
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("options", [{"workers": 1}, {"memory": 6 * GIB}])
def test_no_other_workers_are_used_than_asked_for(dask, tmp_path, options):
    table = sweep(noted, grid(a=[1, 2, 3], folder=str(tmp_path)), cache=None, scheduler=dask.address, **options)
    assert table["process"].nunique() == 1


def test_a_worker_that_is_killed_costs_nothing_but_the_condition_it_was_at(dask, tmp_path):
    conditions = grid(a=list(range(12)), folder=str(tmp_path), gate=4)
    thread, came = background(noted, conditions, cache=tmp_path / "cache", scheduler=dask.address)
    wait_for(lambda: len(calls(tmp_path)) == 6, came)  # four are done, and two wait
    wait_for(lambda: len(list((tmp_path / "cache").glob("*.json"))) == 4, came)
    victim = next(int(path.name.split("-")[1]) for path in tmp_path.glob("4-*"))
    os.kill(victim, signal.SIGKILL)
    (tmp_path / "go").touch()
    thread.join()
    (table,) = came
    assert table["error"].isna().all() and table["a"].tolist() == list(range(12))
    assert victim not in table["process"][4:].tolist()
    assert calls(tmp_path) == sorted([*range(12), 4])


def test_a_condition_that_kills_its_workers_is_a_row_that_says_so(dask, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "DEATHS", 2)
    conditions = [{"a": a, "folder": str(tmp_path), "deadly": a == 2} for a in range(8)]
    table = sweep(noted, conditions, cache=tmp_path / "cache", scheduler=dask.address)
    assert table["error"].notna().tolist() == [a == 2 for a in range(8)]
    assert "2 workers that computed this condition died" in table["error"][2]
    assert calls(tmp_path) == sorted([*range(8), 2])
    assert len(list((tmp_path / "cache").glob("*.json"))) == 7


def test_a_scheduler_may_give_a_condition_up_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "DEATHS", 1)
    with LocalCluster(tmp_path / "strict", SCHEDULER__ALLOWED_FAILURES=0) as strict:
        strict.start_worker("--no-nanny")
        conditions = [{"a": a, "folder": str(tmp_path), "deadly": a == 2} for a in range(3)]
        table = sweep(noted, conditions, cache=None, scheduler=strict.address)
    assert table["error"].notna().tolist() == [False, False, True]


def test_workers_of_another_kind_are_refused_at_the_start_and_left_out_when_they_come_late(dask, tmp_path):
    (tmp_path / "lacks").mkdir()
    (tmp_path / "lacks" / "sitecustomize.py").write_text(LACKS)
    for package in ("sigae", "book"):
        ignored = shutil.ignore_patterns("__pycache__", "_static", "executed", "generated", "*.csv", "*.json")
        shutil.copytree(ROOT / package, tmp_path / "other" / package, ignore=ignored)
    shutil.copy(ROOT / "requirements.lock", tmp_path / "other")
    with open(tmp_path / "other" / "sigae" / "checks.py", "a") as file:
        file.write("# not what the client has\n")
    from book.experiments.setting import set_up  # so that the workers need modules of the project

    def needs(**condition):
        return noted(**condition) if set_up else {}

    thread, came = background(
        needs, grid(a=list(range(6)), folder=str(tmp_path), gate=0), cache=None, scheduler=dask.address
    )
    late = []
    try:
        wait_for(lambda: len(calls(tmp_path)) == 2, came)
        with pytest.warns(RuntimeWarning) as said:
            late += [dask.start_worker("--no-nanny", path=[tmp_path / name]) for name in ("lacks", "other")]
            wait_for(lambda: len(said) == 2, came)
        # Where they are there from the start, nothing begins.
        with pytest.raises(RuntimeError) as refused:
            sweep(needs, grid(a=[7], folder=str(tmp_path)), cache=None, scheduler=dask.address)
    finally:
        (tmp_path / "go").touch()
        thread.join()
        for process in late:
            dask.kill(process)
    assert came[0]["error"].isna().all()
    assert not set(came[0]["process"]) & {process.pid for process in late}
    assert 7 not in calls(tmp_path)
    texts = {str(warning.message) for warning in said}
    for fault in ("cannot load what the experiment needs .*'sigae'", "has another version of sigae.checks: "):
        assert sum(bool(re.search(fault, text)) for text in texts) == 1, texts
    assert str(refused.value) in {text.removeprefix("not used: ") for text in texts}
    assert "install there what is installed here" in str(refused.value)


def test_a_scheduler_without_workers_and_one_that_goes_away_are_one_sentence_each(dask, tmp_path, monkeypatch, capfd):
    conditions = grid(a=list(range(8)), folder=str(tmp_path), gate=3)
    with LocalCluster(tmp_path / "other") as other:
        with monkeypatch.context() as patched:
            patched.setattr(workers, "WAIT", 0.2)
            with pytest.raises(RuntimeError, match=f"{other.address} has had no worker .* start one with dask worker"):
                sweep(noted, conditions, cache=tmp_path / "cache", scheduler=other.address)
            with pytest.raises(
                RuntimeError, match="no worker of use that may use 1e.12 bytes, of 2, .* --memory-limit 1000000000000"
            ):
                sweep(noted, conditions, cache=tmp_path / "cache", scheduler=dask.address, memory=1e12)
        other.start_worker("--no-nanny")
        thread, came = background(noted, conditions, cache=tmp_path / "cache", scheduler=other.address)
        wait_for(lambda: len(list((tmp_path / "cache").glob("*.json"))) == 3, came)
        other.kill(other.scheduler)
        thread.join(timeout=60)
    (error,) = came
    assert isinstance(error, ConnectionError)
    assert f"the scheduler {other.address} went away in mid-sweep: start it and its workers again" in str(error)
    (tmp_path / "go").touch()
    before = calls(tmp_path)
    table = sweep(noted, conditions, cache=tmp_path / "cache", scheduler=dask.address)
    assert table["error"].isna().all()
    assert calls(tmp_path) == sorted([*before, *range(3, 8)])  # what had come back was kept
    assert capfd.readouterr().err == ""


def test_no_more_conditions_are_under_way_than_there_are_workers(dask, tmp_path):
    conditions = grid(a=list(range(200)), folder=str(tmp_path), gate=100)
    thread, came = background(noted, conditions, cache=None, scheduler=dask.address)
    wait_for(lambda: len(calls(tmp_path)) == 102, came)
    with Client(dask.address, set_as_default=False) as client:
        under_way = client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))
    (tmp_path / "go").touch()
    thread.join()
    assert 2 <= under_way <= 6  # one a worker, what each was asked at first, and one that each has just finished
    assert came[0]["third"].tolist() == [a / 3 for a in range(200)]


@pytest.mark.parametrize("address", ["tcp://localhost", "localhost:8786", "8786", "tcp://localhost:port", "http://a:1"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match=f"scheduler is '{address}': give the address that it prints"):
        sweep(noted, grid(a=[1]), cache=None, scheduler=address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://nowhere.invalid:8786"])
def test_a_scheduler_that_does_not_answer_is_one_sentence_soon(address, monkeypatch, capfd):
    monkeypatch.setattr(workers, "CONNECT", 1)
    with pytest.raises(ConnectionError, match=f"no scheduler answers at {address} within 1 seconds .* start one there"):
        sweep(noted, grid(a=[1]), cache=None, scheduler=address)
    assert capfd.readouterr().err == ""


def test_without_the_library_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ImportError, match="a sweep on a cluster needs the package distributed: install it with pip"):
        sweep(noted, grid(a=[1]), cache=None, scheduler="tcp://127.0.0.1:9")
