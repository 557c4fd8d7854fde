from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from book.build.arrange import all_code, arranged
from book.build.page import take_section


def shown(data, name=None):
    return new_output("display_data", data, metadata={"sigae": {"name": name}} if name else {})


FIGURE = {"figure": {"name": "fig-x", "caption": "A line."}, "image": {"alt": "It rises."}}
TABLE = {"text/html": '<details class="behind"><summary>x</summary><div>1</div></details>', "text/csv": "x"}


def notebook():
    glued = shown({"application/papermill.record/text/plain": "1"})
    return new_notebook(
        cells=[
            new_markdown_cell("# Title"),
            new_code_cell("a = 1", metadata={"tags": ["parameters"]}),
            new_code_cell("draw()", metadata={"mystnb": FIGURE}, outputs=[shown({"image/svg+xml": "<svg/>"})]),
            new_code_cell("glue()  # fmt: skip", outputs=[glued]),
            new_code_cell("table()", outputs=[shown(TABLE, "my_table")]),
            new_markdown_cell("One sentence."),
            new_code_cell("verdict()", outputs=[shown({"text/html": "<p>holds</p>"})]),
        ]
    )


def test_a_figure_has_its_code_numbers_and_files_in_one_line_below_it():
    cells = arranged(notebook(), "files/x")
    sources = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert [source.split("\n")[0] for source in sources] == [
        "# Title", "::::{figure} files/x/fig-x.svg", "::::::{div} behind", "One sentence.",
    ]  # fmt: skip
    figure, behind = sources[1:3]
    assert ":name: fig-x" in figure and ":alt: It rises." in figure and "A line." in figure
    assert all(part in behind for part in ("draw()", "table()", "<div>1</div>"))
    assert "<details" not in behind
    assert [line for line in behind.split("\n") if "{download}" in line] == [
        "{download}`CSV <files/x/my_table.csv>` {download}`SVG <files/x/fig-x.svg>` {download}`PNG <files/x/fig-x.png>`"
    ]


def test_code_is_out_of_sight_and_what_it_glued_stays():
    cells = arranged(notebook(), "files/x")
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.metadata.tags for cell in code] == [["remove-cell"]] * 4 + [["remove-input"]]
    assert [len(cell.outputs) for cell in code] == [0, 0, 1, 0, 1]


def test_two_figures_in_a_row_have_their_own_lines():
    again = new_code_cell("again()", metadata={"mystnb": FIGURE}, outputs=[shown({"image/svg+xml": "<svg/>"})])
    full = notebook()
    full.cells.insert(3, again)
    behind = [cell.source for cell in arranged(full, "files/x") if "{div} behind" in cell.source]
    assert ["draw()" in source for source in behind] == [True, False]
    assert ["table()" in source for source in behind] == [False, True]


def test_the_whole_code_is_told_in_one_piece_and_the_notebook_is_left_alone():
    full = notebook()
    before = full.copy()
    arranged(full, "files/x")
    assert full == before
    assert all_code(full) == "a = 1\n\ndraw()\n\nglue()\n\ntable()\n\nverdict()"


def test_a_section_is_taken_out_of_the_prose_alone():
    cell = new_markdown_cell("## Recall\n\nOne.\n\n## Run it again\n\nmake rerun\n\n## After\n\nTwo.")
    page = new_notebook(cells=[new_code_cell("## Run it again"), cell])
    assert take_section(page, "## (?:Run it again|Rerun it)") == "make rerun"
    assert cell.source == "## Recall\n\nOne.\n\n## After\n\nTwo."
    assert take_section(page, "## Run") == ""
