import math

import numpy as np
import pytest

from book.statistics import single_example
from tests.book.small_sweeps import rows, texts

NETWORKS = rows(
    "activation depth norm seed radius_change jacobian_change relative_change final_radius converged",
    ("tanh", 2, 1, 0, 0.4, 2.0, 0.5, 1.1, True),
    ("tanh", 2, 5, 0, 0.2, 4.0, 1.0, 0.5, True),
    ("tanh", 3, 1, 0, 0.1, 1.0, 0.5, 0.9, True),
    ("tanh", 3, 5, 0, 0.1, 2.0, 1.0, 0.6, True),
    ("tanh", 3, 5, 1, 9.9, 9.9, 9.9, 9.9, False),
).assign(reason="")


def test_depths_are_compared_by_changes_averaged_over_norms_seed_by_seed():
    assert texts(single_example.alike_with_depth(NETWORKS, [2, 3])) == [
        (name, "depth 3 against 2", pytest.approx(ratio))
        for name, ratio in (("radius", 1 / 3), ("jacobian", 0.5), ("relative", 1.0))
    ]


def test_the_operator_norm_is_held_against_small_norms_the_law_and_many_dimensions():
    untrained = rows("activation dim norm seed operator_norm", ("tanh", 9, 1, 0, 1.8), ("tanh", 9, 1, 1, 2.2),
                     ("tanh", 9, 5, 0, 0.9), ("tanh", 9, 5, 1, 1.1))  # fmt: skip
    # relative spreads over the seeds that fall by half in four times as many dimensions: an exponent of -1/2
    by_dimension = rows(
        "dim norm seed operator_norm",
        *[(dim, 1, seed, 2 * (1 + off / math.sqrt(dim))) for dim in (4, 16, 64) for seed, off in enumerate((-1, 1, 0))],
    )
    found = single_example.concentration(untrained, by_dimension, "tanh")
    assert texts(found[:3]) == [
        ("value", "d = 9, norm 1", 1.0), ("value", "d = 9, norm 5", 0.5), ("wide", "d = 64, norm 1", 1.0),
    ]  # fmt: skip
    law, spread = found[3:]
    assert law.value == pytest.approx(2 / single_example.norm_by_law("tanh", 1, 9)) and law.note == "norm 1"
    # but for the bias that three seeds have
    assert spread.value == pytest.approx(-0.5, abs=0.02) and len(spread.measured) == 3


def test_the_largest_radius_decides_on_attraction_at_the_norm_where_it_is():
    items = {(i.criterion, i.condition): (i.value, i.note) for i in single_example.always_an_attractor(NETWORKS)}
    assert items["radius", "depth 2"] == items["worst", "depth 2"] == (1.1, "norm 1")
    assert items["radius", "depth 3"] == items["worst", "depth 3"] == (0.9, "norm 1")


def test_the_law_of_the_operator_norm_averages_the_squared_slope():
    # E phi'(z)^2 of erf, phi'(z)^2 = (4 / pi) exp(-2 z^2), z ~ N(0, q): 4 / (pi sqrt(1 + 4 q))
    assert single_example.norm_by_law("erf", 3.0, 4) == pytest.approx(2 * math.sqrt(4 / (math.pi * math.sqrt(10))))
    z, weights = np.polynomial.hermite_e.hermegauss(80)
    by_sum = 2 * math.sqrt((weights / np.cosh(z * 0.5) ** 4).sum() / weights.sum())
    assert single_example.norm_by_law("tanh", 1.0, 4) == pytest.approx(by_sum, rel=1e-9)
