"""Tangent kernels against the parameter Jacobian written out by torch.func."""

import pytest
import torch

import sigae
from sigae.training import objective as objective_module
from sigae.training.gradient_flow import linear_part_at
from sigae.training.objective import Objective
from sigae.training.tangent_kernel import full_kernel, kernel_product


def by_autograd(model, points):
    """Return K of shape (n, d, n, d) from the Jacobian of every output by every weight."""
    parameters = dict(model.named_parameters())
    J = torch.func.jacrev(lambda p: torch.func.functional_call(model, p, points))(parameters)
    flat = torch.cat([g.reshape(*points.shape, -1) for g in J.values()], dim=-1)
    return torch.einsum("iap,jbp->iajb", flat, flat)


@pytest.fixture(params=[(2, "sigmoid", 0), (3, "tanh", 0), (4, "erf", 0), (2, "erf", 0.7), (3, "tanh", 0.7)], ids=str)
def case(request, monkeypatch):
    monkeypatch.setattr(objective_module, "BLOCK_ENTRIES", 100)  # several blocks in the two-layer case
    depth, activation, bias = request.param
    model = sigae.Autoencoder(5, 33, depth, activation=activation, bias=bias, seed=2)
    points = sigae.sphere_points(3, 5, norm=3.0, seed=6)
    objective = Objective(model, points)
    return objective, objective.initial_state(), by_autograd(model, points)


def test_full_kernel(case):
    objective, state, K = case
    assert torch.allclose(full_kernel(objective, state), K, rtol=1e-11, atol=1e-13)


def vectors(*shape):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_kernel_product(case):
    objective, state, K = case
    v = vectors(3, 5)
    expected = torch.einsum("iajb,jb->ia", K, v)
    assert torch.allclose(kernel_product(objective, state, v), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("n", "d"), [(30, 5), (7, 5)])
def test_products_with_the_gram_matrix_go_the_shorter_way(n, d):
    model, points = sigae.Autoencoder(d, 20, seed=2), sigae.sphere_points(n, d, norm=3.0, seed=6)
    objective, A = Objective(model, points), vectors(n, 20)
    assert torch.allclose(objective.spread(A), points @ points.mT @ A / d, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("kind", ["averaged", "full"])
def test_linear_part_is_the_matrix_it_stands_for(case, kind):
    objective, state, K = case
    average = torch.einsum("iaja->ij", K) / 5
    matrix = K if kind == "full" else torch.einsum("ij,ab->iajb", average, torch.eye(5, dtype=torch.float64))
    part = linear_part_at(objective, state, kind, 0.0)
    r = vectors(3, 5)
    assert torch.allclose(part.from_modes(part.to_modes(r)), r, rtol=1e-11, atol=1e-12)
    applied = part.from_modes(part.eigenvalues * part.to_modes(r))
    assert torch.allclose(applied, torch.einsum("iajb,jb->ia", matrix, r), rtol=1e-10, atol=1e-12)
    damped = part.damped(r, 3.0, 2.0)
    assert torch.allclose(2 * damped + 3 * torch.einsum("iajb,jb->ia", matrix, damped), 3 * r, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("h", [1e-2, 1.0, 1e3])
@pytest.mark.parametrize("tolerance", [0.03, 0.0])  # to zero, the space takes in all residuals
def test_the_matrix_free_part_predicts_what_the_full_kernel_does_to_its_accuracy(case, h, tolerance):
    objective, state, K = case
    part = linear_part_at(objective, state, "matrix-free", tolerance)
    part.prepare(h)
    full = linear_part_at(objective, state, "full", tolerance)
    one, other = (
        state.residual - torch.einsum("iajb,jb->ia", K, force) for force in (part.predictor(h), full.predictor(h))
    )
    assert (one - other).norm() < (0.3 * tolerance + 1e-9) * state.residual.norm()
