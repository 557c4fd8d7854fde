"""What the build keeps between runs may be broken, or the disk full: the book is made, or a sentence says why not."""

import errno
import os
import subprocess
import sys

import nbformat
import pytest
from click.testing import CliRunner

from book.build import execute, runner
from book.build.build_site import failed_cells
from book.build.errors import sentence
from book.build.page import write_if_changed

pytestmark = pytest.mark.machinery

SOURCE = """\
# %% tags=["parameters"]
width: int = 10  # hidden units

# %%
print(width * 2)
"""


@pytest.fixture
def copies(tmp_path, monkeypatch):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "01_example.py").write_text(SOURCE)
    monkeypatch.setattr(runner, "NOTEBOOKS", notebooks)
    monkeypatch.setattr(runner.read_source, "__defaults__", (notebooks,))
    return tmp_path / "copies"


def printed(notebook):
    return "".join(output["text"] for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output)


def test_a_byte_order_mark_before_a_notebook_is_no_part_of_it(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "b.py").write_text(SOURCE, encoding="utf-8-sig")
    assert runner.read_source("b", tmp_path) == runner.read_source("a", tmp_path)


def test_a_kept_copy_is_executed_anew_only_where_it_is_broken(copies, capsys):
    kept = copies / "01_example.ipynb"
    first = execute.execute("01_example", "default", copies)
    assert printed(first) == "20\n"
    whole = kept.read_bytes()
    capsys.readouterr()
    assert execute.execute("01_example", "default", copies) == first
    assert capsys.readouterr().out == ""
    for broken in (whole[: len(whole) // 2], b"", b"\x00\xff\x00", b"{}", b"[1]", b'{"nbformat": 4, "cells": 3}'):
        kept.write_bytes(broken)
        assert runner.read_kept(kept) is None
    again = execute.execute("01_example", "default", copies)
    assert "01_example cannot be read: it is executed anew" in capsys.readouterr().out
    assert printed(again) == "20\n"
    assert nbformat.read(kept, as_version=4).cells == again.cells


SWEEP = """\
# %% tags=["parameters"]
width: int = 10  # hidden units

# %%
import sys
from book.experiments.single_example import initial_jacobian
from book.sweep import sweep

table = sweep(initial_jacobian, [{"dim": 2, "width": width, "norm": 1.0, "seed": 0}], workers=1)
print(2 * table["width"][0])
"""


def test_records_that_cannot_be_kept_are_told_in_the_terminal_and_not_on_the_page(
    copies, small_disk, capsys, monkeypatch
):
    (copies.parent / "notebooks" / "01_example.py").write_text(SWEEP)
    cache = small_disk("16k")
    (cache / "big").write_bytes(b"x" * 16_000)
    with pytest.raises(OSError, match="No space"):
        (cache / "more").write_bytes(b"x" * 16_000)
    monkeypatch.setenv("SIGAE_CACHE", str(cache))
    capsys.readouterr()
    notebook = execute.execute("01_example", "default", copies)
    said = capsys.readouterr().err
    assert said.startswith("warning: 01_example: ")
    assert "No space left on device" in said
    assert printed(notebook) == "20\n"
    assert failed_cells(notebook) == []


def test_other_words_on_stderr_stay_on_the_page(copies):
    (copies.parent / "notebooks" / "01_example.py").write_text(SWEEP + 'print("beware", file=sys.stderr)\n')
    assert failed_cells(execute.execute("01_example", "default", copies)) == ["stderr: beware"]


def test_what_a_killed_build_left_half_executed_goes(copies):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    copies.mkdir()
    dead, alive = (copies / f"02_other.{process}.partial.ipynb" for process in (gone.pid, os.getpid()))
    dead.touch()
    alive.touch()
    execute.execute("01_example", "default", copies)
    assert {path.name for path in copies.iterdir()} == {"01_example.ipynb", alive.name}


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device", "some/file")


def test_a_full_disk_ends_the_build_in_a_sentence_and_leaves_nothing_half_written(copies, monkeypatch):
    monkeypatch.setattr(execute, "notebook_names", lambda: ["01_example"])
    monkeypatch.setattr(execute, "ROOT", copies.parent)
    monkeypatch.setattr(runner.nbformat, "write", full)
    result = CliRunner().invoke(execute.main, [])
    assert result.exit_code == 1
    assert result.output.count("error: ") == 1
    assert "the disk is full (some/file): free some space and run the same command again" in result.output
    assert list((copies.parent / "_build").rglob("*.ipynb")) == []


def test_a_page_is_written_whole_or_not_at_all(small_disk):
    disk = small_disk("64k")
    with pytest.raises(OSError, match="No space left") as error:
        write_if_changed(disk / "page.md", "x" * 200_000)
    assert "the disk is full" in sentence(error.value)
    assert list(disk.iterdir()) == []


def test_what_may_not_be_written_to_is_told_and_other_errors_are_not_hidden():
    assert sentence(OSError(errno.EROFS, "Read-only file system", "place")).startswith("read-only file system (place)")
    assert sentence(FileNotFoundError(errno.ENOENT, "No such file or directory", "place")) is None
