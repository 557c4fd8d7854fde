import pandas as pd

from book.statistics import basin_of_attraction
from tests.book.small_sweeps import rows, texts

SWEPT = rows(
    "norm seed noises cues recalled report_rate radius_mean radii",
    (5, 0, [1, 9], [4, 4], [1, 0], [0.5, 0.0], 0.9, [0.8, 1.1]),
    (5, 1, [1, 9], [4, 4], [2, 0], [0.0, 0.0], 1.1, [0.9, 0.9]),
    (50, 0, [1, 9], [4, 4], [4, 4], [1.0, 0.5], 0.2, [0.1, 0.1]),
    (50, 1, [1, 9], [4, 4], [4, 4], [1.0, 0.5], 0.4, [0.1, 0.1]),
).assign(tolerance=1e-7)


def test_small_norms_and_noise_are_judged_by_counts_that_can_be_done_by_hand():
    small = SWEPT[SWEPT["norm"].eq(5)].assign(norm=1, radii=[[1.1, 1.1]] * 2)
    tighter = small.assign(tolerance=1e-9)
    found = texts(basin_of_attraction.recall_and_attraction(pd.concat([small, SWEPT]), 5, tighter))
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
    assert basin_of_attraction.from_each_norm(SWEPT, 5).verdicts == {5: "inconclusive"}
