import pandas as pd
import pytest

from book.experiments import basins
from book.statistics.basins import fates_by_norm, weak_memories


def test_two_memories_and_their_mirror_images_share_all_cues():
    record = basins.random_cues(norm=300, choice=0, n_patterns=2, starts=30)
    assert record["fates"].bincount().sum() == 30  # there is no -1 nor -2
    assert (record["factors"] > 1).all()


def test_at_large_norm_random_cues_have_the_fates_of_the_core_map():
    met = set()
    for choice in range(3):
        each = {"choice": choice, "n_patterns": 8, "starts": 20}
        limit, core = (basins.random_cues(norm=norm, **each)["fates"].clamp_min(basins.OTHER) for norm in (1e6, 0))
        assert core.tolist() == limit.tolist()
        met.update(core.tolist())
    assert min(met) == basins.OTHER and len(met) > 3


def test_basins_near_a_ray_hold_the_cues_that_they_should():
    record = basins.cues_near_a_ray(norm=1e6, choice=0, noises=[0.5, 2], n_patterns=16, cues=30)
    assert record["recalled"].tolist() == record["predicted"].tolist()
    assert 5 < record["recalled"].sum() < 25 and record["shares"].tolist() == [1, 0]


def followed(**changed):
    fates = [[0] * 2 + [1] * 30 + [-1] * 8, [0] * 28 + [1] + [-2] * 11]
    columns = {
        "kind": "sphere", "activation": "erf", "norm": 3000, "choice": [0, 1], "error": None, "converged": True,
        "factors": [[0.9, 1.2], [1.1, 0.8]], "fates": fates, "cues": 40,
    }  # fmt: skip
    return pd.DataFrame(columns | changed)


def test_memories_of_small_return_factor_are_counted_apart():
    weak, strong = weak_memories(followed(), 3000)
    assert (weak.value, strong.value) == pytest.approx((3 / 80, 58 / 80))
    closed = followed(factors=[[0.9, 0.2], [0.1, 0.8]])
    assert [item.criterion for item in weak_memories(closed, 3000)] == ["weak"]  # there are no others


def test_fates_are_compared_cue_by_cue():
    infinite = followed(norm=0, fates=[[-1] * 2 + [1] * 30 + [-1] * 8, [0] * 28 + [-1] * 12])
    table = fates_by_norm(followed(), infinite).set_index("fate")
    assert table["mean"].to_dict() == pytest.approx({"weak": 3 / 80, "strong": 58 / 80, "same": 77 / 80})
    assert (table["low"] <= table["mean"]).all() and (table["mean"] <= table["high"]).all()
