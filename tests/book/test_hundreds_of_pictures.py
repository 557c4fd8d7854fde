"""Hundreds of pictures: the experiments against loops and linear algebra written out, and what the verdicts rest on."""

import numpy as np
import pandas as pd
import pytest
import torch

from book.experiments import hundreds_of_pictures as many
from book.experiments.pictures import damaged
from book.statistics import hundreds_of_pictures as tables
from sigae import Autoencoder, InfiniteWidth, train

datasets = pytest.importorskip("sklearn.datasets")


def test_pictures_are_what_the_data_sets_hold_less_their_mean():
    chosen = torch.randperm(1797, generator=torch.Generator().manual_seed(3))[:40].numpy()
    digits = datasets.load_digits().data[chosen]
    digits = digits - digits.mean(axis=0)
    expected = 7 * digits / np.linalg.norm(digits, axis=1, keepdims=True)
    np.testing.assert_allclose(many.picture_set("digits", 40, norm=7, choice=3), expected, rtol=1e-12)
    patch = datasets.load_sample_images().images[0][16:32, 32:48].mean(axis=-1).ravel()
    assert np.isclose(many._images("patches"), patch - patch.mean()).all(axis=1).sum() == 1
    with pytest.raises(ValueError, match="only 1797 digits: take fewer"):
        many.picture_set("digits", 1798)
    with pytest.raises(ValueError, match="kind is 'faces'"):
        many.picture_set("faces", 3)


def test_directions_and_neighbours_are_those_of_linear_algebra():
    record = many.pictures_themselves(kind="digits", n_pictures=50, choice=0)
    points = many.picture_set("digits", 50)
    values = np.linalg.svd(points.numpy(), compute_uv=False) ** 2 / 50
    assert record["participation"] == pytest.approx(values.sum() ** 2 / (values**2).sum())
    cosines = points @ points.T - 2 * torch.eye(50)
    assert record["cosine"] == pytest.approx(cosines.amax(dim=1).mean().item())
    cues = damaged(points, "rows", 4)
    nearest = [int((points - cue).norm(dim=1).argmin()) == k for k, cue in enumerate(cues)]
    assert record["nearest half"] == pytest.approx(np.mean(nearest)) and 0 < np.mean(nearest) < 1


@pytest.mark.parametrize("width", [0, 300])
def test_recall_is_counted_as_in_a_loop_written_out(width):
    condition = {"kind": "digits", "n_pictures": 12, "norm": 20, "activation": "erf", "choice": 1}
    record = many.stored_pictures(**condition, looked_at=3, width=width, wall="half")
    points = many.picture_set("digits", 12, norm=20, choice=1)
    map = Autoencoder(64, width, activation="erf", seed=1) if width else InfiniteWidth(points, activation="erf")
    if width:
        train(map, points)
    J = torch.stack([torch.autograd.functional.jacobian(map, x) for x in points[:3]])
    radii = torch.linalg.eigvals(J).abs().amax(dim=1)
    assert record["radius_worst"] == pytest.approx(radii.max().item(), rel=1e-6)
    assert record["attractors"] == pytest.approx((radii < 1).double().mean().item())
    end = damaged(points, "rows", 4)
    for _ in range(100):
        end = map(end).detach()
    distance = torch.cdist(end, points)
    recalled = (distance.argmin(dim=1) == torch.arange(12)) & (distance.diag() < 1)
    assert record["recalled half"] == pytest.approx(recalled.double().mean().item()) and recalled.any()
    assert (record["found"] == torch.arange(12)).tolist() == recalled.tolist()
    torch.testing.assert_close(20 * record["end"], end, rtol=0, atol=1e-4)


def test_the_boundary_is_where_rho_of_single_networks_is_one():
    found = many.boundary_norm(kind="digits", n_pictures=20, activation="erf", choice=2)["boundary"]
    sides = []
    for norm in (found * 0.97, found * 1.03):
        limit = InfiniteWidth(many.picture_set("digits", 20, norm=norm, choice=2), activation="erf")
        J = torch.cat([limit.sample_jacobians(x, 3, seed=20 + k) for k, x in enumerate(limit.points[:10])])
        sides.append(torch.linalg.eigvals(J).abs().amax(dim=1).mean().item())
    assert sides[0] > 1 > sides[1]
    assert many.boundary_norm(kind="random", n_pictures=2, activation="sigmoid", choice=0)["boundary"] == 0


def test_best_norms_boundaries_and_changes_are_paired_by_choice():
    rows = [(n, r, c) for n in (10, 300) for r in (10, 40, 160) for c in (0, 1)]
    table = pd.DataFrame(rows, columns=["n_pictures", "norm", "choice"]).assign(activation="erf")
    table["recalled half"] = [0.2, 0.1, 0.9, 0.8, 0.9, 0.5, 0, 0, 0.1, 0.2, 0, 0]
    assert tables.best_norms(table, "half")["norm"].tolist() == [80, 40, 40, 40]
    (fall,) = tables.recall_against_number(table, "half", 10, 300)
    assert fall.value == pytest.approx(-0.7) and tables.recall_against_number(table, "half", 300, 10) == []
    (gain,) = tables.networks_against_limit(table.assign(**{"recalled half": 1.0}), table, 160, 300)
    assert gain.value == 1
    theory = pd.DataFrame({"activation": "erf", "critical_load": [0.5, 2.0], "norm": [2.0, 4.0]})
    found = pd.DataFrame({"kind": "digits", "activation": "erf", "n_pictures": 64, "choice": [0, 1, 2], "dim": 64})
    loaded = tables.with_loads(found.assign(boundary=[8 * 8**0.5, 16 * 8**0.5, 0]), theory)
    assert loaded["ratio"].tolist() == pytest.approx([1, 2]) and loaded["load"].eq(1).all()
    (ratio,) = tables.critical_for_pictures(loaded, 100)
    assert ratio.criterion == "digits" and ratio.value == pytest.approx(2**0.5)
