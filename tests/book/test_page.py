"""A page shows results, and what is behind them in one quiet line."""

import copy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book.build.page import page
from book.publish import STACKED_MIME

FIGURE = {"figure": {"name": "fig-x", "caption": "A line."}, "image": {"alt": "It rises."}}
DRAWN = {"image/svg+xml": "<svg/>", "image/png": "", STACKED_MIME: "<svg/>"}


def test_a_page_ends_with_where_it_came_from_and_the_executed_notebook_stays_as_it_was(tmp_path):
    parameters = new_code_cell("width: int = 3  # units, |w|", metadata={"tags": ["parameters"]})
    figure = new_code_cell("draw()", metadata={"mystnb": FIGURE}, outputs=[new_output("display_data", DRAWN)])
    prose = new_markdown_cell("# Title\n\n## Run it again\n\nmake rerun\n\n## After\n\nTwo.")
    executed = new_notebook(cells=[prose, parameters, figure])
    executed.metadata["papermill"] = {"parameters": {"width": 7}, "duration": 90.0, "start_time": "2026-01-01T00:00"}
    executed.metadata["sigae"] = {"commit": "abc", "preset": "smoke", "machine": "Linux", "versions": {"x": "1"}}
    (tmp_path / "swept.csv").write_text("rho\n0.3333333333333333\n")
    before = copy.deepcopy(executed)
    made = page(executed, "01_a", tmp_path / "book", tmp_path)
    assert executed == before
    assert made.cells[0].source == "# Title\n\n## After\n\nTwo." and "PRESET=smoke" in made.cells[1].source
    files = {"fig-x.svg", "fig-x.png", "records_swept.csv"}
    facts = {"make rerun", "`7` (default `3`)", r"units, \|w\|", "abc", "PRESET=smoke", "90 s", "Linux", "x 1", *files}
    assert [fact for fact in facts if fact not in made.cells[-1].source] == []
    assert {path.name for path in (tmp_path / "book/files/01_a").iterdir()} == files | {"fig-x-stacked.svg"}
    assert "stacked" not in made.cells[-1].source
    (drawn,) = [cell.source for cell in made.cells if "{figure}" in cell.source]
    assert all(part in drawn for part in ("files/01_a/fig-x.svg", ":name: fig-x", "It rises.", "A line."))
