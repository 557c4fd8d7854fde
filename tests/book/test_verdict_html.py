"""What a page shows of a verdict: every measurement on the right side of its threshold, the least favourable named."""

import pytest

from book.figures.intervals import margin
from book.figures.verdict_html import sentence
from book.statistics import verdicts
from book.statistics.evidence import Evidence
from book.statistics.verdict_record import record


def item(value, low, high, outcome="holds", lower=None, upper=1.0):
    return {"value": value, "low": low, "high": high, "outcome": outcome, "lower": lower, "upper": upper}


@pytest.mark.parametrize(
    "measured, wanted",
    [
        (item(1.5, 1.4, 1.7), (-0.5, -0.7, -0.4)),
        (item(2.0, 1.5, 2.5, lower=1.0, upper=None), (1.0, 0.5, 1.5)),
        (item(0.5, 0.25, 0.7, lower=0.0), (0.5, 0.25, 0.5)),  # the middle of two bounds is as far in as one can be
        (item(0.5, None, None), (0.5, float("-inf"), float("inf"))),
    ],
)
def test_a_margin_is_the_distance_to_the_wrong_side(measured, wanted):
    assert margin(measured) == pytest.approx(wanted)


def test_the_least_favourable_measurement_is_named():
    found = [Evidence("last", "n = 5", 0.312, 0.301, 0.323), Evidence("last", "n = 7", 0.645, 0.634, 0.656)]
    said = sentence(record(verdicts.judge("C5", [*found, Evidence("drop", "n = 5", -0.77, -0.79, -0.75)])))
    assert "0.645" in said and "n = 7" in said and "0.312" not in said
