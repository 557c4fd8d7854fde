"""What the page "Make a memory" is given, and the film."""

import base64

import numpy as np
import torch

import sigae
from book.build import film, memories


def test_patterns_have_the_norm_and_no_mean_grey():
    greys = torch.tensor([[0.0, 16, 16, 0], [16, 16, 16, 0]])
    centred = np.array([[-10, 6, 6, -10], [6, 6, 6, -10]])  # the mean grey is 10
    expected = 3 * centred / np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(memories.as_patterns(greys, 3.0), expected)


def test_the_network_as_given_recalls_the_digits_from_their_halves():
    stored = memories.given()["network"]
    numbers = {name: np.frombuffer(base64.b64decode(stored[name]), "<f2") for name in ("first", "second")}
    W1, W2 = (torch.tensor(x.astype(float)).reshape(stored["width"], stored["d"]) for x in numbers.values())

    def network(x):
        return torch.sigmoid(x @ W1.T / stored["d"] ** 0.5) @ W2 / stored["width"] ** 0.5

    patterns = memories.as_patterns(memories.digits(), stored["norm"])
    assert (network(patterns) - patterns).abs().max() < 1e-3 * stored["norm"]  # rounded to half precision
    end = sigae.iterate(network, memories.lower_half_erased(patterns), steps=100)[-1]
    assert (end - patterns).norm(dim=1).max() < film.NEAR * stored["norm"]
