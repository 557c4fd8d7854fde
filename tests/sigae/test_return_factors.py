"""The return factors of memories, against closed forms; tests of the core map hold them against the limit."""

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
