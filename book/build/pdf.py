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
from pypdf.generic import ArrayObject, NameObject, NullObject, NumberObject

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
    for (const { id } of document.querySelectorAll('article [id]')) {
        document.body.append(Object.assign(document.createElement('a'), { href: `#${id}`, hidden: true }));
    }
}"""


def published(address: str) -> str:
    """Return where the site of a repository is published, with a slash at its end; nothing where that is unknown."""
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", address)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def front(title: str, abstract: list[str]) -> str:
    """Write the title page: the title, who made the book, and in short what was asked and found.

    Parameters
    ----------
    title
        Of the book.
    abstract
        Paragraphs of plain text.

    Returns
    -------
    str
        HTML.
    """
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in abstract)
    return (
        '<body style="font-family: serif; line-height: 1.5; padding: 30mm 12mm 0"><h1 style="text-align: center">'
        f'{html.escape(title)}</h1><p style="text-align: center">The sigae authors</p><h2 style="font-size: 1em">'
        f"Abstract</h2>{paragraphs}</body>"
    )


def ready(page: Page, name: str) -> None:
    """Open a page of the built site as it is printed: folds that belong to a paper are open, everything is loaded.

    Parameters
    ----------
    page
        A tab of the browser.
    name
        The page's, as in the table of contents.
    """
    page.goto((HTML / f"{name}.html").as_uri())
    page.evaluate("() => document.querySelectorAll('details.told').forEach((told) => { told.open = true; })")
    page.evaluate(READY)
    page.evaluate("() => window.dispatchEvent(new Event('resize'))")  # what has been unfolded is measured
    page.emulate_media(media="print")
    page.evaluate(READY)


def joined(book: PdfWriter, places: dict[str, tuple[int, dict[str, Any]]]) -> None:
    """Lead every link that :data:`LINKS` marked to its place in the document.

    Parameters
    ----------
    book
        All sheets.
    places
        Page of the book to its first sheet, and to where on its own sheets its elements are: sheet, left and top.
    """
    for sheet in book.pages:
        for link in sheet.get("/Annots", []):
            link = link.get_object()
            address = link.get("/A", {}).get("/URI", "")
            if address.startswith("book:"):
                name, _, place = address.removeprefix("book:").partition("#")
                first, known = places[name]
                offset, left, top = known.get(unquote(place), (0, NullObject(), NullObject()))
                target = book.pages[first + offset].indirect_reference
                del link["/A"]
                link[NameObject("/Dest")] = ArrayObject([target, NameObject("/XYZ"), left, top, NumberObject(0)])


def printed(browser: Browser) -> PdfWriter:
    """Print the pages that a paper would have, in reading order, after a title page.

    Parameters
    ----------
    browser
        From :func:`book.build.chromium.chromium`.

    Returns
    -------
    PdfWriter
        The document, with a bookmark a page of the book.
    """
    book = PdfWriter()
    places: dict[str, tuple[int, dict[str, Any]]] = {}
    page = browser.new_page(color_scheme="light")
    page.goto((HTML / f"{pages()[0]}.html").as_uri(), wait_until="networkidle")
    told = [page.locator("article p:has(.pasted-text), article h1 + p").nth(k).inner_text() for k in (0, 1)]
    page.set_content(front(page.title().partition(" — ")[0], told))
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
        places[name] = (
            len(book.pages),
            {
                place.lstrip("/"): (sheets.get_destination_page_number(found), found.left, found.top)
                for place, found in sheets.named_destinations.items()
            },
        )
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
