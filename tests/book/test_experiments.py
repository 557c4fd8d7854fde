import math

import numpy as np
import pytest
import torch

import sigae
from book.experiments import setting
from book.experiments.basin_of_attraction import basin
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.experiments.single_example import initial_jacobian, limit_single_example, single_example
from sigae import autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.patterns import NOISE_STREAM, normal_draws

SMALL = {"dim": 6, "width": 40, "norm": 2.0, "seed": 3}


@pytest.mark.parametrize("depth", [2, 3])
def test_a_jacobian_made_of_parts_agrees_with_autograd(depth, monkeypatch):
    monkeypatch.setattr(autoencoder, "JACOBIAN_UNITS", 5)  # three parts of the twelve units
    model = sigae.Autoencoder(5, 12, depth, activation="erf", seed=1)
    points = sigae.sphere_points(3, 5, norm=4.0, seed=2)
    by_autograd = torch.stack([torch.autograd.functional.jacobian(model, x) for x in points])
    torch.testing.assert_close(sigae.jacobian(model, points), by_autograd, rtol=1e-12, atol=1e-14)


def numpy_jacobians(slope, points, weights):
    """J = W_2 diag(phi'(W_1 x / sqrt(d))) W_1 / sqrt(m d), in numpy."""
    W1, W2 = (w.detach().numpy() for w in weights)
    m, d = W1.shape
    return np.array([W2 @ np.diag(slope(W1 @ x / math.sqrt(d))) @ W1 / math.sqrt(m * d) for x in points.numpy()])


def test_single_example_compares_the_jacobian_before_and_after():
    record = single_example(**SMALL, activation="tanh")
    model = sigae.Autoencoder(6, 40, activation="tanh", seed=3)
    points = sigae.sphere_points(1, 6, norm=2.0, seed=3)
    (before,) = numpy_jacobians(lambda z: 1 - np.tanh(z) ** 2, points, model.weights)
    sigae.train(model, points)
    (after,) = numpy_jacobians(lambda z: 1 - np.tanh(z) ** 2, points, model.weights)
    radii = [np.abs(np.linalg.eigvals(J)).max() for J in (before, after)]
    expected = {
        "initial_operator_norm": np.linalg.norm(before, 2),
        "initial_radius": radii[0],
        "final_operator_norm": np.linalg.norm(after, 2),
        "final_radius": radii[1],
        "radius_change": abs(radii[1] - radii[0]),
        "jacobian_change": np.linalg.norm(after - before, 2),
    }
    assert {name: record[name] for name in expected} == pytest.approx(expected, rel=1e-7)
    assert record["converged"] and record["loss"] < 1e-7
    untrained = initial_jacobian(**SMALL, activation="tanh")
    assert untrained == {"operator_norm": record["initial_operator_norm"], "radius": record["initial_radius"]}


@pytest.mark.parametrize("activation, ones", [("sigmoid", 2), ("tanh", 3), ("erf", 3)])
def test_trained_spectrum_has_the_linear_regions_eigenvalues(activation, ones):
    # Three patterns of tiny norm: an affine fit has two eigenvalues at one, a linear fit three, the rest stay small.
    condition = {"n_points": 3, "norm": 0.05, "seed": 0, "width": 4000, "dim": 30, "tolerance": 1e-11}
    record = trained_spectrum(**condition, activation=activation)
    norms = record["eigenvalue_norms"]
    assert norms.shape == (3, 30)
    assert record["converged"]
    near_one = (norms - 1).abs() < 0.01
    assert (near_one.sum(dim=1) >= ones).all()
    if activation == "sigmoid":
        assert (near_one.sum(dim=1) == ones).all()
    radii = [float(of_point.max()) for of_point in norms]
    assert record["radius_mean"] == pytest.approx(np.mean(radii))
    assert record["radius_spread"] == pytest.approx(np.std(radii))
    assert record["radius_worst"] == max(radii)


def test_training_that_fails_is_told_in_the_record(monkeypatch):
    train = sigae.train
    monkeypatch.setattr(setting, "train", lambda *a, **k: train(*a, **k, max_steps=1))
    record = trained_spectrum(n_points=3, **SMALL)
    assert not record["converged"]
    assert "max_steps = 1" in record["reason"]


def test_limit_spectrum_draws_from_the_limit_at_every_point():
    record = limit_spectrum(n_points=3, norm=4.0, seed=5, dim=6, activation="erf", samples=7)
    limit = InfiniteWidth(sigae.sphere_points(3, 6, norm=4.0, seed=5), activation="erf")
    radii = [
        np.abs(np.linalg.eigvals(J.numpy())).max() for x in limit.points for J in limit.sample_jacobians(x, 7, seed=5)
    ]
    np.testing.assert_allclose(record["radii"], radii, rtol=1e-10)
    assert record["radius_worst"] == pytest.approx(max(radii))
    mean = [np.abs(np.linalg.eigvals(limit.mean_jacobian(x).numpy())).max() for x in limit.points]
    assert record["mean_jacobian_radius"] == pytest.approx(np.mean(mean))


def test_limit_of_a_single_example_is_where_wide_networks_go():
    condition = {"norm": 3.0, "dim": 4, "activation": "tanh"}
    limit = limit_single_example(**condition, seed=0, samples=4000)
    networks = [single_example(**condition, seed=seed, width=4000) for seed in range(60)]
    for name in ("initial_operator_norm", "jacobian_change", "initial_radius", "final_radius", "radius_change"):
        found = np.array([record[name] for record in networks])
        error = found.std(ddof=1) / math.sqrt(len(found))
        # Four standard errors, and a width of 4000 shifts means by about 1 / sqrt(4000).
        assert found.mean() == pytest.approx(float(limit[name].mean()), abs=4 * error + 0.02), name


@pytest.mark.parametrize("depth", [2, 3])
def test_change_at_any_depth_follows_from_the_kernel(depth):
    record = limit_single_example(norm=2.0, seed=0, dim=4, depth=depth, samples=3000)
    x = sigae.sphere_points(1, 4, norm=2.0, seed=0)
    h = 1e-4

    def kernel(shift):
        return InfiniteWidth(torch.cat([x, x + shift]), depth=depth).ntk[0, 1]

    basis = h * torch.eye(4, dtype=torch.float64)
    b = torch.stack([(kernel(e) - kernel(-e)) / (2 * h) for e in basis])
    limit = InfiniteWidth(x, depth=depth)
    b = b / limit.ntk[0, 0]
    rng = np.random.default_rng(0)
    outputs = math.sqrt(float(limit.nngp[0, 0])) * rng.standard_normal((3000, 4))
    expected = np.linalg.norm(x.numpy() - outputs, axis=1) * float(b.norm())
    error = math.hypot(expected.std(), float(record["jacobian_change"].std())) / math.sqrt(3000)
    assert float(record["jacobian_change"].mean()) == pytest.approx(expected.mean(), abs=4 * error)


def descended(points, width, seed, learning_rate):
    """Train by the report's loop, with torch's own optimizer and loss; it stops one step earlier than the report."""
    model = sigae.Autoencoder(points.shape[1], width, seed=seed)
    optimizer, loss_function = torch.optim.SGD(model.parameters(), lr=learning_rate), torch.nn.MSELoss()
    while True:
        loss = loss_function(model(points), points)
        optimizer.zero_grad()
        loss.backward()
        if loss < 1e-7:
            return model
        optimizer.step()


def test_descent_at_a_learning_rate_is_the_reports_loop():
    condition = {"n_points": 3, "dim": 6, "width": 40, "norm": 2.0, "seed": 3}
    points = sigae.sphere_points(3, 6, norm=2.0, seed=3)
    model = descended(points, 40, 3, learning_rate=3.0)
    J = numpy_jacobians(lambda z: 0.25 / np.cosh(z / 2) ** 2, points, model.weights)
    record = trained_spectrum(**condition, learning_rate=3.0)
    by_loop = np.sort(np.abs(np.linalg.eigvals(J)), axis=1)[:, ::-1]
    np.testing.assert_allclose(record["eigenvalue_norms"], by_loop, rtol=1e-8)
    apart = np.linalg.norm(J - J.mean(0), axis=(1, 2)) / np.linalg.norm(J.mean(0))
    assert record["jacobian_spread"] == pytest.approx(apart.max(), rel=1e-8)
    # At this learning rate descent is not the flow: the comparison above tells the two apart.
    assert abs(trained_spectrum(**condition)["radius_mean"] - record["radius_mean"]) > 1e-5
    recalled = basin(**condition, noises=[1.0], draws=1, learning_rate=3.0)
    assert recalled["steps"] == record["steps"] and list(recalled["radii"]) == list(record["radii"])


def test_basin_agrees_with_the_reports_loop():
    condition = {"norm": 8.0, "seed": 1, "width": 300, "dim": 8, "n_points": 3}
    noises, draws = [0.5, 4.0, 30.0], 6
    record = basin(**condition, noises=noises, draws=draws)
    points = sigae.sphere_points(3, 8, norm=8.0, seed=1)
    model = sigae.Autoencoder(8, 300, seed=1)
    sigae.train(model, points)
    g = normal_draws((draws, 3, 8), stream=NOISE_STREAM, seed=1)
    rates, counts = [], []
    with torch.no_grad():
        for t in noises:
            rate, count = 0.0, 0
            for draw in g:
                cue, done = points + math.sqrt(t) * draw, False
                for k in range(51):  # the report's loop: 51 applications, the batch's mean decides
                    cue = model(cue)
                    errors = [torch.nn.functional.mse_loss(c, x).item() for c, x in zip(cue, points, strict=True)]
                    if not done and np.mean(errors) < 1e-2:
                        rate, done = rate + sum(e < 1e-2 for e in errors) / 3, True
                    if k == 49:
                        count += sum(e < 1e-2 for e in errors)
            rates.append(rate / draws)
            counts.append(count)
    assert record["cues"] == [18, 18, 18]
    assert record["recalled"] == counts
    assert record["report_rate"] == pytest.approx(rates)
    assert len(set(counts)) > 1  # or nothing would have been compared
    assert len(record["radii"]) == 3
