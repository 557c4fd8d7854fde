import json

import nbformat
import pytest
from click.testing import CliRunner

from book.build import rerun, runner, toc
from book.build.parameters import check_values, declared_parameters, parse_assignments
from book.build.toc import UsageError, find_notebook

pytestmark = pytest.mark.machinery

SOURCE = """\
# %% [markdown]
# # Example

# %% tags=["parameters"]
width: int = 10  # hidden units
activation: str = "sigmoid"  # sigmoid, tanh or erf
norms: list[float] = [1.0, 2.0]  # input norms
limit: float | None = None  # stop here

# %%
assert width > 0, "width is not positive"
print(width, activation, norms, limit)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "01_example.py").write_text(SOURCE)
    for module in (rerun, runner):
        monkeypatch.setattr(module, "NOTEBOOKS", notebooks)
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(runner.read_source, "__defaults__", (notebooks,))
    return tmp_path


@pytest.fixture
def declared(folder):
    return declared_parameters(runner.read_source("01_example"))


def invoke(**options):
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return CliRunner().invoke(rerun.main, arguments)


def test_declared_parameters_hold_type_default_and_comment(declared):
    assert list(declared) == ["width", "activation", "norms", "limit"]
    assert (declared["width"].annotation, declared["width"].default) == ("int", 10)
    assert declared["norms"].comment == "input norms"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("width=2000", {"width": 2000}),
        ("width=2000 activation=tanh", {"width": 2000, "activation": "tanh"}),
        ("norms=[1, 2.5] width=3", {"norms": [1, 2.5], "width": 3}),
        ("limit=1e-3", {"limit": 1e-3}),
        ("limit=null a=true b=no", {"limit": None, "a": True, "b": "no"}),
        ("activation='a=b c'", {"activation": "a=b c"}),
    ],
)
def test_assignments_are_read_as_yaml(text, values):
    assert parse_assignments(text) == values


@pytest.mark.parametrize("text", ["width", "5 width=3", "width=", "width=1 width=2", "norms=[1"])
def test_malformed_assignments_are_refused(text):
    with pytest.raises(UsageError):
        parse_assignments(text)


def test_a_whole_number_may_stand_for_a_float(declared):
    assert check_values(declared, {"norms": [1, 2], "limit": 3}) == {"norms": [1.0, 2.0], "limit": 3.0}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"widht": 5}, "Did you mean width"),
        ({"width": 2.5}, "width is 2.5"),
        ({"width": "5"}, "width is '5'"),
        ({"width": True}, "width is True"),
        ({"width": None}, "width is None"),
        ({"activation": 3}, "activation is 3"),
        ({"norms": 1.0}, "norms is 1.0"),
        ({"norms": [1.0, "x"]}, r"norms\[1\] is 'x'"),
    ],
)
def test_unknown_names_and_wrong_types_are_refused_with_the_known_ones(declared, values, said):
    with pytest.raises(UsageError, match=said) as refused:
        check_values(declared, values)
    assert "width: int = 10  # hidden units" in str(refused.value)


@pytest.mark.parametrize("wanted", ["01", "1", "01_example", "01_example.py", "notebooks/01_example.ipynb", "01_ex"])
def test_notebooks_are_found_by_number_name_or_path(wanted):
    names = ["01_example", "02_other"]
    if wanted == "01_ex":
        with pytest.raises(UsageError, match="Did you mean 01_example"):
            find_notebook(wanted, names)
    else:
        assert find_notebook(wanted, names) == "01_example"


def test_pages_of_the_toc_are_listed_in_reading_order(tmp_path):
    (tmp_path / "_toc.yml").write_text(
        "root: book/intro\nparts:\n- chapters:\n  - file: book/executed/02_b\n    sections:\n"
        "    - file: book/executed/01_a\n- chapters:\n  - file: book/end\n"
    )
    assert toc.pages(tmp_path) == ["book/intro", "book/executed/02_b", "book/executed/01_a", "book/end"]
    assert toc.notebook_names(tmp_path) == ["02_b", "01_a"]


def test_rerun_writes_a_copy_with_the_new_value(folder):
    before = (folder / "notebooks" / "01_example.py").read_bytes()
    result = invoke(notebook="01", parameters="width=7 norms=[3]")
    assert result.exit_code == 0, result.output
    (copy,) = (folder / "reruns").iterdir()
    text = "".join(o["text"] for c in nbformat.read(copy, 4).cells for o in c.get("outputs", []) if "text" in o)
    assert text == "7 sigmoid [3.0] None\n"
    assert (folder / "notebooks" / "01_example.py").read_bytes() == before
    assert "jupytext" not in json.loads(copy.read_text())["metadata"]


PUBLISHING = """\
# %% tags=["parameters"]
width: int = 10  # hidden units

# %% mystnb={"figure": {"name": "fig-line"}}
import pandas as pd
from matplotlib.figure import Figure

from book import publish
from book.statistics import verdicts
from book.statistics.evidence import evidence

drawing = Figure()
drawing.subplots().plot([1, width])
publish.figure(drawing)

# %%
publish.table(pd.DataFrame({"width": [width]}), "widths")

# %%
found = pd.Series([width / 20] * 2, index=pd.Index([0, 1], name="seed"))
publish.verdict(verdicts.judge("C3", [evidence("radius", "d = 4", found)]))
"""


def test_rerun_takes_tables_figures_and_a_page_along_and_says_which_verdicts_differ(folder):
    (folder / "notebooks" / "01_example.py").write_text("# %% [markdown]\n# # Example\n\n" + PUBLISHING)
    book = invoke(notebook="01", output=folder / "notebooks.ipynb")  # its files go to a folder that is there already
    assert book.exit_code == 0, book.output
    assert "verdicts" not in book.output
    assert (folder / "notebooks" / "01_example.py").exists()
    (folder / "notebooks.ipynb").rename(folder / "notebooks" / "01_example.ipynb")
    same = invoke(notebook="01", parameters="width=8")
    assert same.exit_code == 0, same.output
    assert "Its verdicts are the book's." in same.output
    result = CliRunner().invoke(rerun.main, ["--notebook", "01", "--parameters", "width=40", "--html"])
    assert result.exit_code == 0, result.output
    assert "C3: not reproduced here, reproduced in the book" in result.output
    taken = folder / "reruns" / "01_example--width=40"
    assert (taken / "widths.csv").read_text() == "width\n40\n"
    assert {"fig-line.svg", "fig-line.png"} <= {path.name for path in taken.iterdir()}
    shown = (taken / "page" / "rerun.html").read_text()
    # As the book would show it: a drawing for each theme, no machinery, and where it came from.
    assert "Example" in shown and "_images/fig-line.svg" in shown and "_images/fig-line-dark.svg" in shown
    assert "cell_input" not in shown and "parameters of one" in shown


@pytest.mark.parametrize("parameters", ["widht=5", "width=wide", "norms=3"])
def test_rerun_refuses_before_anything_runs(folder, parameters):
    result = invoke(notebook="01", parameters=parameters)
    assert result.exit_code == 2
    assert "width: int = 10" in result.output
    assert "Traceback" not in result.output
    assert not (folder / "reruns").exists()


def test_rerun_reads_a_parameter_file_that_the_command_line_overrides(folder):
    (folder / "preset.yaml").write_text("width: 3\nactivation: erf\n")
    output = folder / "out.ipynb"
    result = invoke(notebook="01", file=folder / "preset.yaml", parameters="width=4", output=output)
    assert result.exit_code == 0, result.output
    assert "4 erf [1.0, 2.0] None" in output.read_text()


def test_rerun_never_writes_among_the_committed_notebooks(folder):
    result = invoke(notebook="01", output=folder / "notebooks" / "01_example.ipynb")
    assert result.exit_code == 2
    assert not (folder / "notebooks" / "01_example.ipynb").exists()


def test_a_failing_cell_keeps_the_good_copy_and_the_partial_one_apart(folder):
    output = folder / "out.ipynb"
    output.write_text("good")
    result = invoke(notebook="01", parameters="width=-1", output=output)
    assert result.exit_code == 1
    assert "width is not positive" in result.output
    assert output.read_text() == "good"
    assert "AssertionError" in (folder / "out.failed.ipynb").read_text()
    assert sorted(path.name for path in folder.glob("*.ipynb")) == ["out.failed.ipynb", "out.ipynb"]
