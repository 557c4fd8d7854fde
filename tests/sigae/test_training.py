"""Training: descent against torch.optim.SGD, flow against descent, and what a run keeps to besides."""

import copy
import re

import pytest
import torch

import sigae
from sigae import checks
from sigae.training.gradient_flow import LINEAR_PARTS
from sigae.training.objective import Objective


def jacobian_after(n, norm, *, width=1000, depth=2, activation="sigmoid", dim=32, seed=0, **options):
    points = sigae.sphere_points(n, dim, norm=norm, seed=seed)
    model = sigae.Autoencoder(dim, width, depth, activation=activation, seed=seed)
    result = sigae.train(model, points, **options)
    return sigae.jacobian(model, points), result


def distance(J, reference):
    return ((J - reference).norm() / reference.norm()).item()


@pytest.mark.parametrize(("depth", "activation"), [(2, "sigmoid"), (3, "tanh"), (4, "erf")])
@pytest.mark.parametrize("bias", [0, 0.7])
def test_descent_is_sgd(depth, activation, bias):
    points = sigae.sphere_points(3, 8, norm=4.0, seed=1)
    ours, theirs = (sigae.Autoencoder(8, 60, depth, activation=activation, bias=bias, seed=2) for _ in range(2))
    result = sigae.train(ours, points, method="gradient_descent", learning_rate=1.0, tolerance=1e-5)
    optimizer = torch.optim.SGD(theirs.parameters(), lr=1.0)
    steps = 0
    while (loss := torch.nn.functional.mse_loss(theirs(points), points)) >= 1e-5:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
    assert result.converged
    assert result.steps == steps
    assert result.loss == pytest.approx(loss.item(), rel=1e-8)
    assert result.descent_steps(1.0) == pytest.approx(steps)
    assert (sigae.jacobian(ours, points) - sigae.jacobian(theirs, points)).abs().max() < 1e-8


@pytest.mark.parametrize("kind", LINEAR_PARTS[1:])
def test_flow_is_second_order(kind):
    # The allowed error is of second order in the step, so the error of the result falls in proportion to it.
    options = {"width": 300, "linear_part": kind, "dim": 16}
    reference, _ = jacobian_after(4, 15.0, step_tolerance=1e-5, **options)
    (loose, _), (tight, result) = (jacobian_after(4, 15.0, step_tolerance=tol, **options) for tol in (1e-2, 1e-3))
    assert result.converged
    assert 4 < distance(loose, reference) / distance(tight, reference) < 25


@pytest.mark.parametrize(
    ("n", "norm", "options"),
    [
        (5, 20.0, {"activation": "sigmoid"}),
        (5, 5.0, {"activation": "tanh"}),
        (5, 2.0, {"activation": "erf"}),
        (2, 5.0, {"width": 200, "dim": 12, "depth": 3}),
        (2, 5.0, {"width": 200, "dim": 12, "depth": 4, "activation": "tanh"}),
    ],
)
def test_flow_agrees_with_descent_of_a_small_step(n, norm, options):
    # Descent errs in proportion to its step: extrapolating from two steps leaves the flow to second order.
    coarse, fine = (
        jacobian_after(n, norm, **options, method="gradient_descent", learning_rate=step)[0] for step in (2.0, 1.0)
    )
    J, result = jacobian_after(n, norm, **options)
    assert result.converged
    assert distance(J, 2 * fine - coarse) < 5e-3


@pytest.mark.parametrize("tolerance", [1e-3, 1e-7, 1e-12])
def test_flow_lands_just_under_the_tolerance(tolerance):
    _, result = jacobian_after(5, 5.0, tolerance=tolerance, width=500)
    assert result.converged
    assert 0.5 * tolerance < result.loss < tolerance


@pytest.mark.parametrize("kind", LINEAR_PARTS)
def test_float32_follows_float64(kind):
    points = sigae.sphere_points(3, 8, norm=3.0)
    double, single = sigae.Autoencoder(8, 300), sigae.Autoencoder(8, 300, dtype=torch.float32)
    sigae.train(double, points, tolerance=1e-5, linear_part=kind)
    result = sigae.train(single, points.float(), tolerance=1e-5, linear_part=kind)
    assert result.converged
    assert distance(sigae.jacobian(single, points.float()).double(), sigae.jacobian(double, points)) < 1e-3


def test_a_trained_network_has_nothing_left_to_do():
    points = sigae.sphere_points(2, 8, norm=3.0)
    model = sigae.Autoencoder(8, 200)
    sigae.train(model, points)
    weights = [w.detach().clone() for w in model.weights]
    again = sigae.train(model, points)
    assert (again.converged, again.steps, again.flow_time) == (True, 0, 0.0)
    assert all(torch.allclose(a, b, rtol=0, atol=1e-15) for a, b in zip(weights, model.weights, strict=True))


DESCENT = {"method": "gradient_descent", "learning_rate": 1.0}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"max_steps": 3}, "max_steps = 3"),
        (DESCENT | {"max_steps": 3}, "max_steps = 3"),
        (DESCENT | {"learning_rate": 1e6, "max_steps": 100}, "not finite"),
        ({"width": 1, "norm": 20.0, "max_steps": 300}, "max_steps|shrank"),  # one unit cannot store five patterns
    ],
)
def test_what_ends_training_before_the_tolerance_is_said(options, reason):
    _, result = jacobian_after(5, **{"norm": 2.0, "width": 100} | options)
    assert not result.converged
    assert result.steps == 3 or options.get("max_steps") != 3
    assert re.search(reason, result.reason)


def test_the_history_is_bounded_and_spans_the_run():
    points = sigae.sphere_points(3, 8, norm=1.0)
    result = sigae.train(sigae.Autoencoder(8, 50), points, **DESCENT, max_steps=5_000)
    times, losses = zip(*result.history, strict=True)
    assert 400 < len(times) <= 1000
    assert times[0] == 0
    assert times[-1] > 0.9 * result.flow_time
    assert list(times) == sorted(times)
    assert losses[0] > losses[-1]


@pytest.mark.parametrize("method", [{}, DESCENT])
def test_an_interrupt_keeps_the_weights_reached(method, monkeypatch):
    points = sigae.sphere_points(5, 16, norm=1.0)
    model = sigae.Autoencoder(16, 200)
    losses = [loss for _, loss in sigae.train(copy.deepcopy(model), points, **method, max_steps=20).history]
    passes, evaluate = [], Objective.evaluate

    def interrupted(*arguments):
        passes.append(1)
        if len(passes) == 12:
            raise KeyboardInterrupt
        return evaluate(*arguments)

    monkeypatch.setattr(Objective, "evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sigae.train(model, points, **method)
    reached = torch.nn.functional.mse_loss(model(points), points).item()
    assert min(abs(reached / loss - 1) for loss in losses[1:]) < 1e-10


def test_a_job_that_does_not_fit_is_refused_before_it_starts(monkeypatch):
    class Little:
        available = 10_000

    model, points = sigae.Autoencoder(4, 100), sigae.sphere_points(2, 4)
    monkeypatch.setattr(checks.psutil, "virtual_memory", lambda: Little)
    with pytest.raises(MemoryError, match="training 2 points at width 100 needs about .* smaller width"):
        sigae.train(model, points)
    with pytest.raises(MemoryError, match="a network of width 100 .* smaller width"):
        sigae.Autoencoder(32, 100)


def test_the_same_seed_gives_the_same_numbers():
    (a, first), (b, second) = (jacobian_after(3, 5.0, width=200, seed=7) for _ in range(2))
    assert torch.equal(a, b)  # bitwise: the very same call
    assert first.loss == second.loss


@pytest.mark.slow
def test_narrow_networks_of_a_large_norm_are_trained():
    # A unit held between its limits made the averaged kernel's steps a million times too short.
    points, model = sigae.sphere_points(5, 32, norm=500.0, seed=1), sigae.Autoencoder(32, 100, seed=1)
    result = sigae.train(model, points, max_steps=5_000)
    assert result.converged, result.reason
    assert result.accurate
    assert torch.nn.functional.mse_loss(model(points), points).item() < 1e-7


def test_points_and_weights_may_lie_in_memory_in_any_order():
    points = sigae.sphere_points(3, 8, norm=3.0)
    plain, turned = sigae.Autoencoder(8, 50), sigae.Autoencoder(8, 50)
    turned.weights[0].data = turned.weights[0].data.T.contiguous().T
    sigae.train(plain, points)
    sigae.train(turned, points.T.contiguous().T)
    torch.testing.assert_close(sigae.jacobian(turned, points), sigae.jacobian(plain, points), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad, lambda: torch.autocast("cpu")])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_modes_of_torch_change_nothing(mode, dtype):
    def answers():
        points = sigae.sphere_points(3, 8, norm=9.0, dtype=dtype)
        model = sigae.Autoencoder(8, 50, dtype=dtype)
        result = sigae.train(model, points, tolerance=1e-5, step_tolerance=0.03)  # with a second run
        limit = sigae.InfiniteWidth(points, depth=3)
        return model, result.jacobian_error, sigae.jacobian(model, points), sigae.jacobian(limit, points)

    _, *plain = answers()
    with mode():
        model, *inside = answers()
    assert inside[0] == pytest.approx(plain[0], rel=1e-3)
    for a, b in zip(inside[1:], plain[1:], strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    model(torch.zeros(8, dtype=dtype)).sum().backward()  # made inside, it can be trained by other means outside


@pytest.mark.parametrize("tolerance", [6e-13, 1e-12, 1e-10])
def test_single_precision_converges_to_what_double_precision_sees_or_says_why_not(tolerance):
    points = sigae.sphere_points(5, 16, norm=1.0, dtype=torch.float32)
    model = sigae.Autoencoder(16, 500, dtype=torch.float32)
    result = sigae.train(model, points, tolerance=tolerance, step_tolerance=0.03, max_steps=300)
    loss = torch.nn.functional.mse_loss(model.double()(points.double()), points.double()).item()
    assert result.loss == pytest.approx(loss, rel=1e-6)
    assert result.converged == (loss < tolerance)
    assert result.converged or "in double precision" in result.reason
