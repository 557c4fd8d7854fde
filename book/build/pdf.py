"""Print what the built book has of a paper into one PDF with bookmarks."""

from __future__ import annotations

import html
import io
import sys
from typing import Any

from playwright.sync_api import Browser
from pypdf import PdfWriter

from book.build.chromium import chromium
from book.build.toc import ROOT, pages

TARGET = ROOT / "_build" / "sigae.pdf"
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
    page = browser.new_page(color_scheme="light")
    page.goto((ROOT / "_build" / "html" / f"{pages()[0]}.html").as_uri(), wait_until="networkidle")
    told = [page.locator("article p:has(.pasted-text), article h1 + p").nth(k).inner_text() for k in (0, 1)]
    page.set_content(front(page.title().partition(" — ")[0], told))
    book.append(io.BytesIO(page.pdf(format="A4", margin=MARGINS)), outline_item="Abstract")
    for name in (name for name in pages() if name not in NOT_PRINTED):
        page.goto((ROOT / "_build" / "html" / f"{name}.html").as_uri())
        page.evaluate("() => document.querySelectorAll('details.told').forEach((told) => { told.open = true; })")
        page.emulate_media(media="print")
        page.evaluate(READY)
        title = page.locator("h1").first.inner_text().rstrip("#").strip()
        sheets = page.pdf(
            format="A4", margin=MARGINS, display_header_footer=True, header_template="<span></span>",
            footer_template=FOOTER, print_background=True,
        )  # fmt: skip
        book.append(io.BytesIO(sheets), outline_item=title)
    page.close()
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
