"""What goes wrong while a sweep runs, made to happen: processes that die, disks that are full, interruptions."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
import psutil
import pytest

from book.experiments.from_hours_to_a_second import flow_and_descent
from book.sweeps import grid, sweep

pytestmark = pytest.mark.machinery

ROOT = Path(__file__).resolve().parents[1]


def dies(*, a, of, log):
    Path(log, f"{a}-{time.monotonic_ns()}").touch()
    if of:
        os.kill(os.getpid(), of)
    return {"double": 2 * a}


def test_a_condition_that_kills_its_process_is_a_row_that_says_so(tmp_path):
    log, cache = tmp_path / "log", tmp_path / "cache"
    log.mkdir()
    deadly = {2: signal.SIGKILL, 11: signal.SIGSEGV}  # the system's lack of memory, and a crash
    conditions = [{"a": a, "of": int(deadly.get(a, 0)), "log": str(log)} for a in range(12)]
    table = sweep(dies, conditions, cache=cache, workers=2)
    assert table["a"].tolist() == list(range(12))
    good = table["error"].isna()
    assert table.loc[~good, "a"].tolist() == list(deadly)
    assert table.loc[good, "double"].tolist() == [2 * a for a in range(12) if a not in deadly]
    for a, how in deadly.items():
        assert f"process that computed this condition died of {how.name}({-how})" in table["error"][a]
    for call in log.iterdir():
        call.unlink()
    again = sweep(dies, conditions, cache=cache, workers=2)
    pd.testing.assert_frame_equal(table, again, check_exact=True)  # bitwise: records
    assert {int(call.name.split("-")[0]) for call in log.iterdir()} == set(deadly)


def test_a_training_that_diverges_is_a_row_that_says_so():
    conditions = grid(norm=5.0, seed=0, width=20, dim=4, n_points=[2, 3], learning_rate=1e300)
    table = sweep(flow_and_descent, conditions, cache=None, workers=1)
    assert table["error"].str.contains("The loss was no longer finite after .* steps: the step is too large").all()


def bulky(*, a):
    return {"numbers": [a / 7] * 400}


def check_a_sweep_on_a_full_disk(cache):
    """See the whole table, one warning, and nothing but whole records; return how many."""
    conditions = grid(a=list(range(60)))
    with pytest.warns(UserWarning) as said:
        table = sweep(bulky, conditions, cache=cache, workers=2)
    (warning,) = said
    assert "No space left on device" in str(warning.message)
    assert "SIGAE_CACHE" in str(warning.message)
    whole = sweep(bulky, conditions, cache=None, workers=1)
    pd.testing.assert_frame_equal(table, whole, check_exact=True)  # bitwise: the very same call
    kept = list(cache.iterdir())
    assert all(path.suffix == ".json" and len(json.loads(path.read_text())["numbers"]) == 400 for path in kept)
    return len(kept)


def test_a_full_disk_costs_a_warning_and_nothing_else(small_disk):
    assert 1 <= check_a_sweep_on_a_full_disk(small_disk("128k")) < 60


def test_a_failing_write_costs_a_warning_and_nothing_else(tmp_path):
    # The workers are other processes: what they import first makes their writes fail, after some bytes.
    (tmp_path / "sitecustomize.py").write_text(
        "import errno, pathlib\n"
        "written = pathlib.Path.write_text\n"
        "def write_text(self, text, **options):\n"
        "    if self.suffix == '.draft':\n"
        "        written(self, text[:10], **options)\n"
        "        raise OSError(errno.ENOSPC, 'No space left on device', str(self))\n"
        "    return written(self, text, **options)\n"
        "pathlib.Path.write_text = write_text\n"
    )
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom tests.test_sweep_faults import check_a_sweep_on_a_full_disk\n"
        "if __name__ == '__main__':\n    print(check_a_sweep_on_a_full_disk(Path('cache')))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    said = subprocess.run([sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert said.stdout == "0\n"  # not one record could be kept


def test_a_folder_that_cannot_be_made_costs_a_warning(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.warns(UserWarning, match="cannot be kept"):
        table = sweep(bulky, grid(a=[7]), cache=tmp_path / "file" / "cache", workers=1)
    assert table["numbers"][0][0] == 1


def test_what_a_killed_process_left_half_written_goes(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    dead, alive = tmp_path / f"key.{process.pid}.draft", tmp_path / f"key.{os.getpid()}.draft"
    dead.touch()
    alive.touch()
    sweep(bulky, grid(a=[1]), cache=tmp_path, workers=1)
    assert not dead.exists()
    assert alive.exists()


INTERRUPTED = """
import signal, time
from pathlib import Path
from book.sweeps import sweep

def wait(*, a):
    Path(str(a)).touch()
    time.sleep(600)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may have inherited that it is ignored
    sweep(wait, [{"a": 1}, {"a": 2}], cache=None, workers=2)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_or_killed_sweep_leaves_no_worker_behind(tmp_path, how):
    (tmp_path / "script.py").write_text(INTERRUPTED)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "script.py"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as run:
        while not ((tmp_path / "1").exists() and (tmp_path / "2").exists()):
            assert run.poll() is None
            time.sleep(0.05)
        workers = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(how)
        assert run.wait(timeout=60) != 0
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive


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
