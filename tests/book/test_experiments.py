import math

import numpy as np
import pytest
import torch

import sigae
from book.experiments.basin_of_attraction import basin
from book.experiments.distance_to_limit import distance_to_limit
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.experiments.single_example import initial_jacobian, limit_single_example, single_example
from sigae.patterns import NOISE_STREAM, normal_draws

SMALL = {"dim": 6, "width": 40, "norm": 5.0, "seed": 3}


def numpy_jacobians(slope, points, weights):
    """J = W_2 diag(phi'(W_1 x / sqrt(d))) W_1 / sqrt(m d), in numpy."""
    W1, W2 = (w.detach().numpy() for w in weights)
    m, d = W1.shape
    return np.array([W2 @ np.diag(slope(W1 @ x / math.sqrt(d))) @ W1 / math.sqrt(m * d) for x in points.numpy()])


def numpy_radii(J):
    return np.abs(np.linalg.eigvals(J)).max(axis=-1)


def test_single_example_compares_the_jacobian_before_and_after():
    record = single_example(**SMALL, activation="tanh")
    model = sigae.Autoencoder(6, 40, activation="tanh", seed=3)
    points = sigae.sphere_points(1, 6, norm=5.0, seed=3)
    (before,) = numpy_jacobians(lambda z: 1 - np.tanh(z) ** 2, points, model.weights)
    sigae.train(model, points)
    (after,) = numpy_jacobians(lambda z: 1 - np.tanh(z) ** 2, points, model.weights)
    expected = {
        "initial_operator_norm": np.linalg.norm(before, 2),
        "final_radius": numpy_radii(after),
        "radius_change": abs(numpy_radii(after) - numpy_radii(before)),
        "jacobian_change": np.linalg.norm(after - before, 2),
    }
    assert {name: record[name] for name in expected} == pytest.approx(expected, rel=1e-7)
    untrained = initial_jacobian(**SMALL, activation="tanh")
    assert untrained == pytest.approx({"operator_norm": np.linalg.norm(before, 2), "radius": numpy_radii(before)})


def test_limit_spectrum_draws_from_the_limit_at_every_point():
    record = limit_spectrum(n_points=3, norm=4.0, seed=5, dim=6, activation="erf", samples=7)
    limit = sigae.InfiniteWidth(sigae.sphere_points(3, 6, norm=4.0, seed=5), activation="erf")
    radii = np.concatenate([numpy_radii(limit.sample_jacobians(x, 7, seed=5).numpy()) for x in limit.points])
    np.testing.assert_allclose(record["radii"], radii, rtol=1e-10)
    mean = [numpy_radii(limit.mean_jacobian(x).numpy()) for x in limit.points]
    assert record["mean_jacobian_radius"] == pytest.approx(np.mean(mean))


@pytest.mark.parametrize(("depth", "width"), [(2, 2000), (3, 100)])
def test_limit_of_a_single_example_is_where_wide_networks_go(depth, width):
    condition = {"norm": 3.0, "dim": 4, "activation": "tanh", "depth": depth}
    limit = limit_single_example(**condition, seed=0, samples=4000)
    networks = [single_example(**condition, seed=seed, width=width) for seed in range(30)]
    for name in limit:
        found = np.array([record[name] for record in networks])
        error = found.std(ddof=1) / math.sqrt(len(found))
        # four standard errors, and 1 / sqrt(width), by which a finite width shifts means
        assert found.mean() == pytest.approx(float(limit[name].mean()), abs=4 * error + 1 / math.sqrt(width)), name


def test_descent_at_a_learning_rate_is_the_reports_loop():
    condition = {"n_points": 3, "dim": 6, "width": 40, "norm": 2.0, "seed": 3}
    points, model = sigae.sphere_points(3, 6, norm=2.0, seed=3), sigae.Autoencoder(6, 40, seed=3)
    while (loss := torch.nn.functional.mse_loss(model(points), points)) >= 1e-7:
        gradients = torch.autograd.grad(loss, model.weights)
        with torch.no_grad():
            for weight, gradient in zip(model.weights, gradients, strict=True):
                weight -= 3.0 * gradient
    J = numpy_jacobians(lambda z: 0.25 / np.cosh(z / 2) ** 2, points, model.weights)
    radii = numpy_radii(J)
    record = trained_spectrum(**condition, learning_rate=3.0)
    by_loop = np.sort(np.abs(np.linalg.eigvals(J)), axis=1)[:, ::-1]
    np.testing.assert_allclose(record["eigenvalue_norms"], by_loop, rtol=1e-8)
    expected = {
        "radius_mean": radii.mean(),
        "radius_worst": radii.max(),
        "jacobian_spread": np.linalg.norm(J - J.mean(0), axis=(1, 2)).max() / np.linalg.norm(J.mean(0)),
    }
    assert {name: record[name] for name in expected} == pytest.approx(expected, rel=1e-8)


def test_basin_agrees_with_the_reports_loop():
    noises, draws = [0.5, 4.0, 30.0], 6
    record = basin(norm=8.0, seed=1, width=300, dim=8, n_points=3, noises=noises, draws=draws)
    points, model = sigae.sphere_points(3, 8, norm=8.0, seed=1), sigae.Autoencoder(8, 300, seed=1)
    sigae.train(model, points)
    rates, counts = [], []
    for t in noises:
        cues, errors = points + math.sqrt(t) * normal_draws((draws, 3, 8), stream=NOISE_STREAM, seed=1), []
        for _ in range(51):  # the report's loop: 51 applications, the batch's mean decides
            cues = model(cues).detach()
            errors.append((cues - points).square().mean(dim=-1).numpy())
        firsts = [next((e[k] < 1e-2 for e in errors if e[k].mean() < 1e-2), [False]) for k in range(draws)]
        rates.append(np.mean([np.mean(recalled) for recalled in firsts]))
        counts.append(int((errors[49] < 1e-2).sum()))
    assert (record["cues"], record["recalled"]) == ([18, 18, 18], counts)
    assert record["report_rate"] == pytest.approx(rates)
    assert len(set(counts)) > 1  # or nothing would have been compared


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no accelerator that computes in double precision is there")
@pytest.mark.parametrize(
    ("experiment", "more"),
    [(trained_spectrum, {"learning_rate": 1.0}), (basin, {"depth": 3, "noises": [0.1]}), (distance_to_limit, {})],
)
def test_an_accelerator_measures_the_same(experiment, more):
    here, there = (experiment(n_points=3, **SMALL, **more, device=where) for where in ("cpu", "cuda"))
    for name in here.keys() - {"seconds", "reason"}:
        pair = (torch.as_tensor(found[name], dtype=torch.float64, device="cpu") for found in (there, here))
        torch.testing.assert_close(*pair, rtol=1e-6, atol=1e-6, equal_nan=True)
