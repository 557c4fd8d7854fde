"""The statements of book/infinite_width.md about single patterns and single networks at large norms."""

import math

import pytest
import torch

from book.build.toc import ROOT
from sigae.activations import get_activation
from sigae.infinite_width import InfiniteWidth, large_norm_coefficient
from sigae.infinite_width.gaussian_expectations import pair_expectations
from sigae.jacobians import spectral_radius
from sigae.patterns import normal_draws, sphere_points
from tests.sigae.test_infinite_width import ACTIVATIONS

PAGE = " ".join((ROOT / "book" / "infinite_width.md").read_text(encoding="utf-8").split())


def Phi(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def spread(activation):
    """sqrt(phi(0)^2 + gamma^2), twice the standard deviation of xi."""
    phi = get_activation(activation)
    return math.hypot(phi.centre, phi.swing)


def test_a_pattern_of_the_sigmoid_can_come_from_above():
    cosine, others, d, r = -0.4, 60, 32, 3e4
    rest = math.sqrt(1 - cosine**2) * sphere_points(others, d - 1, seed=0)
    directions = torch.cat([torch.full((others, 1), cosine, dtype=torch.float64), rest], dim=1)
    directions = torch.cat([torch.eye(1, d, dtype=torch.float64), directions])
    above = spectral_radius(InfiniteWidth(r * directions).mean_jacobian(r * directions)) - 0.5
    leading = -large_norm_coefficient(directions, activation="sigmoid") / r
    assert above[0] > 0 > above[1:].max()
    said = (
        rf"$\rho - \frac12 = {above[0]:+.4f}$, where the leading term is ${leading[0]:+.4f}$, and the average over all"
        rf" patterns has ${above.mean():+.4f}$"
    )
    assert f"{others + 1} patterns in {d} dimensions let one have the cosine ${cosine}$" in PAGE
    assert said in PAGE
    for activation in ("tanh", "erf"):
        assert (large_norm_coefficient(directions, activation=activation) > 0).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("n", [1, 5])
def test_single_networks_scatter_about_the_leading_term_as_stated(activation, n):
    count, d, r = 3000, 6, 1e6
    directions = sphere_points(n, d, seed=3)
    limit = InfiniteWidth(r * directions, activation=activation)
    found = r * (spectral_radius(limit.sample_jacobians(limit.points[0], samples=count, seed=1)) - 0.5)
    deviation = spread(activation) / 2
    mean = -large_norm_coefficient(directions, activation=activation)[0].item()
    # five standard errors; what the law leaves out is r^(-1/2) of the deviation, and for the mean a_i^2 / r
    allowed = 5 * deviation / math.sqrt(count)
    assert found.mean().item() == pytest.approx(mean, abs=allowed + 10 * mean**2 / r)
    assert found.std().item() == pytest.approx(deviation, abs=allowed / math.sqrt(2) + 0.01 * deviation)
    skew = ((found - found.mean()) / found.std()).pow(3).mean().item()
    assert abs(skew) < 5 * math.sqrt(6 / count)


def test_how_often_a_single_network_comes_from_above():
    r, count = 1e6, 4000
    chance = {}
    for activation in ACTIVATIONS:
        for d in (2, 32):
            direction = torch.eye(1, d, dtype=torch.float64)
            a = large_norm_coefficient(direction, activation=activation).item()
            kappa = get_activation(activation).squared_slope
            chance[activation, d] = Phi(-2 * a / spread(activation))
            other = Phi(-math.sqrt(d) * spread(activation) * math.sqrt(2 * math.pi) / kappa)
            assert chance[activation, d] == pytest.approx(other, rel=1e-6)
    assert max(chance, key=chance.get) == ("erf", 2)
    assert f"{100 * chance['erf', 2]:.1f} % for $d = 2$" in PAGE
    assert 1e-19 < max(chance[activation, 32] for activation in ACTIVATIONS) < 1e-18
    assert "below $10^{-18}$ for $d = 32$" in PAGE
    limit = InfiniteWidth(r * torch.eye(1, 2, dtype=torch.float64), activation="erf")
    share = (spectral_radius(limit.sample_jacobians(limit.points[0], samples=count)) > 0.5).double().mean().item()
    p = chance["erf", 2]
    assert share == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / count))


@pytest.mark.parametrize("activation", ["tanh", "erf"])
def test_more_patterns_make_that_rarer(activation):
    for n in (2, 5, 40):
        directions = torch.nn.functional.normalize(normal_draws((n, 4), stream=9, seed=n), dim=1)
        alone = large_norm_coefficient(directions[:1], activation=activation)
        assert (large_norm_coefficient(directions, activation=activation) > alone).all()


def test_one_half_is_reached_at_every_depth():
    radii = {}
    for activation in ACTIVATIONS:
        direction = torch.eye(1, 32, dtype=torch.float64)
        for depth in (2, 3, 4, 5):
            limits = [InfiniteWidth(r * direction, activation=activation, depth=depth) for r in (1e6, 1e9, 1e10)]
            near, far, farther = (spectral_radius(limit.mean_jacobian(limit.points[0])).item() for limit in limits)
            radii[activation, depth] = near
            assert (0.5 - farther) == pytest.approx((0.5 - far) / 10, rel=0.02)  # O(1 / r)
            assert farther == pytest.approx(0.5, abs=1e-4)
    first, second, third, last = (f"{radii['sigmoid', depth]:.5f}" for depth in (2, 3, 4, 5))
    assert f"$\\rho = {first}$, ${second}$, ${third}$ and ${last}$" in PAGE
    assert min(radii[activation, depth] for activation in ("tanh", "erf") for depth in (2, 3, 4, 5)) > 0.4999
    point = torch.tensor(0.5, dtype=torch.float64)  # phi(0)^2 + gamma^2 of the sigmoid, its variance at large norm
    assert pair_expectations("sigmoid", point, point, point).e11 < 1 / 16
