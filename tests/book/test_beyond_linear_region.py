import math

import pandas as pd
import pytest

from book.statistics import beyond_linear_region as tables
from tests.book.small_sweeps import rows, texts


def grown(width, *radii, n=2, seed=0):
    norms = [10.0, 20.0, 30.0]
    return [(n, width, seed, norm, r, r + 0.1) for norm, r in zip(norms, radii, strict=True)]


JUDGED = rows("n_points width seed norm radius_mean radius_worst", *grown(100, 1.0, 0.7, 0.3),
              *grown(1000, 1.0, 0.8, 0.6), *grown(100, 0.5, 0.4, 0.3, n=1))  # fmt: skip
TWO = JUDGED[JUDGED["n_points"].eq(2)]
LIMIT = rows(
    "n_points seed norm radius_mean mean_jacobian_radius", (1, 0, 10.0, 0.5, 0.5), (1, 0, 20.0, 0.4, 0.4),
    (1, 0, 30.0, 0.4, 0.4), (2, 0, 10.0, 1.0, 1.0), (2, 0, 20.0, 0.82, 0.82), (2, 0, 30.0, 0.8, 0.8),
)  # fmt: skip
NARROW, WIDE = "n = 2, m = 100", "n = 2, m = 1000"


def test_the_norm_of_deviation_and_the_widths_that_follow_the_limit():
    found = tables.deviations(JUDGED, LIMIT, 0.05)
    # of n = 2 the narrow curve is off by 0, 0.12, 0.5 and the wide one by 0, 0.02, 0.2
    norms = [20 + 10 * 0.05 / 0.1, 10 + 10 * 0.05 / 0.12, 20 + 10 * 0.03 / 0.18]
    assert found["deviation_norm"].tolist() == pytest.approx(norms)
    assert found["last"].tolist() == pytest.approx([0.1, 0.5, 0.2])
    assert texts(tables.following_the_limit(TWO, LIMIT, 0.05)) == [
        ("reach", "n = 2, m = 1000 against 100", pytest.approx(norms[2] / norms[1])),
        ("width", "n = 2, m = 100 to 1000, norm 30", pytest.approx(math.log10(0.2 / 0.5))),
    ]
    # the narrow one never deviates by so much: nothing to exceed
    assert tables.following_the_limit(TWO, LIMIT, 0.6)[0] is None
    assert tables.following_the_limit(JUDGED[JUDGED["norm"].eq(10)], LIMIT, 0.05) == []
    assert tables.other_distances(JUDGED, LIMIT, 0.05).used == 0.05


def test_the_limit_at_the_largest_norm_and_how_it_approaches_one_half():
    assert texts(tables.half_at_the_end(LIMIT)) == [
        ("limit", "n = 1, norm 30", 0.4), ("limit", "n = 2, norm 30", 0.8),
        ("approach", "n = 1, norm 20 to 30", pytest.approx(0, abs=1e-12)),
        ("approach", "n = 2, norm 20 to 30", pytest.approx(math.log(0.3 / 0.32) / math.log(1.5))),
    ]  # fmt: skip


def test_the_drop_below_one():
    found = texts(tables.drop_below_one(JUDGED))  # the worst radii are 1.1, 0.8, 0.4 and 1.1, 0.9, 0.7
    assert dict((item[:2], item[2]) for item in found) == pytest.approx({
        ("last", NARROW): 0.4, ("drop", NARROW): -0.7, ("crossing", NARROW): (10 + 10 / 3) / 10,
        ("last", WIDE): 0.7, ("drop", WIDE): -0.4, ("crossing", WIDE): 1.5,
    })  # fmt: skip
    # what is never above one cannot drop below it
    lower = JUDGED.assign(radius_worst=JUDGED["radius_worst"] - 0.2)
    assert texts(tables.drop_below_one(lower)) == [("never", words, pytest.approx(0.9)) for words in (NARROW, WIDE)]
    assert tables.up_to_each_norm(JUDGED).verdicts == {20.0: "not judged", 30.0: "not judged"}


@pytest.mark.parametrize(
    ("radii", "height", "crossing"),
    [([0.9, 0.8], 1, 3), ([1.2, 1.1], 1, 1), ([0.9, 1.2, 0.8], 1, 4 / 3), ([0.2, 0.8, 0.9], 0.5, 1.5), ([], 1, None)],
)
def test_a_curve_crosses_where_it_first_rises(radii, height, crossing):
    curve = pd.Series(radii, index={0: [], 2: [1, 3], 3: [1, 2, 3]}[len(radii)], dtype=float)
    found = tables.crossing_of(curve, height)
    assert math.isnan(found) if crossing is None else found == pytest.approx(crossing)


def test_a_worst_radius_falls_below_one_where_it_does_for_good():
    again = rows("n_points width seed norm radius_mean radius_worst",
                 *[(2, 100, 0, norm, 1.0, r) for norm, r in [(1, 0.9), (2, 1.2), (3, 0.8)]])  # fmt: skip
    (crossing,) = [item for item in tables.drop_below_one(again) if item.criterion == "crossing"]
    assert crossing.value == pytest.approx(2.5)
