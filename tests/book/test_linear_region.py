import math

import pandas as pd
import pytest

from book.statistics import linear_region
from tests.book.small_sweeps import at_seeds, rows, texts


def test_shares_of_the_linear_region():
    assert [linear_region.count_at_one(name, 3) for name in ("sigmoid", "tanh", "erf")] == [2, 3, 3]
    assert linear_region.edge_of_the_others("sigmoid", 2, 5) == pytest.approx(0.25 * math.sqrt(4 / 5))
    norms = [[1.05, 0.95, 0.5, 0.1], [1.3, 0.9, 0.6, 0.6]]
    radii = [[1.1, 1.3]]
    swept = rows(
        "activation n_points dim norm eigenvalue_norms radius_mean radii", ("tanh", 2, 4, 1, norms, 1.2, *radii)
    )
    trained = linear_region.with_shares(swept, 0.1 + 1e-12)
    (row,) = trained.itertuples()
    # tanh's others end at sqrt(2/4) = 0.707; two norms a point should be at one
    assert (row.share, row.others) == (3 / 8, 1.0)
    assert row.nearest == pytest.approx((0.05 + 0.05 + 0.1 + 0.3) / 4)
    (table,) = linear_region.shares(trained, ["activation", "norm", "n_points"], edges=True).itertuples()
    assert (table.mean, table.claimed, table.theory, table.others_within_edge) == (3 / 8, 1 / 4, 2 / 4, 1.0)
    assert table.others_edge_theory == pytest.approx(math.sqrt(0.5))
    # the nearest of the worst point is off by 0.1, the next by 0.3 there and by 0.05 at the other point
    assert texts(linear_region.around_one(at_seeds(trained))) == [
        (name, "n = 2, norm 1", pytest.approx(value))
        for name, value in (("count", 3 / 8 - 1 / 4), ("nearest", 0.1), ("gap", 0.05))
    ]
    twice = at_seeds(swept)
    tried = linear_region.other_windows(twice, 0.07).verdicts
    assert (tried[0.01], tried[0.07], tried[0.2]) == ("not reproduced", "reproduced", "not reproduced")
    by_norm = linear_region.with_shares(pd.concat([twice, twice.assign(norm=0.1)]), 0.07)
    assert linear_region.other_norms(by_norm, 1).verdicts == {0.1: "reproduced", 1: "reproduced"}
    found = linear_region.share_statistics(linear_region.shares(trained, ["activation", "norm", "n_points"]), 1)
    assert found == {"share_fewest": "38 % for tanh", "share_most": "38 % for tanh"}


def test_the_share_above_one_is_told_by_number_of_patterns():
    points = rows(
        "activation n_points radii radius_mean radius_worst",
        ("sigmoid", 1, [0.2], 0.2, 0.2),
        ("sigmoid", 2, [0.9, 0.8], 0.85, 0.9),
        ("sigmoid", 2, [1.2, 0.9], 1.05, 1.2),
        ("sigmoid", 5, [1.1, 0.9, 0.9, 1.3], 1.05, 1.3),
    )
    table = linear_region.above_one(points)
    assert table.values.tolist() == [
        ["sigmoid", 1, 0, 0.2, 0.2], ["sigmoid", 2, 25, pytest.approx(0.95), 1.2], ["sigmoid", 5, 50, 1.05, 1.3],
    ]  # fmt: skip
    found = pd.DataFrame(
        {"n_points": [1, 2, 5], "others_edge_theory": [0.25, 0.2, 0.2], "others_within_edge": [0.9, 1, math.nan]}
    )
    assert linear_region.shares_in_words(found, points) == {
        "edges": "0.250 with one pattern, and 0.200 with 2 patterns and 5 patterns",
        "inside": "90 % with one pattern and 100 % with 2 patterns",
        "above_one": "0 % with one pattern, 25 % with 2 patterns and 50 % with 5 patterns",
    }


def test_where_all_eigenvalues_should_be_one_there_are_no_others():
    swept = rows("activation n_points dim norm eigenvalue_norms", ("erf", 2, 2, 1, [[1.0, 1.0]] * 2))
    assert math.isnan(linear_region.with_shares(swept, 0.1)["others"].iloc[0])
    swept = rows("activation n_points dim norm eigenvalue_norms", ("sigmoid", 1, 2, 1, [[0.1, 0.1]]))
    assert math.isnan(linear_region.with_shares(swept, 0.1)["nearest"].iloc[0])
