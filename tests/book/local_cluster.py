"""A Dask cluster of real processes on this machine's loopback, on ports that the system chooses."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
# Nobody waits for anybody: what the tests look at is over in seconds.
QUICK = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "10s",
    "DASK_LOGGING__DISTRIBUTED": "error",
}


class LocalCluster:
    """A scheduler started on entry and ended on exit, with its workers, by their process ids."""

    def __init__(self, folder, **settings):
        self.folder, self.processes = Path(folder), []
        self._settings = {f"DASK_DISTRIBUTED__{name}": str(value) for name, value in settings.items()}
        self.folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        file = self.folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", file)
        try:
            while not (file.exists() and file.read_text()):
                assert self.scheduler.poll() is None, self.log(0)
                time.sleep(0.02)
            self.address = json.loads(file.read_text())["address"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            self.kill(process)

    def start_worker(self, *options, path=()):
        """Start a worker that finds modules in ``path`` first, with a nanny that starts it again when it dies."""
        places = ["--local-directory", self.folder / "workers", "--scheduler-file", self.folder / "scheduler.json"]
        return self._start("worker", "--nthreads", "1", "--no-dashboard", *places, *options, path=path)

    def kill(self, process):
        """End a process with its children, with SIGKILL, at once."""
        try:
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            family = []
        for one in family:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                pass
        process.wait()

    def log(self, number):
        return (self.folder / f"{number}.log").read_text()

    def _start(self, what, *options, path=()):
        places = [*map(str, path), str(ROOT), str(ROOT / "tests" / "book"), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | QUICK | self._settings | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
        command = [sys.executable, "-m", "dask", what, "--host", "127.0.0.1", *map(str, options)]
        with open(self.folder / f"{len(self.processes)}.log", "w") as log:
            process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process
