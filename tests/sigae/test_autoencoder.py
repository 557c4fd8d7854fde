"""The network against a loop over units written from the definition."""

import math

import numpy as np
import pytest
import torch

from sigae import Autoencoder

NUMPY = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "erf": np.vectorize(math.erf),
}


@pytest.mark.parametrize("activation", NUMPY)
@pytest.mark.parametrize("depth", [2, 3, 4])
def test_forward_is_the_definition(activation, depth):
    model = Autoencoder(5, 9, depth, activation=activation, seed=1)
    x = np.random.default_rng(0).normal(size=5)
    h = x
    for layer, weight in enumerate(model.weights):
        z = np.array([sum(w * v for w, v in zip(row, h, strict=True)) / math.sqrt(len(h)) for row in weight.tolist()])
        h = NUMPY[activation](z) if layer < depth - 1 else z
    assert model(torch.tensor(x)).tolist() == pytest.approx(h.tolist(), rel=1e-12)


def test_any_leading_shape():
    model = Autoencoder(4, 8)
    x = torch.randn(2, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert model(x).shape == (2, 3, 4)
    assert torch.allclose(model(x)[1, 2], model(x[1, 2]), rtol=1e-13)


def test_weights_are_standard_normal_and_fixed_by_the_seed():
    model = Autoencoder(20, 3000, 3, seed=7)
    assert [tuple(w.shape) for w in model.weights] == [(3000, 20), (3000, 3000), (20, 3000)]
    for weight in model.weights:
        count = weight.numel()
        assert abs(weight.mean().item()) < 4 / math.sqrt(count)
        assert abs(weight.var().item() - 1) < 4 * math.sqrt(2 / count)
    again, other = Autoencoder(20, 3000, 3, seed=7), Autoencoder(20, 3000, 3, seed=8)
    assert torch.equal(model.weights[0], again.weights[0])  # bitwise: drawn numbers
    assert not torch.equal(model.weights[0], other.weights[0])  # bitwise: drawn numbers
