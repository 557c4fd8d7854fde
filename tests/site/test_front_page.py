"""The first minute: what a visitor sees first."""

import pytest

from book.build.toc import pages
from tests.site.conftest import open_page

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


def test_it_opens_in_the_theme_that_is_chosen(browser, site):
    opened = open_page(browser, f"{site}/{FRONT}.html", scheme="dark")
    inks = opened.page.locator(".film svg").evaluate_all("all => all.map(e => getComputedStyle(e).color)")
    text = opened.page.locator("article p").first.evaluate("e => getComputedStyle(e).color")
    assert set(inks) == {text}
    opened.page.context.close()
