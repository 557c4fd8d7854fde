"""One notebook run by ``make rerun``, plain papermill and Jupyter: the same records, the same page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from book.build.outputs import claims
from book.build.toc import NOTEBOOKS, ROOT

pytestmark = pytest.mark.machinery

NAME = "02_linear_region"
PARAMETERS = {"width": "90", "dim": "5", "n_points": "[2, 4]", "seeds": "[0, 1]", "limit_samples": "4"}


@pytest.fixture(scope="module")
def execute(tmp_path_factory):
    records = tmp_path_factory.mktemp("records")

    def run(command, **options):
        environment = os.environ | {"SIGAE_CACHE": str(records), "SIGAE_WORKERS": "1"}  # small ones need no more
        said = subprocess.run(command, env=environment, capture_output=True, text=True, **options)
        return said.returncode, said.stdout + said.stderr, {path: path.stat().st_mtime_ns for path in records.iterdir()}

    return run


def by_rerun(values, output):
    parameters = " ".join(f"{name}={value.replace(' ', '')}" for name, value in values.items())
    command = [sys.executable, "-m", "book.build.rerun", "--notebook", NAME, "--parameters", parameters]
    return [*command, "--output", str(output)], ROOT


def by_papermill(values, output):
    given = "".join(f"{name}: {value}\n" for name, value in values.items())
    command = [sys.executable, "-m", "papermill", str(NOTEBOOKS / f"{NAME}.ipynb"), str(output), "-y", given]
    return [*command, "--cwd", str(NOTEBOOKS), "--no-progress-bar"], ROOT


def by_jupyter(values, output):
    """As a reader who opens the notebook, writes other values into its second cell and runs all cells."""
    notebook = nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", 4)
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    for name, value in values.items():
        cell.source = re.sub(rf"(?m)^({name}: .*?) = [^#]*", rf"\1 = {value}  ", cell.source)
    nbformat.write(notebook, output)
    return [str(Path(sys.executable).with_name("jupyter-execute")), "--inplace", str(output)], NOTEBOOKS


def test_every_way_reads_the_same_records_and_comes_to_the_same_page(execute, tmp_path):
    pages, records = [], []
    for way in (by_rerun, by_papermill, by_jupyter):
        command, folder = way(PARAMETERS, tmp_path / f"{way.__name__}.ipynb")
        code, said, kept = execute(command, cwd=folder)
        assert code == 0, said
        pages.append(claims(nbformat.read(tmp_path / f"{way.__name__}.ipynb", 4)))
        records.append(kept)
    assert pages[0] == pages[1] == pages[2] != []
    assert records[0] == records[1] == records[2] != {}
