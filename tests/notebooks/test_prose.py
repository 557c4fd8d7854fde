"""What pages say: in the field's words, in lines that a diff can show, with no measured number typed by hand."""

import re

import jupytext
import pytest

from book.build.toc import NOTEBOOKS, ROOT

pytestmark = pytest.mark.machinery

SOURCES = sorted(NOTEBOOKS.glob("*.py"))
PAGES = [*SOURCES, *sorted((ROOT / "book").glob("*.md"))]
WORDS = re.compile(
    r"\b((come|comes|came|calls?|called|led|gets?) (\w+ ){0,3}home|parted from|foret(ell|old)\w*|forese(e|en)|"
    r"border of attraction|open rays?|tubes?|leaves undone|turn(s|ed)? round|wanted (between|above|below)|margins?|"
    r"swallow\w*|report's wish|wins|turned by hand|roster|told of)\b",
    re.IGNORECASE,
)
# Of the sentences those that quote somebody, or state a criterion, have numbers of their own.
QUOTING = re.compile(r"\b(report|paper|claim|interval|threshold|criterion)", re.IGNORECASE)
SETTINGS = r"9[05] %|10 %,? (and )?40 %|(and )?70 %|51 times|\b2\.26"
MEASURED = re.compile(r"\b\d[\d,]*(\.\d+)? ?(%|times|seconds|hours|minutes)|\b\d+\.\d+")


def prose(path):
    """The markdown of a page's source, without anything that is code."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = jupytext.read(path).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def typed_numbers(text):
    for hidden in (SETTINGS, r"```.*?```", r"\{[\w:]+\}`[^`]*`", r"`[^`]*`", r"\$[^$]*\$"):
        text = re.sub(hidden, "", text, flags=re.DOTALL)
    sentences = re.split(r"(?<=[.!?:])\s+|\n\s*\n|\n- ", text)
    return [sentence for sentence in sentences if MEASURED.search(sentence) and not QUOTING.search(sentence)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_measured_number_in_the_prose_is_glued(path):
    assert typed_numbers(prose(path)) == []


def test_a_number_typed_by_hand_would_be_found():
    text = "The radius is 0.93. It took 12 seconds. {glue:text}`share:.0f` % of $0.5$. The report says 40 %."
    assert typed_numbers(text) == ["The radius is 0.93.", "It took 12 seconds."]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_are_written_in_the_field_s_words(path):
    text = path.read_text(encoding="utf-8")
    assert [text[max(0, found.start() - 40) : found.end() + 20] for found in WORDS.finditer(text)] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_change_of_the_prose_can_be_read_in_a_diff(path):
    lines = prose(path).splitlines()
    assert [line for line in lines if len(f"# {line}") > 120 and not re.match(r"\s*\||.*https?://", line)] == []
    assert [line for line in lines if line.startswith("%")] == []  # which MyST takes for a comment
