"""The first minute: what a visitor sees first."""

import pytest

from book.build.toc import pages


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_film_moves_where_that_is_welcome_and_stops_on_demand(browser, site, motion):
    context = browser.new_context(reduced_motion=motion)
    page = context.new_page()
    page.goto(f"{site}/{pages()[0]}.html")
    frames = page.locator(".film svg").first.locator(".frame")
    seen = "all => all.map(e => getComputedStyle(e).opacity).lastIndexOf('1')"
    button = page.locator(".film button")
    if motion == "reduce":
        assert not button.is_visible() and frames.evaluate_all(seen) == frames.count() - 1
    else:
        page.wait_for_timeout(1000)
        button.click()
        still = frames.evaluate_all(seen)
        page.wait_for_timeout(1500)
        assert frames.evaluate_all(seen) == still
        button.click()
        page.wait_for_timeout(1500)
        assert frames.evaluate_all(seen) != still
    context.close()
