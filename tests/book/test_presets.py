"""Parameters are read as they were meant, from a command line or a file, or refused in one sentence."""

import pytest

from book.build.presets import parse_assignments, preset_values, read_file, settled
from book.build.runner import read_source
from book.build.toc import PRESETS
from book.parameters import ParameterError, checked, declared

pytestmark = pytest.mark.machinery


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("norms=[1, 2.5] width=3 b='a=b c'", {"norms": [1, 2.5], "width": 3, "b": "a=b c"}),
        ("a=0100 b=1:30 c=no d=null", {"a": 100, "b": "1:30", "c": "no", "d": None}),  # 64, 90 and false in YAML 1.1
        ("a=1e-3 b=10_000 c={erf: 3}", {"a": 1e-3, "b": 10_000, "c": {"erf": 3}}),
    ],
)
def test_assignments_are_read_as_yaml_1_2(text, values):
    assert parse_assignments(text) == values


@pytest.mark.parametrize("text", ["5 width=3", "width=", "width=1 width=2", "norms=[1"])
def test_malformed_assignments_are_refused(text):
    with pytest.raises(ParameterError):
        parse_assignments(text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"width: 3\nwidth: 4\n", 'duplicate key "width"'),
        ("activation: sigmoïd".encode("latin-1"), "UTF-8"),
        (b"width:3", "name: value"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_none_of_parameters_is_one_sentence_with_its_name(tmp_path, content, said):
    path = tmp_path / "mine.yaml"
    if content:
        path.write_bytes(content)
    with pytest.raises(ParameterError, match=said) as refused:
        read_file(path)
    assert "mine.yaml" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("path", sorted(PRESETS.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_preset_fits_its_notebook(path):
    source, given = read_source(path.stem), preset_values(path.parent.name, path.stem)
    # The paper's may need more memory than this machine has.
    assert checked(declared(source), given) if path.parent.name == "paper" else settled(source, given)
