"""What several test files need."""

import os
import shutil
import subprocess

import pytest

# What the tests say of local processes holds wherever they are run from.
os.environ.pop("SIGAE_SCHEDULER", None)


# Of the tests, the files that take long: they come first, so that at the end no processor waits for one of them, and
# are marked as slow, which `make quick` leaves out.
LONG = ("odd_parameters", "sweep_cluster", "sweep", "three_ways", "infinite_width_accuracy")


@pytest.hookimpl(tryfirst=True)  # an order drawn at random is drawn after
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.stem.removeprefix("test_") in LONG:
            item.add_marker("slow")
    items.sort(key=lambda item: (item.path.suffix == ".py", "slow" not in item.keywords))  # notebooks come before all


@pytest.fixture(autouse=True)
def as_many_workers_as_processors(monkeypatch):
    """Let the tests' own sweeps start the processes that they would anywhere; notebooks share this environment."""
    monkeypatch.delenv("SIGAE_WORKERS", raising=False)


@pytest.fixture
def small_disk(tmp_path):
    """Make a file system of a given size, a tmpfs; as root, or where sudo asks for no password."""
    mounted = []

    def make(size):
        folder = tmp_path / f"disk-{len(mounted)}"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size},uid={os.getuid()}", "tmpfs", str(folder)]
        for before in ([], ["sudo", "-n"]):
            command = [*before, *mount]
            if shutil.which(command[0]) and subprocess.run(command, capture_output=True).returncode == 0:
                mounted.append([*before, "umount", str(folder)])
                return folder
        # A real mount: where there is none, test_sweep.py still has a write that fails.
        pytest.skip("a file system that is small needs Linux and the right to mount one")

    yield make
    for command in mounted:
        subprocess.run(command, check=True)
