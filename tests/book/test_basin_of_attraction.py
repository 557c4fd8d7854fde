import math

import pandas as pd
import pytest

from book.statistics import basin_of_attraction
from tests.book.small_sweeps import rows, texts


def test_recall_rates_count_all_cues_and_average_the_report_s():
    swept = rows(
        "norm seed noises cues recalled report_rate radius_mean radii",
        (5, 0, [1, 9], [4, 4], [1, 0], [0.5, 0.0], 0.9, [0.8, 1.1]),
        (5, 1, [1, 9], [4, 4], [2, 0], [0.0, 0.0], 1.1, [0.9, 0.9]),
        (50, 0, [1, 9], [4, 4], [4, 4], [1.0, 0.5], 0.2, [0.1, 0.1]),
        (50, 1, [1, 9], [4, 4], [4, 4], [1.0, 0.5], 0.4, [0.1, 0.1]),
    ).assign(tolerance=1e-7)
    rates = basin_of_attraction.recall_rates(swept)
    alone, report = (
        rates[rates["criterion"].eq(name)] for name in (basin_of_attraction.ALONE, basin_of_attraction.REPORT)
    )
    assert alone["mean"].tolist() == [3 / 8, 0, 1, 1] and report["mean"].tolist() == [0.25, 0, 1, 0.5]
    assert (report["low"].tolist(), report["high"].tolist()) == ([0, 0, 1, 0.5], [0.5, 0, 1, 0.5])
    assert alone[["low", "high", "recalled", "cues"]].iloc[0].tolist() == [0.25, 0.5, 3, 8]
    small = swept[swept["norm"].eq(5)].assign(norm=1, radii=[[1.1, 1.1]] * 2)
    found = texts(basin_of_attraction.recall_and_attraction(pd.concat([small, swept]), 5, small.assign(tolerance=1e-9)))
    assert found == [
        ("attractors", "norm 5", 3 / 4),
        ("radius", "norm 5", 1.0),
        ("beside", "norm 1, trained to 1e-07", 0.0),
        ("beside", "norm 1, trained to 1e-09", 0.0),
        ("recall", "norm 5, t = 1", 3 / 8),
        ("recall", "norm 5, t = 9", 0.0),
        ("noise", "t = 9 against 1, norms 5 to 50", 0.5 - 11 / 16),
        ("whole", "t = 9 against 1, norm 50", -0.5),
    ]
    one = swept[swept["norm"].eq(5)].assign(
        **{name: swept[name].str[:1] for name in ("noises", "cues", "recalled", "report_rate")}
    )
    assert basin_of_attraction.recall_and_attraction(one, 5) == []
    assert basin_of_attraction.from_each_norm(swept, 5).verdicts == {5: "inconclusive"}
    found = basin_of_attraction.noise_statistics(basin_of_attraction.recall_and_attraction(swept, 5), 4, [1, 9])
    assert (found["least_noise_norm"], found["most_noise_norm"]) == (2.0, 6.0) and found["whole_change"] == "-0.5"
    found = basin_of_attraction.rate_statistics(rates, one, 5)
    assert found == {
        "rate_first_least": 37.5, "rate_first_most": 0, "patient_rate": 37.5, "patient_cues": 8,
        "complete": "from norm 50 on", "report_last": 75, "alone_last": 100,
    }  # fmt: skip
    swept["radius_worst"] = swept["radii"].map(max)
    assert list(basin_of_attraction.attractor_statistics(swept, 5).values()) == [75, 1.0, 1.1]
    found = basin_of_attraction.small_norm_statistics(swept, swept[swept["seed"].eq(1)], 5)
    assert found == pytest.approx({"attractors_report": 75, "small_first": 5, "share_loose": 75, "off_loose": 0,
                                  "share_tight": 100, "off_tight": 0.1})  # fmt: skip
    # of nothing that was trained further nothing is known
    nothing = basin_of_attraction.small_norm_statistics(swept, swept[:0], 5)
    assert nothing["small_first"] == 5 and math.isnan(nothing["share_tight"])


def test_cues_on_their_way_are_told_at_both_ends_of_the_norms():
    away, home = [[1.0, 0.5, 0.3], [3.0, 0.5, 0.005]], [[1.0, 0.5, 1e-7], [1.0, 0.5, 3e-7]]
    paths = rows("norm errors", (5, [[[9, 9, 9]], home]), (2, [[[9, 9, 9]], away]), (3, [[[9, 9, 9]], home]))
    found = basin_of_attraction.path_statistics(paths, [10, 1], 0.01)
    assert found == {
        "path_noise": 1, "path_cues": 2,
        "path_first_norm": 2, "path_first_start": "2", "path_first_end": "0.15", "path_first_recalled": 1,
        "path_last_norm": 5, "path_last_start": "1", "path_last_end": "2 × 10⁻⁷", "path_last_recalled": 2,
    }  # fmt: skip
    one = basin_of_attraction.path_statistics(paths[paths["norm"].eq(2)], [10, 1], 0.01)
    assert one["path_first_norm"] == one["path_last_norm"] == 2
