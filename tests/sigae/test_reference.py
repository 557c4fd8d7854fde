"""The fast integrator against the plain one that the method page shows."""

import numpy as np
import pytest
import scipy.optimize
import torch

import sigae
from sigae.training.gradient_flow import LINEAR_PARTS, time_to
from sigae.training.reference import reference_flow

CASES = [
    (2, "sigmoid", 4.0, 0),
    (2, "tanh", 4.0, 0.7),
    (2, "erf", 4.0, 0),
    (3, "sigmoid", 4.0, 0),
    (3, "tanh", 4.0, 0.7),
    (4, "tanh", 2.0, 0),
]


def pair(depth, activation, norm, bias):
    points = sigae.sphere_points(3, 6, norm=norm, seed=1)
    return points, *(sigae.Autoencoder(6, 20, depth, activation=activation, bias=bias, seed=1) for _ in range(2))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_full_kernel_takes_the_same_steps_to_the_same_weights(case):
    points, plain, fast = pair(*case)
    targets = points.roll(1, dims=0)
    steps, time = reference_flow(plain, points, targets)
    result = sigae.train(fast, points, targets, linear_part="full")
    assert torch.allclose(fast(points), targets, atol=1e-2)
    assert (result.steps, result.flow_time) == (steps, pytest.approx(time, rel=1e-9))
    for ours, theirs in zip(fast.weights, plain.weights, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("case", CASES[2:], ids=str)
def test_every_linear_part_leads_to_the_same_network(case):
    # the error is proportional to the step tolerance, and here below ten times it
    points, plain, _ = pair(*case)
    reference_flow(plain, points, points, step_tolerance=1e-3)
    reference = sigae.jacobian(plain, points)
    for kind in set(LINEAR_PARTS) - {"full"}:
        fast = pair(*case)[1]
        sigae.train(fast, points, linear_part=kind, step_tolerance=1e-3)
        assert (sigae.jacobian(fast, points) - reference).norm() < 1e-2 * reference.norm()


@pytest.mark.parametrize("target", [1e-2, 1e-7])
def test_the_time_until_a_loss_is_that_of_a_root_finder(target):
    squares, rates = torch.tensor([1.0, 0.3, 2.0]).double(), torch.tensor([1.0, 40.0, 0.02]).double()
    excess = lambda h: np.log((squares * torch.exp(-2 * h * rates)).sum().item() / target)  # noqa: E731
    assert time_to(target, squares, rates) == pytest.approx(scipy.optimize.brentq(excess, 0, 1e4), rel=1e-3)
