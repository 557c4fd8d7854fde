import numpy as np
import pandas as pd

from book.statistics import summaries

TABLE = pd.DataFrame({
    "norm": [1, 1, 1, 2, 2, 2],
    "seed": [0, 1, 2, 0, 1, 2],
    "rho": [1.0, 2.0, 6.0, 4.0, 5.0, np.nan],
    "worst": [1.5, 2.5, 9.0, 4.5, 5.5, np.nan],
    "converged": [True, True, False, True, True, np.nan],
    "reason": ["ok", "ok", "too many steps", "ok", "ok", np.nan],
    "error": [None, None, None, None, None, "ValueError: bad"],
})  # fmt: skip


def test_over_seeds_averages_what_trained_and_failures_keep_their_reason():
    assert summaries.failures(TABLE)["why"].tolist() == ["too many steps", "ValueError: bad"]
    assert summaries.over_seeds(TABLE, "rho", ["norm"], worst="worst").to_dict("list") == {
        "norm": [1, 2], "mean": [1.5, 4.5], "low": [1.0, 4.0], "high": [2.0, 5.0], "seeds": [2, 2], "worst": [2.5, 5.5],
    }  # fmt: skip
    # of a worst case that is not known nothing may be said
    unknown = TABLE.assign(worst=[1.5, np.nan, 9.0, 4.5, 5.5, np.nan])
    assert summaries.over_seeds(unknown, "rho", ["norm"], worst="worst")["worst"].isna().tolist() == [True, False]


def test_a_norm_is_said_from_which_on_it_holds_for_good():
    holds = pd.Series({5: True, 1: True, 2: False, 3: True, 4: True})
    assert summaries.from_norm_on(holds) == "from norm 3 on"
    assert {summaries.from_norm_on(none) for none in (~holds, pd.Series(dtype=bool))} == {"at no norm tried"}
