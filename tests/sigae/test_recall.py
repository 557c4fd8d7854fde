"""Iteration and recall on maps whose paths are known."""

import pytest
import torch

import sigae
from sigae.patterns import normal_draws


def test_iterate_follows_the_powers_of_a_matrix():
    A = torch.tensor([[0.5, 0.1], [0.0, 0.4]], dtype=torch.float64)
    cues = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]], dtype=torch.float64)
    path = sigae.iterate(lambda x: x @ A.mT, cues, steps=7)
    assert path.shape == (8, 3, 2)
    for k in range(8):
        assert torch.allclose(path[k], cues @ torch.linalg.matrix_power(A, k).mT, rtol=1e-13)


def test_recall_judges_each_cue_alone():
    # The map halves the distance to +-1, whichever is nearer: the sign of the cue decides.
    targets = torch.ones(4, 1)
    cues = torch.tensor([[0.2], [3.0], [-0.1], [-5.0]])
    found = sigae.recalled(lambda x: (x + x.sign()) / 2, cues, targets, steps=20)
    assert found.tolist() == [True, True, False, False]


def test_recall_broadcasts_many_cues_a_target():
    targets = torch.tensor([[0.0, 0.0], [4.0, 0.0]])
    cues = targets + torch.full((7, 1, 2), 0.3)
    assert sigae.recalled(lambda x: 0 * x, cues, targets).sum(dim=0).tolist() == [7, 0]


def test_threshold_is_on_the_mean_squared_error():
    cue, target = torch.tensor([0.3, 0.0, 0.0, 0.0]), torch.zeros(4)  # mean of squares 0.0225
    assert not sigae.recalled(lambda x: x, cue, target, steps=1, threshold=0.0225 * 0.99)
    assert sigae.recalled(lambda x: x, cue, target, steps=1, threshold=0.0225 * 1.01)


def test_a_diverging_path_is_not_recalled():
    assert not sigae.recalled(lambda x: x * 1e30, torch.ones(3), torch.ones(3), steps=50)


@pytest.mark.parametrize("length", [1, 3, 400])
def test_the_rate_of_a_cycle_is_that_at_which_its_neighbours_come_nearer(length):
    # a triangle with a known eigenvalue of the whole cycle; four hundred steps of 1e-3 underflow if multiplied
    slopes = 1e-3 * (1 + normal_draws((length,), stream=9, seed=1).abs())
    J = torch.diag_embed(torch.stack([slopes, slopes / 2], dim=-1))
    J[:, 0, 1] = slopes
    assert sigae.cycle_rate(J).item() == pytest.approx(slopes.log().mean().exp().item(), rel=1e-9)
    assert sigae.cycle_rate(J[:1]).item() == pytest.approx(slopes[0].item())
