"""The benchmark's peers do the same job, and its ratios are what their names say. Nothing here looks at time."""

import json

import pytest
import torch

from book.bench import benchmark
from book.bench import results as results_of
from book.bench.peers import Cell, descent, dopri5, largest_stable_rate, report_loop, trained

CELL = Cell(n_points=3, norm=6.0, width=150, dim=8)


def test_the_report_loop_takes_the_steps_that_flow_time_predicts():
    _, steps, converged = report_loop(CELL, 100_000)
    result, _ = trained(CELL)
    assert converged
    assert steps == pytest.approx(result.descent_steps(5.0), rel=0.05)


def test_the_report_loop_stops_when_told():
    assert report_loop(CELL, 7)[1:] == (7, False)


def test_peers_reach_the_same_jacobian():
    result, exact = trained(CELL, step_tolerance=1e-4)
    _, evaluations, J = dopri5(CELL, result.flow_time, 1e-7)
    assert evaluations > result.steps
    assert benchmark.relative_error(J, exact) < 1e-3
    _, J = descent(CELL, 0.5, 100_000)
    assert benchmark.relative_error(J, exact) < 2e-2


def test_the_largest_rate_is_two_over_the_sharpness_of_the_linearised_loss():
    model, points = CELL.model(), CELL.points()
    parameters = dict(model.named_parameters())
    J = torch.func.jacrev(lambda p: torch.func.functional_call(model, p, points))(parameters)
    J = torch.cat([g.reshape(points.numel(), -1) for g in J.values()], dim=1)
    sharpness = 2 / points.numel() * torch.linalg.matrix_norm(J, ord=2).item() ** 2
    assert largest_stable_rate(CELL) == pytest.approx(2 / sharpness, rel=1e-9)


def test_relative_error_is_that_of_the_worst_point():
    reference = torch.stack([torch.eye(2), 2 * torch.eye(2)])
    J = reference.clone()
    J[1, 0, 0] += 0.2  # 0.2 over the norm 2 sqrt(2)
    assert benchmark.relative_error(J, reference) == pytest.approx(0.2 / 8**0.5, rel=1e-5)


def test_descent_is_shortened_until_it_is_as_accurate_as_asked():
    _, reference = trained(CELL, step_tolerance=1e-4)
    rate, result, J = benchmark.best_step_descent(CELL)
    error = benchmark.relative_error(J, reference)
    assert result.converged
    assert rate <= 0.9 * largest_stable_rate(CELL)
    aim = error / 5
    equal = benchmark.equally_accurate_descent(CELL, rate, error, aim, reference)
    assert equal["equal_error"] <= 1.1 * aim
    assert equal["equal_steps"] > 2 * result.steps


def test_single_precision_reaches_the_same_jacobian():
    _, J = trained(CELL, dtype=torch.float32)
    _, exact = trained(CELL)
    assert J.dtype == torch.float64
    assert 0 < benchmark.relative_error(J, exact) < 1e-3


def test_the_steps_of_the_reports_loop_are_those_it_took_where_it_was_run():
    result, _ = trained(CELL)
    assert benchmark.report_steps(CELL, result) == (result.descent_steps(5.0), "flow time")
    recorded = json.loads(benchmark.LOOP.read_text())
    taken = {(run["width"], run["precision"]): run["steps"] for run in recorded["runs"]}
    assert benchmark.report_steps(Cell(20, 1.0, 10_000), result) == (taken[10_000, "float32"], "measured")
    assert benchmark.report_steps(Cell(20, 1.0, 100_000), result)[1] == "foreseen"


def test_the_summary_divides_what_it_says():
    row = {"flow_seconds": 2.0, "report_seconds": 30.0, "descent_seconds": 4.0, "coarse_seconds": 1.0}
    row |= {"single_seconds": 0.5, "descent_single_seconds": 2.0, "equal_seconds": 8.0}
    other = {"flow_seconds": 1.0, "report_seconds": 6.0, "descent_seconds": 0.5, "coarse_seconds": 0.5}
    other |= {"single_seconds": 0.25, "descent_single_seconds": 0.25}
    results = {
        "headline": row,
        "grid": [row, other],
        "width": [{"width": w, "flow_seconds": w / 1e4} for w in (1000, 10_000, 100_000)],
    }
    summary = results_of.summarise(results)
    assert summary["headline_report_ratio"] == 15
    assert summary["grid_descent_ratio"] == pytest.approx(1.5)
    assert summary["coarse_report_ratio"] == pytest.approx(24)
    assert summary["single_descent_ratio"] == pytest.approx(3)
    assert summary["equal_descent_ratio"] == pytest.approx(8)
    assert summary["slowest_cell_ratio"] == 2
    assert (summary["slower_cells"], summary["cells"]) == (1, 2)
    assert (summary["slower_equal_cells"], summary["equal_cells"]) == (0, 1)
    assert summary["width_exponent"] == pytest.approx(1.0)
    assert json.loads(json.dumps(summary)) == summary


def test_the_committed_ratios_are_those_of_the_committed_times():
    results = json.loads(benchmark.RESULTS.read_text(encoding="utf-8"))
    assert results_of.summarise(results) == pytest.approx(results["summary"])
