"""The book as a document: what `make pdf` prints."""

import io
import re

import pypdfium2
import pytest

from book.build import pdf


@pytest.fixture(scope="module")
def printed(browser):
    sheets = io.BytesIO()
    pdf.printed(browser).write(sheets)
    with pypdfium2.PdfDocument(sheets) as document:
        yield document


def text_of(sheet):
    return sheet.get_textpage().get_text_bounded().replace("\r\n", "\n")


def test_it_begins_with_title_and_abstract(printed):
    first = text_of(printed[0])
    assert "Associative memory in sigmoid" in first and "Abstract" in first
    assert len(first.split()) > 60


def test_every_page_of_a_paper_has_its_bookmark_and_no_manual_is_printed(printed):
    titles = [item.get_title() for item in printed.get_toc()]
    assert "Beyond the linear region" in titles and "The infinite-width limit" in titles and "References" in titles
    assert not {"The package sigae", "How a page is made", "Make a memory"} & set(titles)


def test_figures_are_numbered_and_there_is_nothing_to_unfold_or_to_press(printed):
    text = "\n".join(map(text_of, printed))
    numbers = {int(found) for found in re.findall(r"(?m)^ *Fig\. (\d+) ", text)}
    assert numbers == set(range(min(numbers), max(numbers) + 1)) and len(numbers) > 25
    for machinery in ("Code and numbers", "How this page was made", "Show code", "Evidence (", "Explorer"):
        assert machinery not in text
    # What is folded on a page and belongs to a paper is printed.
    assert "four economies" in text and "Gram matrix" in text
