"""Pictures and basins: the experiments on cases that are known, and the tables and figures made of them."""

import math

import numpy as np
import pandas as pd
import pytest
import torch

from sigae.experiments import basins, pictures
from sigae.infinite_width import InfiniteWidth
from sigae.pages import plots
from sigae.pages.tables import memories as tables

datasets = pytest.importorskip("sklearn.datasets")


def test_pictures_are_the_examples_of_each_digit_less_the_mean_grey():
    values, digit = datasets.load_digits(return_X_y=True)
    found = pictures.pictures(12, norm=7.0, choice=1).numpy()
    taken = np.stack([values[digit == k][2] for k in range(10)] + [values[digit == k][3] for k in range(2)])
    taken = taken - taken.mean()
    np.testing.assert_allclose(found, 7 * taken / np.linalg.norm(taken, axis=1, keepdims=True), rtol=1e-12)
    means = np.stack([values[digit == k].mean(axis=0) for k in range(10)])
    means -= means.mean()
    scaled = means / np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(pictures.pictures(10, norm=1, prototypes=True).numpy(), scaled, rtol=1e-12)
    with pytest.raises(ValueError, match="count is 2000"):
        pictures.pictures(2000, norm=1.0)


def test_damage_does_what_it_says():
    points = pictures.pictures(3, norm=5.0)
    half = pictures.damaged(points, "rows", 4)
    assert (half[:, 32:] == 0).all() and (half[:, :32] == points[:, :32]).all()
    torch.testing.assert_close(pictures.damaged(points, "blend", 0.25), 0.75 * points + 0.25 * points[[1, 2, 0]])
    noise = torch.stack([pictures.damaged(points, "noise", 0.5, seed=k) - points for k in range(60)])
    assert noise.norm(dim=-1).square().mean().sqrt().item() == pytest.approx(2.5, rel=0.05)
    with pytest.raises(ValueError, match="damage is 'fire'"):
        pictures.damaged(points, "fire", 1)


def test_recall_is_counted_as_in_a_loop_written_out():
    record = pictures.recalled_pictures(norm=20, choice=0, damages=["rows", "blend"], amounts=[4, 0.3], n_pictures=6)
    points = pictures.pictures(6, norm=20.0)
    map = InfiniteWidth(points, "erf")
    for damage, amount, found in zip(["rows", "blend"], [4, 0.3], record["recalled"].tolist(), strict=True):
        count = 0
        for k, x in enumerate(pictures.damaged(points, damage, amount)):
            for _ in range(300):
                x = map(x)
            distances = (points - x).norm(dim=1)
            count += int(distances.argmin() == k and distances[k] < 1)
        assert found == count
    assert 0 < sum(record["recalled"]) < 12  # or nothing would have been compared
    assert record["hopfield"].tolist() == record["nearest"].tolist() == [6, 6]


def test_healing_ends_at_the_stored_picture():
    record = pictures.healing(norm=8, choice=0, picture=1, damage="blend", amount=0.1, moments=[0, 900], n_pictures=3)
    assert record["distance"][1] < 1e-3 < record["distance"][0]
    torch.testing.assert_close(record["frames"][1], record["target"], rtol=0, atol=1e-3)


def test_a_slice_has_its_memories_where_it_says():
    record = basins.basin_slice(norm=20, n_pictures=3, resolution=41, reach=1.2)
    points = pictures.pictures(3, norm=20.0)
    at = record["memories"]
    torch.testing.assert_close(torch.cdist(at, at), torch.cdist(points, points) / 20, rtol=1e-9, atol=1e-12)
    where, extent = record["where"].reshape(41, 41), record["extent"]
    for k, (x, y) in enumerate(((at + extent) / (2 * extent) * 40).round().int().tolist()):
        assert where[y, x] == k


def test_shares_add_up_and_a_small_sphere_is_all_a_basin():
    record = basins.basin_shares(norm=20, choice=0, noises=[0.02, 30.0], n_patterns=3, kind="sphere", draws=4)
    assert record["cues"] == [12, 12]
    assert record["own"][0] == 12 > record["own"][1]


def test_two_memories_and_their_mirror_images_share_all_cues():
    record = basins.winners(norm=300, choice=0, n_patterns=2, cues=30)
    assert sum(record["won"].tolist()) == 30 and record["other"] == 0
    assert (record["factors"] > 1).all()


def test_rates_of_return_are_those_of_the_radius():
    record = basins.rates_of_return(norm=40, choice=0, n_pictures=4)
    np.testing.assert_allclose(
        np.log(record["rates"]), np.log(record["radii"]), rtol=0.1
    )  # few steps, of which the first are not yet along the slowest way


def swept(**columns):
    frame = pd.DataFrame(columns)
    return frame.assign(error=None, converged=True, radius_mean=frame["radius_worst"])


@pytest.fixture
def table():
    lists = {"damages": [["rows", "noise"]] * 4, "amounts": [[4, 0.5]] * 4}
    return swept(
        activation=["erf"] * 4, width=[0] * 4, norm=[8, 8, 80, 80], choice=[0, 1, 0, 1], n_pictures=[10] * 4,
        recalled=[[10, 6], [8, 8], [1, 0], [0, 1]], nearest=[[10, 10]] * 4, hopfield=[[9, 10]] * 4,
        radius_worst=[0.99, 0.97, 0.5, 0.4], **lists,
    )  # fmt: skip


def test_rates_are_pooled_over_choices(table):
    found = tables.rates(table, ["activation", "norm"])
    assert found["mean"].tolist() == pytest.approx([32 / 40, 2 / 40])
    assert found["radius"].tolist() == pytest.approx([0.98, 0.45])
    assert ((found["low"] < found["mean"]) & (found["mean"] < found["high"])).all()
    assert tables.rates(table, ["norm"], "hopfield")["mean"].tolist() == pytest.approx([0.95, 0.95])
    best = tables.best_norms(found)
    assert best["norm"].tolist() == [8]
    (text,) = tables.trial(found, 10)["r = 8"]
    assert text.startswith("8.0 (") and text.endswith("rho 0.980")


def test_recall_and_radius_are_paired_by_choice(table):
    recall, radius = tables.recall_and_radius(table, 8, 80)
    assert recall.value == pytest.approx(-0.75) and recall.low == recall.high  # both choices lose 15 of 20
    assert radius.value == pytest.approx((0.5 - 0.99 + 0.4 - 0.97) / 2)
    assert tables.recall_and_radius(table, 8, 8) == []
    wide = table.assign(width=100, recalled=[[10, 10]] * 4)
    (gain,) = tables.wide_against_limit(tables.together(table, wide), 80, 100)
    assert gain.value == pytest.approx(0.95)
    assert tables.from_each_best(table, 8, 80).verdicts[8] == "reproduced"


def test_loads_hold_up_to_where_they_first_fail():
    table = pd.DataFrame({"n_pictures": [5, 10, 20, 40], "radius": [0.9, 0.99, 1.1, 0.9], "mean": [0.4, 1, 1, 1]})
    assert tables.told_of_loads(table) == {"held_by_radius": 10, "held_by_recall": 0, "most_pictures": 40}


def test_what_memories_of_weak_rays_get():
    fates = swept(
        kind=["sphere"] * 2, activation=["erf"] * 2, norm=[3000] * 2, choice=[0, 1], n_patterns=[2, 2],
        factors=[[0.9, 1.2], [1.1, 0.8]], won=[[0, 30], [28, 1]], cues=[40, 40], radius_worst=[0.5, 0.5],
    )  # fmt: skip
    weak, strong = tables.unpredicted(fates, 3000)
    assert (weak.value, strong.value) == pytest.approx((1 / 80, 58 / 80))
    assert tables.won(fates)["won"].tolist() == pytest.approx([0, 0.75, 0.7, 0.025])
    assert list(tables.other_shares(fates, 3000).verdicts) == [3000]
    figure = plots.won_shares(tables.won(fates))
    assert len(figure.axes) == 1


def test_slices_are_divided_and_drawn():
    where = [0, 1, 2, 4, -3, -3, -2, -1, 0]
    row = {"activation": ["erf"], "width": [0], "norm": [8], "radius_worst": [0.9], "others": [1], "where": [where]}
    slices = swept(**row, memories=[[[0, 0], [1, 0], [0, 1]]], extent=[1.5])
    counts = tables.slice_counts(slices).iloc[0]
    names = ["three", "other memories", "no memory", "nowhere"]
    assert counts[names].tolist() == pytest.approx([400 / 9, 100 / 9, 200 / 9, 200 / 9])
    (ax,) = plots.basin_slices(tables.labelled(slices), rows="width", columns="norm").axes
    assert "0.90" in ax.get_title() and "infinite width" in ax.get_title()
    image = ax.images[0].get_array()
    assert image.shape == (3, 3, 3) and not np.allclose(image[0, 0], image[0, 1])


def test_strips_show_each_moment_and_the_stored_picture():
    frames = torch.rand(3, 64).tolist()
    table = pd.DataFrame({"label": ["a", "b"], "frames": [frames] * 2, "target": [frames[0]] * 2})
    figure = plots.picture_strips(table, [0, 1, 5])
    assert len(figure.axes) == 8
    np.testing.assert_allclose(figure.axes[1].images[0].get_array(), np.reshape(frames[1], (8, 8)))


def test_rates_of_return_are_told_by_their_logarithms():
    table = pd.DataFrame({"error": None, "rates": [[0.5, 0.25, math.nan]], "radii": [[0.5, 0.5, 0.5]]})
    told = tables.told_of_rates_of_return(table)
    assert told == pytest.approx({"rates_measured": 2, "rates_median_percent": 50, "rates_most_percent": 100})
