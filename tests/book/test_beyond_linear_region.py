import math

import pandas as pd
import pytest

from book.statistics import beyond_linear_region as tables
from tests.book.small_sweeps import rows, texts


def grown(width, *radii, n=2):
    norms = [10.0, 20.0, 30.0]
    return [(n, width, 0, norm, r, r + 0.1) for norm, r in zip(norms, radii, strict=True)]


COLUMNS = "n_points width seed norm radius_mean radius_worst"
JUDGED = rows(COLUMNS, *grown(100, 1.0, 0.7, 0.3), *grown(1000, 1.0, 0.8, 0.6), *grown(100, 0.5, 0.4, 0.3, n=1))
LIMIT = rows(
    "n_points seed norm radius_mean mean_jacobian_radius", (1, 0, 10.0, 0.5, 0.5), (1, 0, 20.0, 0.4, 0.4),
    (1, 0, 30.0, 0.4, 0.4), (2, 0, 10.0, 1.0, 1.0), (2, 0, 20.0, 0.82, 0.82), (2, 0, 30.0, 0.8, 0.8),
)  # fmt: skip
NARROW, WIDE = "n = 2, m = 100", "n = 2, m = 1000"


def test_the_norm_of_deviation_and_the_widths_that_follow_the_limit():
    two = JUDGED[JUDGED["n_points"].eq(2)]
    # the narrow curve is off by 0, 0.12, 0.5 and the wide one by 0, 0.02, 0.2
    norms = [10 + 10 * 0.05 / 0.12, 20 + 10 * 0.03 / 0.18]
    found = tables.deviations(two, LIMIT, 0.05)
    assert found["deviation_norm"].tolist() == pytest.approx(norms)
    assert texts(tables.following_the_limit(two, LIMIT, 0.05)) == [
        ("reach", "n = 2, m = 1000 against 100", pytest.approx(norms[1] / norms[0])),
        ("width", "n = 2, m = 100 to 1000, norm 30", pytest.approx(math.log10(0.2 / 0.5))),
    ]
    # the narrow one never deviates by so much: nothing to exceed
    assert tables.following_the_limit(two, LIMIT, 0.6)[0] is None


def test_the_limit_at_the_largest_norm_and_how_it_approaches_one_half():
    assert texts(tables.half_at_the_end(LIMIT)) == [
        ("limit", "n = 1, norm 30", 0.4), ("limit", "n = 2, norm 30", 0.8),
        ("approach", "n = 1, norm 20 to 30", pytest.approx(0, abs=1e-12)),
        ("approach", "n = 2, norm 20 to 30", pytest.approx(math.log(0.3 / 0.32) / math.log(1.5))),
    ]  # fmt: skip


def test_the_drop_below_one_for_good():
    found = texts(tables.drop_below_one(JUDGED))  # the worst radii are 1.1, 0.8, 0.4 and 1.1, 0.9, 0.7
    assert dict((item[:2], item[2]) for item in found) == pytest.approx({
        ("last", NARROW): 0.4, ("drop", NARROW): -0.7, ("crossing", NARROW): (10 + 10 / 3) / 10,
        ("last", WIDE): 0.7, ("drop", WIDE): -0.4, ("crossing", WIDE): 1.5,
    })  # fmt: skip
    # what is never above one cannot drop below it, and what rises above one again has not yet
    lower = JUDGED.assign(radius_worst=JUDGED["radius_worst"] - 0.2)
    assert texts(tables.drop_below_one(lower)) == [("never", words, pytest.approx(0.9)) for words in (NARROW, WIDE)]
    again = rows(COLUMNS, *[(2, 100, 0, norm, 1.0, r) for norm, r in [(1, 0.9), (2, 1.2), (3, 0.8)]])
    assert texts(tables.drop_below_one(again))[-1] == ("crossing", NARROW, pytest.approx(2.5))
    assert tables.crossing_of(pd.Series({1.0: 1.2, 2.0: 1.1}), 1) == 1  # from the first norm on
