"""What a page shows of a verdict: each number once, and every measurement on the right side of its threshold."""

import re
import xml.etree.ElementTree as ET

import pytest

from book.figures.intervals import distances, margin, measured
from book.figures.verdict_html import as_html, sentence
from book.statistics import verdicts
from book.statistics.evidence import Evidence
from book.statistics.verdict_record import record


def item(value, low, high, outcome="holds", lower=None, upper=1.0):
    return {"value": value, "low": low, "high": high, "outcome": outcome, "lower": lower, "upper": upper}


@pytest.mark.parametrize(
    "measured, wanted",
    [
        (item(0.8, 0.7, 0.9), (0.2, 0.1, 0.3)),
        (item(1.5, 1.4, 1.7), (-0.5, -0.7, -0.4)),
        (item(2.0, 1.5, 2.5, lower=1.0, upper=None), (1.0, 0.5, 1.5)),
        (item(0.5, 0.25, 0.7, lower=0.0), (0.5, 0.25, 0.5)),  # the middle of two bounds is as far in as one can be
        (item(0.5, None, None), (0.5, float("-inf"), float("inf"))),
    ],
)
def test_a_margin_is_the_distance_to_the_wrong_side(measured, wanted):
    assert margin(measured) == pytest.approx(wanted)


def drawn(text):
    """Return where thresholds, values and the ends of intervals lie, in per cent."""
    root = ET.fromstring(text)
    lines = root.findall("line")
    thresholds = [float(line.get("x1")[:-1]) for line in lines if line.get("stroke-dasharray")]
    spans = [tuple(float(line.get(x)[:-1]) for x in ("x1", "x2")) for line in lines if line.get("y1")]
    return thresholds, [float(mark.get("x")[:-1]) for mark in root.findall("svg")], spans


def test_values_lie_on_a_common_axis_with_their_threshold():
    items = [item(0.5, 0.25, 0.75), item(1.5, 1.25, 1.75, "fails"), item(1.0, 0.5, 1.5, "open"), item(0.5, None, None)]
    (threshold,), values, spans = drawn(measured(items))
    assert values[0] < threshold < values[1] and values[2] == pytest.approx(threshold, abs=0.1)
    assert (values[1] - values[0]) / (spans[0][1] - spans[0][0]) == pytest.approx(2, abs=0.01)
    assert spans[-1] == (0, 100)  # an interval without ends reaches across


def test_what_holds_is_to_the_right_of_all_thresholds_whatever_the_criterion():
    criteria = [[item(0.5, 0.4, 0.6)], [item(3.0, 2.5, 3.5, lower=1.0, upper=None)], [item(2.0, 2.0, 2.0, "fails")]]
    thresholds, values, _ = drawn(distances(criteria, [[], [], []]))
    assert thresholds == [50] and values[0] > 50 and values[1] > 50 and values[2] < 50


def judged(claim, rows):
    return record(verdicts.judge(claim, [Evidence(name, where, *value) for name, where, value in rows]))


LAST = [("last", "n = 5", (0.312, 0.301, 0.323)), ("last", "n = 7", (0.645, 0.634, 0.656)),
        ("drop", "n = 5", (-0.77, -0.79, -0.75))]  # fmt: skip


def test_a_box_says_no_number_twice_and_which_measurement_is_the_least_favourable():
    data = judged("C5", LAST)
    shown, folded = as_html(data).split("<details>")
    words = re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", "", shown))
    numbers = re.findall(r"\d+\.\d+", words)
    assert numbers == ["0.645", "0.011"] and "decides:" in words
    assert "also measured:" in folded and "0.312" in folded and data["margins"][0] in folded
    assert "met in both conditions" in sentence(data) and "n = 7" in sentence(data)
