"""Sequences: the experiments against loops and linear algebra written out, and what the verdicts rest on."""

import math

import pandas as pd
import pytest
import torch

from book.experiments import sequences
from book.statistics import sequences as tables
from sigae import Autoencoder, InfiniteWidth, train
from sigae.activations import get_activation
from sigae.infinite_width import large_norm_coefficient

pytest.importorskip("sklearn.datasets")


def test_successors_go_round_their_cycles():
    assert sequences.successors(6, 3).tolist() == [1, 2, 0, 4, 5, 3]
    with pytest.raises(ValueError, match="length is 4"):
        sequences.successors(6, 4)


@pytest.mark.parametrize("width", [0, 300])
def test_rates_and_recall_are_those_of_a_loop_written_out(width):
    norm = 12 if width else 40
    condition = {"kind": "digits", "n_patterns": 6, "norm": norm, "activation": "erf", "choice": 1, "iterations": 40}
    record = sequences.stored_sequences(**condition, length=3, width=width)
    points = sequences.patterns("digits", 6, norm=norm, choice=1)
    then = [1, 2, 0, 4, 5, 3]
    if width:
        map = Autoencoder(64, width, activation="erf", seed=1)
        train(map, points, points[then])
    else:
        map = InfiniteWidth(points, points[then], activation="erf")
    J = [torch.autograd.functional.jacobian(map, x) for x in points]
    products = [J[2] @ J[1] @ J[0], J[5] @ J[4] @ J[3]]
    rates = [torch.linalg.eigvals(P).abs().max().item() ** (1 / 3) for P in products]
    assert record["rate"] == pytest.approx(max(rates), rel=1e-6)
    recalled = 0
    for k in range(6):
        x, place = points[k] * (torch.arange(64) < 32), k
        for _ in range(40):
            x, place = map(x), then[place]
        recalled += int((x - points[place]).norm() < 0.05 * norm)
    assert record["recalled half"] == pytest.approx(recalled / 6)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_a_cycle_turns_single_storage_and_has_its_coefficient_at_large_norm(activation):
    points = sequences.patterns("random", 6, norm=15)
    turn = torch.linalg.lstsq(points, points.roll(-1, 0)).solution.T  # takes each pattern to the next
    single, cycle = (InfiniteWidth(points, Y, activation=activation) for Y in (points, points.roll(-1, 0)))
    x = torch.linspace(-2, 2, 64, dtype=torch.float64)
    torch.testing.assert_close(cycle.mean_jacobian(x), turn @ single.mean_jacobian(x), rtol=0, atol=1e-9)
    phi, norm = get_activation(activation), 1e6
    x = sequences.patterns("digits", 6, norm=1)
    cosines, y = (x @ x.T).fill_diagonal_(0), x.roll(-1, 0)
    M = phi.centre**2 + 2 * phi.swing**2 / math.pi * (cosines.arcsin() + cosines / (1 - cosines**2).sqrt())
    M.fill_diagonal_(phi.centre**2 + phi.swing**2)
    a = 8 * math.sqrt(2 * math.pi) / (2 * phi.squared_slope) * (M * (y @ y.T)).sum(dim=1).mean()
    far = {"kind": "digits", "n_patterns": 6, "activation": activation, "choice": 0, "norm": norm, "iterations": 0}
    assert norm * (0.5 - sequences.stored_sequences(**far, length=6)["rate"]) == pytest.approx(a.item(), rel=2e-3)
    assert a < large_norm_coefficient(x, activation=activation).mean()


def test_the_map_is_steep_between_near_pictures_with_other_successors():
    forks = {d: sequences.branches(norm=10, activation="erf", choice=0, apart=d) for d in (0, 0.01, 0.5)}
    assert forks[0.01]["slope"] > forks[0.5]["slope"] > forks[0]["slope"]


def test_evidence_is_the_cycle_less_single_storage_choice_by_choice():
    rows = [(a, r, c, L) for a in ("erf", "tanh") for r in (10, 40) for c in (0, 1) for L in (10, 1)]
    swept = pd.DataFrame(rows, columns=["activation", "norm", "choice", "length"]).assign(error=None, converged=True)
    swept["rate"] = swept["norm"] / 100 + swept["choice"] + swept["length"].eq(1) * (0.2 + swept["choice"] / 10)
    found = tables.cycle_less_single(swept, "rate", "rate", [40])
    assert [item.condition for item in found] == ["erf, norm 40", "tanh, norm 40"]
    assert [item.value for item in found] == pytest.approx([-0.25, -0.25])
