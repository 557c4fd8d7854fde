"""What several test files need."""

import os

import pytest

# What the tests say of local processes holds wherever they are run from.
os.environ.pop("SIGAE_SCHEDULER", None)


# Of the tests, the files that take long: they come first, so that at the end no processor waits for one of them, and
# are marked as slow, which `make quick` and `make portable ARGS="--numbers"` leave out.
LONG = (
    "odd_parameters", "sweep_cluster", "sweep", "three_ways", "steps", "infinite_width_accuracy", "paper_scale",
    "memory",
)  # fmt: skip


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
