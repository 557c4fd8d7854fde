"""The first minute: what a visitor sees first, what a link to the book shows, and the page that is not there."""

import re

import pytest
from bs4 import BeautifulSoup

from book.build.toc import pages
from tests.site.conftest import HTML, open_page

FRONT = pages()[0]


@pytest.fixture(params=["no-preference", "reduce"])
def front(request, browser, site):
    """The front page as it opens, for readers who do not mind movement and for those who do."""
    context = browser.new_context(reduced_motion=request.param)
    page = context.new_page()
    page.goto(f"{site}/{FRONT}.html")
    page.moves = request.param == "no-preference"
    yield page
    context.close()


@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844)])
def test_the_film_its_meaning_and_the_way_to_make_one_are_in_the_first_screen(front, width, height):
    front.set_viewport_size({"width": width, "height": height})
    for part in (".film svg >> nth=0", ".film svg >> nth=1", ".first p >> nth=0", ".first a[href*=make_a_memory]"):
        box = front.locator(part).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height, part
    labels = front.locator(".film text:visible").evaluate_all("all => all.map(e => 13 * e.getScreenCTM().a)")
    assert min(labels) >= 11


def test_the_film_moves_where_that_is_welcome_and_stops_on_demand(front):
    frames = front.locator(".film svg").first.locator(".frame")
    seen = "all => all.map(e => getComputedStyle(e).opacity).lastIndexOf('1')"
    button = front.locator(".film button")
    if not front.moves:
        assert not button.is_visible() and frames.evaluate_all(seen) == frames.count() - 1
        return
    front.wait_for_timeout(1000)
    button.click()
    still = frames.evaluate_all(seen)
    front.wait_for_timeout(1500)
    assert frames.evaluate_all(seen) == still
    button.click()
    front.wait_for_timeout(1500)
    assert frames.evaluate_all(seen) != still


def test_what_is_shown_of_a_link_is_there_and_a_title_is_said_once():
    for file in ("index.html", f"{FRONT}.html", f"{pages()[-2]}.html"):
        soup = BeautifulSoup((HTML / file).read_text("utf-8"), "html.parser")
        said = {tag.get("property") or tag["name"]: tag["content"] for tag in soup.select("meta[property], meta[name]")}
        assert len(said["description"]) > 20 and said["description"] == said["og:description"]
        assert soup.title.text.count(said["og:title"]) == 1
        picture = said["og:image"]
        assert (HTML / "memory" / picture.rpartition("/")[2]).exists()
        assert picture.startswith("https://") == ("og:url" in said)
        if "og:url" not in said:
            assert (HTML / file).parent.joinpath(picture).exists()


def test_an_address_without_a_page_leads_back_from_any_folder(browser, site):
    missing = (HTML / "404.html").read_text("utf-8")
    root = re.search(r'<base href="(.*?)">', missing)[1]
    context = browser.new_context()
    page, failed = context.new_page(), []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.route(
        "**/some/folder/*", lambda route: route.fulfill(body=missing.replace(root, "/", 1), content_type="text/html")
    )
    page.goto(f"{site}/some/folder/page.html")
    page.locator("article a").last.click()
    page.wait_for_url(f"{site}/{FRONT}.html")
    assert failed == []
    context.close()


def test_it_opens_in_the_theme_that_is_chosen(browser, site):
    opened = open_page(browser, f"{site}/{FRONT}.html", scheme="dark")
    inks = opened.page.locator(".film svg").evaluate_all("all => all.map(e => getComputedStyle(e).color)")
    text = opened.page.locator("article p").first.evaluate("e => getComputedStyle(e).color")
    assert set(inks) == {text}
    opened.page.context.close()
