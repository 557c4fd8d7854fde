"""How exact training is at its default settings: random networks, narrow ones and large norms among them."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

import sigae

FILE = Path(__file__).resolve().parents[1] / "random_networks.csv"
FINE = {"step_tolerance": 3e-4, "linear_part": "full", "max_steps": 50_000}


def draw(networks: int, seed: int = 26) -> list[dict[str, Any]]:
    """Draw conditions: width, dimension, number of patterns, depth, activation, and a norm even on its logarithm."""
    rng = np.random.default_rng(seed)
    return [
        {
            "width": int(rng.choice([50, 100, 200, 300])),
            "dim": int(rng.integers(2, 13)),
            "n_points": int(rng.integers(1, 13)),
            "depth": int(rng.integers(2, 5)),
            "activation": str(rng.choice(["sigmoid", "tanh", "erf"])),
            "norm": round(float(np.exp(rng.uniform(math.log(0.5), math.log(100)))), 3),
            "seed": int(rng.integers(10**6)),
        }
        for _ in range(networks)
    ]


def measure(
    *, width: int, dim: int, n_points: int, depth: int, activation: str, norm: float, seed: int
) -> dict[str, Any]:
    """Train one network at the default settings, and again at a tenth of the step tolerance (``fine_``)."""
    points = sigae.sphere_points(n_points, dim, norm=norm, seed=seed)
    found = []
    for options in ({}, FINE):
        model = sigae.Autoencoder(dim, width, depth, activation=activation, seed=seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            result = sigae.train(model, points, **options)  # type: ignore[arg-type]
        found.append((result, sigae.jacobian(model, points)))
    (default, J), (fine, exact) = found
    return {
        "converged": default.converged and fine.converged,
        "steps": default.steps,
        "fine_steps": fine.steps,
        "radius": sigae.spectral_radius(J).max().item(),
        "fine_radius": sigae.spectral_radius(exact).max().item(),
        "error": (torch.dist(J, exact) / exact.norm()).item(),
        "estimate": default.jacobian_error,
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    table = pd.DataFrame([condition | measure(**condition) for condition in tqdm(draw(100))])
    table.to_csv(FILE, index=False, float_format="%.4g", lineterminator="\n")
