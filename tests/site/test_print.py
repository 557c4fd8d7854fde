"""The book as a document: what `make pdf` prints."""

import io
import re

import pypdfium2
import pytest
from pypdf import PdfReader

from book.build import pdf
from book.build.toc import pages
from tests.site.conftest import cut

SHEET = round((210 - 2 * 16) / 25.4 * 96)  # pixels across A4 between the margins


@pytest.fixture(scope="module")
def sheets(browser):
    sheets = io.BytesIO()
    pdf.printed(browser).write(sheets)
    return sheets


@pytest.fixture(scope="module")
def printed(sheets):
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


def test_every_link_leads_to_its_place_in_the_document_or_to_an_address_on_the_web(sheets, printed):
    document, chips = PdfReader(sheets), 0
    first = {item.get_title(): item.get_dest().get_index() for item in printed.get_toc()}
    for number, sheet in enumerate(document.pages):
        for link in (annotation.get_object() for annotation in sheet.get("/Annots", [])):
            if "/Dest" not in link:
                assert link["/A"]["/URI"].startswith("https://")
                continue
            target, _, _, top, _ = link["/Dest"]
            there = document.get_page_number(target.get_object())
            if number < first["Conventions and method"] and there >= first["Claims and verdicts"]:
                # from the front page to a verdict: both say which
                here = printed[number].get_textpage().get_text_bounded(*map(float, link["/Rect"]))
                if found := re.match(r"C\d+", here.strip()):
                    chips += 1
                    place = printed[there].get_textpage().get_text_bounded(bottom=float(top) - 30, top=float(top))
                    assert found[0] + ":" in place, here
    assert chips > 8


def test_what_is_not_printed_is_linked_where_it_is_published():
    assert pdf.published("https://github.com/Some/book") == "https://some.github.io/book/"
    assert pdf.published("") == pdf.published("https://gitlab.com/some/book") == ""


@pytest.mark.parametrize("name", [name for name in pages() if name not in pdf.NOT_PRINTED])
def test_nothing_is_cut_on_paper(browser, name):
    page = browser.new_page(viewport={"width": SHEET, "height": 900}, color_scheme="light")
    pdf.ready(page, name)
    assert cut(page, printed=True) == []
    page.close()


def test_the_printed_film_shows_what_was_broken_and_what_has_healed(browser):
    page = browser.new_page(color_scheme="light")
    pdf.ready(page, "book/intro")
    shown = page.locator("img[src*='film']").evaluate_all(
        "images => images.filter(e => e.checkVisibility()).map(e => e.currentSrc)"
    )
    assert [address.rpartition("/")[2] for address in shown] == ["film-still.svg"]
    page.close()
