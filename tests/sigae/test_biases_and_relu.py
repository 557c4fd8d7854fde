"""Biases, and the ReLU with its own kernels, against autograd, Monte Carlo and plain descent."""

import math

import pytest
import torch

import sigae
from sigae.activations import RELU
from sigae.infinite_width.gaussian_expectations import pair_expectations
from sigae.training.objective import Objective
from sigae.training.reference import reference_flow
from sigae.training.tangent_kernel import averaged_kernel, full_kernel, kernel_product

POINTS = sigae.sphere_points(4, 6, norm=4.0, seed=0)


@pytest.mark.parametrize("depth", [2, 3])
def test_a_network_with_biases_has_the_tangent_kernel_and_jacobian_of_autograd(depth):
    model = sigae.Autoencoder(6, 30, depth, activation="tanh", bias=0.7, seed=1)
    f, weights = model(POINTS).flatten(), list(model.weights)
    gradients = [torch.autograd.grad(value, weights, retain_graph=True) for value in f]
    G = torch.stack([torch.cat([part.flatten() for part in gradient]) for gradient in gradients])
    K = (G @ G.T).detach().reshape(4, 6, 4, 6)
    with torch.no_grad():
        objective = Objective(model, POINTS)
        state = objective.initial_state()
        v = state.residual
        torch.testing.assert_close(full_kernel(objective, state), K)
        torch.testing.assert_close(kernel_product(objective, state, v), torch.einsum("iajb,jb->ia", K, v))
        torch.testing.assert_close(averaged_kernel(objective, state), torch.einsum("iaja->ij", K) / 6)
    by_autograd = torch.stack([torch.autograd.functional.jacobian(model, x) for x in POINTS])
    torch.testing.assert_close(sigae.jacobian(model, POINTS), by_autograd)


@pytest.mark.parametrize("depth", [2, 3])
def test_biases_are_trained_as_in_the_plain_flow_and_in_plain_descent(depth):
    def network():
        return sigae.Autoencoder(6, 30, depth, activation="tanh", bias=0.7, seed=1)

    fast, plain = network(), network()
    assert sigae.train(fast, POINTS, linear_part="full").steps == reference_flow(plain, POINTS, POINTS)[0]
    for one, other in zip(fast.weights, plain.weights, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)
    fast, plain = network(), network()
    sigae.train(fast, POINTS, method="gradient_descent", learning_rate=0.5, max_steps=5)
    for _ in range(5):
        gradients = torch.autograd.grad((plain(POINTS) - POINTS).square().mean(), list(plain.weights))
        with torch.no_grad():
            for weight, gradient in zip(plain.weights, gradients, strict=True):
                weight -= 0.5 * gradient
    for one, other in zip(fast.weights, plain.weights, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("depth", [2, 3])
def test_kernels_with_biases_are_means_over_wide_networks(depth):
    limit = sigae.InfiniteWidth(POINTS, activation="tanh", depth=depth, bias=0.8)
    outputs = torch.cat(
        [sigae.Autoencoder(6, 100, depth, activation="tanh", bias=0.8, seed=k)(POINTS).detach().T for k in range(200)]
    )  # (1200, n)
    torch.testing.assert_close(outputs.T @ outputs / len(outputs), limit.nngp, rtol=0, atol=0.1 * limit.nngp.max())


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


@pytest.mark.parametrize("depth", [2, 3])
def test_a_relu_network_without_biases_is_its_jacobian_times_the_input(depth):
    model = sigae.Autoencoder(6, 50, depth, activation=RELU, seed=3)
    torch.testing.assert_close(torch.einsum("nab,nb->na", sigae.jacobian(model, POINTS), POINTS), model(POINTS))


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
