"""Experiments on an accelerator: the same numbers as on the processor. Skipped where there is none."""

import pytest
import torch

from book.experiments import basin_of_attraction, explorers, from_hours_to_a_second, linear_region_and_beyond
from book.experiments import paper_scale as scale
from book.experiments import single_example as single
from book.sweep import grid, sweep

SMALL = {"dim": 8, "width": 300, "norm": 6.0, "seed": 1, "activation": "erf"}
SEVERAL = SMALL | {"n_points": 3}
CUES = {"draws": 4, "iterations": 10}
EXPERIMENTS = {
    "trained_spectrum": (linear_region_and_beyond.trained_spectrum, SEVERAL),
    "trained_spectrum, deep": (linear_region_and_beyond.trained_spectrum, SEVERAL | {"depth": 3, "width": 40}),
    "single_example": (single.single_example, SMALL),
    "initial_jacobian": (single.initial_jacobian, SMALL),
    "basin": (basin_of_attraction.basin, SEVERAL | CUES | {"noises": [0.1, 1.0]}),
    "network_cell": (scale.network_cell, SEVERAL),
    "basin_cell": (scale.basin_cell, SEVERAL | CUES | {"noise": 0.1}),
    "trained_eigenvalues": (explorers.trained_eigenvalues, SEVERAL),
    "recall_errors": (explorers.recall_errors, SEVERAL | {"noises": [0.1], "cues": 3, "steps": 5}),
    "stiffness": (from_hours_to_a_second.stiffness, SEVERAL),
    "integration_error": (from_hours_to_a_second.integration_error, SEVERAL | {"step_tolerance": 0.01}),
    "flow_and_descent": (from_hours_to_a_second.flow_and_descent, SEVERAL | {"learning_rate": 1.0}),
}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no accelerator that computes in double precision is there")
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_accelerator_measures_the_same(name):
    experiment, condition = EXPERIMENTS[name]
    here, there = experiment(**condition), experiment(**condition, device="cuda")
    assert here.keys() == there.keys()
    for name in here.keys() - {"seconds", "reason"}:
        pair = (torch.as_tensor(found[name], dtype=torch.float64, device="cpu") for found in (there, here))
        torch.testing.assert_close(*pair, rtol=1e-6, atol=1e-6)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is an accelerator: nothing is refused")
def test_a_sweep_without_the_accelerator_it_asks_for_says_so_in_every_row():
    options = {"cache": None, "workers": 1}
    here, there = (sweep(scale.network_cell, grid(**SEVERAL), device=where, **options) for where in ("cpu", "cuda"))
    assert here["error"].tolist() == [None] and "device" not in here
    assert there["device"].tolist() == ["cuda"]
    assert "device is 'cuda', which this machine" in there["error"].iloc[0]
