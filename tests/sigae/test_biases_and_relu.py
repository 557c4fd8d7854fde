"""The ReLU with its own kernels, against Monte Carlo and finite differences, and the limit with biases."""

import math

import pytest
import torch

import sigae
from sigae.activations import RELU
from sigae.infinite_width.gaussian_expectations import pair_expectations

POINTS = sigae.sphere_points(4, 6, norm=4.0, seed=0)


@pytest.mark.parametrize(("p", "c", "q"), [(1.0, 0.3, 2.0), (4.0, -3.0, 4.0)])
def test_relu_s_expectations_are_those_of_samples(p, c, q):
    z = torch.randn(2, 1_000_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    u = math.sqrt(p) * z[0]
    spread = math.sqrt(q - c * c / p)
    v = c / p * u + spread * z[1]
    e = pair_expectations(RELU, *(torch.tensor(x, dtype=torch.float64) for x in (p, c, q)))
    assert e.e00.item() == pytest.approx((u.relu() * v.relu()).mean().item(), abs=0.01)
    assert e.e11.item() == pytest.approx(((u > 0) & (v > 0)).double().mean().item(), abs=0.002)
    # Price's theorem by central differences of e00 and e11
    h = 1e-5
    of = lambda *moments: pair_expectations(RELU, *(torch.tensor(x, dtype=torch.float64) for x in moments))  # noqa: E731
    moves = {"e20": (h, 0, 0), "e31": (h, 0, 0), "e11": (0, h, 0), "e22": (0, h, 0), "e02": (0, 0, h), "e13": (0, 0, h)}
    for name, (dp, dc, dq) in moves.items():
        below = "e00" if name in ("e20", "e11", "e02") else "e11"
        up, down = of(p + dp, c + dc, q + dq), of(p - dp, c - dc, q - dq)
        slope = (getattr(up, below) - getattr(down, below)).item() / (2 * h)
        assert getattr(e, name).item() == pytest.approx(slope * (1 if dc else 2), rel=1e-6), name


def test_at_a_pattern_the_relu_s_mean_has_the_symmetric_derivative():
    limit = sigae.InfiniteWidth(POINTS, activation=RELU)
    h, axes = 1e-5, torch.eye(6, dtype=torch.float64)
    ahead, behind = limit(POINTS[0] + h * axes), limit(POINTS[0] - h * axes)
    torch.testing.assert_close(((ahead - behind) / (2 * h)).T, limit.mean_jacobian(POINTS[0]), rtol=0, atol=1e-8)


@pytest.mark.parametrize(("activation", "degree"), [(RELU, 1.0), ("erf", 0.5)])
def test_one_pattern_s_radius_with_biases_is_that_of_a_larger_norm_without_times_its_share(activation, degree):
    x, bias = sigae.sphere_points(1, 6, norm=3.0, seed=0), 0.7
    share = 9 / (9 + 6 * bias**2)
    far = x / math.sqrt(share)
    rho = [
        sigae.spectral_radius(sigae.InfiniteWidth(at, activation=activation, bias=b).mean_jacobian(at)).item()
        for at, b in ((x, bias), (far, 0.0), (1e6 * x, bias))
    ]
    assert rho[0] == pytest.approx(share * rho[1], rel=1e-12)
    assert rho[2] == pytest.approx(degree, rel=1e-5)
