import pytest
import torch

from book.experiments.distance_to_limit import distance_to_limit
from book.statistics import distance_to_limit as tables
from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import jacobian, spectral_radius
from sigae.patterns import sphere_points
from sigae.training import train
from tests.book.small_sweeps import rows
from tests.sigae.gaussian_reference import DERIVATIVES, expectation


def test_distance_is_that_of_the_trained_network():
    condition = {"width": 400, "norm": 3.0, "seed": 2, "n_points": 2, "dim": 4, "activation": "tanh"}
    record = distance_to_limit(**condition)
    points = sphere_points(2, 4, norm=3.0, seed=2)
    model = Autoencoder(4, 400, activation="tanh", seed=2)
    f0, J0 = model(points).detach(), jacobian(model, points)
    train(model, points, progress=False)
    J = jacobian(model, points)
    assert record["converged"]
    torch.testing.assert_close(record["radii"], spectral_radius(J), rtol=1e-10, atol=0)
    assert record["radius_mean"] == pytest.approx(spectral_radius(J).mean().item(), rel=1e-10)
    # the predicted Jacobian by solving with the kernel itself; its gradient from finite differences of the kernel
    limit = InfiniteWidth(points, activation="tanh")
    h, distances = 1e-5, []
    for x, start, end in zip(points, J0, J, strict=True):
        steps = h * torch.eye(4, dtype=torch.float64)
        gradient = torch.stack([cross_kernel(points, x + e) - cross_kernel(points, x - e) for e in steps], dim=1) / (
            2 * h
        )
        predicted = start + (points - f0).T @ torch.linalg.solve(limit.ntk, gradient)
        distances.append(torch.linalg.norm(end - predicted) / torch.linalg.norm(predicted))
    assert record["jacobian_distance"] == pytest.approx(torch.stack(distances).mean().item(), rel=1e-6)


def cross_kernel(points, x):
    """Theta(X, x) for tanh, by another quadrature."""
    f, df = DERIVATIVES["tanh"][:2]
    moments = [[float(a @ b) / len(x) for a, b in ((p, p), (p, x), (x, x))] for p in points]
    return torch.tensor(
        [expectation(f, f, *pcq) + pcq[1] * expectation(df, df, *pcq) for pcq in moments], dtype=torch.float64
    )


def test_power_laws_of_distances_are_found_again():
    widths = [100, 1000, 10_000]
    found = [("tanh", s, m, (s + 1) * m**-0.5, m ** (-0.4 - 0.2 * s)) for s in (0, 1) for m in widths]
    near = rows("activation seed width jacobian_distance radius_distance", *found)
    powers = tables.exponents(near, ["jacobian_distance", "radius_distance"])
    assert powers["exponent"].tolist() == pytest.approx([-0.5, -0.5])
    assert powers["uncertainty"].tolist() == pytest.approx([0, 12.706 * 0.1], abs=1e-4)  # Student's t of one degree
