"""The statements of book/infinite_width.md about small and large norms, one by one."""

import math

import numpy as np
import pytest
import torch

from sigae.activations import get_activation
from sigae.infinite_width import InfiniteWidth
from sigae.infinite_width.gaussian_expectations import pair_expectations, polar_expectations
from sigae.jacobians import operator_norm, spectral_radius
from sigae.patterns import normal_draws, sphere_points
from tests.sigae.gaussian_reference import DERIVATIVES, SQUARED_SLOPE, SWING, expectation
from tests.sigae.test_infinite_width import ACTIVATIONS, relative


def own_expectations(activation, q):
    q = torch.tensor(q, dtype=torch.float64)
    return pair_expectations(activation, q, q, q)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("q", [0.01, 2.0, 50.0])
def test_both_forms_of_the_gradient_covariance_agree(activation, q):
    e = own_expectations(activation, q)
    slope = DERIVATIVES[activation][1]
    square = expectation(lambda z: (slope(z) * z) ** 2, np.ones_like, q, q, q)
    assert (e.e11 + 2 * q * (e.e22 + e.e13)).item() == pytest.approx(square / q, rel=1e-10)
    q = torch.tensor(q, dtype=torch.float64)
    assert polar_expectations(activation, q, q, q).both_radial.item() == pytest.approx(square, rel=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_linear_region(activation):
    n, d = 4, 9
    points = sphere_points(n, d, norm=1e-3)
    span = points - points.mean(0) if activation == "sigmoid" else points
    P = torch.linalg.pinv(span, rtol=1e-8) @ span
    limit = InfiniteWidth(points, activation=activation)
    rest = get_activation(activation).slope_at_zero ** 2 / d * (torch.eye(d, dtype=torch.float64) - P)
    # corrections are of order n d r^2 = 4e-5 for the sigmoid, r^2 for the others
    torch.testing.assert_close(limit.mean_jacobian(points[0]), P, rtol=0, atol=1e-5)
    torch.testing.assert_close(limit.jacobian_covariance(points[0]), rest, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("n", "d"), [(1, 5), (2, 3), (4, 9), (7, 30)])
def test_eigenvalues_of_the_sigmoid_in_the_linear_region_are_those_of_the_papers_lemma(n, d):
    points = sphere_points(n, d, norm=0.02 * math.sqrt(d), seed=n)  # r^2 / d is 4e-4
    z = points.T @ torch.linalg.pinv(points @ points.T).sum(dim=1)
    z = z / (torch.linalg.pinv(points @ points.T).sum())  # of the affine hull, nearest to zero
    assert (points @ z - z @ z).abs().max() < 1e-12
    g = 2 * 0.25**2 / d
    middle = g * (z @ z).item() / (0.25 + g * (z @ z).item())
    J = InfiniteWidth(points).mean_jacobian(points[0])
    eigenvalues = np.sort(np.linalg.eigvals(J.numpy()).real)[::-1]
    assert eigenvalues[: n - 1] == pytest.approx(np.ones(n - 1), abs=5e-4)
    assert 0 < middle < 1 and eigenvalues[n - 1] == pytest.approx(middle, rel=2e-3)
    assert np.abs(eigenvalues[n:]).max() < 1e-9 * middle  # J has the rank n at any norm


@pytest.mark.parametrize(("activation", "beta"), [("sigmoid", -0.5), ("tanh", -2.0), ("erf", -2.0)])
@pytest.mark.parametrize("n", [2, 5, 12])
def test_the_linear_region_ends_at_the_same_norm_whatever_the_number_of_patterns(activation, beta, n):
    d, q = 30, 1e-3
    points = sphere_points(n, d, norm=math.sqrt(q * d), seed=1)
    span = points - points.mean(0) if activation == "sigmoid" else points
    part = np.linalg.lstsq(span.numpy().T, points[0].numpy(), rcond=1e-8)[0] @ span.numpy()  # P x
    kept = n - (activation == "sigmoid")
    J = InfiniteWidth(points, activation=activation).mean_jacobian(points[0])
    missing = 1 - np.sort(np.abs(np.linalg.eigvals(J.numpy())))[::-1][:kept]
    assert missing[-1] == pytest.approx(-beta * (part @ part) / d, rel=0.02)
    assert (np.abs(missing[:-1]) < 0.01 * missing[-1]).all()


@pytest.mark.parametrize(("activation", "n"), [("sigmoid", 1), ("sigmoid", 20), ("tanh", 20), ("erf", 20)])
def test_radius_at_small_norm(activation, n):
    d = 400
    k = n - (activation == "sigmoid")
    points = sphere_points(n, d, norm=0.01)
    radius = (
        spectral_radius(InfiniteWidth(points, activation=activation).sample_jacobians(points[0], samples=3))
        .mean()
        .item()
    )
    a = get_activation(activation).slope_at_zero
    # the edge of a Gaussian matrix's spectrum is smeared by about d^(-1/2)
    kept = 1.0 if k else 0.0  # for the sigmoid a single pattern keeps no direction
    assert radius == pytest.approx(max(kept, a * math.sqrt(1 - k / d)), rel=0.05 if k else 0.1)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("q", [1e-4, 4.0])
def test_operator_norm_of_the_untrained_jacobian(activation, q):
    d = 600
    e = own_expectations(activation, q)
    root = torch.full((d,), e.e11.item(), dtype=torch.float64)
    root[0] += (2 * q * (e.e22 + e.e13)).item()  # x along the first axis
    J = normal_draws((d, d), stream=9, seed=0) * (root / d).sqrt()
    assert operator_norm(J).item() == pytest.approx(2 * math.sqrt(e.e11.item()), rel=0.02)
    if q < 1:
        assert operator_norm(J).item() == pytest.approx(2 * get_activation(activation).slope_at_zero, rel=0.02)


@pytest.mark.parametrize("n", [1, 5])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_one_half_at_large_norm_with_its_rate(activation, n):
    d = 8
    directions = sphere_points(n, d, seed=3)
    rho = directions @ directions.T
    gamma, lam = SWING[activation], SQUARED_SLOPE[activation] / math.sqrt(2 * math.pi)
    off = rho - torch.eye(n, dtype=torch.float64)
    M = 2 * gamma**2 / math.pi * (off.arcsin() + off / (1 - off**2).sqrt())
    M = M + gamma**2 * torch.eye(n, dtype=torch.float64) + get_activation(activation).centre ** 2
    coefficient = math.sqrt(d) / (2 * lam) * (M * rho).sum(1)
    errors = []
    for norm in (1e3, 1e4):
        limit = InfiniteWidth(norm * directions, activation=activation)
        assert relative(limit.ntk, lam * norm / math.sqrt(d) * torch.eye(n, dtype=torch.float64) + M) < 10 / norm
        found = (0.5 - spectral_radius(limit.mean_jacobian(limit.points))) * norm
        errors.append(((found - coefficient) / coefficient).abs().max().item())
    assert errors[1] < 0.02
    assert errors[0] > 8 * errors[1]  # the remainder is of second order, or smaller


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_other_eigenvalues_at_large_norm_are_those_of_a_gaussian_matrix(activation):
    n, d, norm, draws = 3, 6, 1e5, 2000
    points = sphere_points(n, d, norm=norm, seed=3)
    J = InfiniteWidth(points, activation=activation).sample_jacobians(points[0], samples=draws)
    norms = np.sort(np.abs(np.linalg.eigvals(J.numpy())), axis=1)
    scale = math.sqrt(SQUARED_SLOPE[activation] / math.sqrt(2 * math.pi) * math.sqrt(d) / norm)  # sqrt(lambda / sigma)
    G = np.random.default_rng(0).normal(size=(draws, d - 1, d - 1)) / math.sqrt(d)
    wanted = np.sort(np.abs(np.linalg.eigvals(G)), axis=1)
    # five standard errors of the difference of two means over the draws
    error = 5 * np.hypot(wanted.std(0), wanted.std(0)) / math.sqrt(draws)
    assert (np.abs((norms[:, :-1] / scale).mean(0) - wanted.mean(0)) < error).all()
    assert (norms[:, -1] > 10 * norms[:, -2]).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("norm", [0.3, 10.0, 200.0])
def test_a_single_pattern_shows_the_local_exponent_of_the_kernel(activation, norm):
    point, h = sphere_points(1, 6), 1e-4
    up, down = (math.log(InfiniteWidth(norm * math.exp(s) * point, activation=activation).ntk.item()) for s in (h, -h))
    radius = spectral_radius(InfiniteWidth(norm * point, activation=activation).mean_jacobian(norm * point[0]))
    assert radius.item() == pytest.approx((up - down) / (4 * h), abs=1e-8)
