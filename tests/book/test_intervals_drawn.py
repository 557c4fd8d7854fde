import math
import xml.etree.ElementTree as ET

import pytest

from book.figures.intervals import margin, picture, strip

SVG = "{http://www.w3.org/2000/svg}"


def item(value, low, high, outcome="holds", lower=None, upper=1.0):
    return {"value": value, "low": low, "high": high, "outcome": outcome, "lower": lower, "upper": upper,
            "threshold": "below 1"}  # fmt: skip


@pytest.mark.parametrize(
    "measured, wanted",
    [
        (item(0.8, 0.7, 0.9), (0.2, 0.1, 0.3)),
        (item(1.5, 1.4, 1.7), (-0.5, -0.7, -0.4)),
        (item(2.0, 1.5, 2.5, lower=1.0, upper=None), (1.0, 0.5, 1.5)),
        (item(0.5, 0.25, 0.7, lower=0.0), (0.5, 0.25, 0.5)),  # the middle of two bounds is as far in as one can be
        (item(0.25, 0.25, 0.25, lower=0.0), (0.25, 0.25, 0.25)),
        (item(0.5, None, None), (0.5, -math.inf, math.inf)),
    ],
)
def test_a_margin_is_the_distance_to_the_wrong_side(measured, wanted):
    assert margin(measured) == pytest.approx(wanted)


def parsed(text):
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


def test_values_lie_on_a_common_axis_with_their_threshold():
    root = parsed(picture([item(0.5, 0.25, 0.75), item(1.5, 1.25, 1.75, "fails"), item(1.0, 0.5, 1.5, "open")]))
    threshold = float(root.find(f"{SVG}path").get("d").split()[0][1:])
    first, second = (float(circle.get("cx")) for circle in root.iter(f"{SVG}circle"))
    assert second == pytest.approx(threshold, abs=0.2)
    assert first < threshold
    wanted = root.find(f"{SVG}rect")
    assert float(wanted.get("x")) + float(wanted.get("width")) == pytest.approx(threshold, abs=0.2)
    assert "1 holds, 1 open, 1 fails" in root.get("aria-label")


def test_an_interval_without_ends_reaches_across_the_picture():
    root = parsed(picture([item(0.5, None, None, "open")]))
    assert any(path.get("d").startswith("M0 ") and path.get("d").endswith("H130") for path in root.iter(f"{SVG}path"))


def test_the_strip_has_the_wanted_side_to_the_right_whatever_the_criterion():
    parts = [[item(0.5, 0.4, 0.6)], [item(3.0, 2.5, 3.5, lower=1.0, upper=None)], [item(2.0, 2.0, 2.0, "fails")]]
    root = parsed(strip([(f"C{k}", [part]) for k, part in enumerate(parts)]))
    middle = float(root.find(f"{SVG}rect").get("x"))
    assert all(float(circle.get("cx")) > middle for circle in root.iter(f"{SVG}circle"))
    diamond = next(path for path in root.iter(f"{SVG}path") if "fails" in (path.get("fill") or ""))
    assert float(diamond.get("d").split()[0][1:]) < middle
    assert [link.get("href") for link in root.iter(f"{SVG}a")] == ["#c0", "#c1", "#c2"]
