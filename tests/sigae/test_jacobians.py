"""Jacobians against torch.func and matrices whose spectrum is known."""

import numpy as np
import pytest
import torch

import sigae
from sigae import autoencoder
from sigae.activations import RELU


@pytest.mark.parametrize("numbers", [100, autoencoder.JACOBIAN_NUMBERS], ids=["one point at a time", "all points"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf", RELU])
@pytest.mark.parametrize(("depth", "bias"), [(2, 0), (3, 0), (4, 0), (2, 0.7), (3, 0.7)])
def test_jacobian_agrees_with_torch_func(activation, depth, bias, numbers, monkeypatch):
    monkeypatch.setattr(autoencoder, "JACOBIAN_NUMBERS", numbers)
    model = sigae.Autoencoder(6, 300, depth, activation=activation, bias=bias, seed=2)
    points = sigae.sphere_points(3, 6, norm=2.0, seed=4)
    J = sigae.jacobian(model, points)
    assert J.shape == (3, 6, 6)
    assert torch.allclose(J, torch.func.vmap(torch.func.jacrev(model))(points), rtol=1e-12, atol=1e-14)
    assert torch.allclose(sigae.jacobian(model, points[1]), J[1], rtol=1e-13)


def test_norms_of_a_known_spectrum():
    # A rotation by 90 degrees times 2 has eigenvalues +-2i; a Jordan-like block separates rho from the operator norm.
    rotation = torch.tensor([[0.0, -2.0], [2.0, 0.0]], dtype=torch.float64)
    block = torch.tensor([[0.5, 10.0], [0.0, 0.25]], dtype=torch.float64)
    J = torch.stack([rotation, block])
    assert torch.allclose(sigae.eigenvalue_norms(J), torch.tensor([[2.0, 2.0], [0.5, 0.25]], dtype=torch.float64))
    assert sigae.spectral_radius(J).tolist() == pytest.approx([2.0, 0.5])
    assert sigae.operator_norm(J).tolist() == pytest.approx([2.0, np.linalg.norm(block.numpy(), 2)])


class Doubled(sigae.Autoencoder):
    def forward(self, x):
        return 2 * super().forward(x)


class Told(Doubled):
    def input_jacobian(self, points):
        return 2 * super().input_jacobian(points)


def hooked(*sizes):
    network = sigae.Autoencoder(*sizes)
    network.register_forward_hook(lambda module, inputs, output: 2 * output)
    return network


@pytest.mark.parametrize("kind", [Doubled, Told, hooked])
def test_a_network_that_was_changed_is_not_asked_for_what_it_was(kind):
    points = sigae.sphere_points(2, 4, seed=1)
    plain, changed = sigae.Autoencoder(4, 9), kind(4, 9)
    torch.testing.assert_close(sigae.jacobian(changed, points), 2 * sigae.jacobian(plain, points))


@pytest.mark.parametrize(
    "map", [torch.nn.BatchNorm1d(4, dtype=torch.float64), lambda x: x.softmax(dim=0), lambda x: x.flip(0)]
)
def test_a_map_that_mixes_points_is_refused(map):
    points = sigae.sphere_points(3, 4, seed=1)
    with pytest.raises(ValueError, match="the map mixes points"):
        sigae.jacobian(map, points)
    if isinstance(map, torch.nn.Module):
        assert sigae.jacobian(map.eval(), points).shape == (3, 4, 4)
