import os
import posixpath
import subprocess
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from book.build.toc import ROOT
from tests.site.conftest import HTML, cut, open_page


def test_opens_without_an_error_and_asks_nothing_of_other_sites(opened, site):
    assert opened.errors == [] and opened.failures == []
    outside = [url for url in opened.requests if not url.startswith((site, "data:", "blob:"))]
    assert outside == []


def test_images_load_and_have_a_text_alternative(opened):
    opened.page.evaluate("() => document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    opened.page.wait_for_function("() => [...document.images].every(image => image.complete)")
    told = "images => images.map(image => [image.getAttribute('src'), image.naturalWidth, image.getAttribute('alt')])"
    for source, width, alternative in opened.page.locator("img").evaluate_all(told):
        assert width > 0, source
        assert (alternative or "").strip(), source
        assert alternative not in (source, unquote(source)), source


def test_equations_are_typeset(opened):
    wanted = opened.page.locator("article span.math, article div.math").count()
    assert opened.page.locator("article mjx-container").count() >= wanted
    assert opened.page.locator("mjx-merror").count() == 0
    assert opened.page.evaluate("() => !/\\\\\\(|\\\\\\[|\\$\\$/.test(document.querySelector('article').innerText)")


def test_internal_links_lead_to_a_page_and_a_place_on_it(opened, anchors):
    links = opened.page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links
    for link in links:
        target, place = urldefrag(urljoin(f"http://site/{opened.name}.html", link))
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https") or parts.netloc != "site":
            continue
        path = HTML / unquote(posixpath.normpath(parts.path)).lstrip("/")
        path = path / "index.html" if path.is_dir() else path
        assert path.exists(), target
        if place and path.suffix == ".html":
            assert unquote(place) in anchors(path), f"{target}#{place}"


@pytest.fixture(scope="session")
def anchors():
    known = {}

    def read(path):
        if path not in known:
            soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            known[path] = {tag["id"] for tag in soup.find_all(id=True)}
        return known[path]

    return read


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_is_accessible(opened, scheme):
    # Colours are all that the other theme changes.
    chosen = {} if scheme == "light" else {"runOnly": ["color-contrast"]}
    found = Axe().run(opened.at(1280, scheme), options={"resultTypes": ["violations"]} | chosen).response["violations"]
    serious = [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert not serious, "\n".join(serious)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_scrolls_sideways_or_is_cut_where_it_cannot_be_reached(opened, width):
    page = opened.at(width)
    page.wait_for_timeout(200)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    folds = page.locator("article details:not([open])").element_handles()
    for fold in folds:
        fold.evaluate("fold => { fold.open = true; }")
    page.wait_for_timeout(200)
    found = cut(page)
    for fold in folds:
        fold.evaluate("fold => { fold.open = false; }")
    assert found == []


def test_opens_from_the_file_system(opened, browser):
    fromdisk = open_page(browser, (HTML / f"{opened.name}.html").as_uri(), name=opened.name, until="load")
    assert fromdisk.errors == [] and fromdisk.failures == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in fromdisk.requests)
    fromdisk.page.context.close()


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
