"""One notebook run by ``make rerun``, plain papermill and Jupyter: the same checks, the same records, the same page."""

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
WRONG = {"dim": "3"}  # fewer dimensions than patterns


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    return tmp_path_factory.mktemp("records")


def execute(command, records, **options):
    environment = os.environ | {"SIGAE_CACHE": str(records), "SIGAE_WORKERS": "1"}  # small ones need no more
    said = subprocess.run(command, env=environment, capture_output=True, text=True, **options)
    return said.returncode, said.stdout + said.stderr


def by_papermill(values, output, records):
    given = "".join(f"{name}: {value}\n" for name, value in values.items())
    command = [sys.executable, "-m", "papermill", str(NOTEBOOKS / f"{NAME}.ipynb"), str(output), "-y", given]
    return execute([*command, "--cwd", str(NOTEBOOKS), "--no-progress-bar"], records)


def by_jupyter(values, output, records):
    """As a reader who opens the notebook, writes other values into its second cell and runs all cells."""
    notebook = nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", 4)
    (cell,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    for name, value in values.items():
        cell.source = re.sub(rf"(?m)^({name}: .*?) = [^#]*", rf"\1 = {value}  ", cell.source)
    nbformat.write(notebook, output)
    program = Path(sys.executable).with_name("jupyter-execute")
    return execute([str(program), "--inplace", str(output)], records, cwd=NOTEBOOKS)


OTHER_WAYS = [by_papermill, by_jupyter]


@pytest.fixture(scope="module")
def first(records, tmp_path_factory):
    output = tmp_path_factory.mktemp("first") / "page.ipynb"
    parameters = " ".join(f"{name}={value.replace(' ', '')}" for name, value in PARAMETERS.items())
    command = [sys.executable, "-m", "book.build.rerun", "--notebook", NAME, "--parameters", parameters]
    code, said = execute([*command, "--output", str(output)], records, cwd=ROOT)
    assert code == 0, said
    return output


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_every_way_reads_the_same_records_and_comes_to_the_same_page(way, first, records, tmp_path):
    def times():
        return {path: path.stat().st_mtime_ns for path in records.rglob("*") if path.is_file()}

    before = times()
    code, said = way(PARAMETERS, tmp_path / "page.ipynb", records)
    assert code == 0, said
    assert times() == before != {}
    pages = [nbformat.read(path, 4) for path in (first, tmp_path / "page.ipynb")]
    assert claims(pages[0]) == claims(pages[1]) != []


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_every_way_refuses_the_same_parameters_in_the_same_words(way, records, tmp_path):
    code, said = way(PARAMETERS | WRONG, tmp_path / "page.ipynb", records)
    assert code != 0
    assert "n_points has 4, but dim is 3: give n_points of at most 3, or a larger dim." in said
