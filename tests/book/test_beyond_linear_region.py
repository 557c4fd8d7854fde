import math

import numpy as np
import pandas as pd
import pytest

from book.statistics import beyond_linear_region, summaries
from tests.book.small_sweeps import rows, texts


def grown(width, *radii, n=2, seed=0, activation="tanh"):
    norms = [10.0, 20.0, 30.0]
    return [(activation, n, width, seed, norm, r, r + 0.1) for norm, r in zip(norms, radii, strict=True)]


BEYOND = rows("activation n_points width seed norm radius_mean radius_worst", *grown(100, 1.0, 0.7, 0.3),
              *grown(1000, 1.0, 0.8, 0.6), *grown(100, 0.5, 0.4, 0.3, n=1))  # fmt: skip


def test_reach_of_the_limit_and_the_drop_below_one():
    exact = [(1, 0, norm, r) for norm, r in [(10.0, 0.5), (20.0, 0.4), (30.0, 0.4)]]
    exact += [(2, 0, norm, r) for norm, r in [(10.0, 1.0), (20.0, 0.82), (30.0, 0.8)]]
    limit = rows("n_points seed norm radius_mean", *exact).assign(mean_jacobian_radius=lambda t: t["radius_mean"])
    reach = beyond_linear_region.deviation_norms(BEYOND, limit, 0.05)
    # of n = 2 the narrow curve is off by 0, 0.12, 0.5 and the wide one by 0, 0.02, 0.2
    expected = [20 + 10 * 0.05 / 0.1, 10 + 10 * 0.05 / 0.12, 20 + 10 * 0.03 / 0.18]
    assert reach["deviation_norm"].tolist() == pytest.approx(expected)
    found = beyond_linear_region.deviation_statistics(reach)
    assert found == pytest.approx({"reach_narrow": np.mean(expected[:2]), "reach_wide": expected[2]})
    found = texts(beyond_linear_region.following_the_limit(BEYOND[BEYOND["n_points"].eq(2)], limit, 0.05))
    assert found == [
        ("reach", "n = 2, m = 1000 against 100", pytest.approx(expected[2] / expected[1])),
        ("width", "n = 2, m = 100 to 1000, norm 30", pytest.approx(math.log10(0.2 / 0.5))),
    ]
    # the narrow one never parts by so much: nothing to exceed
    assert beyond_linear_region.following_the_limit(BEYOND[BEYOND["n_points"].eq(2)], limit, 0.6)[0] is None
    assert beyond_linear_region.following_the_limit(BEYOND[BEYOND["norm"].eq(10)], limit, 0.05) == []
    tried = beyond_linear_region.other_distances(BEYOND, limit, 0.05)
    assert tried.used == 0.05 and set(tried.verdicts.values()) == {"not judged"}  # of a single seed
    assert texts(beyond_linear_region.half_at_the_end(limit)) == [
        ("limit", "n = 1, norm 30", 0.4), ("limit", "n = 2, norm 30", 0.8),
        ("approach", "n = 1, norm 20 to 30", pytest.approx(0, abs=1e-12)),
        ("approach", "n = 2, norm 20 to 30", pytest.approx(math.log(0.3 / 0.32) / math.log(1.5))),
    ]  # fmt: skip
    # the worst radii are 1.1, 0.8, 0.4 and 1.1, 0.9, 0.7
    found = texts(beyond_linear_region.drop_below_one(BEYOND))
    narrow, wide = "n = 2, m = 100", "n = 2, m = 1000"
    assert dict((item[:2], item[2]) for item in found) == pytest.approx({
        ("last", narrow): 0.4, ("drop", narrow): -0.7, ("crossing", narrow): (10 + 10 / 3) / 10,
        ("last", wide): 0.7, ("drop", wide): -0.4, ("crossing", wide): 1.5,
    })  # fmt: skip
    # what is never above one cannot drop below it
    lower = BEYOND.assign(radius_worst=BEYOND["radius_worst"] - 0.2)
    assert texts(beyond_linear_region.drop_below_one(lower)) == [
        ("never", words, pytest.approx(0.9)) for words in (narrow, wide)
    ]
    assert beyond_linear_region.up_to_each_norm(BEYOND).verdicts == {20.0: "not judged", 30.0: "not judged"}
    assert beyond_linear_region.judged_norms([1, 2, 3, 4, 5, 6, 7, 8], 5) == [1, 2, 3, 4, 6, 8]


@pytest.mark.parametrize(
    ("radii", "crossing"), [([0.9, 0.8], 1), ([1.2, 1.1], 3), ([0.9, 1.2, 0.8], 2.5 / 1), ([1.2, 0.8, 0.9], 1.5)]
)
def test_a_curve_falls_below_one_where_it_does_for_good(radii, crossing):
    norms = [1, 3] if len(radii) == 2 else [1, 2, 3]
    curve = pd.DataFrame({"norm": norms, "radius_worst": radii})
    assert beyond_linear_region._falls_below_one(curve) == pytest.approx(crossing)


def test_what_is_told_beyond_the_linear_region():
    radii = summaries.over_seeds(
        BEYOND, "radius_mean", ["activation", "n_points", "width", "norm"], worst="radius_worst"
    )
    assert beyond_linear_region.all_attractors_from(radii) == 20
    # every network counts, and a radius that is not known is not below one
    assert beyond_linear_region.all_attractors_from(radii, BEYOND.iloc[-1:].assign(norm=25, radius_worst=2.559)) == 30
    assert math.isnan(
        beyond_linear_region.all_attractors_from(radii.assign(worst=radii["worst"].where(radii["norm"].lt(30))))
    )
    exact = rows("n_points norm mean", (2, 10.0, 0.9), (2, 30.0, 0.7), (2, 900.0, 0.5), (1, 900.0, 0.4))
    found = beyond_linear_region.radius_statistics(radii, exact, BEYOND)
    assert found == {
        "far_norm": 900, "all_below": "from norm 20 on", "radius_first": 1.0, "radius_last": 0.6, "limit_last": 0.7,
        "limit_far_low": 0.4, "limit_far_high": 0.5, "limit_lowest": 0.4,
    }  # fmt: skip
    each = beyond_linear_region.radii_in_words(pd.concat([radii, radii.assign(activation="erf", worst=2.0)]), BEYOND)
    assert each == {
        "first_radii": "1.000 for tanh and erf", "last_radii": "0.600 for tanh and erf",
        "attractors": "from norm 20 on for tanh and at no norm tried for erf",
    }  # fmt: skip
    descent = rows(
        "n_points width norm difference radius_descent radius_flow descent_steps",
        (2, 100, 10.0, 0.5, 1.0, 1.0, 9), (2, 100, 50.0, 0.9, 2.0, 3.0, 8), (5, 100, 50.0, 0.8, 2.0, 4.0, 8),
        (2, 1000, 10.0, 0.01, 1.0, 1.25, 7), (2, 1000, 50.0, 0.02, 0.5, 0.5, 4),
        (5, 1000, 10.0, 0.03, 1.0, 1.0, 6), (5, 1000, 50.0, 0.04, 0.75, 0.625, 5),
    )  # fmt: skip
    assert beyond_linear_region.descent_statistics(descent) == {
        "descent_first_norm": 10, "descent_last_norm": 50,
        "descent_narrow_first": 50.0, "descent_radius_narrow_first": 0.0,
        "descent_narrow_last": 90.0, "descent_radius_narrow_last": 2.0,
        "descent_wide_first": 3.0, "descent_radius_wide_first": 0.25,
        "descent_wide_last": 4.0, "descent_radius_wide_last": 0.125,
        "descent_radius_wide": 0.25, "descent_last_radius": 0.75, "flow_last_radius": 0.625,
        "descent_steps_first": 6, "descent_steps_last": 5,
    }  # fmt: skip
    # a comparison that failed everywhere says nothing, and takes nothing else along
    failed = descent[["n_points", "width", "norm"]].assign(error="it diverged")
    assert all(math.isnan(value) for value in beyond_linear_region.descent_statistics(failed).values())
