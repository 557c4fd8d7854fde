import base64

import numpy as np
import torch

import sigae
from book.build import memories
from book.experiments.pictures import pictures


def test_the_network_that_make_a_memory_is_given_recalls_the_digits_from_their_halves():
    stored = memories.given()["network"]
    numbers = (np.frombuffer(base64.b64decode(stored[name]), "<f2").astype(float) for name in ("first", "second"))
    W1, W2 = (torch.tensor(x).reshape(stored["width"], stored["d"]) for x in numbers)

    def network(x):
        return torch.sigmoid(x @ W1.T / stored["d"] ** 0.5) @ W2 / stored["width"] ** 0.5

    patterns = pictures(10, norm=stored["norm"])
    end = sigae.iterate(network, patterns * (torch.arange(64) < 32), steps=100)[-1]  # the lower halves erased
    assert (end - patterns).norm(dim=1).max() < 0.05 * stored["norm"]
