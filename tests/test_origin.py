"""A record is used again only if nothing that made it has changed."""

import functools
import importlib
import importlib.metadata
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from book.experiments.basin_of_attraction import basin
from book.experiments.linear_region_and_beyond import limit_spectrum
from book.experiments.pictures import recalled_pictures
from book.experiments.single_example import single_example
from book.sweeps import sweep
from book.sweeps.origin import UnknownOriginError, origin

pytestmark = pytest.mark.machinery

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
from book.sweeps import sweep
{head}

def measure(*, a):
    return {{"value": {value}}}

if __name__ == "__main__":
    {before}
    print(sweep({what}, [{{"a": 1}}], cache="cache", workers=1)["value"][0])
"""
MAKE = "def make(k):\n    def inner(*, a):\n        return {'value': k}\n    return inner"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a script with a sweep in it, as if by a fresh interpreter, and return what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def forget():
        for name in [name for name, module in sys.modules.items() if _inside(module, tmp_path)]:
            del sys.modules[name]
        importlib.invalidate_caches()

    def running(*, stdin=False, head="", value="a", before="pass", what="measure"):
        forget()
        text = SCRIPT.format(head=head, value=value, before=before, what=what)
        if stdin:
            exec(compile(text, "<stdin>", "exec"), {"__name__": "__main__"})
        else:
            Path("script.py").write_text(text)
            runpy.run_path("script.py", run_name="__main__")
        return capsys.readouterr().out.strip()

    yield running
    forget()


def _inside(module, folder):
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).is_relative_to(folder)


def records(folder):
    return len(list((folder / "cache").glob("*.json")))


@pytest.mark.parametrize(
    ("first", "second", "results"),
    [
        ({"head": "SCALE = 1", "value": "SCALE"}, {"head": "SCALE = 1000", "value": "SCALE"}, ("1", "1000")),
        (
            {"head": "SCALE = 1", "value": "SCALE", "before": "SCALE = 2"},
            {"head": "SCALE = 1", "value": "SCALE", "before": "SCALE = 3"},
            ("2", "3"),
        ),
        ({"head": MAKE, "what": "make(1)"}, {"head": MAKE, "what": "make(2)"}, ("1", "2")),
        (
            {"head": "def f(x):\n    return x", "value": "f(a)"},
            {"head": "def f(x):\n    return -x", "value": "f(a)"},
            ("1", "-1"),
        ),
        (
            {"head": "import functools", "what": "functools.partial(lambda k, a: {'value': k}, 1)"},
            {"head": "import functools", "what": "functools.partial(lambda k, a: {'value': k}, 2)"},
            ("1", "2"),
        ),
        ({"what": "lambda a, k=5: {'value': k}"}, {"what": "lambda a, k=6: {'value': k}"}, ("5", "6")),
        (
            {"head": "import numpy as np\nT = np.arange(3)", "value": "int(T[1])"},
            {"head": "import numpy as np\nT = np.arange(3) * 7", "value": "int(T[1])"},
            ("1", "7"),
        ),
    ],
    ids=["global", "global set by the script", "closure", "function", "partial", "default", "array"],
)
@pytest.mark.parametrize("stdin", [False, True], ids=["file", "stdin"])
def test_a_change_in_what_the_function_refers_to_is_measured_anew(run, tmp_path, first, second, results, stdin):
    assert run(stdin=stdin, **first) == results[0]
    assert records(tmp_path) == 1
    assert run(stdin=stdin, **first) == results[0]
    assert records(tmp_path) == 1  # unchanged: nothing was computed
    assert run(stdin=stdin, **second) == results[1]
    assert records(tmp_path) == 2


@pytest.mark.parametrize("stdin", [False, True], ids=["file", "stdin"])
@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("import helpers", "helpers.value()"),
        ("from helpers import value", "value()"),
        ("def late():\n    from outer import SCALE\n    return SCALE", "late()"),
        ("def late():\n    from pack import inner\n    return inner.SCALE", "late()"),
        ("from pack import inner", "inner.SCALE"),
        ("import pack.relative", "pack.relative.SCALE"),
    ],
)
def test_a_constant_changed_in_a_helper_module_is_measured_anew(run, tmp_path, head, value, stdin):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "inner.py").write_text("from outer import SCALE\n")
    (tmp_path / "pack" / "relative.py").write_text("from .inner import SCALE\n")
    (tmp_path / "helpers.py").write_text("from outer import SCALE\n\ndef value():\n    return SCALE\n")
    (tmp_path / "outer.py").write_text("SCALE = 1\n")
    assert run(head=head, value=value, stdin=stdin) == "1"
    (tmp_path / "outer.py").write_text("SCALE = 1000\n")
    assert run(head=head, value=value, stdin=stdin) == "1000"
    assert run(head=head, value=value, stdin=stdin) == "1000"
    assert records(tmp_path) == 2


def test_what_cannot_be_told_apart_is_not_reused_and_that_is_said_once(tmp_path):
    with (tmp_path / "file").open("w") as stream:

        def measure(*, a):
            return {"value": stream.tell()}

        with pytest.raises(UnknownOriginError):
            origin(measure)
        with pytest.warns(UserWarning, match="no record of measure is kept or used: .* TextIOWrapper") as said:
            sweep(measure, [{"a": 1}, {"a": 2}], cache=tmp_path / "cache", workers=1)
        assert len(said) == 1
    assert not (tmp_path / "cache").exists()


def test_the_digest_tells_experiments_and_their_options_apart():
    one = origin(single_example)
    assert origin(single_example) == one
    assert origin(limit_spectrum) != one
    assert origin(functools.partial(single_example, depth=3)) != one


def test_the_digest_is_the_same_in_every_process():
    command = "from book.experiments.basin_of_attraction import basin\n"
    command += "from book.sweeps.origin import origin\nprint(origin(basin))"
    digests = {
        subprocess.run(
            [sys.executable, "-c", command],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {origin(basin) + "\n"}


@pytest.mark.parametrize(
    ("package", "changed"),
    [
        ("scipy", [True, True]),
        ("scikit-learn", [False, True]),
        ("threadpoolctl", [False, True]),  # which scikit-learn requires
        ("plotly", [False, False]),
    ],
)
def test_another_version_of_an_installed_package_makes_other_records(tmp_path, monkeypatch, package, changed):
    installed = importlib.import_module("book.sweeps.origin")._installed
    experiments = [single_example, recalled_pictures]
    before = [origin(experiment) for experiment in experiments]
    metadata = importlib.metadata.distribution(package).read_text("METADATA")
    version = importlib.metadata.version(package)
    folder = tmp_path / f"{package.replace('-', '_')}-{version}.1.dist-info"
    folder.mkdir()
    folder.joinpath("METADATA").write_text(metadata.replace(f"Version: {version}\n", f"Version: {version}.1\n"))
    monkeypatch.syspath_prepend(str(tmp_path))
    installed.cache_clear()
    try:
        assert [origin(experiment) != key for experiment, key in zip(experiments, before, strict=True)] == changed
    finally:
        installed.cache_clear()


@pytest.mark.parametrize("workers", [1, 2])
def test_the_default_type_is_part_of_the_key_and_the_same_in_every_worker(tmp_path, workers):
    def measure(*, a):
        return {"value": (torch.tensor(0.1) + a).item()}

    found = []
    for dtype in (torch.float32, torch.float64):
        torch.set_default_dtype(dtype)
        try:
            found.append(sweep(measure, [{"a": 1}, {"a": 2}], cache=tmp_path, workers=workers)["value"][0])
        finally:
            torch.set_default_dtype(torch.float32)
    assert found[1] == 1.1 and 0 < abs(found[0] - 1.1) < 1e-7
