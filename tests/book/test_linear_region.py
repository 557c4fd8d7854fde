import math

import pytest

from book.statistics import linear_region
from tests.book.small_sweeps import rows, texts


def test_eigenvalue_norms_around_one_are_counted_and_judged():
    norms = [[1.05, 0.95, 0.5, 0.1], [1.3, 0.9, 0.6, 0.6]]
    swept = rows(
        "activation n_points dim norm seed eigenvalue_norms", *[("tanh", 2, 4, 1, seed, norms) for seed in (0, 1)]
    )
    trained = linear_region.with_shares(swept, 0.1 + 1e-12)
    # two norms a point should be at one; the others of tanh end at sqrt(2/4) = 0.707
    assert (trained["share"].iloc[0], trained["others"].iloc[0]) == (3 / 8, 1.0)
    # of the sigmoid, whose bias takes one from one, at phi'(0) sqrt(4/5)
    assert linear_region.edge_of_the_others("sigmoid", 2, 5) == pytest.approx(0.25 * math.sqrt(4 / 5))
    # the nearest of the worst point is off by 0.1, the next by 0.3 there and by 0.05 at the other point
    assert texts(linear_region.around_one(trained)) == [
        (name, "n = 2, norm 1", pytest.approx(value))
        for name, value in (("count", 3 / 8 - 1 / 4), ("nearest", 0.1), ("gap", 0.05))
    ]
    tried = linear_region.other_windows(swept, 0.07).verdicts
    assert (tried[0.01], tried[0.07], tried[0.2]) == ("not reproduced", "reproduced", "not reproduced")
