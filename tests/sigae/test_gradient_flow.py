"""The steps of gradient flow: what they touch, what they may not do, and how sure the Jacobians are."""

import math
import re
import warnings

import numpy as np
import pytest
import scipy.integrate
import torch

import sigae
from sigae.training.gradient_flow import _take_step, gradient_flow, linear_part_at
from sigae.training.objective import Objective
from tests.sigae.test_training import distance

SHAPES = [(1, 64, 100, 2), (5, 256, 300, 2), (9, 64, 100, 2), (6, 8, 64, 3)]  # n, d, m, depth


def set_up(n, d, m, depth=2, activation="sigmoid", norm=5.0, seed=0):
    model = sigae.Autoencoder(d, m, depth, activation=activation, seed=seed)
    return sigae.sphere_points(n, d, norm=norm, seed=seed), model


def trained(n, d, m, depth, activation, norm, seed, **options):
    points, model = set_up(n, d, m, depth, activation, norm, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = sigae.train(model, points, **options)
    return sigae.jacobian(model, points), result


def held(state):
    """Copy all that a state is made of."""
    found = [state.residual.clone()]
    for block in state.blocks:
        found += [t.clone() for t in (block.coefficients, *block.hidden, *(weight.base for weight in block.weights))]
    return found


@pytest.mark.parametrize("kind", ["averaged", "matrix-free"])
@pytest.mark.parametrize("shape", SHAPES)
@torch.inference_mode()
def test_a_refused_step_leaves_no_trace(shape, kind):
    points, model = set_up(*shape, norm=60.0)
    objective = Objective(model, points)
    path = gradient_flow(objective, tolerance=1e-4, step_tolerance=0.03, linear_part=kind)
    (start, *_), (state, time, *_) = next(path), next(path)
    assert state.loss < start.loss
    state.settle()
    before, taken = held(state), []
    for h in (time, 100 * time, time):
        part = linear_part_at(objective, state, kind, 0.03)
        part.prepare(h)
        taken.append(_take_step(objective, state, part, h, 0.03, 1.0).state)
        assert all(torch.equal(a, b) for a, b in zip(held(state), before, strict=True))  # bitwise: copies
    torch.testing.assert_close(taken[2].residual, taken[0].residual, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("shape", [SHAPES[0], *SHAPES[2:]])
def test_the_flow_is_that_of_a_plain_integrator(shape):
    points, model = set_up(*shape)
    weights = [w.detach().clone().requires_grad_() for w in model.weights]
    sizes = [w.numel() for w in weights]

    def velocity(_, theta):
        parts = torch.from_numpy(theta).split(sizes)
        for weight, part in zip(weights, parts, strict=True):
            weight.data = part.view_as(weight)
        h = points
        for k, weight in enumerate(weights):
            h = (torch.sigmoid(h) if k else h) @ weight.mT / math.sqrt(weight.shape[1])
        grads = torch.autograd.grad((h - points).square().sum() / 2, weights)
        return -torch.cat([g.flatten() for g in grads]).numpy()

    result = sigae.train(model, points, tolerance=2e-3, step_tolerance=1e-4)
    start = torch.cat([w.detach().flatten() for w in weights]).numpy()
    exact = scipy.integrate.solve_ivp(velocity, (0, result.flow_time), start, rtol=1e-6, atol=1e-7).y[:, -1]
    ours = torch.cat([w.detach().flatten() for w in model.weights]).numpy()
    assert np.linalg.norm(ours - exact) < 1e-3 * np.linalg.norm(exact - start)


@pytest.mark.parametrize("case", [(6, 4, 300, 4, "sigmoid", 0.919, 13193), (5, 32, 60, 2, "erf", 60.0, 0)])
def test_no_accepted_step_raises_the_loss_by_more_than_its_tolerance(case):
    _, result = trained(*case, step_tolerance=0.03)
    losses = [loss for _, loss in result.history]
    assert result.converged
    assert all(b < 1.03 * a for a, b in zip(losses, losses[1:], strict=False))


@pytest.mark.parametrize(
    "case",
    [
        (5, 256, 1000, 2, "sigmoid", 60.0, 0),
        (7, 9, 100, 4, "tanh", 26.3, 3),
    ],
)
def test_saturated_units_do_not_flip_unseen(case):
    J, result = trained(*case)
    reference, _ = trained(*case, step_tolerance=2e-4)
    assert result.converged
    assert distance(J, reference) < 0.03


@pytest.mark.slow
def test_a_projected_kernel_is_as_accurate_as_the_full_one_on_a_sensitive_path():
    case = (5, 6, 100, 4, "sigmoid", 24.34, 359660)
    reference, _ = trained(*case, step_tolerance=2e-4, linear_part="full")
    J, result = trained(*case, step_tolerance=1e-3, linear_part="matrix-free")
    assert distance(J, reference) < 2 * result.jacobian_error < 0.1


@pytest.mark.slow
def test_the_error_of_the_jacobians_is_estimated():
    case = (5, 32, 1000, 2, "sigmoid", 50.0, 0)
    reference, exact = trained(*case, step_tolerance=3e-4)
    for tolerance in (0.03, 0.003):
        J, result = trained(*case, step_tolerance=tolerance)
        assert 0.5 < result.jacobian_error / distance(J, reference) < 5
        assert result.accurate == (tolerance < 0.01)
    assert exact.jacobian_error < 0.01


def test_a_path_too_sensitive_to_be_followed_is_flagged():
    points, model = set_up(12, 6, 50, 4, norm=34.029, seed=954151)
    with pytest.warns(RuntimeWarning, match="too sensitive"):
        result = sigae.train(model, points, step_tolerance=0.03)
    assert result.converged
    assert not result.accurate
    assert "too sensitive" in result.reason


def test_what_is_not_estimated_is_nan():
    points, model = set_up(2, 8, 100, norm=2.0)
    result = sigae.train(model, points, method="gradient_descent", learning_rate=1.0, tolerance=1e-3)
    assert math.isnan(result.jacobian_error)
    assert result.accurate


def test_many_patterns_in_narrow_networks_need_few_steps():
    # the averaged kernel alone, undamped, takes thousands
    case = (70, 20, 200, 2, "sigmoid", 1.0, 0)
    J, result = trained(*case, step_tolerance=0.03)
    reference, _ = trained(*case, step_tolerance=0.003)
    assert result.converged
    assert result.steps < 100
    assert distance(J, reference) < 0.01


def test_the_matrix_free_kernel_takes_fewer_steps_than_the_averaged_where_that_is_far_off():
    case = (40, 32, 300, 2, "tanh", 25.0, 0)
    (J, result), (other, averaged) = (
        trained(*case, step_tolerance=0.03, linear_part=kind) for kind in ("auto", "averaged")
    )
    assert result.converged
    assert result.steps < averaged.steps / 2
    assert distance(J, other) < 0.2


def test_progress_tells_the_loss_and_how_many_steps_are_to_come(monkeypatch, capsys):
    from sigae.training import loop

    at_once = {"delay": 0, "mininterval": 0}
    monkeypatch.setattr(loop, "tqdm", lambda tqdm=loop.tqdm, **options: tqdm(**(options | at_once)))
    _, result = trained(5, 8, 100, 2, "sigmoid", 5.0, 0, progress=True)
    shown = re.findall(r"(\d+)/(\d+) .* loss ([\d.e-]+)", capsys.readouterr().err.replace("\r", "\n"))
    assert all(int(steps) <= int(total) for steps, total, _ in shown)
    assert float(shown[-1][2]) == pytest.approx(result.loss, rel=0.1)
