"""Parameters know their range, and are checked in the notebook however they were changed."""

import pytest

from book import parameters
from book.parameters import ParameterError, checked, declared_in

pytestmark = pytest.mark.machinery

IMPORTS = "from book.parameters import *"
DECLARED = """\
activation: Activation = "sigmoid"  # its name
widths: Ascending[Count] = [100, 300]  # hidden units
norm: Positive = 1  # of the patterns
large: Several[Positive] = [
    30, 100
]  # larger norms  # fmt: skip
order: Distinct[Activation] = ["tanh", "erf"]  # as drawn
stated: dict[Activation, Count] = {"tanh": 2}  # numbers of patterns
"""
DEFAULTS = {"activation": "sigmoid", "widths": [100, 300], "norm": 1, "large": [30, 100], "order": ["tanh", "erf"]}


def run(*cells):
    """Run the cells as a notebook would, and return its variables."""
    namespace = {"In": [""]}
    for cell in (IMPORTS, *cells, "check(globals())"):
        namespace["In"].append(cell)
        if cell != "oops(":  # a cell that fails
            exec(cell, namespace)
    return namespace


@pytest.mark.parametrize(
    ("annotation", "default", "value", "named"),
    [
        ("Count", 1, True, "it is True: .*integer"),
        ("Device", "cpu", "gpu", "it is 'gpu': .*\"cpu\""),
        ("Positive", 1, float("inf"), "it is inf: .*finite"),
        ("Tolerance", 1e-7, 1e-30, "it is 1e-30: .* 1e-20"),
        ("Activation", "erf", "relu", "it is 'relu': .*'tanh'"),
        ("File", "../README.md", "nothing.json", "it is 'nothing.json': .*file"),
        ("Ascending[Positive]", [1], [2, 2.0], "2(.0)? stands there twice"),
        ("dict[Activation, Count]", {"erf": 1}, {"tanh:3": None}, "it.*write {tanh: 3}, with a space"),
    ],
)
def test_what_is_out_of_range_is_one_sentence_with_the_value_and_the_remedy(annotation, default, value, named):
    with pytest.raises(ParameterError, match=named) as said:
        checked(declared_in(f"it: {annotation} = {default!r}"), {"it": value})
    text = str(said.value)
    assert text.endswith(").") and "\n" not in text and len(text) < 250


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ((DECLARED, "# Parameters\nwidhts = [300]\n"), "no parameter 'widhts'. Did you mean widths"),
        ((DECLARED, "norm = -3"), "norm is -3"),
        ((DECLARED, "# Parameters\nwidths = '[300, 0]'\n"), r"widths\[1\] is 0"),
        ((DECLARED, "# Parameters\nwidths = '[300'\n"), r"'\[300' cannot be read"),
        ((DECLARED.replace("[100, 300]", "[-1, 300]"),), r"widths\[0\] is -1"),
        (("1 + 1",), "run the notebook from its first cell"),
        (("width: Count = len('x')",), "declares no parameter"),
    ],
)
def test_values_are_checked_in_the_notebook_however_they_got_there(cells, sentence):
    with pytest.raises(ParameterError, match=sentence):
        run(*cells)


def test_what_papermill_hands_over_as_text_is_read_and_the_rest_is_left():
    # Run again after a cell was mended, with the broken ones still among the inputs.
    found = run(DECLARED.replace("[100", "[-1"), "oops(", DECLARED)
    assert {name: found[name] for name in DEFAULTS} == DEFAULTS
    given = "widths = '[300, 100]'\nlarge = '[1e3, 3]'\nstated = '{erf: 3}'\norder = '[tanh, erf]'\nnorm = 2.0\n"
    changed = {"widths": [100, 300], "large": [3, 1000], "stated": {"erf": 3}, "order": ["tanh", "erf"], "norm": 2}
    found = run(DECLARED, f"# Parameters\n{given}")
    # What has no order is sorted, and whole numbers are written as such.
    assert repr({name: found[name] for name in changed}) == repr(changed)
    kept = {"In": [""], "norm": -1}  # where no inputs are kept, nothing is checked
    parameters.check(kept)
    assert kept["norm"] == -1


def test_networks_that_do_not_fit_or_would_not_have_to_be_trained_are_refused(capsys):
    with pytest.raises(MemoryError, match="2 patterns in 8 dimensions at width 10000000000000 and depth 2"):
        parameters.check_fits(width=[10, 10**13], dim=8, n_points=[1, 2])
    with pytest.raises(ParameterError, match="dim is 1.* 3 are asked for"):
        parameters.check_fits(width=10, dim=1, n_points=[2, 3])
    with pytest.raises(ParameterError, match=r"tolerance is 1e-07.* norm 0.0005 in 8 dimensions.* at most 3e-12"):
        parameters.check_fits(width=10, dim=8, norms=[0.0005, 1], tolerance=1e-7)
    parameters.check_fits(width=10, dim=8, norms=[0.0005, 1], tolerance=3e-12)
    assert capsys.readouterr().out == ""
    parameters.check_fits(width=100_000, dim=10, n_points=10, repeats=60_000)
    assert "60,000 networks will take about 10 hours" in capsys.readouterr().out
