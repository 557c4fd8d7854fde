"""Sweeps on a real Dask cluster, its scheduler and workers processes of this machine, and what goes wrong there."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from distributed import Client

from book import sweep as module
from book.experiments.single_example import initial_jacobian
from book.sweep import WorkersNote, grid, sweep
from tests.book.test_sweep import SMALL, exactly

pytestmark = [
    pytest.mark.machinery,
    pytest.mark.filterwarnings("ignore::book.sweep.WorkersNote"),
    pytest.mark.random_order(disabled=True),  # the last test ends the cluster of all
]

GIB = 2**30
SETTINGS = {  # a condition that a worker dies of is given up at once
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_LOGGING__DISTRIBUTED": "error",
    "PYTHONPATH": f"{module.ROOT}{os.pathsep}{Path(__file__).parent}",
}


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    """Start two workers, of which one may use more memory than the other; return the address, and how to end it."""
    folder = tmp_path_factory.mktemp("dask")
    file = str(folder / "scheduler.json")
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", file]

    def start(*words):
        command = [sys.executable, "-m", "dask", *words, *common]
        return subprocess.Popen(command, env=os.environ | SETTINGS, cwd=folder, stderr=subprocess.DEVNULL)

    workers = [start("worker", "--nthreads", "1", "--memory-limit", str(memory * GIB)) for memory in (4, 8)]
    scheduler = start("scheduler", "--port", "0")
    try:
        with Client(scheduler_file=file, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=300)
            address = client.scheduler.address
        yield address, scheduler.kill
    finally:
        for process in (*workers, scheduler):
            for one in [*psutil.Process(process.pid).children(recursive=True), process]:
                one.kill()
            process.wait()


def own(*, a, folder, deadly=(), deadly_once=(), gate=None):
    Path(folder, f"{a}").touch()
    once = Path(folder, f"died-{a}")
    if a in deadly or (a in deadly_once and not once.exists()):
        once.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    while gate is not None and a >= gate:
        time.sleep(0.01)
    return {"third": a / 3, "process": os.getpid()}


def test_a_cluster_comes_to_the_same_table_and_records_need_no_scheduler(dask, tmp_path, monkeypatch, capfd):
    address, _ = dask
    conditions = grid(**SMALL, seed=range(6))
    monkeypatch.setenv("SIGAE_SCHEDULER", address)
    with pytest.warns(WorkersNote, match="^6 conditions of initial_jacobian were computed by [12] workers .* and 0 "):
        far = sweep(initial_jacobian, conditions, cache=tmp_path)
    monkeypatch.delenv("SIGAE_SCHEDULER")
    exactly(far, sweep(initial_jacobian, conditions, cache=None, workers=1))
    with pytest.warns(WorkersNote, match="^0 conditions of initial_jacobian were computed by 0 workers .* and 6 "):
        exactly(far, sweep(initial_jacobian, conditions, cache=tmp_path, scheduler="tcp://127.0.0.1:9"))
    assert capfd.readouterr().err == ""


def test_no_worker_is_used_that_may_use_less_memory_than_needed(dask, tmp_path, monkeypatch):
    address, _ = dask
    options = {"folder": str(tmp_path)}
    table = sweep(own, grid(a=range(3), **options), cache=None, scheduler=address, memory=6 * GIB)
    assert table["process"].nunique() == 1
    monkeypatch.setattr(module, "WAIT", 0.2)
    with pytest.raises(RuntimeError, match=f"no worker of use: .* {address} --memory-limit 1000000000000"):
        sweep(own, grid(a=range(3), **options), cache=None, scheduler=address, memory=1e12)


def test_only_the_condition_that_kills_its_workers_fails(dask, tmp_path):
    address, _ = dask
    conditions = [{"a": a, "folder": str(tmp_path), "deadly": [2], "deadly_once": [4]} for a in range(6)]
    table = sweep(own, conditions, cache=None, scheduler=address)
    assert table["error"].notna().tolist() == [a == 2 for a in range(6)]
    assert "KilledWorker: the process that computed this condition died" in table["error"][2]
    assert table["third"].drop(2).tolist() == [a / 3 for a in (0, 1, 3, 4, 5)]


def test_workers_with_other_code_are_refused(dask, tmp_path, monkeypatch):
    address, _ = dask
    monkeypatch.setattr(module, "code_hash", lambda source: "another")
    with pytest.raises(RuntimeError, match="has other code or versions than the sweep: start both with the same"):
        sweep(own, grid(a=[0], folder=str(tmp_path)), cache=None, scheduler=address)
    assert not list(tmp_path.iterdir())  # nothing was computed


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "http://a:1"])
def test_where_no_scheduler_answers_one_sentence_says_so(address, capfd, monkeypatch):
    monkeypatch.setattr("distributed.Client", lambda *given, **options: Client(*given, **options | {"timeout": 0.5}))
    with pytest.raises(ConnectionError, match=f"{address} is no scheduler, .*: start it "):
        sweep(initial_jacobian, grid(**SMALL, seed=0), cache=None, scheduler=address)
    assert capfd.readouterr().err == ""


def test_a_scheduler_that_goes_away_is_one_sentence(dask, tmp_path):  # the last test of this cluster
    address, kill = dask

    def end():
        while not (tmp_path / "1").exists():
            time.sleep(0.02)
        kill()

    threading.Thread(target=end).start()
    with pytest.raises(ConnectionError, match=f"{address} is no scheduler, is gone.*: start it "):
        sweep(own, grid(a=range(4), folder=str(tmp_path), gate=1), cache=None, scheduler=address)
