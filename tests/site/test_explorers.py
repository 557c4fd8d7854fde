import re

import pytest

from book.build.toc import notebook_names
from tests.site.conftest import open_page

WHERE = {
    "04_basin_of_attraction": "recall",
    "05_activations": "spectrum",
    "11_phase_diagram": "plane",
}
EXPLORED = [name for name in notebook_names() if name in WHERE]


@pytest.fixture(scope="module", params=EXPLORED)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def explored(browser, site, name):
    opened = open_page(browser, f"{site}/book/executed/{name}.html")
    opened.page.wait_for_selector(".sigae-explorer .main-svg")
    yield opened
    assert opened.errors == []
    opened.page.context.close()


@pytest.fixture
def page(explored):
    return explored.at(1280)


def says(page, kind):
    return page.locator(f"#explorer-{kind} .explorer-says").inner_text()


def points(page, kind):
    return page.evaluate(
        "kind => JSON.stringify(document.querySelector(`#explorer-${kind} .explorer-plot`).data.map(t => [t.x, t.y]))",
        kind,
    )


def test_the_picture_follows_every_control(page, name):
    kind = WHERE[name]
    box = page.locator(f"#explorer-{kind}")
    for select in box.locator("select").all():
        for option in select.locator("option").all_inner_texts()[1:]:
            before = points(page, kind)
            select.select_option(option)
            assert points(page, kind) != before
    for slider in box.locator("input[type=range]").all():
        for value in range(int(slider.get_attribute("max")) + 1):
            before = points(page, kind)
            if slider.input_value() != str(value):
                slider.fill(str(value))
                assert points(page, kind) != before
            assert says(page, kind)


def test_a_reader_who_comes_back_sees_what_the_controls_say(browser, site, name):
    page, kind = open_page(browser, f"{site}/book/executed/{name}.html").page, WHERE[name]
    box = page.locator(f"#explorer-{kind}")

    def shown():
        box.locator(".main-svg").first.wait_for()
        chosen = [field.input_value() for field in box.locator("select, input").all()]
        return chosen, box.locator("output").all_inner_texts(), says(page, kind), points(page, kind)

    first = shown()
    for select in box.locator("select").all():
        select.select_option(index=select.locator("option").count() - 1)
    for slider in box.locator("input").all():
        slider.fill("0")
    left = shown()
    assert left != first
    page.goto(f"{site}/book/references.html")
    page.go_back()
    assert shown() == left
    page.reload()
    assert shown() in (first, left)
    page.context.close()


def test_the_moving_picture_of_the_front_page_is_that_of_its_slider_after_back(browser, site):
    page = open_page(browser, f"{site}/book/intro.html").page
    page.locator("#moving-norm").fill("1")
    said = page.locator(".moving-says").inner_text()
    page.goto(f"{site}/book/references.html")
    page.go_back()
    assert page.locator("#moving-norm").input_value() == "1"
    assert page.locator(".moving-says").inner_text() == said
    page.context.close()


def test_where_no_network_was_trained_nothing_old_is_left(browser, site):
    page = open_page(browser, "about:blank").page
    address = f"{site}/book/executed/04_basin_of_attraction.html"
    # As if one network had failed: its record is not in the table.
    page.route(
        address,
        lambda route: route.fulfill(
            body=re.sub(r'"records":\{"[^"]+"', '"records":{"gone"', route.fetch().text(), count=1)
        ),
    )
    page.goto(address)
    page.wait_for_selector("#explorer-recall .main-svg")
    page.locator("#recall-norm").fill("0")
    assert "training failed" in says(page, "recall")
    assert points(page, "recall") == "[]"
    page.context.close()


def test_the_slider_answers_to_the_keyboard(page, name):
    kind = WHERE[name]
    slider = page.locator(f"#{kind}-norm")
    slider.focus()
    page.keyboard.press("End")
    assert slider.input_value() == slider.get_attribute("max")
    if kind == "spectrum":
        assert "is an attractor" in says(page, kind)
        assert "not" not in says(page, kind)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_the_picture_stands_out_from_the_page(explored, scheme):
    page = explored.at(1280, scheme)
    page.wait_for_timeout(300)  # while it is drawn anew

    def brightness(colour):
        return sum(float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]) / 3

    ink, ground = page.evaluate(
        "() => [getComputedStyle(document.querySelector('.sigae-explorer .xtick text')).fill,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert abs(brightness(ink) - brightness(ground)) > 120


def test_a_click_on_the_plane_takes_the_cursor_there(browser, site):
    opened = open_page(browser, f"{site}/book/executed/11_phase_diagram.html")
    opened.page.wait_for_selector("#explorer-plane .main-svg")
    before = points(opened.page, "plane")
    plane = opened.page.locator("#explorer-plane .nsewdrag").first
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    opened.page.mouse.click(box["x"] + 0.1 * box["width"], box["y"] + 0.9 * box["height"])
    assert points(opened.page, "plane") != before
    opened.page.context.close()


def test_plotly_is_loaded_once_and_only_where_it_is_needed(browser, site):
    for name, times in (("book/executed/05_activations", 1), ("book/intro", 0)):
        opened = open_page(browser, f"{site}/{name}.html")
        assert sum("plotly" in url for url in opened.requests) == times
        opened.page.context.close()


def test_readers_without_scripts_see_the_still_pictures_alone(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name, still in (("05_activations", "fig-spectra"), ("04_basin_of_attraction", "fig-recall-paths")):
        page.goto(f"{site}/book/executed/{name}.html")
        assert page.locator(f"#{still} img.only-light").is_visible()
        assert not page.locator(".explorer-controls").first.is_visible()
    context.close()
