"""The critical load in high dimension: against the limit itself at growing dimension, and its own limits."""

import math

import mpmath
import numpy as np
import pytest
import torch
from scipy.optimize import brentq

from book.build.toc import ROOT
from sigae.activations import ACTIVATIONS
from sigae.infinite_width import InfiniteWidth, critical_load
from sigae.jacobians import spectral_radius
from sigae.patterns import sphere_points
from tests.sigae.gaussian_reference import SQUARED_SLOPE, SWING

PAGE = (ROOT / "book" / "infinite_width.md").read_text(encoding="utf-8")
SLOPES = {"sigmoid": (1 / 4, -1 / 2), "tanh": (1.0, -2.0), "erf": (2 / math.sqrt(math.pi), -2.0)}  # a and beta


def load_at(activation, sigma):
    return critical_load(torch.tensor(sigma**2, dtype=torch.float64), activation=activation).item()


def border(activation, load):
    """The norm over sqrt(d) at which a load is critical."""
    return brentq(lambda s: load_at(activation, s) - load, 0.4, 10, xtol=1e-10)


def trace(activation, n, d, sigma, seed):
    """tr((1 - mean)^-1 C (1 - mean)^-T): one where eigenvalues of sampled Jacobians come up to one."""
    points = sphere_points(n, d, norm=sigma * math.sqrt(d), seed=seed)
    limit = InfiniteWidth(points, activation=activation)
    R = torch.linalg.inv(torch.eye(d, dtype=torch.float64) - limit.mean_jacobian(points[0]))
    return torch.trace(R @ limit.jacobian_covariance(points[0]) @ R.T).item()


@pytest.mark.parametrize(("activation", "load"), [("sigmoid", 0.5), ("tanh", 0.25), ("tanh", 1.5), ("erf", 1.0)])
def test_the_limit_comes_to_the_border_as_the_dimension_grows(activation, load):
    sigma = border(activation, load)
    missing = [
        np.mean([1 - trace(activation, int(load * d), d, sigma, seed) for seed in range(seeds)])
        for d, seeds in ((32, 12), (128, 3))
    ]
    assert abs(missing[1]) < 0.04
    assert abs(missing[1]) < abs(missing[0]) / 2  # what is left out is of order 1 / d


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_sampled_radii_lie_on_its_two_sides(activation):
    d = 128
    for load in (0.5, 1.0):
        sigma = border(activation, load)
        for factor, side in ((0.6, 1), (1.6, -1)):
            points = sphere_points(int(load * d), d, norm=factor * sigma * math.sqrt(d), seed=1)
            radii = spectral_radius(InfiniteWidth(points, activation=activation).sample_jacobians(points[0], samples=4))
            assert (side * (radii - 1) > 0).all()


def test_small_norms():
    for activation in ("sigmoid", "tanh"):
        a, beta = SLOPES[activation]
        q = 1e-3
        leading = beta**2 * q**2 * (1 - a * a) / (6 * a * a) if a < 1 else 4 / 3 * q**3
        assert load_at(activation, math.sqrt(q)) == pytest.approx(leading, rel=0.02)
    assert load_at("erf", 0.3) == 0  # the disc alone is larger than one


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_large_norms(activation):
    lam = SQUARED_SLOPE[activation] / math.sqrt(2 * math.pi)
    factor = math.pi * math.sqrt(lam) / (4 * SWING[activation] ** 2)
    misses = [load_at(activation, sigma) / (factor * sigma**1.5) - 1 for sigma in (1e3, 1e5)]
    assert abs(misses[1]) < 0.02
    assert abs(misses[0] / misses[1]) == pytest.approx(10, rel=0.2)  # falls like sigma^(-1/2)


def test_what_the_page_says_of_it():
    loads = [load_at(activation, 4.0) for activation in ("sigmoid", "tanh", "erf")]
    assert "${:.1f}\\, d$, ${:.1f}\\, d$ and ${:.1f}\\, d$".format(*loads) in PAGE


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_it_grows_with_the_norm(activation):
    loads = critical_load(torch.logspace(-1, 5, 300, dtype=torch.float64), activation=activation)
    assert (loads.diff()[loads[1:] > 0] > 0).all()


def load_in_sixty_digits(activation, q):
    """The same formula, on the sum of erfs as it is."""
    with mpmath.workdps(60):
        q, pi = mpmath.mpf(q), mpmath.pi
        terms = [[mpmath.mpf(x) for x in pair] for pair in zip(*ACTIVATIONS[activation].erf_mixture, strict=True)]
        pairs = [(w * u, b, s, (1 + 2 * b * b * q) * (1 + 2 * s * s * q)) for w, b in terms for u, s in terms]
        slopes = [4 / pi * w * b * s for w, b, s, _ in pairs]
        variance = 2 / pi * mpmath.fsum(w * mpmath.asin(2 * b * s * q / mpmath.sqrt(D)) for w, b, s, D in pairs)
        h2 = mpmath.fsum(k / mpmath.sqrt(D) for k, (*_, D) in zip(slopes, pairs, strict=True))
        e = mpmath.fsum(
            k / mpmath.sqrt(D - 4 * (b * s * q) ** 2) for k, (_, b, s, D) in zip(slopes, pairs, strict=True)
        )
        y = (1 - e) / (e + mpmath.sqrt(e * e + (e - h2) * (1 - e)))
        return (variance + q * e - 2 * q * h2) * y / (2 * h2 * q)


@pytest.mark.parametrize("q", [1e-5, 1e-3, 1e-2, 0.3, 1e2, 1e6])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_the_digits_of_the_load_are_as_stated(activation, q):
    found = critical_load(torch.tensor(q, dtype=torch.float64), activation=activation).item()
    exact = max(0.0, float(load_in_sixty_digits(activation, q)))  # none where the disc alone is larger than one
    assert found == pytest.approx(exact, rel=1e-14 * (1 + 1 / q**2), abs=0)
