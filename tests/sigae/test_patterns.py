"""Patterns on the sphere and the random streams behind them."""

import math

import pytest
import torch

from sigae import sphere_points
from sigae.patterns import normal_draws


@pytest.mark.parametrize("norm", [0.01, 1.0, 52.0])
def test_every_point_has_the_norm(norm):
    points = sphere_points(50, 7, norm=norm, seed=3)
    assert points.shape == (50, 7)
    assert torch.allclose(points.norm(dim=1), torch.full((50,), norm, dtype=torch.float64), rtol=1e-14)


def test_points_are_uniform_on_the_sphere():
    n, d = 40_000, 5
    points = sphere_points(n, d, seed=1)
    # Coordinates have mean 0, variance 1/d; four standard errors of each.
    assert points.mean(dim=0).abs().max() < 4 / math.sqrt(n * d)
    assert (points.mT @ points / n - torch.eye(d) / d).abs().max() < 4 * math.sqrt(2 / n) / d


def test_seed_fixes_directions_at_every_norm():
    assert torch.allclose(sphere_points(4, 6, norm=3.0, seed=2), 3 * sphere_points(4, 6, seed=2), rtol=1e-15)
    assert not torch.allclose(sphere_points(4, 6, seed=2), sphere_points(4, 6, seed=3))


def test_numbers_are_the_same_on_every_machine():
    # numpy promises PCG64's stream; these digits were drawn once and must never change.
    drawn = normal_draws((3,), stream=0, seed=0)
    assert drawn.tolist() == pytest.approx([0.12573022, -0.13210486, 0.64042265], abs=1e-8)


def test_streams_of_one_seed_are_independent():
    a, b = (normal_draws((100_000,), stream=stream, seed=5) for stream in (0, 1))
    assert abs((a @ b).item()) / 100_000 < 4 / math.sqrt(100_000)
