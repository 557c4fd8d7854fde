import math

import pytest
import torch

from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import jacobian
from sigae.patterns import sphere_points
from sigae.training import train
from tests.sigae.test_infinite_width import ACTIVATIONS, ROUNDING, off_points


def empirical_kernels(model, points):
    """NNGP and NTK of one network by autograd: products of an output's gradients by the last weights, and by all."""
    f = model(points)[:, 0]
    gradients = [torch.autograd.grad(value, list(model.weights), retain_graph=True) for value in f]
    last, whole = (
        torch.stack([torch.cat([part.flatten() for part in parts[first:]]) for parts in gradients]) for first in (-1, 0)
    )
    return last @ last.T, whole @ whole.T


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("depth", "width", "bias"), [(2, 200_000, 0), (3, 1500, 0), (2, 200_000, 0.8)])
def test_kernels_are_those_of_wide_networks(activation, depth, width, bias):
    points = sphere_points(3, 4, norm=4.0, seed=5)
    limit = InfiniteWidth(points, activation=activation, depth=depth, bias=bias)
    nngp, ntk = empirical_kernels(Autoencoder(4, width, depth, activation=activation, bias=bias, seed=1), points)
    # the sum over the units fluctuates by O(1 / sqrt(width)); 5 of its standard deviations
    assert (nngp - limit.nngp).abs().max() < 5 * limit.nngp.max() / math.sqrt(width)
    assert (ntk - limit.ntk).abs().max() < 5 * limit.ntk.max() * math.sqrt((depth + 1) / width)


def check_law(limit, x, samples):
    """Rows of Jacobians at several points are independent, with the stated mean and covariance."""
    count, k, d, _ = samples.shape
    covariance = limit.jacobian_covariance(x).reshape(k * d, k * d)
    variance = covariance.diagonal()
    deviation = (samples - limit.mean_jacobian(x)).transpose(1, 2).flatten(-2)  # (count, d, k d)
    assert (deviation.mean(0).abs() < 5 * (variance / count).sqrt()).all()  # five standard errors
    found = torch.einsum("sab,sac->bc", deviation, deviation) / (count * d)
    # a sample covariance of N rows errs by sqrt(2 / N) of the variances
    bound = 5 * math.sqrt(2 / (count * d)) * (variance[:, None] * variance).sqrt()
    assert ((found - covariance).abs() < bound).all()
    across = torch.einsum("sb,sb->b", deviation[:, 0], deviation[:, 1]) / count
    assert (across.abs() < 5 / math.sqrt(count) * variance).all()


@pytest.mark.parametrize(("depth", "width"), [(2, 1000), (3, 100)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_jacobian_law_is_that_of_wide_networks(activation, depth, width):
    # rows of J_0 + (X - f_0(X))^T B, with f_0 from real networks
    d, n = 4, 3
    points = sphere_points(n, d, norm=4.0, seed=5)
    limit = InfiniteWidth(points, points.roll(1, dims=0), activation=activation, depth=depth)
    x = torch.stack([off_points(1, d, 4.0)[0], points[0]])  # at two points of one network each
    rows = torch.eye(n, d, dtype=torch.float64)
    B = limit.trained_jacobian(x, limit.targets - rows, torch.zeros(2, d, d))[:, :n]  # (2, n, d)
    found = []
    for seed in range(500):
        model = Autoencoder(d, width, depth, activation=activation, seed=seed)
        with torch.no_grad():
            f0 = model(points)
        found.append(jacobian(model, x) + (limit.targets - f0).T @ B)
    torch.testing.assert_close(limit.trained_jacobian(x, f0, jacobian(model, x)), found[-1], **ROUNDING)
    check_law(limit, x, torch.stack(found))


@pytest.mark.parametrize(
    ("activation", "depth", "widths", "gain", "reached"),
    [(activation, 2, (4_000, 256_000), 3, 0.02) for activation in ACTIVATIONS] + [("erf", 3, (50, 800), 2, 0.2)],
)
def test_wide_networks_come_to_the_jacobian_predicted_from_their_start(activation, depth, widths, gain, reached):
    points = sphere_points(3, 5, norm=3.0, seed=8)
    limit = InfiniteWidth(points, activation=activation, depth=depth)
    distances = []
    for width in widths:
        model = Autoencoder(5, width, depth, activation=activation, seed=1)
        f0, J0 = model(points).detach(), jacobian(model, points)
        assert train(model, points, progress=False).converged
        predicted = limit.trained_jacobian(points, f0, J0)
        distances.append((torch.linalg.norm(jacobian(model, points) - predicted) / torch.linalg.norm(predicted)).item())
    # it falls like width^(-1/2), by 8 at depth 2 and by 4 at depth 3; a single pair of networks scatters about that
    assert distances[1] < reached
    assert distances[1] < distances[0] / gain
    # one point at a time, and starting from nothing
    one, all_ = limit.trained_jacobian(points[0], f0, J0[0]), limit.trained_jacobian(points, f0, J0)
    torch.testing.assert_close(one, all_[0], **ROUNDING)
    start = torch.zeros_like(points), torch.zeros_like(J0)
    torch.testing.assert_close(limit.trained_jacobian(points, *start), limit.mean_jacobian(points), **ROUNDING)


# ------------------------------------------------------------------ samples


@pytest.mark.parametrize(("activation", "depth"), [("sigmoid", 2), ("tanh", 3), ("erf", 4)])
def test_samples_have_the_stated_mean_and_covariance(activation, depth):
    points = sphere_points(3, 5, norm=2.0, seed=7)
    limit = InfiniteWidth(points, activation=activation, depth=depth)
    check_law(limit, points[:2], limit.sample_jacobians(points[:2], samples=4000, seed=3))


def test_targets_enter_the_mean_alone():
    points = sphere_points(4, 6, norm=5.0, seed=1)
    alone, cycle = InfiniteWidth(points), InfiniteWidth(points, points.roll(-1, dims=0))
    torch.testing.assert_close(cycle(points), points.roll(-1, dims=0), **ROUNDING)
    expected = torch.func.jacrev(cycle)(points[0])
    torch.testing.assert_close(cycle.mean_jacobian(points[0]), expected, rtol=1e-8, atol=1e-10)
    torch.testing.assert_close(cycle.jacobian_covariance(points), alone.jacobian_covariance(points), **ROUNDING)


def test_samples_depend_on_the_seed_alone():
    points = sphere_points(3, 4, norm=2.0)
    limit = InfiniteWidth(points)
    first = limit.sample_jacobians(points[0], samples=5, seed=1)
    torch.testing.assert_close(first, InfiniteWidth(points).sample_jacobians(points[0], samples=5, seed=1), **ROUNDING)
    torch.testing.assert_close(first[:3], limit.sample_jacobians(points[0], samples=3, seed=1), **ROUNDING)
    assert not torch.allclose(first, limit.sample_jacobians(points[0], samples=5, seed=2), rtol=0.1)


def test_covariance_is_semidefinite_when_most_of_it_vanishes():
    # as many points as dimensions, close to the linear region: the patterns leave the Jacobian no freedom
    points = sphere_points(6, 6, norm=0.05)
    for activation in ("tanh", "erf"):
        eigenvalues = torch.linalg.eigvalsh(InfiniteWidth(points, activation=activation).jacobian_covariance(points[0]))
        assert eigenvalues.abs().max() < 1e-4
        assert eigenvalues.min() > -1e-15
