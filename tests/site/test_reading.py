"""What meets a reader's eye: readable figures in the page's ink, clean numbers."""

import functools
import re
import xml.etree.ElementTree as ET

import pytest

from tests.site.conftest import HTML, open_page

SMALLEST = 11.0  # pixels of a figure's text as shown


@functools.cache
def width_and_smallest_text(source):
    """Read a figure's width, and find the smallest label, whose glyphs matplotlib scales from 100 units to its size.

    Sub- and superscripts are smaller by design: of each label the largest glyph counts.
    """
    sizes, svg = [], ET.parse(HTML / "_images" / source).getroot()
    for label in svg.iter("{http://www.w3.org/2000/svg}g"):
        if re.fullmatch(r"text_\d+", label.get("id", "")):
            scales = re.findall(r"scale\((\d*\.?\d+)", ET.tostring(label, encoding="unicode"))
            # Labels with formulas are set in one scaled group, plain ones too.
            sizes += [100 * max(map(float, scales))] if scales else []
    return float(svg.get("viewBox").split()[2]), min(sizes)


@pytest.mark.parametrize("width", [1280, 390])
def test_figures_are_readable_as_shown(opened, width):
    page = opened.at(width)
    page.wait_for_timeout(200)  # until a picture has taken the source for this width
    for address, shown in page.locator("img.drawn:visible").evaluate_all(
        "images => images.map(image => [image.currentSrc, image.getBoundingClientRect().width])"
    ):
        drawn, smallest = width_and_smallest_text(address.rpartition("/")[2])
        assert smallest * shown / drawn >= SMALLEST - 0.05, address
    labels = page.locator("svg.intervals text:visible").evaluate_all(
        "labels => labels.map(e => parseFloat(e.getAttribute('font-size')) * e.getScreenCTM().a)"
    )
    assert min(labels, default=SMALLEST) >= SMALLEST


def test_figures_have_the_ink_of_the_theme(opened):
    look = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).filter.split('(')[0]]"
    for scheme, ink in (("light", "none"), ("dark", "invert")):
        looks = opened.at(1280, scheme).locator("img.drawn").evaluate_all(f"images => images.map({look})")
        assert all(found == ["rgba(0, 0, 0, 0)", ink] for found in looks)


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


LINES = """image => fetch(image.currentSrc).then((answer) => answer.text()).then((text) => {
    const svg = new DOMParser().parseFromString(text, 'image/svg+xml'), canvas = document.createElement('canvas');
    const inks = [...svg.querySelectorAll('[id^=line2d] > path')]
        .filter((line) => !line.closest('[id^=xtick], [id^=ytick]')) // the grid
        .map((line) => (/stroke: (#\\w+)/.exec(line.getAttribute('style')) || [])[1]);
    const paint = canvas.getContext('2d', { willReadFrequently: true });
    paint.filter = getComputedStyle(image).filter;
    return [...new Set(inks)].filter((ink) => ink && ink !== '#ffffff').map((ink) => { // white: a halo
        paint.fillStyle = ink;
        paint.fillRect(0, 0, 1, 1);
        return [ink, ...paint.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    });
})"""


def luminance(rgb):
    return sum(
        share * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
        for share, value in zip((0.2126, 0.7152, 0.0722), (value / 255 for value in rgb), strict=True)
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lines_of_figures_have_a_contrast_of_three(opened, scheme):
    page = opened.at(1280, scheme)
    ground = luminance(
        map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3])
    )
    for image in page.locator("img.drawn:visible").all():
        for ink, *shown in image.evaluate(LINES):
            low, high = sorted([ground, luminance(shown)])
            assert (high + 0.05) / (low + 0.05) >= 3, ink


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
