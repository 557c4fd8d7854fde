"""The objective's passes against torch's autograd on the module itself."""

import pytest
import torch

import sigae
from sigae.training import objective as objective_module
from sigae.training.objective import Objective

DEPTHS = [2, 3, 4]


def make(depth, activation="tanh", n=4, width=37, norm=2.0):
    model = sigae.Autoencoder(6, width, depth, activation=activation, seed=3)
    return model, sigae.sphere_points(n, 6, norm=norm, seed=1)


@pytest.fixture(params=[100, 120_000], ids=["many blocks", "one block"])
def blocks(request, monkeypatch):
    """Run with narrow blocks and with one block; what is computed may not depend on it."""
    monkeypatch.setattr(objective_module, "BLOCK_ENTRIES", request.param)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
@pytest.mark.parametrize("depth", DEPTHS)
def test_the_loss_is_that_of_the_module_and_the_pullback_its_gradient(depth, activation, blocks):
    model, points = make(depth, activation)
    loss = torch.nn.functional.mse_loss(model(points), points)
    loss.backward()
    objective = Objective(model, points)
    state = objective.initial_state()
    assert torch.allclose(state.residual, model(points) - points, rtol=1e-12, atol=1e-13)
    assert state.loss == pytest.approx(loss.item(), rel=1e-12)
    force = state.residual * (2 / points.numel())
    moved = [block.minus(objective.pullback(block, force)) for block in state.blocks]
    before = [w.detach().clone() for w in model.weights]
    objective.write_back(objective.evaluate(moved))
    for old, weight in zip(before, model.weights, strict=True):
        assert torch.allclose(old - weight, weight.grad, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_pullback_has_the_norm_of_the_weights_and_adds_to_others(depth, blocks):
    model, points = make(depth)
    objective = Objective(model, points)
    state = objective.initial_state()
    v, w = (torch.randn(4, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(k)) for k in (0, 1))
    _, vjp = torch.func.vjp(lambda p: torch.func.functional_call(model, p, points), dict(model.named_parameters()))
    for direction, move in (
        (v, lambda block: objective.pullback(block, v)),
        (v + w, lambda block: objective.pullback(block, v) + objective.pullback(block, w)),
    ):
        square = sum(objective.squared_norm(move(block)) for block in state.blocks).item()
        assert square == pytest.approx(sum(g.square().sum().item() for g in vjp(direction)[0].values()), rel=1e-11)


def test_the_model_is_not_touched_before_write_back():
    model, points = make(2)
    before = [w.detach().clone() for w in model.weights]
    for block in Objective(model, points).initial_state().blocks:
        for weight in block.weights:
            weight.base.add_(1.0)
    assert all(torch.equal(a, b) for a, b in zip(before, model.weights, strict=True))  # bitwise: copies
