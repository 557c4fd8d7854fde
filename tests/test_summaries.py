import numpy as np
import pandas as pd
import pytest

from book.statistics import summaries


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


def test_over_samples_pools_lists(table):
    table["converged"] = True
    frame = summaries.over_samples(table.iloc[:5], "samples", ["norm"])
    assert frame["samples"].tolist() == [5, 2]
    assert frame["mean"].tolist() == [3.0, 1.5]
    assert frame["low"][0] == pytest.approx(1.2) and frame["high"][0] == pytest.approx(4.8)


def test_extreme_norms_are_those_that_trained(table):
    first, last = summaries.at_extreme_norms(table.assign(width=7), ["width"])
    assert first.index.tolist() == [(7, 0), (7, 1)]
    assert (last["rho"] - first["rho"]).tolist() == [3.0, 3.0]
