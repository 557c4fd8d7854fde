"""What a page shows of one network by hand runs in any interpreter that has `sigae`, and prints what the page says."""

import os
import subprocess
import sys

import jupytext
import nbformat
import pytest

from book.build.toc import NOTEBOOKS

# The cells in sight, as if typed one after the other; `book` is no part of the package that a reader installs.
PASTED = "import sys; sys.modules['book'] = None\n"
SOURCES = sorted(NOTEBOOKS.glob("*.py"))


def in_sight(notebook):
    return [cell for cell in notebook.cells if "show-input" in cell.metadata.get("tags", [])]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_cells_in_sight_run_on_their_own_and_print_what_is_recorded(source, tmp_path):
    cells = in_sight(jupytext.read(source))
    assert cells, "no cell is tagged show-input"
    recorded = in_sight(nbformat.read(source.with_suffix(".ipynb"), as_version=4))
    outputs = [output for cell in recorded for output in cell.outputs]
    expected = "".join(output.get("text") or output.data["text/plain"] + "\n" for output in outputs)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # Its own folder, and not the one that this project's sources are in, is where an interpreter looks first.
    (tmp_path / "pasted.py").write_text(PASTED + "\n".join(cell.source for cell in cells), encoding="utf-8")
    options = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "timeout": 120}
    said = subprocess.run([sys.executable, "pasted.py"], **options)
    assert said.returncode == 0, said.stderr
    assert said.stdout == expected != ""
