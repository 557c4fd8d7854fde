"""Print the whole built book into one PDF with bookmarks."""

from __future__ import annotations

import html
import io
import sys
from typing import Any

from pypdf import PdfWriter

from book.build.chromium import chromium
from book.build.toc import ROOT, pages

TARGET = ROOT / "_build" / "sigae.pdf"
MARGINS: Any = {"top": "18mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}
FOOTER = (
    '<div style="width:100%;font-size:8px;text-align:center;color:#555"><span class="title"></span>'
    ' &middot; <span class="pageNumber"></span></div>'
)


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


def main() -> None:
    """Print every page of the table of contents, in reading order."""
    book = PdfWriter()
    try:
        with chromium() as browser:
            page = browser.new_page(color_scheme="light")
            page.goto((ROOT / "_build" / "html" / f"{pages()[0]}.html").as_uri(), wait_until="networkidle")
            told = [page.locator("article p:has(.pasted-text), article h1 + p").nth(k).inner_text() for k in (0, 1)]
            page.set_content(front(page.title().partition(" — ")[0], told))
            book.append(io.BytesIO(page.pdf(format="A4", margin=MARGINS)), outline_item="Abstract")
            for name in pages():
                page.goto((ROOT / "_build" / "html" / f"{name}.html").as_uri(), wait_until="networkidle")
                page.evaluate("() => window.MathJax?.startup?.promise")
                page.emulate_media(media="print")
                title = page.locator("h1").first.inner_text().rstrip("#").strip()
                printed = page.pdf(
                    format="A4", margin=MARGINS, display_header_footer=True, header_template="<span></span>",
                    footer_template=FOOTER, print_background=True,
                )  # fmt: skip
                book.append(io.BytesIO(printed), outline_item=title)
    except FileNotFoundError as error:
        sys.exit(f"error: {error}")
    book.add_metadata({"/Title": "Associative memory in sigmoid autoencoders", "/Author": "The sigae authors"})
    book.write(TARGET)
    print(f"{len(book.pages)} pages in {TARGET.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
