"""What the build keeps between runs may be broken, or the disk full: the book is made, or a sentence says why not."""

import errno
import resource
from pathlib import Path

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
import sys, warnings
warnings.warn("the disk is full", type("RecordWarning", (UserWarning,), {}))  # as a sweep's is written
print("beware", file=sys.stderr)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "01_example.py").write_text(SOURCE)
    monkeypatch.setattr(runner, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(runner.read_source, "__defaults__", (tmp_path,))
    return tmp_path


def test_a_broken_copy_is_made_anew_and_that_records_are_not_kept_is_said_in_the_terminal_alone(folder, capsys):
    kept = folder / "copies" / "01_example.ipynb"
    kept.parent.mkdir()
    for broken in (b"", b"\x00\xff\x00", b"{}", b"[1]", b'{"nbformat": 4, "cells": 3}'):
        kept.write_bytes(broken)
        assert runner.read_kept(kept) is None
    made = execute.execute("01_example", {}, "default", kept.parent)
    assert capsys.readouterr().err == "warning: 01_example: the disk is full\n"
    assert failed_cells(made) == ["stderr: beware"]  # other words stay
    assert execute.execute("01_example", {}, "default", kept.parent) == made
    assert capsys.readouterr().out == ""


def test_a_full_disk_ends_the_build_in_a_sentence_and_leaves_nothing_half_written(folder, monkeypatch):
    def full(source, output, **_):
        Path(output).write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", output)

    monkeypatch.setattr(execute, "notebook_names", lambda: ["01_example"])
    monkeypatch.setattr(execute, "ROOT", folder)
    monkeypatch.setattr(runner.papermill, "execute_notebook", full)
    result = CliRunner().invoke(execute.main, [])
    assert result.exit_code == 1 and result.output.count("Error: ") == 1 and "free some space" in result.output
    assert list((folder / "_build").rglob("*.ipynb")) == []


def test_a_page_is_written_whole_or_not_at_all_and_only_where_it_changed(tmp_path):
    page, before = tmp_path / "page.md", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # bytes: then writing fails, as on a full disk
    try:
        with pytest.raises(OSError):
            write_if_changed(page, "x" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []
    assert [write_if_changed(page, text) for text in "aab"] == [True, False, True]
