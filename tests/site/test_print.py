"""The book as a document: what `make pdf` prints."""

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

from book.build import pdf
from tests.site.conftest import HTML, cut

SHEET = round((210 - 2 * 16) / 25.4 * 96 / pdf.SCALE)  # pixels across A4 between the margins


@pytest.fixture(scope="module")
def page(browser):
    with pdf.opened(browser) as page:
        yield page


@pytest.fixture(scope="module")
def printed(page):
    return PdfReader(io.BytesIO(pdf.printed(page)))


def test_it_has_what_a_paper_has_and_no_manual(printed):
    titles = [item.title for item in printed.outline if not isinstance(item, list)]
    assert {"Beyond the linear region", "The infinite-width limit", "References"} <= set(titles)
    assert not {"The package sigae", "How a page is made", "Make a memory"} & set(titles)


def test_contents_say_on_which_page_each_part_begins(printed):
    text = unicodedata.normalize("NFKC", printed.pages[0].extract_text())  # some fonts join letters
    said = dict(re.findall(r"(?m)^([^\d\n]+) (\d+)$", text))
    parts = [item for item in printed.outline if not isinstance(item, list)][1:]
    assert len(parts) > 15
    begins = {item.title: str(1 + printed.get_destination_page_number(item)) for item in parts}
    assert begins.items() <= said.items()


def test_links_lead_to_places_in_the_document_or_to_addresses_on_the_web(printed):
    links = [link.get_object() for sheet in printed.pages for link in sheet.get("/Annots", [])]
    within = [link for link in links if "/Dest" in link]
    assert len(within) > 50
    assert {link["/Dest"] for link in within if isinstance(link["/Dest"], str)} <= set(printed.named_destinations)
    assert all(link["/A"]["/URI"].startswith("https://") for link in links if "/Dest" not in link)


def test_the_site_offers_the_book_only_once_it_is_printed(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "TARGET", tmp_path / "sigae.pdf")
    monkeypatch.setattr(pdf, "FRONT", tmp_path / "front.html")
    built = re.sub(r"<p><a href=\"[^\"]*sigae\.pdf.*?</p>", pdf.OFFER[0], (HTML / "book/intro.html").read_text("utf-8"))
    pdf.FRONT.write_text(built, "utf-8")
    assert "sigae.pdf" not in built
    for _ in range(2):
        pdf.offer(b"%PDF")
        assert pdf.FRONT.read_text("utf-8").count("sigae.pdf") == 1 and pdf.TARGET.exists()


def test_no_figure_is_missing_or_cut_on_paper_and_the_film_stands_still(page):
    captions = page.locator("figcaption .caption-number:visible").all_inner_texts()
    numbers = {int(found[1]) for caption in captions if (found := re.match(r"Fig\. (\d+)", caption))}
    assert numbers == set(range(min(numbers), max(numbers) + 1)) and len(numbers) > 20
    page.set_viewport_size({"width": SHEET, "height": 900})
    assert cut(page, printed=True) == []
    frames = page.locator(".film svg").first.locator(".frame")
    opacities = frames.evaluate_all("all => all.map(e => getComputedStyle(e).opacity)")
    assert opacities == ["0"] * (frames.count() - 1) + ["1"]
