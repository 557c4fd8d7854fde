import pytest

from tests.site.conftest import open_page

WHERE = {"04_basin_of_attraction": "recall", "05_activations": "spectrum", "11_phase_diagram": "plane"}


def points(page, kind):
    plot = page.locator(f"#explorer-{kind} .explorer-plot")
    return plot.evaluate("plot => JSON.stringify(plot.data.map(trace => [trace.x, trace.y]))")


@pytest.mark.parametrize(("name", "kind"), WHERE.items())
def test_the_picture_follows_every_control_and_its_state_is_in_the_address(browser, site, name, kind):
    opened = open_page(browser, f"{site}/book/executed/{name}.html")
    page = opened.page
    page.wait_for_selector(".sigae-explorer .main-svg")
    box = page.locator(f"#explorer-{kind}")
    assert box.locator("h3").is_visible() and box.locator(".explorer-caption").is_visible()
    for select in box.locator("select").all():
        assert select.locator("option").count() > 1
        for option in select.locator("option:not(:checked)").all_inner_texts():
            before = points(page, kind)
            select.select_option(option)
            assert points(page, kind) != before
    for slider in box.locator("input[type=range]").all():
        last = int(slider.get_attribute("max"))
        for value in sorted({0, 1, last // 2, last}):
            before = points(page, kind)
            if slider.input_value() != str(value):
                slider.fill(str(value))
                assert points(page, kind) != before
            assert box.locator(".explorer-says").inner_text()
    left, address = points(page, kind), page.url
    assert opened.errors == []

    def leave_and_return():
        page.goto(f"{site}/book/references.html")
        page.go_back()

    for come in (leave_and_return, page.reload):
        come()
        page.wait_for_selector(".sigae-explorer .main-svg")
        assert points(page, kind) == left
    page.context.close()
    sent = open_page(browser, address)
    sent.page.wait_for_selector(f"#explorer-{kind} .main-svg")
    assert points(sent.page, kind) == left and sent.errors == []
    seen = sent.page.locator(f"#explorer-{kind}").bounding_box()
    assert seen["y"] < 900 and seen["y"] + seen["height"] > 0
    sent.page.context.close()


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


def test_readers_without_scripts_see_the_still_pictures_alone(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for name, still in (("05_activations", "fig-spectra"), ("04_basin_of_attraction", "fig-recall-paths")):
        page.goto(f"{site}/book/executed/{name}.html")
        assert page.locator(f"#{still} img.drawn").is_visible()
        assert not page.locator(".explorer-controls").first.is_visible()
    context.close()
