import pandas as pd
import pytest

from book.statistics import activations
from tests.book.small_sweeps import rows


def test_tanh_and_erf_are_judged_beside_sigmoids_of_their_seeds_over_all_widths():
    # two seeds that differ by much, at two widths that hardly do: four values, but two measurements
    values = [("tanh", 5, m, 1, seed, 1.0 + seed / 5 + m / 1e4) for m in (100, 200) for seed in (0, 1)]
    table = rows("activation n_points width norm seed radius_mean", *values, ("softplus", 5, 100, 1, 0, 2.0),
                 *[("sigmoid", 5, m, 1, seed, 1.0) for m in (100, 200) for seed in (0, 1)])  # fmt: skip
    radius, difference = activations.above_one_at(table, 1)
    assert [value for _, value, _ in radius.measured] == pytest.approx([1.015, 1.215])
    assert [value for _, value, _ in difference.measured] == pytest.approx([0.015, 0.215])
    further = table.assign(norm=2, radius_mean=table["radius_mean"] + table["width"] / 100)
    both = activations.other_norms(pd.concat([table, further]), table, 1)
    assert both.verdicts == {1: "inconclusive", 2: "reproduced"}
