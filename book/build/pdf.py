"""Print what the built book has of a paper, as one document, into one PDF with bookmarks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urldefrag, urljoin

import click
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, Page

from book.build.chromium import chromium
from book.build.repository import repository
from book.build.toc import ROOT, UsageError, pages

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


def published(address: str) -> str:
    """Return where the site of a repository is published, with a slash at its end; nothing where that is unknown."""
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", address)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def article(soup: BeautifulSoup, name: str, printed: list[str], site: str) -> Tag:
    """Take a page's article as a part of the one document: its own ids, and links that lead to other parts.

    A link to a page that is not printed leads to the published site, or is none where that is unknown.
    """
    found: Any = soup.select_one("article.bd-article")
    for unprinted in found.select(".sigae-explorer, script[src], .headerlink, #jb-print-docs-body"):
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
    found["id"], found["style"] = f"{name}#", "break-before: page"
    return found


def document() -> str:
    """Put the pages that a paper would have into one, in reading order, after a title page."""
    names = [name for name in pages() if name not in NOT_PRINTED]
    site = published(repository(ROOT))
    read = {name: BeautifulSoup((HTML / f"{name}.html").read_text(encoding="utf-8"), "html.parser") for name in names}
    frame = read[names[0]]
    title: Any = frame.select_one("h1")
    abstract = [str(p) for p in frame.select("article p:has(.pasted-text), article h1 + p")[:2]]
    front = f"<h1>{title.get_text().rstrip('#')}</h1><p>The sigae authors</p><h2>Abstract</h2>{''.join(abstract)}"
    parts = [f'<article class="bd-article">{front}</article>']
    parts += [str(article(soup, name, names, site)) for name, soup in read.items()]
    container: Any = frame.select_one(".bd-article-container")
    container.clear()
    container.append(BeautifulSoup("\n".join(parts), "html.parser"))
    return str(frame)


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """Open the one document as it is printed."""
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


def printed(browser: Browser) -> bytes:
    """Print the one document."""
    with opened(browser) as page:
        return page.pdf(
            format="A4", margin=MARGINS, display_header_footer=True, header_template="<span></span>",
            footer_template=FOOTER, print_background=True, outline=True, tagged=True,
        )  # fmt: skip


@click.command()
def main() -> None:
    """Print the book to its file, or say in one sentence what it needs."""
    try:
        with chromium() as browser:
            TARGET.write_bytes(printed(browser))
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    click.echo(f"The book as a paper is in {TARGET.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
