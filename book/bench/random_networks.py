"""How exact training is at its default settings: random networks, narrow ones and large norms among them."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

import sigae
from book.experiments.setting import set_up, trained

FILE = Path(__file__).resolve().parents[1] / "random_networks.csv"
FINE: dict[str, Any] = {"step_tolerance": 3e-4, "linear_part": "full", "max_steps": 50_000}


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


def measure(**network: Any) -> dict[str, Any]:
    """Train one network at the default settings, and again at a tenth of the step tolerance (``fine_``)."""
    found = []
    for options in ({}, FINE):
        points, model = set_up(**network)
        found.append((trained(model, points, **options), sigae.jacobian(model, points)))
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
