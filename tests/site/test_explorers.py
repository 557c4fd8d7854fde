import pytest

from book.build.toc import notebook_names
from tests.site.conftest import open_page

PAGE = next((name for name in notebook_names() if "explorers" in name), None)

pytestmark = pytest.mark.skipif(PAGE is None, reason="the book has no explorers")


@pytest.fixture(params=["light", "dark"])
def page(request, browser, site):
    opened = open_page(browser, f"{site}/book/executed/{PAGE}.html", scheme=request.param)
    opened.page.wait_for_selector(".sigae-explorer .main-svg")
    yield opened.page
    assert opened.errors == []
    opened.page.context.close()


def says(page, kind):
    return page.locator(f"#explorer-{kind} .explorer-says").inner_text()


def points(page, kind):
    return page.evaluate(
        "kind => JSON.stringify(document.querySelector(`#explorer-${kind} .explorer-plot`).data.map(t => [t.x, t.y]))",
        kind,
    )


@pytest.mark.parametrize("kind", ["spectrum", "recall"])
def test_the_picture_follows_every_control(page, kind):
    box = page.locator(f"#explorer-{kind}")
    for select in box.locator("select").all():
        for option in select.locator("option").all_inner_texts()[1:]:
            before = points(page, kind)
            select.select_option(option)
            assert points(page, kind) != before
    slider = box.locator("input[type=range]")
    for value in range(int(slider.get_attribute("max")) + 1):
        before = points(page, kind)
        if slider.input_value() != str(value):
            slider.fill(str(value))
            assert points(page, kind) != before
        assert says(page, kind)


def test_the_slider_answers_to_the_keyboard(page):
    slider = page.locator("#explorer-spectrum input[type=range]")
    slider.focus()
    page.keyboard.press("End")
    assert slider.input_value() == slider.get_attribute("max")
    assert "is an attractor" in says(page, "spectrum")
    assert "not" not in says(page, "spectrum")


def test_text_in_the_picture_stands_out_from_the_page_in_both_themes(page):
    ink, ground = page.evaluate(
        "() => [getComputedStyle(document.querySelector('#explorer-spectrum .xtick text')).fill,"
        " getComputedStyle(document.body).backgroundColor]"
    )

    def brightness(colour):
        return sum(float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]) / 3

    assert abs(brightness(ink) - brightness(ground)) > 120


def test_plotly_is_loaded_once_and_only_where_it_is_needed(browser, site):
    for name, times in ((f"book/executed/{PAGE}", 1), ("book/intro", 0)):
        opened = open_page(browser, f"{site}/{name}.html")
        assert sum("plotly" in url for url in opened.requests) == times
        opened.page.context.close()


def test_readers_without_scripts_see_the_still_pictures_alone(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/book/executed/{PAGE}.html")
    assert page.locator("#fig-spectra img").is_visible()
    assert page.locator("#fig-recall-paths img").is_visible()
    assert not page.locator(".explorer-controls").first.is_visible()
    context.close()
