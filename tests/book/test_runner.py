"""What decides whether a notebook is executed again."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from book import sweep
from book.build.runner import fingerprint
from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def test_the_fingerprint_follows_cells_parameters_modules_and_files_that_are_named(tmp_path, monkeypatch):
    for path in (*ROOT.glob("sigae/**/*.py"), *ROOT.glob("book/**/*.py"), ROOT / "requirements.lock"):
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path.relative_to(ROOT)).write_bytes(path.read_bytes())
    (tmp_path / "tables").mkdir()
    monkeypatch.setattr(sweep, "ROOT", tmp_path)

    def hashed(code="", **values):
        sweep.code_hash.cache_clear()
        cell = new_code_cell(f'from book import figures\nfolder = "../tables"\n{code}', id="a")
        return fingerprint(new_notebook(cells=[cell]), values, tmp_path)

    (tmp_path / "tables" / "a.csv").write_text("1\n")
    seen = [hashed(width=1)]
    assert hashed(width=1) == seen[0]
    seen += [hashed(width=2), hashed("folder", width=1)]
    for name, follows in (("tables/a.csv", True), ("sigae/checks.py", True), ("book/bench/benchmark.py", False)):
        (tmp_path / name).write_text((tmp_path / name).read_text() + "\n# changed\n")
        seen.append(hashed(width=1))
        assert (seen[-1] not in seen[:-1]) == follows
    assert len(set(seen)) == len(seen) - 1
    sweep.code_hash.cache_clear()
