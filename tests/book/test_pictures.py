"""Pictures as memories: the experiments on cases that are known, and what the verdicts rest on."""

import numpy as np
import pandas as pd
import pytest
import torch

from book.experiments import memories, pictures
from book.statistics import pictures as tables
from sigae.infinite_width import InfiniteWidth
from sigae.infinite_width.chebyshev import TabulatedLimits

datasets = pytest.importorskip("sklearn.datasets")


def scaled(values, norm):
    values = values - values.mean()
    return norm * values / np.linalg.norm(values, axis=1, keepdims=True)


def test_pictures_are_examples_or_means_of_them_less_the_mean_grey():
    values, digit = datasets.load_digits(return_X_y=True)
    taken = np.stack([values[digit == k][2] for k in range(10)] + [values[digit == k][3] for k in range(2)])
    np.testing.assert_allclose(pictures.pictures(12, norm=7.0, choice=1), scaled(taken, 7), rtol=1e-12)
    means = scaled(np.stack([values[digit == k][6:9].mean(axis=0) for k in range(10)]), 5)
    np.testing.assert_allclose(pictures.pictures(10, norm=5.0, choice=2, averaged=3), means, rtol=1e-12)


@pytest.mark.parametrize("activation", ["erf", "sigmoid"])
def test_batched_limits_are_each_limit_alone(activation):
    limits = [InfiniteWidth(pictures.pictures(4, norm=9.0, choice=choice), activation=activation) for choice in (0, 3)]
    x = torch.stack([pictures.pictures(6, norm=6.0, choice=choice) for choice in (5, 8)])
    batched = TabulatedLimits(limits, largest=6.0)
    for cues in (x, 40 * x):  # what the table holds, and what lies beyond it
        expected = torch.stack([limit(part) for limit, part in zip(limits, cues, strict=True)])
        torch.testing.assert_close(batched(cues), expected, rtol=1e-10, atol=1e-10)


def test_cues_of_a_linear_map_settle_where_geometry_says():
    shrink = torch.tensor([0.5, 0.999999, -1.0], dtype=torch.float64)
    target = torch.tensor([3.0, 0.0, 0.0], dtype=torch.float64)
    cues = torch.tensor([[[9.0, 0, 0], [3, 1, 0], [3, 0, 1]]], dtype=torch.float64)
    ends, rests = memories.settled(lambda x: target + shrink * (x - target), cues, 60)
    assert rests.tolist() == [[True, False, False]]
    expected = torch.stack([target, cues.new_tensor([3, 0.999999**60, 0]), cues[0, 2]])  # reflected 60 times
    torch.testing.assert_close(ends[0], expected, rtol=0, atol=1e-6)
    points = torch.tensor([[2.0, 0], [0, 2]], dtype=torch.float64)
    near = torch.tensor([[2.09, 0], [0, 1.89], [1, 1]], dtype=torch.float64)  # within a twentieth of the norm, or not
    assert memories.arrived(near, points).tolist() == [0, -1, -1]


def test_recall_is_counted_as_in_a_loop_written_out():
    kinds = {"damages": ["rows", "blend"], "amounts": [4, 0.3]}
    record = pictures.recalled_pictures(norm=20, choices=[0, 2], n_pictures=6, **kinds)
    for choice, found in zip([0, 2], record["recalled"].tolist(), strict=True):
        points = pictures.pictures(6, norm=20.0, choice=choice)
        map = InfiniteWidth(points, activation="erf")
        for damage, amount, count in zip(*kinds.values(), found, strict=True):
            recalled, ends = 0, pictures.damaged(points, damage, amount)
            for _ in range(300):
                ends = map(ends)
            for k, x in enumerate(ends):
                distances = (points - x).norm(dim=1)
                recalled += int(distances.argmin() == k and distances[k] < 1)
            assert count == recalled
    assert 0 < record["recalled"].sum() < 24  # or nothing would have been compared


@pytest.fixture
def table():
    frame = pd.DataFrame({
        "activation": ["erf"] * 2, "width": [0] * 2, "norm": [8, 80], "n_pictures": [10] * 2, "choices": [[0, 1]] * 2,
        "damages": [["rows", "noise"]] * 2, "amounts": [[4, 0.5]] * 2,
        "recalled": [[[10, 6], [8, 8]], [[1, 0], [0, 1]]], "radius_worst": [[0.99, 0.97], [0.5, 0.4]],
    })  # fmt: skip
    return frame.assign(error=None, converged=True, radius_mean=frame["radius_worst"])


def test_recall_and_radius_are_paired_by_choice(table):
    recall, radius = tables.recall_and_radius(table, 8, 80)
    assert recall.value == pytest.approx(-0.75) and recall.low == pytest.approx(recall.high)  # both lose 15 of 20
    assert radius.value == pytest.approx((0.5 - 0.99 + 0.4 - 0.97) / 2)
    assert tables.recall_and_radius(table, 8, 8) == tables.recall_and_radius(table, 80, 8) == []
    assert tables.from_each_best(table, 8, 80).verdicts == {8: "reproduced"}


def test_networks_are_compared_where_the_limit_has_lost_what_it_recalls_at_a_smaller_norm(table):
    wide = table.assign(width=100, recalled=[[[10, 10], [10, 10]]] * 2)
    both = tables.together(table, wide)
    (gain,) = tables.wide_against_limit(both, 80, 100)
    assert gain.value == pytest.approx(0.95)
    assert tables.wide_against_limit(both, 8, 100) == []
    better = tables.together(table.assign(recalled=[[[1, 0], [0, 1]], [[10, 10], [10, 10]]]), wide)
    assert tables.wide_against_limit(better, 80, 100) == []
