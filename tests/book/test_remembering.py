"""Which activations remember: the experiment against formulas and autograd, and what the verdicts rest on."""

import math

import pandas as pd
import pytest
import torch

from book.experiments.remembering import activation_named, growth, stored_with
from book.statistics.remembering import radii
from sigae import Autoencoder, sphere_points, train


def test_powers_grow_as_they_are_called():
    u = torch.tensor([1e6, 2e6], dtype=torch.float64)
    for k in (0, 0.25, 1.5):
        high, higher = activation_named(f"power {k}")(u).tolist()
        assert math.log2(higher / high) == pytest.approx(k, abs=1e-9) == growth(f"power {k}")


def test_one_pattern_with_biases_has_its_formula():
    record = stored_with(activation="ReLU", n_points=1, norm=5, seed=1, dim=4, bias=0.6)
    assert record["radius_mean"] == record["radius_worst"] == pytest.approx(25 / (25 + 4 * 0.36), rel=1e-12)
    sine = stored_with(activation="sine", n_points=1, norm=3, seed=1, dim=4)["radius_mean"]
    q, e = 9 / 4, math.exp(-2 * 9 / 4)
    slope = q * (e + (1 + e) / 2 - q * e)
    assert sine == pytest.approx(slope / ((1 - e) / 2 + q * (1 + e) / 2), rel=1e-10)


def test_a_network_s_radii_are_those_of_autograd():
    record = stored_with(activation="softplus", n_points=3, norm=6, seed=2, dim=5, width=60, bias=0.5)
    points, model = sphere_points(3, 5, norm=6, seed=2), Autoencoder(5, 60, activation=_softplus, bias=0.5, seed=2)
    train(model, points, step_tolerance=0.01)
    J = [torch.autograd.functional.jacobian(model, x) for x in points]
    rho = [torch.linalg.eigvals(each).abs().max().item() for each in J]
    assert record["radius_worst"] == pytest.approx(max(rho), rel=1e-6)
    assert record["along"] == pytest.approx(sum((x @ A @ x / 36).item() for A, x in zip(J, points, strict=True)) / 3)


def test_a_verdict_rests_on_one_largest_radius_a_seed():
    table = pd.DataFrame({"activation": "sine", "seed": [0, 1], "radius_worst": [0.8, 1.0], "error": None})
    (found,) = radii(table, "vanishing", "activation")
    assert (found.condition, found.value) == ("sine", pytest.approx(0.9))


def _softplus(u):
    return torch.logaddexp(u, torch.zeros_like(u))
