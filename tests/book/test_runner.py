"""A notebook is executed again when a module of the project that it imports, directly or not, has changed."""

import os
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from book.build.runner import fingerprint
from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def hashed(code, root, **values):
    return fingerprint(new_notebook(cells=[new_code_cell(code, id="a")]), values, root)


def test_the_fingerprint_follows_cells_parameters_and_files_that_are_named(tmp_path):
    for folder in ("notebooks", "tables"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tables" / "a.csv").write_text("1\n")
    code = 'folder = "../tables"'
    first = hashed(code, tmp_path, width=1)
    assert hashed(code, tmp_path, width=1) == first
    (tmp_path / "tables" / "a.csv").write_text("2\n")
    changed = hashed(code, tmp_path, width=1)
    others = {hashed(code, tmp_path, width=2), hashed(f"{code}\nfolder", tmp_path, width=1)}
    assert len({first, changed} | others) == 4


def test_the_fingerprint_follows_the_modules_of_the_project_that_are_imported(tmp_path):
    for name in ("sigae", "book/build", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
    for path in (*ROOT.glob("sigae/**/*.py"), *ROOT.glob("book/**/*.py"), ROOT / "requirements.lock"):
        place = tmp_path / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
    program = """if True:
        from nbformat.v4 import new_code_cell, new_notebook
        from book.build.runner import fingerprint
        print(fingerprint(new_notebook(cells=[new_code_cell("from book import figures", id="a")]), {}))"""

    def read():
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        command = [sys.executable, "-c", program]
        said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return said.stdout

    def change(name):
        (tmp_path / name).write_text((tmp_path / name).read_text() + "\n# changed\n")
        return read()

    first = read()
    assert change("book/bench/benchmark.py") == first
    assert change("sigae/checks.py") != first
