"""Parameters know their range, and are checked in the notebook however they were changed."""

import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from book import parameters
from book.build.parameters import declared_parameters
from book.build.runner import read_source
from book.build.toc import NOTEBOOKS
from book.parameters import Parameter, ParameterError

pytestmark = pytest.mark.machinery

IMPORTS = "from book.parameters import *"
DECLARED = """\
activation: Activation = "sigmoid"  # its name
widths: Ascending[Count] = [100, 300]  # hidden units
norm: Positive = 1  # of the patterns
large: Several[Positive] = [30, 100]  # larger norms
order: Distinct[Activation] = ["tanh", "erf"]  # as drawn
stated: dict[Activation, Count] = {"tanh": 2}  # numbers of patterns
"""
NAMES = ("activation", "widths", "norm", "large", "order", "stated")


def checked(injected="", declared=DECLARED):
    """Run the cells as a notebook would, and return its variables."""
    namespace = {"In": [""]}
    for source in (IMPORTS, declared, *([injected] if injected else []), "check(globals())"):
        namespace["In"].append(source)
        exec(source, namespace)
    return namespace


@pytest.mark.parametrize(
    ("annotation", "value", "read"),
    [
        ("Ascending[Count]", [300, 100, 200], [100, 200, 300]),
        ("Ascending[Positive]", [10, 2.5, 3.0], [2.5, 3, 10]),
        ("Several[Positive]", [10, 2], [2, 10]),
        ("Distinct[Activation]", ["tanh", "erf"], ["tanh", "erf"]),
        ("Positive", 2.0, 2),
        ("Seed", 0, 0),
        ("Device", "cpu", "cpu"),
    ],
)
def test_what_has_no_order_is_sorted_and_the_rest_kept(annotation, value, read):
    found = Parameter("it", annotation, value, "").check(value)
    assert found == read
    assert repr(found) == repr(read)  # whole numbers are written as such


@pytest.mark.parametrize(
    ("annotation", "value", "sentence"),
    [
        ("Count", 0, "it is 0: give a whole number of at least 1"),
        ("Count", 2.5, "it is 2.5: give a whole number"),
        ("Count", True, "it is True: give a whole number"),
        ("Depth", 1, "it is 1: give a whole number of at least 2"),
        ("Device", "gpu", "it is 'gpu': this machine or this installation of torch has none that computes in double"),
        ("Seed", -1, "it is -1: give a whole number of at least 0"),
        ("Positive", 0.0, "it is 0.0: give a finite number above 0"),
        ("Positive", float("inf"), "it is inf: give a finite number"),
        ("Positive", "x", "it is 'x': give a number"),
        ("Tolerance", 1e-30, "it is 1e-30: give a number of at least 1e-20"),
        ("Activation", "relu", "it is 'relu': choose 'sigmoid', 'tanh' or 'erf'"),
        ("Ascending[Count]", 3, "it is 3: give a list"),
        ("Ascending[Count]", [], r"it is \[\]: give at least one value"),
        ("Ascending[Count]", [1, 0], r"it\[1\] is 0: give a whole number of at least 1"),
        ("Ascending[Positive]", [2, 2.0], r"it is \[2, 2.0\]: 2 stands there twice, give each value once"),
        ("Several[Count]", [1], r"it is \[1\]: give at least 2 values"),
        ("dict[Activation, Count]", {"tanh": 0}, r"it\['tanh'\] is 0: give a whole number of at least 1"),
        ("dict[Activation, Count]", [1], r"it is \[1\]: give a mapping"),
        (
            "list[int]",
            list(range(99)) + [0.5],
            r"it\[99\] is 0.5: give a whole number \(declared as list\[int\], as in ",
        ),
    ],
)
def test_what_is_out_of_range_is_one_sentence_with_the_value_and_the_remedy(annotation, value, sentence):
    with pytest.raises(ParameterError, match=sentence) as said:
        Parameter("it", annotation, [*range(99)], "").check(value)
    text = str(said.value)
    assert text.endswith(").") and "\n" not in text and len(text) < 250


def test_nothing_changes_at_the_declared_parameters():
    found = checked()
    assert [repr(found[name]) for name in NAMES] == [
        "'sigmoid'", "[100, 300]", "1", "[30, 100]", "['tanh', 'erf']", "{'tanh': 2}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("injected", "sentence"),
    [
        ("# Parameters\nwidths = [300, 0]\n", r"widths\[1\] is 0"),
        ("# Parameters\nwidhts = [300]\n", "there is no parameter 'widhts': choose among activation, widths, norm"),
        ("norm = -3", "norm is -3"),
        ("# Parameters\nwidths = '[300, 0]'\n", r"widths\[1\] is 0"),
        ("# Parameters\nwidths = '[300'\n", r"'\[300' cannot be read as a value"),
        ("# Parameters\nactivation = 'relu'\n", "activation is 'relu'"),
    ],
)
def test_injected_values_are_checked_in_the_notebook(injected, sentence):
    with pytest.raises(ParameterError, match=sentence):
        checked(injected)


def test_what_papermill_hands_over_as_text_is_read():
    found = checked("# Parameters\nwidths = '[300, 100]'\nlarge = '[1e3, 3]'\nstated = '{erf: 3}'\norder = '[erf]'\n")
    assert (found["widths"], found["large"], found["stated"], found["order"]) == (
        [100, 300],
        [3, 1000],
        {"erf": 3},
        ["erf"],
    )


def test_a_default_that_a_reader_edits_is_checked():
    with pytest.raises(ParameterError, match=r"widths\[0\] is -1"):
        checked(declared=DECLARED.replace("[100, 300]", "[-1, 300]"))
    # Run again after it was mended, with the broken cell still among the inputs.
    namespace = {"In": [""]}
    for source in (IMPORTS, DECLARED.replace("[100", "[-1"), "oops(", DECLARED, "check(globals())"):
        namespace["In"].append(source)
        if source != "oops(":
            exec(source, namespace)
    assert namespace["widths"] == [100, 300]


def test_declared_values_are_written_as_they_are_read():
    """So that a run that keeps no inputs, and checks nothing, prints what others print."""
    for path in NOTEBOOKS.glob("*.py"):
        for parameter in declared_parameters(read_source(path.stem)).values():
            assert repr(parameter.check(parameter.default)) == repr(parameter.default), (path.stem, parameter.name)


def test_where_no_inputs_are_kept_nothing_is_checked():
    namespace = {"In": [""], "norm": -1}
    parameters.check(namespace)
    assert namespace["norm"] == -1


def test_a_check_before_any_parameters_says_so():
    with pytest.raises(ParameterError, match="run the notebook from its first cell"):
        parameters.check({"In": ["1 + 1"]})


def test_a_kernel_reads_checks_and_tells_what_papermill_changed(tmp_path):
    cells = [
        new_code_cell(IMPORTS),
        new_code_cell(DECLARED, metadata={"tags": ["parameters"]}),
        new_code_cell("check(globals())"),
        new_code_cell("print(widths, norm)"),
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    options = {"progress_bar": False, "extra_arguments": ["--IPKernelApp.log_level=ERROR"]}
    done = papermill.execute_notebook(notebook, None, {"widths": "[300, 20]", "norm": 2.0}, **options)
    assert done.cells[-1].outputs[0].text == "[20, 300] 2\n"
    said = done.cells[-2].outputs[0].data["text/plain"]
    assert said.startswith("This copy was run with other parameters: widths = [20, 300], norm = 2. Its figures")
    with pytest.raises(papermill.PapermillExecutionError, match="ParameterError: norm is -2"):
        papermill.execute_notebook(notebook, None, {"norm": -2}, **options)


def test_a_network_that_does_not_fit_is_refused_and_a_long_run_told(capsys):
    with pytest.raises(ParameterError, match="training 2 patterns in 8 dimensions at width 10000000000000 and depth 2"):
        parameters.check_fits(width=[10, 10**13], dim=8, n_points=[1, 2])
    assert capsys.readouterr().out == ""
    parameters.check_fits(width=100_000, dim=10, n_points=10, repeats=60_000)
    assert capsys.readouterr().out == "Training 60,000 networks will take about 10 hours of one processor's time.\n"
