"""What decides whether a notebook is executed again."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from book.build import runner

pytestmark = pytest.mark.machinery


def test_the_fingerprint_follows_cells_parameters_code_and_files_that_are_named(tmp_path, monkeypatch):
    (tmp_path / "tables").mkdir()
    (tmp_path / "notebooks").mkdir()

    def hashed(code="", hash="1", **values):
        monkeypatch.setattr(runner, "code_hash", lambda source: source + hash)  # as test_sweep.py asks of it
        cell = new_code_cell(f'folder = "../tables"\n{code}', id="a")
        return runner.fingerprint(new_notebook(cells=[cell]), values, tmp_path)

    assert hashed(width=1) == hashed(width=1)
    seen = [hashed(width=1), hashed(width=2), hashed("folder", width=1), hashed(hash="2", width=1)]
    (tmp_path / "tables" / "a.csv").write_text("1\n")
    seen.append(hashed(width=1))
    (tmp_path / "tables" / "a.csv").write_text("2\n")
    assert len({*seen, hashed(width=1)}) == 6
