"""What the build keeps between runs may be broken, or the disk full: the book is made, or a sentence says why not."""

import errno

import nbformat
import pytest
from click.testing import CliRunner

from book.build import execute, runner
from book.build.build_site import failed_cells
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


def test_a_kept_copy_is_executed_anew_only_where_it_is_broken(copies, capsys):
    kept = copies / "01_example.ipynb"
    first = execute.execute("01_example", {}, "default", copies)
    assert printed(first) == "20\n"
    whole = kept.read_bytes()
    capsys.readouterr()
    assert execute.execute("01_example", {}, "default", copies) == first
    assert capsys.readouterr().out == ""
    for broken in (whole[: len(whole) // 2], b"", b"\x00\xff\x00", b"{}", b"[1]", b'{"nbformat": 4, "cells": 3}'):
        kept.write_bytes(broken)
        assert runner.read_kept(kept) is None
    again = execute.execute("01_example", {}, "default", copies)
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
    (copies.parent / "notebooks" / "01_example.py").write_text(SWEEP + 'print("beware", file=sys.stderr)\n')
    cache = small_disk("16k")
    (cache / "big").write_bytes(b"x" * 16_000)
    monkeypatch.setenv("SIGAE_CACHE", str(cache))
    capsys.readouterr()
    notebook = execute.execute("01_example", {}, "default", copies)
    said = capsys.readouterr().err
    assert said.startswith("warning: 01_example: ") and "No space left on device" in said
    assert printed(notebook) == "20\nbeware\n"
    assert failed_cells(notebook) == ["stderr: beware"]  # other words stay


def test_a_full_disk_ends_the_build_in_a_sentence_and_leaves_nothing_half_written(copies, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "some/file")

    monkeypatch.setattr(execute, "notebook_names", lambda: ["01_example"])
    monkeypatch.setattr(execute, "ROOT", copies.parent)
    monkeypatch.setattr(runner.nbformat, "write", full)
    result = CliRunner().invoke(execute.main, [])
    assert result.exit_code == 1 and result.output.count("Error: ") == 1
    assert "No space left on device (some/file): free some space" in result.output
    assert list((copies.parent / "_build").rglob("*.ipynb")) == []


def test_a_page_is_written_whole_or_not_at_all(small_disk):
    disk = small_disk("64k")
    with pytest.raises(OSError, match="No space left"):
        write_if_changed(disk / "page.md", "x" * 200_000)
    assert list(disk.iterdir()) == []


def test_an_unchanged_file_keeps_its_time_stamp(tmp_path):
    path = tmp_path / "made" / "page.md"
    assert write_if_changed(path, "a")
    before = path.stat().st_mtime_ns
    assert not write_if_changed(path, "a")
    assert path.stat().st_mtime_ns == before
    assert write_if_changed(path, "b")
