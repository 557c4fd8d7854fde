"""Sweeps on a real Dask cluster, its scheduler and workers processes of this machine, and what goes wrong there."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pandas as pd
import psutil
import pytest
import torch
from distributed import Client
from local_cluster import ROOT, LocalCluster

from book.build.outputs import claims, files
from book.sweeps import cluster, grid, roster, sweep

pytestmark = pytest.mark.machinery

GIB = 2**30
LACKS = "class Lacks:\n    def find_spec(self, name, path=None, target=None):\n        if name == 'sigae':\n"
LACKS += "            raise ModuleNotFoundError(f'No module named {name!r}')\n"
LACKS = f"import sys\n{LACKS}sys.meta_path.insert(0, Lacks())\n"


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """Two workers, of which one may use more memory than the other."""
    with LocalCluster(tmp_path_factory.mktemp("dask")) as started:
        started.small = started.start_worker("--memory-limit", str(4 * GIB))
        started.large = started.start_worker("--memory-limit", str(8 * GIB))
        with Client(started.address, set_as_default=False) as client:
            client.wait_for_workers(2)
        yield started


def wait_for(true, came=(), seconds=300):
    """Wait until something is true, unless the sweep that is to bring it about has come to an end."""
    end = time.monotonic() + seconds
    while not true():
        assert not came, came
        assert time.monotonic() < end
        time.sleep(0.02)


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


def test_a_cluster_comes_to_the_same_table_with_both_workers(dask, tmp_path, monkeypatch, capfd):
    conditions = grid(a=list(range(20)), folder=str(tmp_path))
    monkeypatch.setenv("SIGAE_SCHEDULER", dask.address)
    far = sweep(noted, conditions, cache=tmp_path / "far")
    monkeypatch.delenv("SIGAE_SCHEDULER")
    near = sweep(noted, conditions, cache=tmp_path / "near", workers=1)
    assert far["process"].nunique() == 2
    assert not far["process"].eq(os.getpid()).any()
    assert set(far["threads"]) == {1}
    far_table, near_table = (table.drop(columns="process") for table in (far, near))
    pd.testing.assert_frame_equal(far_table, near_table, check_exact=True)  # bitwise: the very same call
    assert len(list((tmp_path / "far").glob("*.json"))) == 20
    before = calls(tmp_path)
    again = sweep(noted, conditions, cache=tmp_path / "far", scheduler="tcp://127.0.0.1:9")  # which nobody need ask
    pd.testing.assert_frame_equal(far, again, check_exact=True)  # bitwise: records
    assert calls(tmp_path) == before
    assert capfd.readouterr().err == ""


def test_a_worker_that_is_killed_costs_nothing_but_the_condition_it_was_at(dask, tmp_path):
    conditions = grid(a=list(range(12)), folder=str(tmp_path), gate=4)
    thread, came = background(noted, conditions, cache=tmp_path / "cache", scheduler=dask.address)
    wait_for(lambda: len(calls(tmp_path)) == 6, came)  # four are done, and two wait
    wait_for(lambda: len(list((tmp_path / "cache").glob("*.json"))) == 4, came)
    victim, at = next((int(path.name.split("-")[1]), path.name.split("-")[0]) for path in tmp_path.glob("4-*"))
    os.kill(victim, signal.SIGKILL)
    (tmp_path / "go").touch()
    thread.join()
    (table,) = came
    assert table["error"].isna().all()
    assert table["a"].tolist() == list(range(12))
    assert victim not in table["process"][4:].tolist()
    assert calls(tmp_path) == sorted([*range(12), int(at)])


def test_a_condition_that_kills_its_workers_is_a_row_that_says_so(dask, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "DEATHS", 2)
    conditions = [{"a": a, "folder": str(tmp_path), "deadly": a == 2} for a in range(8)]
    table = sweep(noted, conditions, cache=tmp_path / "cache", scheduler=dask.address)
    assert table["error"].notna().tolist() == [a == 2 for a in range(8)]
    assert table["error"][2].startswith("KilledWorker: 2 workers that computed this condition died, one after another,")
    assert calls(tmp_path) == sorted([*range(8), 2])
    assert len(list((tmp_path / "cache").glob("*.json"))) == 7


def test_a_scheduler_may_give_a_condition_up_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "DEATHS", 1)
    with LocalCluster(tmp_path / "strict", SCHEDULER__ALLOWED_FAILURES=0) as strict:
        strict.start_worker("--no-nanny")
        conditions = [{"a": a, "folder": str(tmp_path), "deadly": a == 2} for a in range(3)]
        table = sweep(noted, conditions, cache=None, scheduler=strict.address)
    assert table["error"].notna().tolist() == [False, False, True]
    assert table["error"][2].startswith("KilledWorker: 1 workers that computed this condition died")


def test_workers_that_may_not_use_enough_memory_are_left_out(dask, tmp_path):
    table = sweep(noted, grid(a=[1, 2, 3], folder=str(tmp_path)), cache=None, scheduler=dask.address, memory=6 * GIB)
    family = [child.pid for child in psutil.Process(dask.large.pid).children(recursive=True)]
    assert table["process"].nunique() == 1
    assert table["process"][0] in family


def test_no_more_workers_are_used_than_asked_for(dask, tmp_path):
    conditions = grid(a=list(range(6)), folder=str(tmp_path))
    table = sweep(noted, conditions, cache=None, scheduler=dask.address, workers=1)
    assert table["process"].nunique() == 1


def test_memory_that_no_worker_may_use_is_refused(dask, tmp_path, monkeypatch):
    monkeypatch.setattr(roster, "WAIT", 0.2)
    with pytest.raises(RuntimeError, match="memory is 1e.12, but no worker of .* start fewer workers with more memory"):
        sweep(noted, grid(a=[1], folder=str(tmp_path)), cache=None, scheduler=dask.address, memory=1e12)
    assert calls(tmp_path) == []


def test_workers_of_another_kind_are_named_before_anything_is_computed_and_left_out_when_they_come_late(dask, tmp_path):
    (tmp_path / "lacks").mkdir()
    (tmp_path / "lacks" / "sitecustomize.py").write_text(LACKS)
    for package in ("sigae", "book"):
        ignored = shutil.ignore_patterns("__pycache__", "_static", "executed", "generated", "*.csv", "*.json")
        shutil.copytree(ROOT / package, tmp_path / "other" / package, ignore=ignored)
    with open(tmp_path / "other" / "book" / "sweeps" / "conditions.py", "a") as file:
        file.write("# not what the client has\n")
    # They join a sweep that has begun: with a warning each, and without them.
    conditions = grid(a=list(range(6)), folder=str(tmp_path), gate=0)
    late = []
    with pytest.warns(RuntimeWarning) as said:
        thread, came = background(noted, conditions, cache=None, scheduler=dask.address)
        try:
            wait_for(lambda: len(calls(tmp_path)) == 2, came)
            late += [dask.start_worker("--no-nanny", path=[tmp_path / name]) for name in ("lacks", "other")]
            wait_for(lambda: len(said) == 2, came)
            (tmp_path / "go").touch()
            thread.join()
            (table,) = came
            assert table["error"].isna().all()
            assert not set(table["process"]) & {process.pid for process in late}
            # Where they are there from the start, nothing begins.
            with pytest.raises(RuntimeError) as refused:
                sweep(noted, grid(a=[7], folder=str(tmp_path)), cache=None, scheduler=dask.address)
        finally:
            (tmp_path / "go").touch()
            thread.join()
            for process in late:
                dask.kill(process)
    assert 7 not in calls(tmp_path)
    remedy = "install there what is installed here (the same version and requirements.lock), and start it again."
    for told in (str(refused.value), " ".join(str(warning.message) for warning in said)):
        assert "cannot import sigae (No module named 'sigae'): " + remedy in told
        assert "has another version of book.sweeps.conditions: " + remedy in told
        assert told.count("worker tcp://127.0.0.1:") == 2


SCRIPT = """
import os, sys, time
from pathlib import Path
from book.sweeps import grid, sweep

FACTOR = 3

def measure(*, a, folder):
    Path(folder, f"{a}-{os.getpid()}-{time.monotonic_ns()}").touch()
    while a >= 5 and not Path(folder, "go").exists():
        time.sleep(0.01)
    return {"third": a / FACTOR}

if __name__ == "__main__":
    folder, scheduler = sys.argv[1:]
    table = sweep(measure, grid(a=list(range(12)), folder=folder), cache=folder + "/cache", scheduler=scheduler)
    print(*table["third"])
"""


def test_a_client_that_is_killed_goes_on_where_it_stopped(dask, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(tmp_path), dask.address]
    options = {"env": os.environ | {"PYTHONPATH": str(ROOT)}, "cwd": tmp_path, "text": True}
    with subprocess.Popen(command, **options) as killed:
        try:
            wait_for(lambda: len(list((tmp_path / "cache").glob("*.json"))) == 5)
            wait_for(lambda: len(calls(tmp_path)) == 7)
        finally:
            killed.kill()
    (tmp_path / "go").touch()
    said = subprocess.run(command, **options, capture_output=True, check=True)
    assert said.stdout.split() == [str(a / 3) for a in range(12)]
    # The two that were under way when it was killed came back to nobody.
    assert calls(tmp_path) == sorted([*range(12), 5, 6])


def test_a_scheduler_without_workers_and_one_that_goes_away_are_told_and_what_was_recorded_is_kept(
    dask, tmp_path, monkeypatch, capfd
):
    conditions = grid(a=list(range(8)), folder=str(tmp_path), gate=3)
    with LocalCluster(tmp_path / "other") as other:
        with monkeypatch.context() as patched:
            patched.setattr(roster, "WAIT", 0.2)
            with pytest.raises(
                RuntimeError, match=f"{other.address} has had no worker for .* start one with dask worker"
            ):
                sweep(noted, conditions, cache=tmp_path / "cache", scheduler=other.address)
        other.start_worker("--no-nanny")
        thread, came = background(noted, conditions, cache=tmp_path / "cache", scheduler=other.address)
        wait_for(lambda: len(list((tmp_path / "cache").glob("*.json"))) == 3, came)
        started = time.monotonic()
        other.kill(other.scheduler)
        thread.join()
    (error,) = came
    assert isinstance(error, ConnectionError)
    assert f"the scheduler {other.address} went away in mid-sweep: start it and its workers again" in str(error)
    assert time.monotonic() - started < 60
    (tmp_path / "go").touch()
    before = calls(tmp_path)
    table = sweep(noted, conditions, cache=tmp_path / "cache", scheduler=dask.address)
    assert table["error"].isna().all()
    assert calls(tmp_path) == sorted([*before, *range(3, 8)])
    assert capfd.readouterr().err == ""


def small(*, a):
    return {"numbers": [a / 7] * 50}


def test_many_conditions_take_bounded_memory_and_few_are_under_way(dask):
    under_way, memory, stop = [], [], threading.Event()

    def watch():
        with Client(dask.address, set_as_default=False) as client:
            while not stop.wait(0.1):
                under_way.append(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))
                memory.append(psutil.Process().memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        table = sweep(small, grid(a=list(range(400))), cache=None, scheduler=dask.address)
    finally:
        stop.set()
        watcher.join()
    assert table["numbers"].map(len).eq(50).all()
    assert 1 <= max(under_way) <= 4  # one a worker, and one that each has just finished
    assert memory[-1] - memory[0] < 50e6


@pytest.mark.parametrize("address", ["tcp://localhost", "localhost:8786", "8786", "tcp://localhost:port", "http://a:1"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match=f"scheduler is '{address}': give the address that it prints"):
        sweep(small, grid(a=[1]), cache=None, scheduler=address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://nowhere.invalid:8786"])
def test_a_scheduler_that_does_not_answer_is_told_soon(address, monkeypatch, capfd):
    monkeypatch.setattr(cluster, "CONNECT", 1)
    with pytest.raises(ConnectionError, match=f"no scheduler answers at {address} within 1 seconds .* start one there"):
        sweep(small, grid(a=[1]), cache=None, scheduler=address)
    assert capfd.readouterr().err == ""


def test_without_the_library_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "book.sweeps.cluster", raising=False)
    with pytest.raises(ImportError, match="a sweep on a cluster needs the package distributed: install it with pip"):
        sweep(small, grid(a=[1]), cache=None, scheduler="tcp://127.0.0.1:9")


def test_a_notebook_comes_to_the_same_page_on_a_cluster(dask, tmp_path, monkeypatch):
    from test_three_ways import PARAMETERS, by_rerun

    pages = {}
    for where, scheduler in (("near", ""), ("far", dask.address)):
        monkeypatch.setenv("SIGAE_SCHEDULER", scheduler)
        code, said = by_rerun(PARAMETERS, tmp_path / where / "page.ipynb", tmp_path / f"{where}-records")
        assert code == 0, said
        pages[where] = nbformat.read(tmp_path / where / "page.ipynb", 4)
    assert claims(pages["near"]) == claims(pages["far"]) != []
    found = [{n: text for n, text in files(pages[where]).items() if n.endswith(".csv")} for where in pages]
    assert found[0] == found[1] != {}
    assert {path.name for path in (tmp_path / "near-records").iterdir()} == {
        path.name for path in (tmp_path / "far-records").iterdir()
    }
    with Client(dask.address, set_as_default=False) as client:
        loaded = client.run(eval, "'book.experiments.linear_region_and_beyond' in __import__('sys').modules")
    assert any(loaded.values())  # it was computed there
