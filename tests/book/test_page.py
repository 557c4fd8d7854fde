"""A page shows results, and what is behind them in one quiet line."""

import copy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book.build.page import arranged, page
from book.publish import STACKED_MIME


def shown(data, name=None):
    return new_output("display_data", data, metadata={"sigae": {"name": name}} if name else {})


FIGURE = {"figure": {"name": "fig-x", "caption": "A line."}, "image": {"alt": "It rises."}}
DRAWN = {"image/svg+xml": "<svg/>", "image/png": "", STACKED_MIME: "<svg/>"}
TABLE = {"text/html": '<details class="behind"><summary>x</summary><div>1</div></details>', "text/csv": "x"}
VERDICT = {"text/html": "<p>holds</p>", "text/csv": "x"}
PRINTED = new_output("stream", name="stdout", text="rho = 0.5\n")


def code_cells(*cells):
    made = arranged(new_notebook(cells=[new_markdown_cell("# Title"), *cells]), "files/x")
    return [cell for cell in made if cell.cell_type == "code"], [c.source for c in made if "{div} files" in c.source]


def test_a_figure_has_its_code_numbers_and_files_in_one_line_below_it():
    code, (of_figure, of_verdict) = code_cells(
        new_code_cell("draw()", metadata={"mystnb": FIGURE}, outputs=[shown(DRAWN)]),
        new_code_cell("glue()", outputs=[shown({"application/papermill.record/text/plain": "1"}), PRINTED]),
        new_code_cell("table()", outputs=[shown(TABLE, "my_table")]),
        new_markdown_cell("One sentence."),
        new_code_cell("verdict()", outputs=[shown(VERDICT, "verdict_C3")]),
        new_code_cell("print(rho)", metadata={"tags": ["show-input"]}, outputs=[PRINTED]),
    )
    tags = [cell.metadata.tags for cell in code]
    assert tags == [["remove-cell"]] * 3 + [["remove-input"], []]
    assert [len(cell.outputs) for cell in code] == [0, 1, 0, 1, 1]  # what was glued stays, for the prose to cite
    files = ("draw()\n", "table()", "<div>1</div>", "my_table.csv", "fig-x.svg", "fig-x.png")
    assert [part for part in files if part not in of_figure] == []
    assert "verdict_C3.csv" in of_verdict and "dropdown" not in of_verdict


def test_a_page_ends_with_where_it_came_from_and_the_executed_notebook_stays_as_it_was(tmp_path):
    parameters = new_code_cell("width: int = 3  # units, |w|", metadata={"tags": ["parameters"]})
    figure = new_code_cell("draw()", metadata={"mystnb": FIGURE}, outputs=[shown(DRAWN)])
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
