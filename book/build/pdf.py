"""Print what the built book has of a paper into one PDF with bookmarks."""

from __future__ import annotations

import html
import io
import re
import sys
from typing import Any
from urllib.parse import unquote

from playwright.sync_api import Browser, Page
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject

from book.build.chromium import chromium
from book.build.repository import repository
from book.build.toc import ROOT, pages

TARGET = ROOT / "_build" / "sigae.pdf"
HTML = ROOT / "_build" / "html"
# Manuals, and what needs a screen.
NOT_PRINTED = {
    "book/executed/00_five_minutes", "book/make_a_memory", "book/reference", "book/how_pages_are_made",
    "book/where_it_runs", "book/on_a_cluster", "book/generated/status",
}  # fmt: skip
MARGINS: Any = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}
MARGIN = 18 / 25.4 * 72  # above and below, in points; Chromium forgets it where it says how high an element is
Places = dict[str, tuple[int, float]]
FOOTER = (
    '<div style="width:100%;font-size:8px;text-align:center;color:#555"><span class="title"></span>'
    ' &middot; <span class="pageNumber"></span></div>'
)


# What a page waits for before it is printed: formulas are set, and images in sight have come.
READY = """() => Promise.all([window.MathJax?.startup?.promise, ...[...document.images]
    .filter(image => image.checkVisibility() && !image.complete)
    .map(image => new Promise(done => { image.onload = image.onerror = done; image.loading = 'eager'; }))])"""
# A link to a printed page is marked, for `joined`; one to a page that is not printed leads to the published site, or is
# none. Chromium keeps the places of those elements that a link on their own page leads to.
LINKS = """([printed, root, site]) => {
    for (const link of document.querySelectorAll('a[href]')) {
        const { href } = new URL(link.getAttribute('href'), document.baseURI);
        if (!href.startsWith(root)) { continue; }
        const [, name, place] = /^(.*?)(?:[.]html)?(?:#(.*))?$/.exec(href.slice(root.length));
        if (printed.includes(name)) { link.setAttribute('href', `book:${name}#${place ?? ''}`); }
        else if (site) { link.setAttribute('href', site + href.slice(root.length)); }
        else { link.replaceWith(...link.childNodes); }
    }
    for (const mark of document.querySelectorAll('article span[id]:empty:has(+ :is(h2, h3))')) {
        mark.nextElementSibling.prepend(mark); // or it stays behind where a heading begins the next sheet
    }
    for (const { id } of document.querySelectorAll('article [id]')) {
        document.body.append(Object.assign(document.createElement('a'), { href: `#${id}`, hidden: true }));
    }
}"""


def published(address: str) -> str:
    """Return where the site of a repository is published, with a slash at its end; nothing where that is unknown."""
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", address)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def front(title: str, abstract: list[str]) -> str:
    """Write the title page: the title, who made the book, and in short what was asked and found."""
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in abstract)
    return (
        '<body style="font-family: serif; line-height: 1.5; padding: 30mm 12mm 0"><h1 style="text-align: center">'
        f'{html.escape(title)}</h1><p style="text-align: center">The sigae authors</p><h2 style="font-size: 1em">'
        f"Abstract</h2>{paragraphs}</body>"
    )


def ready(page: Page, name: str) -> None:
    """Open a page of the built site as it is printed: folds that belong to a paper are open, everything is loaded."""
    page.goto((HTML / f"{name}.html").as_uri())
    page.evaluate("() => document.querySelectorAll('details.told').forEach((told) => { told.open = true; })")
    page.evaluate(READY)
    page.evaluate("() => window.dispatchEvent(new Event('resize'))")  # what has been unfolded is measured
    page.emulate_media(media="print")
    page.evaluate(READY)


def places_on(sheets: PdfReader) -> Places:
    """Find where the elements of a printed page are: number of the sheet, points above its lower edge."""
    places = {}
    for name, found in sheets.named_destinations.items():
        number, top = sheets.get_destination_page_number(found), float(found.top or 0) - MARGIN
        if number is not None:
            if top < MARGIN + 1 and number + 1 < len(sheets.pages):  # what begins a sheet is said to end the one before
                number, top = number + 1, float(sheets.pages[0].mediabox.top) - MARGIN
            places[name.lstrip("/")] = number, top
    return places


def joined(book: PdfWriter, places: dict[str, tuple[int, Places]]) -> None:
    """Lead every link that :data:`LINKS` marked to its place in the document."""
    for sheet in book.pages:
        for link in sheet.get("/Annots", []):
            link = link.get_object()
            address = link.get("/A", {}).get("/URI", "")
            if address.startswith("book:"):
                name, _, place = address.removeprefix("book:").partition("#")
                first, known = places[name]
                sheet_of_it, top = known.get(unquote(place), (0, float(book.pages[first].mediabox.top)))
                target = book.pages[first + sheet_of_it].indirect_reference
                del link["/A"]
                at = [target, NameObject("/XYZ"), NullObject(), FloatObject(top), NullObject()]  # zoom stays as it is
                link[NameObject("/Dest")] = ArrayObject(at)


def printed(browser: Browser) -> PdfWriter:
    """Print the pages that a paper would have, in reading order, after a title page."""
    book = PdfWriter()
    places: dict[str, tuple[int, Places]] = {}
    page = browser.new_page(color_scheme="light")
    page.goto((HTML / f"{pages()[0]}.html").as_uri(), wait_until="networkidle")
    abstract = [page.locator("article p:has(.pasted-text), article h1 + p").nth(k).inner_text() for k in (0, 1)]
    page.set_content(front(page.title().partition(" — ")[0], abstract))
    book.append(io.BytesIO(page.pdf(format="A4", margin=MARGINS)), outline_item="Abstract")
    names = [name for name in pages() if name not in NOT_PRINTED]
    for name in names:
        ready(page, name)
        title = page.locator("h1").first.inner_text().rstrip("#").strip()
        page.evaluate(LINKS, [names, f"{HTML.as_uri()}/", published(repository(ROOT))])
        sheets = PdfReader(
            io.BytesIO(
                page.pdf(
                    format="A4", margin=MARGINS, display_header_footer=True, header_template="<span></span>",
                    footer_template=FOOTER, print_background=True,
                )
            )
        )  # fmt: skip
        places[name] = len(book.pages), places_on(sheets)
        sheets.root_object.pop("/Dests", None)  # of several pages, some have the same name
        book.append(sheets, outline_item=title)
    page.close()
    joined(book, places)
    book.add_metadata({"/Title": "Associative memory in sigmoid autoencoders", "/Author": "The sigae authors"})
    return book


def main() -> None:
    """Print the book to its file, or say in one sentence what it needs."""
    try:
        with chromium() as browser:
            book = printed(browser)
    except FileNotFoundError as error:
        sys.exit(f"error: {error}")
    book.write(TARGET)
    print(f"{len(book.pages)} pages in {TARGET.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
