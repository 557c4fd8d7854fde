"""What the report's loop loses to rounding, and what is made of its record."""

import copy

import numpy as np
import pytest
import torch

from book.bench import report_loop as bench
from book.bench.peers import Cell


def test_rounding_stops_weights_and_the_loss_falls_by_the_share_that_is_kept():
    cell = Cell(n_points=5, norm=2.0, width=300, dim=8)
    model, points = cell.model(torch.float32), cell.points(torch.float32)
    bench.sigae.train(model, points, tolerance=2e-7)
    found = bench.rounding(model, points)
    exact, exact_points = copy.deepcopy(model).double(), points.double()
    loss = torch.nn.functional.mse_loss(exact(exact_points), exact_points)
    loss.backward()
    slope = sum(w.grad.square().sum().item() for w in exact.weights) * 5.0  # of the loss, in a step of rate 5
    before = [w.detach().clone().numpy() for w in model.weights]
    torch.nn.functional.mse_loss(model(points), points).backward()
    moved = [w - np.float32(5) * v.grad.numpy() != w for w, v in zip(before, model.weights, strict=True)]
    share = np.concatenate([part.ravel() for part in moved]).mean()
    assert 0.01 < share < 0.99
    assert found["moved"] == pytest.approx(share, rel=0.05)  # the gradient's own rounding moves a few
    next(bench.loop_steps(model, points))
    after = torch.nn.functional.mse_loss(model.double()(exact_points), exact_points)
    assert (loss - after).item() / slope == pytest.approx(found["progress"], rel=0.05)


def test_the_forecast_is_the_integral_of_time_over_progress():
    rows = [
        {"steps": 10.0, "progress": 1.0, "loss": 1e-3},
        {"steps": 30.0, "progress": 0.5, "loss": 1e-5},
        {"steps": 50.0, "progress": 0.25, "loss": 1e-9},
    ]
    exact, slowed = bench.forecast(rows)
    assert exact == pytest.approx(30 + 10)  # half-way in the loss's logarithm
    assert slowed == pytest.approx(10 + 20 * (1 + 2) / 2 + 20 * (2 + 4) / 2 / 2)
