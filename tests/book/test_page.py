"""A page shows results, and what is behind them in one quiet line."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book.build.page import arranged, page, table, take_section, without_unknown
from book.publish import STACKED_MIME


def shown(data, name=None):
    return new_output("display_data", data, metadata={"sigae": {"name": name}} if name else {})


FIGURE = {"figure": {"name": "fig-x", "caption": "A line."}, "image": {"alt": "It rises."}}
DRAWN = {"image/svg+xml": "<svg/>", "image/png": "", STACKED_MIME: "<svg/>"}
TABLE = {"text/html": '<details class="behind"><summary>x</summary><div>1</div></details>', "text/csv": "x"}
VERDICT = {"text/html": "<p>holds</p>", "text/csv": "x"}
PRINTED = new_output("stream", name="stdout", text="rho = 0.5\n")


def show(*cells):
    return arranged(new_notebook(cells=[new_markdown_cell("# Title"), *cells]), "files/x")


def test_a_figure_has_its_code_numbers_and_files_in_one_line_below_it():
    cells = show(
        new_code_cell("draw()  # fmt: skip", metadata={"mystnb": FIGURE}, outputs=[shown(DRAWN)]),
        new_code_cell("glue()", outputs=[shown({"application/papermill.record/text/plain": "1"}), PRINTED]),
        new_code_cell("table()", outputs=[shown(TABLE, "my_table")]),
        new_markdown_cell("One sentence."),
        new_code_cell("verdict()", outputs=[shown(VERDICT, "verdict_C3")]),
    )
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.metadata.tags[0] for cell in code] == ["remove-cell"] * 3 + ["remove-input"]
    assert [len(cell.outputs) for cell in code] == [0, 1, 0, 1]  # what was glued stays, for the prose to cite
    assert all(part in cells[1].source for part in ("files/x/fig-x.svg", ":name: fig-x", "It rises.", "A line."))
    of_figure, of_verdict = [cell.source for cell in cells if "{div} files" in cell.source]
    assert all(part in of_figure for part in ("draw()\n", "table()", "<div>1</div>")) and "<details" not in of_figure
    files = ["my_table.csv", "fig-x.svg", "fig-x.png"]
    assert [of_figure.index(file) for file in files] == sorted(of_figure.index(file) for file in files)
    assert "verdict_C3.csv" in of_verdict and "dropdown" not in of_verdict


def test_code_that_is_the_point_stays_in_sight_with_what_it_prints():
    (_, cell) = show(new_code_cell("print(rho)", metadata={"tags": ["show-input"]}, outputs=[PRINTED]))
    assert (cell.source, cell.metadata.tags, cell.outputs) == ("print(rho)", [], [PRINTED])


def test_an_interactive_picture_beside_a_figure_has_no_second_caption():
    outputs = [shown(DRAWN), shown({"text/html": "<p>"})]
    cells = show(new_code_cell("both()", metadata={"mystnb": FIGURE}, outputs=outputs))
    (code,) = [cell for cell in cells if cell.cell_type == "code"]
    assert code.source and [[*output.data] for output in code.outputs] == [["text/html"]]
    assert "A line." in cells[cells.index(code) - 1].source


def test_a_page_ends_with_where_it_came_from_and_the_executed_notebook_stays_as_it_was(tmp_path):
    parameters = new_code_cell("width: int = 3  # units", metadata={"tags": ["parameters"]})
    figure = new_code_cell("draw()", metadata={"mystnb": FIGURE}, outputs=[shown(DRAWN)])
    executed = new_notebook(cells=[new_markdown_cell("# Title"), parameters, figure])
    executed.metadata["papermill"] = {"parameters": {"width": 7}, "duration": 90.0, "start_time": "2026-01-01T00:00"}
    executed.metadata["sigae"] = {"commit": "abc", "preset": "smoke", "machine": "Linux", "versions": {"x": "1"}}
    (tmp_path / "swept.csv").write_text("rho\n0.3333333333333333\n")
    before = executed.copy()
    made = page(executed, "01_a", tmp_path / "book", tmp_path)
    assert executed == before
    files = {"fig-x.svg", "fig-x.png", "records_swept.csv"}
    facts = {"`7` (default `3`)", "units", "abc", "PRESET=smoke", "90 s", "Linux", "x 1", *files}
    assert [fact for fact in facts if fact not in made.cells[-1].source] == []
    assert "PRESET=smoke" in made.cells[1].source
    assert {path.name for path in (tmp_path / "book/files/01_a").iterdir()} == files | {"fig-x-stacked.svg"}
    assert "stacked" not in made.cells[-1].source


def test_bars_inside_a_table_do_not_split_its_cells():
    assert table(("a", "b"), [("|x|", "y\nz")]) == "| a | b |\n| --- | --- |\n| \\|x\\| | y z |\n"


def test_a_section_is_taken_out_of_the_prose_alone():
    cell = new_markdown_cell("## Recall\n\nOne.\n\n## Run it again\n\nmake rerun\n\n## After\n\nTwo.")
    notebook = new_notebook(cells=[new_code_cell("## Run it again"), cell])
    assert take_section(notebook, "Run it again") == "make rerun"
    assert cell.source == "## Recall\n\nOne.\n\n## After\n\nTwo."
    assert take_section(notebook, "Run it again") == ""


@pytest.mark.parametrize("value", [float("nan"), "1.0 for erf and nan for tanh", "from norm nan on", "unknown"])
def test_a_sentence_about_what_was_not_run_is_left_out(value):
    prose = "It is {glue:text}`a:.2f`. At $d = 3$ it is\n{glue:text}`b`. So it falls.\n\n- Of {glue:text}`b`.\n- Of c."
    assert without_unknown(prose, {"a": 1.0, "b": 2.0}) == prose
    kept = "It is {glue:text}`a:.2f`. So it falls. - Of c."
    assert without_unknown(prose, {"a": 1.0, "b": value}).split() == kept.split()
