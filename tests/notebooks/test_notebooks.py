"""Every notebook and its recorded copy: in sync, run to its end, and with all that the book needs of it."""

import re

import jupytext
import nbformat
import pytest

from book.build import readme
from book.build.build_site import failed_cells
from book.build.outputs import files
from book.build.toc import NOTEBOOKS, ROOT, notebook_names
from book.parameters import declared

pytestmark = pytest.mark.machinery

NAMES = sorted({path.stem for path in NOTEBOOKS.glob("*.*") if path.suffix in (".py", ".ipynb")})


@pytest.fixture(params=NAMES, scope="module")
def name(request):
    return request.param


@pytest.fixture(scope="module")
def recorded(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_notebook_is_in_the_table_of_contents():
    assert sorted(notebook_names()) == NAMES


def test_the_pair_is_complete_and_in_sync(name, recorded):
    source, shared = jupytext.read(NOTEBOOKS / f"{name}.py"), ("tags", "mystnb")

    def content(notebook):
        return [(cell.cell_type, cell.source, *map(cell.metadata.get, shared)) for cell in notebook.cells]

    assert content(source) == content(recorded), f"run: make notebooks NOTEBOOK={name}"


def test_every_cell_has_run_in_order_without_an_error_and_names_no_place_on_a_machine(recorded):
    cells = code_cells(recorded)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert failed_cells(recorded) == [] and any(cell.outputs for cell in cells)
    for output in (output for cell in cells for output in cell.outputs):
        texts = [output.get("text"), *(text for kind, text in output.get("data", {}).items() if kind != "image/png")]
        assert not re.search(r"/(?:home|root|Users|tmp)/|site-packages|it/s\]", str(texts))


def test_parameters_are_explained_and_written_as_they_are_read(recorded):
    model = declared(recorded)
    for name, field in model.model_fields.items():
        assert field.description and repr(getattr(model(), name)) == repr(field.default), name


def test_commands_on_the_page_set_parameters_that_it_has(name, recorded):
    prose = "\n".join(cell.source for cell in recorded.cells if cell.cell_type == "markdown")
    for given in re.findall(rf'NOTEBOOK={name[:2]} PARAMETERS="([^"]*)"', prose):
        assert set(re.findall(r"(\w+)=", given)) <= set(declared(recorded).model_fields), given


def test_readme_shows_what_the_recorded_notebooks_found():
    notebooks = readme.recorded()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.computed(notebooks)
    assert readme.with_computed(text, block) == text, "run: make notebooks"
    name, figure, picture = readme.PICTURE
    assert (ROOT / picture).read_bytes() == files(notebooks[name])[figure], "run: make notebooks"
