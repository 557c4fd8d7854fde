"""What pages say: in lines that a diff can show, with no measured number typed by hand."""

import re

import jupytext
import pytest

from book.build.toc import NOTEBOOKS

pytestmark = pytest.mark.machinery

SOURCES = sorted(NOTEBOOKS.glob("*.py"))
# Of the sentences those that quote somebody, or state a criterion, have numbers of their own.
QUOTING = re.compile(r"\b(report|paper|claim|interval|threshold|criterion)", re.IGNORECASE)
SETTINGS = r"9[05] %|10 %,? (and )?40 %|(and )?70 %|51 times|\b2\.26"
MEASURED = re.compile(r"\b\d[\d,]*(\.\d+)? ?(%|times|seconds|hours|minutes)|\b\d+\.\d+")


def typed_numbers(text):
    for hidden in (SETTINGS, r"```.*?```", r"\{[\w:]+\}`[^`]*`", r"`[^`]*`", r"\$[^$]*\$"):
        text = re.sub(hidden, "", text, flags=re.DOTALL)
    sentences = re.split(r"(?<=[.!?:])\s+|\n\s*\n|\n- ", text)
    return [sentence for sentence in sentences if MEASURED.search(sentence) and not QUOTING.search(sentence)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_prose_has_no_measured_number_that_is_typed_and_lines_that_a_diff_can_show(path):
    prose = "\n\n".join(cell.source for cell in jupytext.read(path).cells if cell.cell_type == "markdown")
    assert typed_numbers(prose) == []
    lines = prose.splitlines()
    assert [line for line in lines if len(f"# {line}") > 120 and not re.match(r"\s*\||.*https?://", line)] == []
    assert [line for line in lines if line.startswith("%")] == []  # which MyST takes for a comment


def test_a_number_typed_by_hand_would_be_found():
    text = "The radius is 0.93. It took 12 seconds. {glue:text}`share:.0f` % of $0.5$. The report says 40 %."
    assert typed_numbers(text) == ["The radius is 0.93.", "It took 12 seconds."]
