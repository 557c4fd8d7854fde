"""Each page, opened from the disk once: at two widths, in both themes, and in the end without any error."""

import functools
import os
import posixpath
import re
import subprocess
import xml.etree.ElementTree as ET
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from book.build.toc import ROOT, pages
from tests.site.conftest import HTML, cut, eventually, open_page

KINDS = [pages()[0], "book/executed/04_basin_of_attraction", "book/reference"]  # of which the frame is looked at, too
SMALLEST = 11.0  # pixels of a figure's text as shown
SVG = "{http://www.w3.org/2000/svg}"


def test_images_load_and_have_a_text_alternative(opened):
    opened.page.evaluate("() => document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    opened.page.wait_for_function("() => [...document.images].every(image => image.complete)")
    look = "images => images.map(image => [image.getAttribute('src'), image.naturalWidth, image.getAttribute('alt')])"
    for source, width, alternative in opened.page.locator("img").evaluate_all(look):
        assert width > 0, source
        assert (alternative or "").strip(), source
        assert alternative not in (source, unquote(source)), source


def test_equations_are_typeset(opened):
    wanted = opened.page.locator("article span.math, article div.math").count()
    assert opened.page.locator("article mjx-container").count() >= wanted
    assert opened.page.locator("mjx-merror").count() == 0
    assert opened.page.evaluate("() => !/\\\\\\(|\\\\\\[|\\$\\$/.test(document.querySelector('article').innerText)")


@functools.cache
def anchors(path):
    return set(re.findall(r'\sid="([^"]+)"', path.read_text(encoding="utf-8")))


def test_internal_links_lead_to_a_page_and_a_place_on_it(opened):
    links = opened.page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links
    for link in set(links):
        target, place = urldefrag(urljoin(f"http://site/{opened.name}.html", link))
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https") or parts.netloc != "site":
            continue
        path = HTML / unquote(posixpath.normpath(parts.path)).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        assert path.exists(), target
        if place and path.suffix == ".html":
            assert unquote(place) in anchors(path), f"{target}#{place}"


def test_no_number_has_false_digits_or_is_left_ungrouped(opened):
    text = opened.page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.querySelector('article'), NodeFilter.SHOW_TEXT), found = [];
          while (walker.nextNode()) {
            const plain = 'pre, code, script, style, svg, mjx-container, .download, dt';
            if (!walker.currentNode.parentElement.closest(plain)) { found.push(walker.currentNode.nodeValue); }
          }
          return found.join('\\n');
        }"""
    )
    assert re.findall(r"(?<![\d.])\d+\.\d+000(?!\d)|(?<![\w./:–-])\d{5,}(?!\w)", text) == []


@functools.cache
def width_and_smallest_text(source):
    """Read a figure's width, and find the smallest label, whose glyphs matplotlib scales from 100 units to its size.

    Sub- and superscripts are smaller by design: of each label the largest glyph counts.
    """
    sizes, svg = [], ET.parse(HTML / "_images" / source).getroot()
    for label in svg.iter(f"{SVG}g"):
        if re.fullmatch(r"text_\d+", label.get("id", "")):
            scales = re.findall(r"scale\((\d*\.?\d+)", ET.tostring(label, encoding="unicode"))
            # Labels with formulas are set in one scaled group, plain ones too.
            sizes += [100 * max(map(float, scales))] if scales else []
    return float(svg.get("viewBox").split()[2]), min(sizes)


# Formulas that scroll, but not by the keyboard.
OUT_OF_REACH = """all => all.filter((e) => e.tabIndex < 0 && e.scrollWidth > e.clientWidth + 1
    && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)).map((e) => e.textContent)"""


def too_small(page):
    look = "images => images.map(image => [image.currentSrc, image.getBoundingClientRect().width])"
    found = []
    for address, shown in page.locator("img.drawn:visible").evaluate_all(look):
        if not address:  # the browser is still choosing
            return ["no picture yet"]
        drawn, smallest = width_and_smallest_text(address.rpartition("/")[2])
        found += [address] if smallest * shown / drawn < SMALLEST - 0.05 else []
    sizes = "labels => labels.map(e => parseFloat(e.getAttribute('font-size')) * e.getScreenCTM().a)"
    return found + [size for size in page.locator("svg.intervals text:visible").evaluate_all(sizes) if size < SMALLEST]


@pytest.mark.parametrize("width", [1280, 390])
def test_figures_are_readable_and_nothing_scrolls_sideways_or_is_cut_where_it_cannot_be_reached(opened, width):
    page = opened.at(width)
    assert eventually(lambda: too_small(page)) == []
    assert eventually(lambda: page.evaluate("() => document.documentElement.scrollWidth") > width) is False
    formulas = page.locator("article :is(mjx-container[display], span.math)")
    assert eventually(lambda: formulas.evaluate_all(OUT_OF_REACH)) == []
    folds = page.locator("article details:not([open])").element_handles()
    for fold in folds:
        fold.evaluate("fold => { fold.open = true; }")
    found = eventually(lambda: cut(page))
    for fold in folds:
        fold.evaluate("fold => { fold.open = false; }")
    assert found == []


# A formula's glyphs, an element each, have the colour of the text around them, and of tokens of code one of each kind
# is enough: together they take most of the time.
ONE_OF_EACH = """() => {
    document.querySelectorAll('mjx-container').forEach(e => e.replaceWith(e.textContent.slice(0, 9)));
    const seen = new Set();
    for (const e of document.querySelectorAll('article :is(pre, dt) span:not(:has(*))')) {
        const kind = [e.closest('pre, dt'), e.parentElement, e].map(e => e.className).join();
        if (seen.has(kind)) { e.replaceWith(e.textContent); }
        seen.add(kind);
    }
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_is_accessible(opened, scheme):
    page = opened.at(1280, scheme)
    page.evaluate(ONE_OF_EACH)
    # What frames the article is the same on all pages, and colours are all that the other theme changes.
    context = None if opened.name in KINDS else "article"
    chosen = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
    options = {"resultTypes": ["violations"], "preload": False} | chosen
    found = Axe().run(page, context, options).response["violations"]
    serious = [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert not serious, "\n".join(serious)


@pytest.mark.parametrize("scheme, ink", [("dark", "invert"), ("light", "none")])
def test_figures_have_the_ink_of_the_theme(opened, scheme, ink):
    look = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).filter.split('(')[0]]"
    looks = opened.at(1280, scheme).locator("img.drawn").evaluate_all(f"images => images.map({look})")
    assert all(found == ["rgba(0, 0, 0, 0)", ink] for found in looks)


def test_had_no_error_all_the_while_and_asked_nothing_of_other_sites(opened):
    outside = [url for url in opened.requests if not url.startswith(("file:", "data:", "blob:"))]
    assert opened.errors + opened.failures + outside == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_figure_is_enlarged_by_hand_and_key_and_put_back(browser, site, width):
    opened = open_page(browser, f"{site}/book/executed/03_beyond_linear_region.html", width=width)
    page, link = opened.page, opened.page.locator("a:has(img.drawn)").first
    small = link.locator("img").bounding_box()["width"]
    for enlarge in (link.click, lambda: link.press("Enter")):
        enlarge()
        large = page.locator("dialog.enlarged img")
        assert large.bounding_box()["width"] > 1.3 * small
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Escape")
        large.wait_for(state="detached")
        assert link.evaluate("link => link === document.activeElement")
    page.context.close()


def test_the_list_of_modules_leads_to_pages_that_exist():
    soup = BeautifulSoup((HTML / "_modules" / "index.html").read_text(encoding="utf-8"), "html.parser")
    links = [link["href"] for link in soup.select("article li a.internal, article li a")]
    assert links
    assert [link for link in links if not (HTML / "_modules" / link.partition("#")[0]).exists()] == []


def test_nothing_is_left_to_do_after_the_site_is_built():
    # Where a Python is named, make always looks whether the environment is of that one; that is not meant here.
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS", "MFLAGS")}
    # -q: say by the exit status alone whether anything would be done
    command = ["make", "-q", "_build/html/.built"]
    assert subprocess.run(command, cwd=ROOT, env=environment, capture_output=True).returncode == 0
