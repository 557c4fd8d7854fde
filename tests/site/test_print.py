"""The book as a document: what `make pdf` prints."""

import io
import re

import pytest
from pypdf import PdfReader

from book.build import pdf
from tests.site.conftest import cut

SHEET = round((210 - 2 * 16) / 25.4 * 96)  # pixels across A4 between the margins


@pytest.fixture(scope="module")
def printed(browser):
    return PdfReader(io.BytesIO(pdf.printed(browser)))


@pytest.fixture(scope="module")
def text(printed):
    return "\n".join(sheet.extract_text() for sheet in printed.pages)


def test_it_has_what_a_paper_has_and_no_manual(printed, text):
    titles = [item.title for item in printed.outline if not isinstance(item, list)]
    assert {"Beyond the linear region", "The infinite-width limit", "References"} <= set(titles)
    assert not {"The package sigae", "How a page is made", "Make a memory"} & set(titles)
    assert "Abstract" in printed.pages[0].extract_text()
    numbers = {int(found) for found in re.findall(r"Fig\. (\d+)", text)}
    assert numbers == set(range(min(numbers), max(numbers) + 1)) and len(numbers) > 20


def test_links_lead_to_places_in_the_document_or_to_addresses_on_the_web(printed):
    links = [link.get_object() for sheet in printed.pages for link in sheet.get("/Annots", [])]
    within = [link for link in links if "/Dest" in link]
    assert len(within) > 50
    assert {link["/Dest"] for link in within if isinstance(link["/Dest"], str)} <= set(printed.named_destinations)
    assert all(link["/A"]["/URI"].startswith("https://") for link in links if "/Dest" not in link)


def test_what_is_not_printed_is_linked_where_it_is_published():
    assert pdf.published("https://github.com/Some/book") == "https://some.github.io/book/"
    assert pdf.published("") == pdf.published("https://gitlab.com/some/book") == ""


def test_nothing_is_cut_on_paper_and_the_film_stands_still(browser):
    with pdf.opened(browser) as page:
        page.set_viewport_size({"width": SHEET, "height": 900})
        assert cut(page, printed=True) == []
        shown = page.locator("img[src*='film']").evaluate_all(
            "all => all.filter(e => e.checkVisibility()).map(e => e.src)"
        )
        assert [address.rpartition("/")[2] for address in shown] == ["film-still.svg"]
