"""A rerun's copy, its files and its page; and that whatever stops it is one sentence which leaves what was there."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial

import nbformat
import psutil
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook, new_output

from book.build import rerun, runner
from book.build.presets import read_file
from book.statistics.verdicts import CLAIM_MIME

pytestmark = pytest.mark.machinery

SOURCE = """\
# %% [markdown]
# # Example
#
# See {doc}`../method` and {eq}`eq-critical-load`. It is known {cite}`jacot2018neural`.

# %% tags=["parameters"]
width: int = 10  # hidden units
norms: list[float] = [1.0, 2.0]  # input norms

# %%
print("ran with", width, norms)
"""
SHOWING = """
# %% mystnb={"figure": {"name": "fig-line", "caption": "A line."}}
import pandas as pd
from matplotlib.figure import Figure

from book import publish
from book.statistics import verdicts
from book.statistics.evidence import evidence

drawing = Figure()
drawing.subplots().plot([1, width])
publish.figure(drawing)

# %%
publish.table(pd.DataFrame({"width": [width]}), "widths")

# %%
found = pd.Series([width / 20] * 2, index=pd.Index([0, 1], name="seed"))
publish.verdict(verdicts.judge("C3", [evidence("radius", "d = 4", found)]))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "01_example.py").write_text(SOURCE)
    for module in (rerun, runner):
        monkeypatch.setattr(module, "NOTEBOOKS", notebooks)
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(runner.read_source, "__defaults__", (notebooks,))
    return tmp_path


def invoke(*flags, notebook="01", **options):
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return CliRunner().invoke(rerun.main, ["--notebook", notebook, *arguments, *flags])


def test_a_rerun_takes_files_and_a_page_along_and_leaves_the_committed_notebook_as_it_is(folder, monkeypatch):
    foreign = folder / "foreign" / "kernels" / "python3"  # another environment's kernel of the same name
    foreign.mkdir(parents=True)
    (foreign / "kernel.json").write_text('{"argv": ["false"], "display_name": "Python 3", "language": "python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(folder / "foreign"))
    notebook = folder / "notebooks" / "01_example.py"
    notebook.write_text(SOURCE + SHOWING, encoding="utf-8-sig")  # as some editors write it
    claim = new_output("display_data", {CLAIM_MIME: {"id": "C3", "part": "", "verdict": "reproduced"}})
    nbformat.write(new_notebook(cells=[new_code_cell(outputs=[claim])]), notebook.with_suffix(".ipynb"))
    before = notebook.read_bytes()
    (folder / "mine.yaml").write_text("width: 3\nnorms: [7]\n")
    result = invoke("--html", file=folder / "mine.yaml", parameters="width=40")
    assert result.exit_code == 0, result.output
    assert "C3: not reproduced here, reproduced in the book" in result.output
    (copy,) = (folder / "reruns").glob("*.ipynb")
    taken = copy.with_suffix("")
    assert "ran with 40 [7.0]\\n" in copy.read_text() and "jupytext" not in json.loads(copy.read_text())["metadata"]
    assert (taken / "widths.csv").read_text() == "width\n40\n"
    assert read_file(taken / "parameters.yaml") == {"width": 40, "norms": [7]}
    assert {"fig-line.svg", "fig-line.png"} <= {path.name for path in taken.iterdir()}
    shown = (taken / "page" / "book" / "executed" / "rerun.html").read_text()
    # As the book would show it: figure, verdict, where it came from, and what it cites.
    assert "Fig. 1" in shown and "verdict-not-reproduced" in shown and "parameters of one" in shown
    assert 'class="cell_input' not in shown and "Neural tangent kernel" in shown
    article = re.search(r"<article.*</article>", shown, re.DOTALL)[0]
    for link in re.findall(r'(?:href|src)="([^"#]+)(?:#[^"]*)?"', article):
        assert link.startswith(("http", "data:")) or (taken / "page" / "book" / "executed" / link).exists(), link
    assert notebook.read_bytes() == before


@pytest.mark.parametrize(
    "given, said",
    [
        ({"parameters": "widht=5"}, "width: int = 10"),
        ({"output": "notebooks/01_example.ipynb"}, "choose a place outside of notebooks/"),
        ({"notebook": "01_exampel"}, "The notebooks are:"),
    ],
)
def test_rerun_refuses_before_anything_runs_and_never_writes_among_the_committed_notebooks(folder, given, said):
    result = invoke(**{name: folder / value if name == "output" else value for name, value in given.items()})
    assert result.exit_code == 2 and "Traceback" not in result.output and said in result.output
    assert sorted(path.name for path in folder.rglob("*")) == ["01_example.py", "notebooks"]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("import os; os.kill(os.getpid(), 9)", "out: Kernel died"),
        ('assert width < 0, "width is not negative"', "AssertionError: width is not negative"),
    ],
)
def test_a_failing_cell_is_one_sentence_and_keeps_the_good_copy_and_the_partial_one_apart(folder, fault, sentence):
    (folder / "notebooks" / "01_example.py").write_text(f"{SOURCE}\n# %%\n{fault}\n")
    (folder / "out.ipynb").write_text("good")
    result = invoke(output=folder / "out.ipynb")
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert sentence in result.output and "out.failed.ipynb" in result.output
    assert "ran with 10 [1.0, 2.0]" in (folder / "out.failed.ipynb").read_text()
    assert (folder / "out.ipynb").read_text() == "good"
    assert sorted(path.name for path in folder.glob("*.ipynb")) == ["out.failed.ipynb", "out.ipynb"]


def test_ctrl_c_ends_kernel_and_program_in_one_sentence_that_says_how_to_go_on(folder):
    started = folder / "started"
    waiting = f"import os, pathlib, time\npathlib.Path({str(started)!r}).write_text(str(os.getpid()))\ntime.sleep(60)\n"
    (folder / "notebooks" / "01_example.py").write_text(SOURCE + waiting)
    program = """import sys; from pathlib import Path; from book.build import rerun, runner
rerun.ROOT = runner.ROOT = Path(sys.argv[1])
rerun.NOTEBOOKS = runner.NOTEBOOKS = rerun.ROOT / "notebooks"
runner.read_source.__defaults__ = (runner.NOTEBOOKS,)
rerun.main(["--notebook", "01"])"""
    command = [sys.executable, "-c", program, str(folder)]
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what a shell starts in the background ignores it
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed)
    while not (started.exists() and started.read_text()):
        assert run.poll() is None
        time.sleep(0.1)
    os.kill(run.pid, signal.SIGINT)
    said = run.communicate(timeout=30)[1]
    assert run.returncode == 130
    assert len(said.splitlines()) == 1 and "the same command goes on" in said
    assert not psutil.pid_exists(int(started.read_text()))
    assert list((folder / "reruns").iterdir()) == []
