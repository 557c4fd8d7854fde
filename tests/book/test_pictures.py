"""Pictures as memories: the experiments on cases that are known, and the tables and figures made of them."""

import numpy as np
import pandas as pd
import pytest
import torch

from book import figures
from book.experiments import memories, pictures
from book.statistics import picture_statistics as words
from book.statistics import pictures as tables
from sigae.infinite_width import InfiniteWidth
from sigae.infinite_width.batch import BatchedLimits

datasets = pytest.importorskip("sklearn.datasets")


def test_pictures_are_the_examples_of_each_digit_less_the_mean_grey():
    values, digit = datasets.load_digits(return_X_y=True)
    found = pictures.pictures(12, norm=7.0, choice=1).numpy()
    taken = np.stack([values[digit == k][2] for k in range(10)] + [values[digit == k][3] for k in range(2)])
    taken = taken - taken.mean()
    np.testing.assert_allclose(found, 7 * taken / np.linalg.norm(taken, axis=1, keepdims=True), rtol=1e-12)
    with pytest.raises(ValueError, match="count is 2000, choice 0 and averaged 1: there are not as many pictures"):
        pictures.pictures(2000, norm=1.0)


def test_prototypes_are_means_and_other_examples_are_in_none_of_them():
    values, digit = datasets.load_digits(return_X_y=True)
    means = np.stack([values[digit == k][6:9].mean(axis=0) for k in range(10)])
    means = means - means.mean()
    found = pictures.pictures(10, norm=5.0, choice=2, averaged=3).numpy()
    np.testing.assert_allclose(found, 5 * means / np.linalg.norm(means, axis=1, keepdims=True), rtol=1e-12)
    others = {"damage": "another", "amount": 1, "moments": [0, 1], "norm": 5.0, "choice": 2, "averaged": 3}
    singles = np.stack([values[digit == k][9] for k in range(10)])
    singles = singles - singles.mean()
    for k in (0, 7):
        frame = pictures.healing(picture=k, **others)["frames"][0].numpy()
        np.testing.assert_allclose(frame, singles[k] / np.linalg.norm(singles[k]), rtol=1e-12)


def test_other_examples_are_told_by_the_nearest_prototype_as_written_out():
    record = pictures.recalled_pictures(norm=8, choices=[1], damages=["another"], amounts=[1], averaged=4, iterations=1)
    stored, cues = pictures.pictures(10, norm=8, choice=1, averaged=4), pictures.pictures(10, norm=8, choice=8)
    nearest = [int(np.argmin([np.sum((a - b) ** 2) for a in stored.numpy()])) for b in cues.numpy()]
    assert record["nearest"].tolist() == [[sum(j == k for k, j in enumerate(nearest))]]
    assert 0 < record["nearest"].item() <= 10


def test_damage_does_what_it_says():
    points = pictures.pictures(3, norm=5.0)
    half = pictures.damaged(points, "rows", 4)
    assert (half[:, 32:] == 0).all() and (half[:, :32] == points[:, :32]).all()
    torch.testing.assert_close(pictures.damaged(points, "blend", 0.25), 0.75 * points + 0.25 * points[[1, 2, 0]])
    noise = torch.stack([pictures.damaged(points, "noise", 0.5, seed=k) - points for k in range(60)])
    assert noise.norm(dim=-1).square().mean().sqrt().item() == pytest.approx(2.5, rel=0.05)
    with pytest.raises(ValueError, match="damage is 'fire'"):
        pictures.damaged(points, "fire", 1)


@pytest.mark.parametrize("activation", ["erf", "sigmoid"])
def test_stacked_limits_are_each_limit_alone(activation):
    limits = [InfiniteWidth(pictures.pictures(4, norm=9.0, choice=choice), activation=activation) for choice in (0, 3)]
    x = torch.stack([pictures.pictures(6, norm=6.0, choice=choice) for choice in (5, 8)])
    stacked = BatchedLimits(limits, largest=6.0)
    for cues in (x, 40 * x):  # what the table holds, and what lies beyond it
        expected = torch.stack([limit(part) for limit, part in zip(limits, cues, strict=True)])
        torch.testing.assert_close(stacked(cues), expected, rtol=1e-10, atol=1e-10)


def test_cues_of_a_linear_map_settle_where_geometry_says():
    shrink = torch.tensor([0.5, 0.999999, -1.0], dtype=torch.float64)
    target = torch.tensor([3.0, 0.0, 0.0], dtype=torch.float64)
    cues = torch.tensor([[[9.0, 0, 0], [3, 1, 0], [3, 0, 1]]], dtype=torch.float64)
    ends, rests = memories.settled(lambda x: target + shrink * (x - target), cues, 60)
    assert rests.tolist() == [[True, False, False]]
    torch.testing.assert_close(ends[0, 0], target, rtol=0, atol=1e-6)
    torch.testing.assert_close(ends[0, 1], cues.new_tensor([3, 0.999999**60, 0]), rtol=0, atol=1e-12)
    torch.testing.assert_close(ends[0, 2], cues[0, 2], rtol=0, atol=1e-12)  # after an even number of reflections


def test_an_end_has_arrived_within_a_twentieth():
    points = torch.tensor([[2.0, 0], [0, 2]], dtype=torch.float64)
    ends = torch.tensor([[2.09, 0], [0, 1.89], [1, 1]], dtype=torch.float64)
    assert memories.arrived(ends, points).tolist() == [0, -1, -1]


def test_recall_is_counted_as_in_a_loop_written_out():
    kinds = {"damages": ["rows", "blend"], "amounts": [4, 0.3]}
    record = pictures.recalled_pictures(norm=20, choices=[0, 2], n_pictures=6, **kinds)
    for choice, found in zip([0, 2], record["recalled"].tolist(), strict=True):
        points = pictures.pictures(6, norm=20.0, choice=choice)
        map = InfiniteWidth(points, activation="erf")
        for damage, amount, count in zip(*kinds.values(), found, strict=True):
            home = 0
            for k, x in enumerate(pictures.damaged(points, damage, amount)):
                for _ in range(300):
                    x = map(x)
                distances = (points - x).norm(dim=1)
                home += int(distances.argmin() == k and distances[k] < 1)
            assert count == home
    assert 0 < record["recalled"].sum() < 24  # or nothing would have been compared
    assert record["hopfield"].tolist() == record["nearest"].tolist() == [[6, 6], [6, 6]]


def test_a_network_stores_one_choice():
    with pytest.raises(ValueError, match=r"choices is \[0, 1\]: a network stores one choice of patterns, give one"):
        pictures.recalled_pictures(norm=20, choices=[0, 1], damages=["rows"], amounts=[4], width=50)


def test_healing_ends_at_the_stored_picture():
    record = pictures.healing(norm=8, choice=0, picture=1, damage="blend", amount=0.1, moments=[0, 900], n_pictures=3)
    assert record["distance"][1] < 1e-3 < record["distance"][0]
    torch.testing.assert_close(record["frames"][1], record["target"], rtol=0, atol=1e-3)
    healed = pd.DataFrame([record | {"moments": [0, 900], "width": 0, "activation": "erf", "norm": 8, "error": None}])
    listed = tables.distances(healed)
    assert listed["moment"].tolist() == [0, 900] and listed["distance"].iloc[1] < 1e-3


@pytest.fixture
def table():
    frame = pd.DataFrame({
        "activation": ["erf"] * 2, "width": [0] * 2, "norm": [8, 80], "n_pictures": [10] * 2, "choices": [[0, 1]] * 2,
        "damages": [["rows", "noise"]] * 2, "amounts": [[4, 0.5]] * 2,
        "recalled": [[[10, 6], [8, 8]], [[1, 0], [0, 1]]], "nearest": [[[10, 10]] * 2] * 2,
        "hopfield": [[[9, 10]] * 2] * 2, "radius_worst": [[0.99, 0.97], [0.5, 0.4]],
    })  # fmt: skip
    return frame.assign(error=None, converged=True, radius_mean=frame["radius_worst"])


def test_rates_are_pooled_over_choices(table):
    found = tables.rates(table, ["activation", "norm"])
    assert found["mean"].tolist() == pytest.approx([32 / 40, 2 / 40])
    assert found["radius"].tolist() == pytest.approx([0.98, 0.45])
    assert ((found["low"] < found["mean"]) & (found["mean"] < found["high"])).all()
    assert tables.rates(table, ["norm"], "hopfield")["mean"].tolist() == pytest.approx([0.95, 0.95])
    laid = tables.recall_by_norm(found, 10)
    assert laid["shown"].tolist() == ["recalled", "interval"] * 2 and laid["norm"].tolist() == [8, 8, 80, 80]
    assert laid["erf ∞"].tolist()[::3] == ["8.0", f"{10 * found['low'][1]:.1f} to {10 * found['high'][1]:.1f}"]
    assert tables.largest_radii(found)["erf ∞"].tolist() == ["0.98", "0.45"]


def test_what_the_page_tells_of_norms_is_an_average_over_activations(table):
    wide = table.assign(width=100, recalled=[[[10, 10], [9, 9]], [[5, 5], [5, 5]]])
    both = tables.together(table, table.assign(activation="tanh", recalled=[[[0, 0], [0, 0]], [[4, 4], [4, 4]]]), wide)
    told = words.norm_statistics(both, 100)
    assert told["limit_best"] == pytest.approx(60) and told["plateau"] == "at no norm for erf and tanh"
    assert (told["limit_first"], told["limit_last"], told["wide_last"]) == pytest.approx((40, 22.5, 50))
    assert (told["radius_last"], told["nearest"], told["hopfield"]) == pytest.approx((0.45, 100, 95))


@pytest.mark.parametrize(
    "means, said",
    [
        ([0.1, 0.96, 1.0, 0.2], "from norm 5 to norm 13 for erf"),
        ([0.96, 1.0, 0.9, 0.2], "from norm 2 to norm 5 for erf"),
        ([0.1, 0.2, 0.94, 0.95], "at norm 80 for erf"),
        ([0.96, 0.2, 1.0, 1.0], "at norm 2, 13 and 80 for erf"),
        ([0.1] * 4, "at no norm for erf"),
    ],
)
def test_norms_of_high_recall_are_said_as_a_range_where_they_are_one(means, said):
    table = pd.DataFrame({"activation": "erf", "map": tables.LIMIT, "norm": [2, 5, 13, 80], "mean": means})
    assert words.plateaus(table) == said


def test_recall_and_radius_are_paired_by_choice(table):
    recall, radius = tables.recall_and_radius(table, 8, 80)
    assert recall.value == pytest.approx(-0.75) and recall.low == pytest.approx(recall.high)  # both lose 15 of 20
    assert radius.value == pytest.approx((0.5 - 0.99 + 0.4 - 0.97) / 2)
    assert tables.recall_and_radius(table, 8, 8) == tables.recall_and_radius(table, 80, 8) == []
    wide = table.assign(width=100, recalled=[[[10, 10], [10, 10]]] * 2)
    both = tables.together(table, wide)
    (gain,) = tables.wide_against_limit(both, 80, 100)
    assert gain.value == pytest.approx(0.95)
    assert tables.from_each_best(table, 8, 80).verdicts == {8: "reproduced"}
    # at norm 8 the limit has lost nothing that it recalls at a smaller one
    assert tables.other_largest_norms(both, 80, 100).verdicts == {8: "not judged", 80: "reproduced"}
    better = tables.together(table.assign(recalled=[[[1, 0], [0, 1]], [[10, 10], [10, 10]]]), wide)
    assert tables.wide_against_limit(better, 80, 100) == []


def test_loads_hold_up_to_where_they_first_fail():
    table = pd.DataFrame({"n_pictures": [5, 10, 20, 40], "radius": [0.9, 0.99, 1.1, 0.9], "mean": [0.4, 1, 1, 0.7]})
    told = words.load_statistics(table)
    assert told["held_by_radius"] == "up to 10, and not with 20"
    assert told["held_by_recall"] == "not even with the fewest tried"
    assert (told["most_pictures"], told["recall_with_most"], told["radius_with_most"]) == pytest.approx((40, 70, 0.9))
    assert words.load_statistics(table[:2])["held_by_radius"] == "with every number tried, up to 10"


def test_noise_is_told_at_both_ends():
    table = pd.DataFrame(
        {"amount": [1, 2] * 2, "map": ["infinite width"] * 2 + ["m = 5"] * 2, "mean": [1, 0.5, 0.9, 0]}
    )
    assert words.noise_statistics(table) == pytest.approx({
        "least_noise": 1, "most_noise": 2, "limit_least": 100, "limit_most": 50, "wide_least": 90, "wide_most": 0
    })  # fmt: skip


def test_prototypes_are_told_beside_single_examples():
    table = pd.DataFrame({
        "averaged": [1, 4] * 2, "map": ["infinite width"] * 2 + ["m = 5"] * 2, "damage": "another",
        "mean": [0.5, 0.7, 0.6, 0.8], "radius": [0.8, 0.9, 1, 1], "nearest": [0.88, 0.9, 0.88, 0.9],
    })  # fmt: skip
    named = tables.stored_as(table)
    assert named["stored"].tolist() == ["examples", "means of 4"] * 2
    assert words.prototype_statistics(pd.concat([named, named.assign(damage="rows", mean=0)])) == pytest.approx({
        "limit_examples": 50, "wide_examples": 60, "radius_examples": 0.8, "nearest_examples": 88,
        "limit_prototypes": 70, "wide_prototypes": 80, "radius_prototypes": 0.9, "nearest_prototypes": 90,
    })  # fmt: skip


def test_strips_show_each_moment_and_the_stored_picture():
    frames = torch.rand(3, 64, generator=torch.Generator().manual_seed(0)).tolist()
    table = pd.DataFrame({"label": ["a", "b"], "frames": [frames] * 2, "target": [frames[0]] * 2})
    figure = figures.picture_strips(table, [0, 1, 5])
    assert len(figure.axes) == 8
    np.testing.assert_allclose(figure.axes[1].images[0].get_array(), np.reshape(frames[1], (8, 8)))
