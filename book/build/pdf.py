"""Print what the built book has of a paper, as one document, into one PDF with contents, and offer it on the site."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urldefrag, urljoin

import click
from bs4 import BeautifulSoup, Tag
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


def contents(titles: Mapping[str, str]) -> str:
    """List the parts, with room for the pages on which they begin."""
    lines = "".join(f'<a href="#{name}#"><span>{title}</span> <span></span></a>' for name, title in titles.items())
    return f'<nav class="printed-contents"><h2>Contents</h2><div>{lines}</div></nav>'


def document() -> str:
    """Put the pages that a paper would have into one, in reading order."""
    names = [name for name in pages() if name not in NOT_PRINTED]
    site = published(repository(ROOT))
    read = {name: BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser") for name in names}
    frame = read[names[0]]
    headings: dict[str, Any] = {name: soup.select_one("article h1") for name, soup in read.items()}
    titles = {name: heading.get_text().rstrip("#") for name, heading in headings.items()}
    parts = [article(soup, name, names, site) for name, soup in read.items()]
    headings[names[0]].insert_after(*frame.select(".component-author"))
    abstract: Any = parts[0].select_one(".found")
    abstract.insert_after(BeautifulSoup(contents({name: titles[name] for name in names[1:]}), "html.parser"))
    container: Any = frame.select_one(".bd-article-container")
    container.clear()
    container.extend(parts)
    return str(frame)


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """Open the one document as it is printed, with no page numbers in its contents yet."""
    place = HTML / f"{pages()[0]}-printed.html"  # from where the site's scripts and styles are found
    page = browser.new_page(color_scheme="light", reduced_motion="reduce")
    try:
        place.write_text(document(), encoding="utf-8")
        page.emulate_media(media="print")
        page.goto(place.as_uri(), wait_until="networkidle")
        page.evaluate("() => window.MathJax?.startup?.promise")
        page.evaluate("() => window.dispatchEvent(new Event('resize'))")  # formulas are measured
        yield page
    finally:
        place.unlink(missing_ok=True)
        page.close()


NUMBER = """numbers => document.querySelectorAll('.printed-contents a').forEach(
    line => { line.lastElementChild.textContent = numbers[line.getAttribute('href').slice(1)]; })"""


def printed(page: Page) -> bytes:
    """Print the one document: once to see on which page each part begins, and again with these in its contents."""
    paper: Any = {
        "format": "A4", "margin": MARGINS, "scale": SCALE, "display_header_footer": True, "print_background": True,
        "header_template": "<span></span>", "footer_template": FOOTER,
    }  # fmt: skip
    draft = PdfReader(io.BytesIO(page.pdf(**paper)))
    places = {name.strip("/"): draft.get_destination_page_number(at) for name, at in draft.named_destinations.items()}
    page.evaluate(NUMBER, {name: 1 + number for name, number in places.items() if number is not None})
    return page.pdf(**paper, outline=True, tagged=True)


def offer(content: bytes) -> None:
    """Put the printed book into the site, and a link to it onto the front page."""
    TARGET.write_bytes(content)
    FRONT.write_text(FRONT.read_text(encoding="utf-8").replace(*OFFER), encoding="utf-8")


@click.command()
def main() -> None:
    """Print the book to its file, or say in one sentence what it needs."""
    try:
        with chromium() as browser, opened(browser) as page:
            offer(printed(page))
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    click.echo(f"The book as a paper is in {TARGET.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
