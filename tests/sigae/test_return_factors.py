"""What the limit does away from its memories at large norm, against the limit itself and against closed forms."""

import math

import pytest
import torch
from scipy.integrate import quad

import sigae
from sigae.activations import get_activation
from sigae.infinite_width import return_factors

DIM = 12


def patterns(activation):
    few = 2 if activation == "sigmoid" else 5
    return sigae.sphere_points(few, DIM, norm=1.0, seed=3)


def pull(directions, activation, i):
    """b_i, written out pair by pair."""
    phi, d = get_activation(activation), directions.shape[1]
    low = {"erf": -1.0, "tanh": -1.0, "sigmoid": 0.0}[activation]
    centre, swing = (1 + low) / 2, (1 - low) / 2
    kappa = quad(lambda z: phi.derivatives(torch.tensor(z, dtype=torch.float64), 1)[1].item() ** 2, -40, 40)[0]
    b = torch.zeros(d, dtype=torch.float64)
    for j in range(len(directions)):
        c = (directions[i] @ directions[j]).item()
        if j != i:
            M = centre**2 + 2 * swing**2 / math.pi * (math.asin(c) + c / math.sqrt(1 - c * c))
            b += M * math.sqrt(2 * math.pi) / kappa * directions[j]
    return b - (b @ directions[i]) * directions[i]


def test_of_erf_it_is_in_closed_form():
    directions = patterns("erf")
    expected = [math.sqrt(2 / (1 + 2 * pull(directions, "erf", i).square().sum().item())) for i in range(5)]
    assert return_factors(directions, activation="erf").tolist() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("activation, alone", [("sigmoid", 1.5), ("tanh", 1.5), ("erf", math.sqrt(2))])
def test_a_memory_alone_is_always_regained(activation, alone):
    assert return_factors(patterns(activation)[:1], activation=activation).item() == pytest.approx(alone, rel=1e-10)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_it_is_the_limit_s_own_factor_far_below_a_large_norm(activation):
    directions, r = patterns(activation), 1e7
    limit = sigae.InfiniteWidth(r * directions, activation=activation)
    for i, factor in enumerate(return_factors(directions, activation=activation).tolist()):
        start = 1e-3 * r * directions[i] + math.sqrt(DIM) * pull(directions, activation, i)
        end = limit(start)
        # corrections are of order sqrt(d) over the part along the ray, 1e4, and of that part over r
        assert ((end @ directions[i]) / (start @ directions[i])).item() == pytest.approx(factor, abs=5e-3)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_a_cue_away_from_all_memories_is_thrown_to_where_the_norm_is_forgotten(activation):
    directions = patterns(activation)
    cue = sigae.sphere_points(1, DIM, norm=1.0, seed=11)
    ends = [sigae.InfiniteWidth(r * directions, activation=activation)(r * cue)[0] for r in (1e4, 1e5, 1e6)]
    gaps = [(end - ends[-1]).norm().item() / ends[-1].norm().item() for end in ends[:2]]
    assert gaps[1] < gaps[0] / 5 < 0.02
