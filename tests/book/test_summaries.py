import math

import numpy as np
import pandas as pd
import pytest

from book.statistics import summaries
from tests.book.small_sweeps import rows


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "norm": [1, 1, 1, 2, 2, 2],
            "seed": [0, 1, 2, 0, 1, 2],
            "rho": [1.0, 2.0, 6.0, 4.0, 5.0, np.nan],
            "worst": [1.5, 2.5, 9.0, 4.5, 5.5, np.nan],
            "samples": [[1, 2], [3], [[4, 5]], [1], [2], np.nan],
            "converged": [True, True, False, True, True, np.nan],
            "reason": ["ok", "ok", "too many steps", "ok", "ok", np.nan],
            "error": [None, None, None, None, None, "ValueError: bad"],
        }
    )


def test_failures_are_told_apart_with_their_reason(table):
    assert summaries.converged(table).index.tolist() == [0, 1, 3, 4]
    assert summaries.failures(table)["why"].tolist() == ["too many steps", "ValueError: bad"]


def test_over_seeds_averages_what_trained(table):
    frame = summaries.over_seeds(table, "rho", ["norm"], worst="worst")
    assert frame.to_dict("list") == {
        "norm": [1, 2], "mean": [1.5, 4.5], "low": [1.0, 4.0], "high": [2.0, 5.0], "seeds": [2, 2], "worst": [2.5, 5.5],
    }  # fmt: skip
    # of a worst case that is not known nothing may be said
    unknown = table.assign(worst=[1.5, np.nan, 9.0, 4.5, 5.5, np.nan])
    assert summaries.over_seeds(unknown, "rho", ["norm"], worst="worst")["worst"].isna().tolist() == [True, False]


def test_a_norm_is_said_from_which_on_it_holds_for_good():
    holds = pd.Series({5: True, 1: True, 2: False, 3: True, 4: True})
    assert summaries.from_norm_on(holds) == "from norm 3 on"
    assert summaries.from_norm_on(holds.iloc[:2]) == "from norm 1 on"
    assert {summaries.from_norm_on(none) for none in (~holds, pd.Series(dtype=bool))} == {"at no norm tried"}


def test_failures_are_counted_and_a_network_of_two_sweeps_once():
    table = rows("converged jacobian_error", (True, 0.5), (True, 0.01), (False, math.nan)).assign(reason="slow")
    said = "Of 3 networks 1 did not converge; the Jacobians of one may be off by more than 20 %"
    assert summaries.convergence(table) == said
    both = rows("norm seed converged", (1, 0, True), (1, 1, True), (2, 0, True))
    assert summaries.convergence(both, both[:2]) == "All 3 networks converged"
    assert summaries.convergence(both[:1]) == "The one network converged"
