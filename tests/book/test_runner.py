"""A notebook is executed again when a module of the project that it imports, directly or not, has changed."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from book.build.runner import fingerprint, modules_used

pytestmark = pytest.mark.machinery

FILES = {
    "pack/__init__.py": "from pack.low import low as scaled\nfrom .deep import inner as renamed\n",
    "pack/low.py": "SCALE = 2\n",
    "pack/high.py": "import json\nfrom pack import low\n\n\ndef late():\n    from pack.deep import inner\n",
    "pack/deep/__init__.py": "from ..low import SCALE\n",
    "pack/deep/inner.py": "from . import other\n",
    "pack/deep/other.py": "",
    "apart/alone.py": "import pack.high as high\n",
    "requirements.lock": "x==1\n",
    "tables/a.csv": "1\n",
}
INSIDE = {"pack/__init__.py", "pack/low.py", "pack/deep/__init__.py", "pack/deep/inner.py", "pack/deep/other.py"}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("import numpy, tables", set()),
        ("import pack.low", INSIDE),
        ("from pack import high", INSIDE | {"pack/high.py"}),
        ("def f():\n    from apart import alone", INSIDE | {"pack/high.py", "apart/alone.py"}),
        ("from apart.alone import high", INSIDE | {"pack/high.py", "apart/alone.py"}),
    ],
)
def test_what_code_imports_is_found(root, code, known):
    assert set(modules_used(code, root)) == known


def test_the_fingerprint_follows_cells_parameters_modules_lock_and_files_that_are_named(root):
    def hashed(code='from pack import high\nfolder = "../tables"', **values):
        return fingerprint(new_notebook(cells=[new_code_cell(code, id="a")]), values, root)

    first = hashed(width=1)
    assert hashed(width=1) == first
    assert len({first, hashed(width=2), hashed("from pack import low", width=1)}) == 3
    (root / "apart" / "alone.py").write_text("changed = 1")
    assert hashed(width=1) == first
    for name in ("pack/deep/other.py", "requirements.lock", "tables/a.csv"):
        before = hashed(width=1)
        (root / name).write_text("changed = 1")
        assert hashed(width=1) != before, name
