"""Basins: the experiments on cases that are known, and what the verdict rests on."""

import pandas as pd
import pytest
import torch

from book.experiments import basins, pictures
from book.statistics import basins as tables
from sigae.infinite_width import InfiniteWidth

pytest.importorskip("sklearn.datasets")


def test_a_slice_has_its_memories_where_it_says():
    record = basins.basin_slice(norm=20, n_pictures=3, resolution=41, reach=1.2)
    points = pictures.pictures(3, norm=20.0)
    at = record["memories"]
    torch.testing.assert_close(torch.cdist(at, at), torch.cdist(points, points) / 20, rtol=1e-9, atol=1e-12)
    where, extent = record["where"].reshape(41, 41), record["extent"]
    for k, (x, y) in enumerate(((at + extent) / (2 * extent) * 40).round().int().tolist()):
        assert where[y, x] == k
    assert record["others"] == 0 and (where >= 0).all()


def test_a_grid_is_labelled_as_if_every_point_had_been_asked():
    asked = []

    def lead(places):
        asked.append(len(places))
        i, j = places.T
        return torch.where((i - 20) ** 2 + (j - 31) ** 2 < 225, 1, torch.where(i > j, 0, basins.OTHER))

    places = torch.stack(torch.meshgrid(torch.arange(61), torch.arange(61), indexing="ij"), dim=-1).reshape(-1, 2)
    expected = lead(places).reshape(61, 61)
    assert basins.label_grid(lead, 61).tolist() == expected.tolist()
    assert sum(asked[1:]) < 61 * 61 / 2


def test_shares_are_those_of_a_loop_written_out():
    asked = {"norm": 40, "choices": [1], "noises": [0.05, 0.6], "n_pictures": 4, "draws": 3}
    record = basins.basin_shares(**asked)
    assert record["cues"].tolist() == [[12, 12]] and record["own"][0, 0] == 12
    assert record["own"][0, 1] + record["elsewhere"][0, 1] + record["other"][0, 1] == 12
    points = pictures.pictures(4, norm=40.0, choice=1)
    map = InfiniteWidth(points, activation="erf")
    g = pictures.normal_draws((3, 4, 64), stream=pictures.NOISE_STREAM, seed=1)
    x = points + 0.6 * 40 * g / g.norm(dim=-1, keepdim=True)
    for _ in range(1000):
        x = map(x)
    assert record["own"][0, 1] == ((x - points).norm(dim=-1) < 2).sum()


def test_two_memories_and_their_mirror_images_share_all_cues():
    record = basins.random_cues(norm=300, choice=0, n_patterns=2, starts=30)
    assert sum(record["captured"].tolist()) == 30 and record["other"] == record["unsettled"] == 0
    assert (record["factors"] > 1).all()


def test_rates_of_return_are_those_of_the_radius():
    record = basins.rates_of_return(norm=40, choice=0, n_pictures=4)
    assert len(record["rates"]) == 4
    # few steps, of which the first are not yet along the slowest way
    torch.testing.assert_close(record["rates"].log(), record["radii"].log(), rtol=0.1, atol=0)


def swept(**columns):
    return pd.DataFrame(columns).assign(error=None, converged=True)


def test_memories_of_small_return_factor_are_counted_apart():
    followed = swept(
        kind=["sphere"] * 2, activation=["erf"] * 2, norm=[3000] * 2, choice=[0, 1], n_patterns=[2, 2], other=[10, 11],
        factors=[[0.9, 1.2], [1.1, 0.8]], captured=[[0, 30], [28, 1]], cues=[40, 40],
    )  # fmt: skip
    weak, strong = tables.weak_memories(followed, 3000)
    assert (weak.value, strong.value) == pytest.approx((1 / 80, 58 / 80))
    assert tables.cues_by_memory(followed)["won"].tolist() == pytest.approx([0, 0.75, 0.7, 0.025])
    closed = followed.assign(factors=[[0.9, 0.2], [0.1, 0.8]])
    assert [item.criterion for item in tables.weak_memories(closed, 3000)] == ["weak"]  # there are no others
