"""What the page "Make a memory" is given: ten digits, the activations as sums of erfs, and a trained network."""

import base64
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import sigae
from book.build.page import write_if_changed
from book.experiments.pictures import pictures
from sigae.activations import ACTIVATIONS

DIGITS = 10
NORM, WIDTH, SEED = 40.0, 1000, 0  # the trained network's


def digits() -> Tensor:
    """Return the first of scikit-learn's handwritten digits, 0 to 9: greys 0 to 16, shape (10, 64)."""
    from sklearn.datasets import load_digits  # here: it takes long to load

    return torch.from_numpy(load_digits().data[:DIGITS])


def trained(width: int, patterns: Tensor) -> sigae.Autoencoder:
    """Train a sigmoid network of one hidden layer on the patterns."""
    model = sigae.Autoencoder(patterns.shape[1], width, activation="sigmoid", seed=SEED)
    sigae.train(model, patterns)
    return model


def halved(weight: Tensor) -> str:
    """Write a matrix in half precision, little-endian and by rows, in base 64: a third of the size of its digits."""
    return base64.b64encode(weight.detach().numpy().astype("<f2").tobytes()).decode()


def given() -> dict[str, Any]:
    """Collect what the page computes with: plain numbers alone."""
    greys = digits()
    first, second = trained(WIDTH, pictures(DIGITS, norm=NORM)).weights
    activations = {
        name: {"weights": phi.erf_mixture[0], "scales": phi.erf_mixture[1], "centre": phi.centre}
        for name, phi in ACTIVATIONS.items()
        if phi.erf_mixture is not None
    }
    network = {"first": halved(first), "second": halved(second.T), "width": WIDTH, "d": greys.shape[1], "norm": NORM}
    return {"digits": greys.int().tolist(), "activations": activations, "network": network}


def write(folder: Path) -> bool:
    """Write ``memory/given.js`` below a folder of the site; return whether it changed."""
    text = f"sigaeMemory.given = {json.dumps(given(), separators=(',', ':'))};\n"
    return write_if_changed(folder / "memory" / "given.js", text)
