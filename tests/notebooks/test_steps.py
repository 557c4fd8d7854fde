"""What a page shows of one network by hand runs in any interpreter that has `sigae`, and prints what the page says."""

import json
import os
import subprocess
import sys

import jupytext
import nbformat
import pytest

from book.build.toc import NOTEBOOKS

SOURCES = sorted(NOTEBOOKS.glob("*.py"))
# The cells in sight, as if typed one after the other; `book` is no part of the package that a reader installs. Each
# page's run in a process of its own, which has torch from its parent.
PASTED = """
import contextlib, io, json, multiprocessing, sys, torch
sys.modules["book"] = None

def paste(code):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(code, {"__name__": "__main__"})
    return said.getvalue()

with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
    print(json.dumps(pool.map(paste, json.load(sys.stdin), chunksize=1)))
"""


def in_sight(notebook):
    return [cell for cell in notebook.cells if "show-input" in cell.metadata.get("tags", [])]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Paste every page's cells in sight, in an empty folder; return by page what they print."""
    pages = {path: "\n".join(cell.source for cell in in_sight(jupytext.read(path))) for path in SOURCES}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    options = {"cwd": tmp_path_factory.mktemp("empty"), "env": environment, "capture_output": True, "text": True}
    said = subprocess.run([sys.executable, "-c", PASTED], input=json.dumps([*pages.values()]), **options)
    assert said.returncode == 0, said.stderr
    return dict(zip(pages, json.loads(said.stdout), strict=True))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_cells_in_sight_run_on_their_own_and_print_what_is_recorded(source, printed):
    recorded = in_sight(nbformat.read(source.with_suffix(".ipynb"), as_version=4))
    outputs = [output for cell in recorded for output in cell.outputs]
    expected = "".join(output.get("text") or output.data["text/plain"] + "\n" for output in outputs)
    assert printed[source] == expected != ""
