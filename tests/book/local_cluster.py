"""A Dask cluster of real processes on this machine's loopback, on ports that the system chooses."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
# A condition that a worker dies of is given up at once, and nobody waits for anybody.
SETTINGS = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_LOGGING__DISTRIBUTED": "error",
}


class LocalCluster:
    """A scheduler started on entry and ended on exit, with its workers."""

    def __init__(self, folder):
        self.folder, self.processes = Path(folder), []

    def __enter__(self):
        file = self.folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", file)
        while not (file.exists() and file.read_text()):
            assert self.scheduler.poll() is None, (self.folder / "0.log").read_text()
            time.sleep(0.02)
        self.address = json.loads(file.read_text())["address"]
        return self

    def __exit__(self, *_):
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                for one in [*psutil.Process(process.pid).children(recursive=True), process]:
                    one.kill()
            process.wait()

    def start_worker(self, *options):
        """Start a worker, with a nanny that starts it again when it dies."""
        places = ["--local-directory", self.folder / "workers", "--scheduler-file", self.folder / "scheduler.json"]
        return self._start("worker", "--nthreads", "1", "--no-dashboard", *places, *options)

    def _start(self, what, *options):
        places = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "book")])
        command = [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", *map(str, options)]
        with open(self.folder / f"{len(self.processes)}.log", "w") as log:
            environment = os.environ | SETTINGS | {"PYTHONPATH": places}
            process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)
        self.processes.append(process)
        return process
