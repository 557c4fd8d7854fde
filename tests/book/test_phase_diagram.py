import math

import numpy as np
import pytest
import torch

from book.experiments.phase_diagram import boundary_in_high_dimension, crowded_limit
from book.statistics import phase_diagram as tables
from sigae.infinite_width import InfiniteWidth, critical_load
from sigae.jacobians import spectral_radius
from sigae.patterns import sphere_points
from tests.book.small_sweeps import rows


@pytest.mark.parametrize(("activation", "dim", "load", "norm"), [("erf", 16, 4, 3.0), ("sigmoid", 2, 2, 50.0)])
def test_the_mean_network_can_have_patterns_that_are_no_attractors(activation, dim, load, norm):
    radii = [
        crowded_limit(load=load, norm=norm, seed=s, dim=dim, activation=activation)["largest_radius"] for s in range(40)
    ]
    worst = int(np.argmax(radii))
    assert radii[worst] > 1.005
    # the same by differences of the map
    points = sphere_points(load * dim, dim, norm=norm, seed=worst)
    limit = InfiniteWidth(points, activation=activation)
    h = 1e-5 * norm * torch.eye(dim, dtype=torch.float64)
    central = [((limit(x + h) - limit(x - h)) / (2e-5 * norm)).mT for x in points]
    assert spectral_radius(torch.stack(central)).max().item() == pytest.approx(radii[worst], rel=1e-3)


def test_the_boundary_is_interpolated_in_the_norm_s_logarithm():
    plane = rows("activation n_points dim norm radius", ("erf", 4, 8, 1.0, 1.2), ("erf", 4, 8, 100.0, 0.8),
                 ("erf", 8, 8, 1.0, 0.9), ("erf", 8, 8, 100.0, 0.8))  # fmt: skip
    assert tables.stability_boundary(plane).values.tolist() == [["erf", 0.5, pytest.approx(10.0)]]


def test_the_boundary_is_compared_with_that_in_high_dimension():
    found = boundary_in_high_dimension(norm=6.0, dim=9, activation="tanh")
    assert found == {"critical_load": critical_load(torch.tensor(4.0), activation="tanh").item()}
    boundary = rows("activation load boundary", ("erf", 0.5, 10.0), ("tanh", 0.5, 10.0))
    lines = rows("activation norm critical_load", ("erf", 1.0, 0.0), ("erf", 4.0, 0.25), ("erf", 16.0, 1.0),
                 ("tanh", 1.0, 0.6), ("tanh", 2.0, 0.7))  # fmt: skip
    ratio = tables.against_high_dimension(boundary, lines)
    assert ratio.iloc[0] == pytest.approx(10 / 8) and math.isnan(ratio.iloc[1])
