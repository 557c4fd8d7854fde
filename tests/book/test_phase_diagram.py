import numpy as np
import pytest
import torch

from book.experiments.phase_diagram import crowded_limit
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import spectral_radius
from sigae.patterns import sphere_points


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
