import colorsys
import re

import pytest

from book.build.dark import dark, dark_colour
from book.figures.style import COLOURS, KEPT


def luminance(colour):
    """W3C, Web Content Accessibility Guidelines 2.1, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", COLOURS[:-1])
def test_hues_are_kept_and_stand_out_from_a_dark_page(colour):
    found = dark_colour(colour)
    assert contrast(found, "#14181e") > 4.5
    hues = [colorsys.rgb_to_hsv(*(int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0] for c in (colour, found)]
    assert min(abs(hues[0] - hues[1]), 1 - abs(hues[0] - hues[1])) < 0.06


def test_greys_are_mirrored():
    assert contrast(dark_colour("#222222"), "#14181e") > 7
    assert luminance(dark_colour("#ffffff")) < 0.03
    assert luminance(dark_colour("#dddddd")) < luminance(dark_colour("#555555"))


def test_what_is_kept_keeps_its_colours_and_the_drawing_is_the_same():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g id="x"><path style="fill: #222222; stroke: #0072b2" d="M 0 1"/></g>'
        f'<g id="{KEPT}_1"><path style="fill: #222222" d="M 2 3"/></g></svg>'
    )
    found = dark(svg.encode()).decode()
    assert found.count("#222222") == 1 and re.search(rf'id="{KEPT}_1"[^/]*#222222', found)
    assert 'd="M 0 1"' in found and 'd="M 2 3"' in found and "#0072b2" not in found
