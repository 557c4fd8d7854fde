"""An activation that is one more entry serves in experiments, parameters and figures."""

import torch

from book import figures
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.parameters import checked, declared_in
from sigae.activations import ACTIVATIONS, get_activation


def test_it_serves_in_experiments_parameters_and_figures(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "sin", get_activation(torch.sin))
    condition = {"n_points": 2, "norm": 2.0, "seed": 0, "dim": 4, "activation": "sin"}
    assert trained_spectrum(**condition, width=100)["converged"]
    assert len(limit_spectrum(**condition, samples=2)["radii"]) == 4
    assert checked(declared_in("it: Activation = 'erf'"), {"it": "sin"}) == {"it": "sin"}
    assert len({figures.colour("activation", known) for known in ACTIVATIONS}) == len(ACTIVATIONS)
