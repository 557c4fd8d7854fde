import numpy as np
import pytest
from torch.func import jacrev, vmap

import sigae
from book.experiments.explorers import limit_eigenvalues, trained_eigenvalues

SMALL = {"dim": 4, "norm": 3.0, "seed": 1}


def test_trained_eigenvalues_are_those_of_the_worst_jacobian():
    found = trained_eigenvalues(n_points=2, width=60, **SMALL)
    points = sigae.sphere_points(2, 4, norm=3.0, seed=1)
    model = sigae.Autoencoder(4, 60, seed=1)
    sigae.train(model, points)
    J = vmap(jacrev(model))(points).detach().numpy()
    eigenvalues = np.linalg.eigvals(J)
    worst = eigenvalues[np.abs(eigenvalues).max(axis=1).argmax()]
    assert found["converged"]
    assert found["radius"] == pytest.approx(np.abs(worst).max(), rel=1e-9)
    assert found["real"] == sorted(found["real"])
    # Rounded to six decimals.
    assert sum(found["real"]) == pytest.approx(worst.sum().real, abs=4e-6)
    assert sum(found["imaginary"]) == pytest.approx(0, abs=4e-6)


@pytest.mark.parametrize("points_seen", [None, 1])
def test_limit_eigenvalues_are_those_of_a_sampled_jacobian(points_seen):
    found = limit_eigenvalues(n_points=2, points_seen=points_seen, **SMALL)
    points = sigae.sphere_points(2, 4, norm=3.0, seed=1)
    limit = sigae.InfiniteWidth(points)
    radii = [np.abs(np.linalg.eigvals(limit.sample_jacobians(x, 1, 1)[0].numpy())).max() for x in points]
    assert found["radius"] == pytest.approx(max(radii[:points_seen]), rel=1e-9)
    assert len(found["real"]) == len(found["imaginary"]) == 4
