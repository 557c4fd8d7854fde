import pandas as pd
import pytest

from book.statistics import activations
from tests.book.small_sweeps import at_seeds, rows, texts


def test_tanh_and_erf_are_judged_with_the_sigmoid_of_the_same_seeds_beside():
    seeds = at_seeds(
        rows("activation n_points width norm radius_mean", ("sigmoid", 20, 9, 2, 1.0), ("tanh", 20, 9, 2, 1.2),
             ("sigmoid", 20, 9, 3, 0.9), ("tanh", 20, 9, 3, 0.8), ("softplus", 20, 9, 2, 2.0))
    )  # fmt: skip
    assert texts(activations.above_one_at(seeds, 2)) == [
        ("radius", "tanh, n = 20, norm 2", 1.2), ("difference", "tanh, n = 20, norm 2", pytest.approx(0.2)),
    ]  # fmt: skip
    assert activations.other_norms(seeds, seeds, 2).verdicts == {2: "reproduced", 3: "not reproduced"}


def test_widths_that_share_their_seeds_are_not_independent():
    # two seeds that differ by much, at two widths that hardly do: four values, but two measurements
    values = [("tanh", 5, m, 1, seed, 1.0 + seed / 5 + m / 1e4) for m in (100, 200) for seed in (0, 1)]
    table = rows("activation n_points width norm seed radius_mean", *values,
                 *[("sigmoid", 5, m, 1, seed, 1.0) for m in (100, 200) for seed in (0, 1)])  # fmt: skip
    radius, difference = activations.above_one_at(table, 1)
    assert [value for _, value, _ in radius.measured] == pytest.approx([1.015, 1.215])
    assert [value for _, value, _ in difference.measured] == pytest.approx([0.015, 0.215])
    assert activations.other_norms(table, table, 1).verdicts == {1: "inconclusive"}
    further = table.assign(norm=2, radius_mean=table["radius_mean"] + table["width"] / 100)
    both = activations.other_norms(pd.concat([table, further]), table, 1)
    assert both.verdicts == {1: "inconclusive", 2: "reproduced"}
