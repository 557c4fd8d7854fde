"""Print what the built book has of a paper, as one document, into one PDF with contents, and offer it on the site."""

import functools
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urldefrag, urljoin

import click
from bs4 import BeautifulSoup, Comment, Tag
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from book.build.chromium import chromium
from book.build.repository import published, repository
from book.build.toc import ROOT, UsageError, pages

HTML = ROOT / "_build" / "html"
TARGET = HTML / "sigae.pdf"
FRONT = HTML / f"{pages()[0]}.html"
OFFER = "<!-- the printed book -->", '<p><a href="../sigae.pdf">The book as a PDF</a>, to print or to send.</p>'
# Manuals, and what needs a screen.
NOT_PRINTED = {
    "book/executed/00_five_minutes", "book/make_a_memory", "book/reference", "book/how_pages_are_made",
    "book/where_it_runs", "book/on_a_cluster", "book/changes",
}  # fmt: skip
UNPRINTED = ".sigae-explorer, script[src], .headerlink, #jb-print-docs-body, section:has(> .paths), .sd-btn"
CONTENTS = "the contents of the printed book"
SCALE = 0.85
MARGINS: Any = {"top": "15mm", "bottom": "16mm", "left": "16mm", "right": "16mm"}
FOOTER = (
    '<div style="width:100%;font-size:8px;text-align:center;color:#555"><span class="title"></span>'
    ' &middot; <span class="pageNumber"></span></div>'
)


def article(soup: BeautifulSoup, name: str, printed: list[str], site: str) -> Tag:
    """Take a page's article as a part of the document: its own ids, and links that lead to other parts or the site."""
    found: Any = soup.select_one("article.bd-article")
    for unprinted in found.select(UNPRINTED):
        unprinted.decompose()
    for tag in found.select("[id]"):
        tag["id"] = f"{name}#{tag['id']}"
    for tag in found.select("img, source"):
        tag.attrs.pop("loading", None)
        for key in {"src", "srcset"} & set(tag.attrs):
            tag[key] = urljoin(f"{HTML.as_uri()}/{name}.html", tag[key])
    for link in found.select("a[href]"):
        target, place = urldefrag(urljoin(f"http://site/{name}.html", link["href"]))
        path = target.removeprefix("http://site/")
        if path.removesuffix(".html") in printed:
            link["href"] = f"#{path.removesuffix('.html')}#{place}"
        elif path != target:
            if site:
                link["href"] = f"{site}{path}#{place}".removesuffix("#")
            else:
                link.unwrap()
    for fold in found.select("details.derivation"):
        fold["open"] = ""
    found["id"] = f"{name}#"
    return found


def contents(titles: Mapping[str, str], numbers: Mapping[str, int]) -> str:
    """List the parts with the pages on which they begin, where these are known."""
    line = '<a href="#{0}#"><span>{1}</span> <span>{2}</span></a>'
    lines = "".join(line.format(name, title, numbers.get(name, "")) for name, title in titles.items())
    return f'<nav class="printed-contents"><h2>Contents</h2><div>{lines}</div></nav>'


@functools.cache  # to read all pages takes most of the time
def document() -> tuple[str, dict[str, str]]:
    """Put the pages that a paper would have into one, in reading order; return it with the titles of its parts."""
    names = [name for name in pages() if name not in NOT_PRINTED]
    site = published(repository(ROOT))
    read = {name: BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser") for name in names}
    frame = read[names[0]]
    headings: dict[str, Any] = {name: soup.select_one("article h1") for name, soup in read.items()}
    titles = {name: heading.get_text().rstrip("#") for name, heading in headings.items()}
    parts = [article(soup, name, names, site) for name, soup in read.items()]
    headings[names[0]].insert_after(*frame.select(".component-author"))
    abstract: Any = parts[0].select_one(".found")
    abstract.insert_after(Comment(CONTENTS))
    container: Any = frame.select_one(".bd-article-container")
    container.clear()
    container.extend(parts)
    return str(frame), {name: titles[name] for name in names[1:]}


@contextmanager
def opened(browser: Browser, numbers: Mapping[str, int] = {}) -> Iterator[Page]:
    """Open the one document as it is printed."""
    place = HTML / f"{pages()[0]}-printed.html"  # from where the site's scripts and styles are found
    page = browser.new_page(color_scheme="light", reduced_motion="reduce")
    try:
        text, titles = document()
        place.write_text(text.replace(f"<!--{CONTENTS}-->", contents(titles, numbers)), encoding="utf-8")
        page.emulate_media(media="print")
        page.goto(place.as_uri(), wait_until="networkidle")
        page.evaluate("() => window.MathJax?.startup?.promise")
        page.evaluate("() => window.dispatchEvent(new Event('resize'))")  # formulas are measured
        yield page
    finally:
        place.unlink(missing_ok=True)
        page.close()


def printed(browser: Browser) -> bytes:
    """Print the one document: once to see on which page each part begins, and again with these in its contents."""
    numbers: dict[str, int] = {}
    for _ in range(2):
        with opened(browser, numbers) as page:
            content = page.pdf(
                format="A4", margin=MARGINS, scale=SCALE, display_header_footer=True, header_template="<span></span>",
                footer_template=FOOTER, print_background=True, outline=True, tagged=True,
            )  # fmt: skip
        found = PdfReader(io.BytesIO(content))
        places = {name: found.get_destination_page_number(place) for name, place in found.named_destinations.items()}
        numbers = {name.strip("/#"): 1 + number for name, number in places.items() if number is not None}
    return content


def offer(content: bytes) -> None:
    """Put the printed book into the site, and a link to it onto the front page."""
    TARGET.write_bytes(content)
    FRONT.write_text(FRONT.read_text(encoding="utf-8").replace(*OFFER), encoding="utf-8")


@click.command()
def main() -> None:
    """Print the book to its file, or say in one sentence what it needs."""
    try:
        with chromium() as browser:
            offer(printed(browser))
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    click.echo(f"The book as a paper is in {TARGET.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
