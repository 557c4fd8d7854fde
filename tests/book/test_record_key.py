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

from book import record_key
from book.experiments.single_example import single_example
from book.record_key import MadeBy, code_hash
from book.sweep import sweep

pytestmark = pytest.mark.machinery

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
from book.sweep import sweep
{head}

def measure(*, a):
    return {{"value": {value}}}

if __name__ == "__main__":
    {then}
    print(sweep({what}, [{{"a": 1}}], cache="cache", workers=1)["value"][0])
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a script with a sweep in it, as if by a fresh interpreter, and return what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def forget():
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(tmp_path):
                del sys.modules[name]
        importlib.invalidate_caches()

    def running(*, notebook=False, head="", value="a", then="pass", what="measure"):
        forget()
        text = SCRIPT.format(head=head, value=value, then=then, what=what)
        if notebook:
            exec(compile(text, "<cell>", "exec"), {"__name__": "__main__"})
        else:
            Path("script.py").write_text(text)
            runpy.run_path("script.py", run_name="__main__")
        return capsys.readouterr().out.strip()

    yield running
    forget()


def records():
    return len(list(Path("cache").glob("*.json")))


# What a function refers to, with a {k} that is 1 and then 7, as is the value.
CHANGES = {
    "global": {"head": "K = {k}", "value": "K"},
    "global set later": {"head": "K = 0", "value": "K", "then": "K = {k}"},
    "closure": {"head": "def make(k):\n    return lambda a: {{'value': k}}", "what": "make({k})"},
    "function": {"head": "def f(x):\n    return {k} * x", "value": "f(a)"},
    "function's attribute": {"value": "measure.k", "then": "measure.k = {k}"},
    "decorated": {"head": "import torch\n@torch.no_grad()\ndef f():\n    return {k}", "value": "f()"},
    "cached": {"head": "import functools\n@functools.cache\ndef f():\n    return {k}", "value": "f()"},
    "partial": {"head": "import functools", "what": "functools.partial(lambda k, a: {{'value': k}}, {k})"},
    "default": {"what": "lambda a, k={k}: {{'value': k}}"},
    "array": {"head": "import numpy as np\nT = np.arange(3) * {k}", "value": "int(T[1])"},
    "set": {"head": "K = {{'x', 'y', {k}}}", "value": "sum(k for k in K if k not in ('x', 'y'))"},
    "bfloat16": {"head": "import torch\nT = torch.tensor({k}.0).bfloat16()", "value": "int(T)"},
    "object": {"head": "from sigae.activations import ACTIVATIONS\nA = [ACTIVATIONS['tanh'], {k}]", "value": "A[1]"},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("notebook", [False, True], ids=["script", "notebook"])
def test_what_a_function_refers_to_is_part_of_the_key(run, change, notebook):
    one, seven = ({name: text.format(k=k) for name, text in CHANGES[change].items()} for k in (1, 7))
    for script, value, kept in ((one, "1", 1), (one, "1", 1), (seven, "7", 2), (seven, "7", 2)):
        assert run(**script, notebook=notebook) == value
        assert records() == kept  # unchanged: nothing was computed


def test_the_order_of_arguments_is_part_of_the_key(run):
    assert run(head="def f(*, p, q):\n    return p - q", value="f(p=8, q=a)") == "7"
    assert run(head="def f(*, q, p):\n    return q - p", value="f(p=8, q=a)") == "-7"  # the same bytecode


@pytest.mark.parametrize("change", ["constant", "set later"])
@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("import helpers", "helpers.value()"),
        ("from helpers import value", "value()"),
        ("def late():\n    from outer import SCALE\n    return SCALE", "late()"),
        ("def late():\n    from pack import inner\n    return inner.get()", "late()"),
        ("from pack import inner", "inner.get()"),
        ("import pack.relative", "pack.relative.get()"),
    ],
)
def test_a_change_in_a_helper_module_is_measured_anew(run, tmp_path, head, value, change):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("")
    (tmp_path / "pack" / "inner.py").write_text("import outer\n\ndef get():\n    return outer.SCALE\n")
    (tmp_path / "pack" / "relative.py").write_text("from .inner import get\n")
    (tmp_path / "helpers.py").write_text("import outer\n\ndef value():\n    return outer.SCALE\n")
    (tmp_path / "outer.py").write_text("SCALE = 1\n")
    assert run(head=head, value=value) == "1"
    then = "import outer; outer.SCALE = 1000" if change == "set later" else "pass"
    if change == "constant":
        (tmp_path / "outer.py").write_text("SCALE = 1000\n")
    assert [run(head=head, value=value, then=then) for _ in range(2)] == ["1000", "1000"]
    assert records() == 2


@pytest.mark.parametrize(
    ("head", "value"),
    [
        ("class C:\n    def __call__(self, x):\n        return {k} * x", "C()(a)"),
        ("import dataclasses\n@dataclasses.dataclass\nclass C:\n    k: int = {k}", "C().k"),
        ("class C:\n    k = 0\nC.k = {k}", "C.k"),
        ("class C:\n    k = {k}\nc = C()", "c.k"),
        ("import collections\nc = collections.namedtuple('C', 'k')({k})", "c.k"),
        (
            "import sigae, torch\nclass Mine(sigae.Autoencoder):\n    def forward(self, x):\n        return x + {k}",
            "float(Mine(2, width=3)(torch.zeros(1, 2))[0, 0])",
        ),
        ("import torch\nnet = torch.nn.Linear(1, 1)\ntorch.nn.init.constant_(net.bias, {k})", "net.bias.item()"),
        ("import torch\nT = torch.eye(2).to_sparse() * {k}", "float(T.to_dense()[0, 0])"),
        ("import io\nstream = io.StringIO('{k}')", "int(stream.getvalue())"),
        ("K = {k}", "eval('K')"),
    ],
    ids="class dataclass attribute instance namedtuple subclass network sparse stream eval".split(),
)
def test_where_the_state_cannot_be_known_no_record_is_used_and_that_is_said_once(run, head, value):
    for k in (1, 7):
        with pytest.warns(UserWarning, match="no record of measure is kept or used: it refers to ") as said:
            assert float(run(head=head.format(k=k), value=value)) == k
        assert len(said) == 1
    assert records() == 0


def test_the_digest_is_the_same_in_every_process_and_tells_experiments_apart(tmp_path):
    (tmp_path / "script.py").write_text(
        "import torch\nfrom book.record_key import MadeBy\nfrom book.experiments.single_example import single_example\n"
        "K = {'x', 'y', 3, None, (1, 2)}\nT = torch.ones(2).bfloat16()\n"
        "def mine(a):\n    return a in {'p', 'q', 'r'}, K, T\n"
        "print(MadeBy(single_example).digest, MadeBy(mine).digest)\n"
    )
    digests = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        command = [sys.executable, tmp_path / "script.py"]
        digests.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(digests) == 1
    one = MadeBy(single_example).digest
    assert digests.pop().split()[0] == one
    assert MadeBy(functools.partial(single_example, depth=3)).digest != one


@pytest.mark.parametrize(
    "file, changed",
    [
        ("sigae/checks.py", True),
        ("book/experiments/setting.py", True),
        ("requirements.lock", True),
        ("book/experiments/basins.py", False),
        ("book/statistics/intervals.py", False),
        ("book/sweep.py", False),
    ],
)
def test_the_projects_own_records_depend_on_the_files_that_make_them(tmp_path, monkeypatch, file, changed):
    code = "from book.experiments.single_example import single_example"
    before = MadeBy(single_example).digest, code_hash(code)
    (tmp_path / "file.py").write_bytes((ROOT / file).read_bytes() + b"# another\n")
    found = record_key._file
    name = file.removesuffix(".py").replace("/", ".")
    monkeypatch.setattr(
        record_key, "_file", lambda module: str(tmp_path / "file.py") if module == name else found(module)
    )
    monkeypatch.setattr(record_key, "LOCK", tmp_path / "file.py" if "lock" in file else record_key.LOCK)
    after = MadeBy(single_example).digest, code_hash(code)
    assert [one != other for one, other in zip(before, after, strict=True)] == [changed, changed]


def test_another_version_of_an_imported_package_makes_other_records(tmp_path, monkeypatch):
    before = MadeBy(single_example).digest
    version = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version(name) + ".1" * (name == "scipy"))
    assert MadeBy(single_example).digest != before


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
