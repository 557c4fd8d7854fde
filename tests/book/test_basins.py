import pandas as pd
import pytest

from book.experiments import basins
from book.statistics.basins import weak_memories


def test_two_memories_and_their_mirror_images_share_all_cues():
    record = basins.random_cues(norm=300, choice=0, n_patterns=2, starts=30)
    assert sum(record["captured"].tolist()) == 30 and record["other"] == record["unsettled"] == 0
    assert (record["factors"] > 1).all()


def test_memories_of_small_return_factor_are_counted_apart():
    followed = pd.DataFrame({
        "kind": "sphere", "activation": "erf", "norm": 3000, "choice": [0, 1], "error": None, "converged": True,
        "factors": [[0.9, 1.2], [1.1, 0.8]], "captured": [[2, 30], [28, 1]], "cues": 40,
    })  # fmt: skip
    weak, strong = weak_memories(followed, 3000)
    assert (weak.value, strong.value) == pytest.approx((3 / 80, 58 / 80))
    closed = followed.assign(factors=[[0.9, 0.2], [0.1, 0.8]])
    assert [item.criterion for item in weak_memories(closed, 3000)] == ["weak"]  # there are no others
