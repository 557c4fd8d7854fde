"""What the report's loop loses to rounding, and what is made of its record."""

import copy
import json

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner

from book import figures
from book.bench import report_loop as bench
from book.bench.peers import Cell, report_loop
from book.statistics import report_loop as tables

CELL = Cell(n_points=3, norm=6.0, width=150, dim=8)


def test_nothing_is_lost_in_double_precision_and_far_from_the_end():
    found = bench.rounding(CELL.model(), CELL.points())
    assert found["moved"] == 1
    assert found["progress"] == pytest.approx(1, abs=1e-9)


def test_weights_that_move_are_those_whose_change_is_not_rounded_away():
    cell = Cell(n_points=5, norm=2.0, width=300, dim=8)
    model, points = cell.model(torch.float32), cell.points(torch.float32)
    bench.sigae.train(model, points, tolerance=2e-7)
    before = [w.detach().clone() for w in model.weights]
    found = bench.rounding(model, points)
    assert all(torch.equal(a, b) for a, b in zip(before, model.weights, strict=True))  # bitwise: copies
    torch.nn.functional.mse_loss(model(points), points).backward()
    moved = [
        w.numpy() - np.float32(5) * v.grad.numpy() != w.numpy() for w, v in zip(before, model.weights, strict=True)
    ]
    share = np.concatenate([part.ravel() for part in moved]).mean()
    assert 0.01 < share < 0.99
    assert found["moved"] == pytest.approx(share, rel=0.05)  # the gradient's own rounding moves a few


def test_the_loss_falls_by_the_share_that_is_kept():
    cell = Cell(n_points=5, norm=2.0, width=300, dim=8)
    model, points = cell.model(torch.float32), cell.points(torch.float32)
    bench.sigae.train(model, points, tolerance=2e-7)
    found = bench.rounding(model, points)
    exact, exact_points = copy.deepcopy(model).double(), points.double()
    loss = torch.nn.functional.mse_loss(exact(exact_points), exact_points)
    loss.backward()
    slope = sum(w.grad.square().sum().item() for w in exact.weights) * 5.0  # of the loss, in a step of rate 5
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
    exact, slowed = bench.forecast([row | {"progress": 1.0} for row in rows])
    assert exact == pytest.approx(slowed)


def test_the_loop_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "STATES", tmp_path)
    monkeypatch.setattr(bench, "KEPT", 40)
    _, steps, _ = report_loop(CELL, 100_000)
    assert steps > 100
    stopped, real = [], torch.save

    def save(state, path):
        real(state, path)
        stopped.append(path)
        if len(stopped) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", save)
    with pytest.raises(KeyboardInterrupt):
        bench.run_to_its_end(CELL, "float32")
    run = bench.run_to_its_end(CELL, "float32")
    assert run["steps"] == steps
    marks = [row["steps"] for row in run["curve"]]
    assert marks == sorted(set(marks))
    assert marks[-1] == steps
    losses = [row["loss"] for row in run["curve"]]
    assert losses[0] > 1000 * losses[-1]


def test_the_command_writes_what_the_page_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "STATES", tmp_path / "states")
    output = tmp_path / "loop.json"
    arguments = ["--width", "60", "--foreseen", "60", "--n-points", "2", "--norm", "20", "--output", str(output)]
    result = CliRunner().invoke(bench.main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    recorded = json.loads(output.read_text())
    assert [run["precision"] for run in recorded["runs"]] == ["float32", "float64"]
    table = tables.counts(recorded)
    assert table["single precision"].item() == recorded["runs"][0]["steps"]
    assert table["gradient flow"].item() == round(recorded["foreseen"][0]["exact_steps"])
    figure = figures.loop_curves(tables.curves(recorded))
    loss, share = figure.axes
    assert [line.get_label() for line in loss.get_lines()] == [
        "the loop in double precision",
        "in single, as the report's",
        "gradient flow",
    ]
    assert loss.get_lines()[1].get_xdata()[-1] == recorded["runs"][0]["steps"]
    assert len(share.get_lines()) == 2


def test_the_committed_record_is_what_the_page_says():
    recorded = json.loads(bench.RESULTS.read_text())
    found = tables.readings(recorded, {100_000: 0.02}, 10_000)
    table = tables.counts(recorded).set_index("width m")
    assert found["loop_ratio"] == table.loc[10_000, "single precision"] / table.loc[10_000, "gradient flow"]
    assert found["widest_hours"] == pytest.approx(table.loc[100_000, "single, foreseen"] * 0.02 / 3600)
    assert found["foreseen_error"] < 6
    curves = tables.curves(recorded)
    assert isinstance(curves, pd.DataFrame)
    assert curves["progress"].between(0, 1.1).all()
