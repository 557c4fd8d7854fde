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
@pytest.mark.parametrize(("depth", "bias"), [(2, 0), (3, 0), (4, 0), (2, 0.7), (3, 0.7)])
def test_forward_is_the_definition(activation, depth, bias):
    model = Autoencoder(5, 9, depth, activation=activation, bias=bias, seed=1)
    x = np.random.default_rng(0).normal(size=5)
    h = x
    for layer, weight in enumerate(w.tolist() for w in model.weights):
        last = layer == depth - 1
        added = [bias * row.pop() if bias and not last else 0 for row in weight]
        z = np.array([sum(w * v for w, v in zip(row, h, strict=True)) / math.sqrt(len(h)) for row in weight]) + added
        h = z if last else NUMPY[activation](z)
    found = model(torch.tensor(x).expand(2, 3, 5))

    assert found[1, 2].tolist() == pytest.approx(h.tolist(), rel=1e-12)


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
