"""The benchmark's peers do the same job, and its ratios are what their names say. Nothing here looks at time."""

import json

import pandas as pd
import pytest
import torch

from book.bench import benchmark
from book.bench import pieces as pieces_of
from book.bench import results as results_of
from book.bench.peers import Cell, descent, dopri5, largest_stable_rate, report_loop, trained
from book.statistics import from_hours_to_a_second as tables

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


def pieces(milliseconds):
    cells = [(2, 1_000, 0.3), (20, 10_000, 0.6)]
    steps = [
        {"n_points": n, "width": m, "milliseconds": milliseconds, "peak_share": 0.2, "product_share": share}
        for n, m, share in cells
    ]
    hard = [
        {"n_points": n, "width": 9, "norm": 1.0, "seconds": milliseconds, "converged": n > 5, "steps": 3}
        for n in (64, 5)
    ]
    return {"steps": steps, "hard": hard, "limit": {"sigmoid": 3 * milliseconds, "erf": milliseconds}}


def test_the_quicker_of_two_rounds_is_kept():
    found = pieces_of._better(pieces(3.0), pieces(2.0))
    assert {row["milliseconds"] for row in found["steps"]} == {2.0} == {row["seconds"] for row in found["hard"]}
    assert found["limit"] == {"sigmoid": 6.0, "erf": 2.0}


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
        "sweep_seconds": 0.4,
        "width": [{"width": w, "flow_seconds": w / 1e4, "peak_share": 0.3} for w in (1000, 10_000, 100_000)],
        "pieces": {"after": pieces(0.5), "before": pieces(2.0)},
        "house": {"book": 200.0},
        "memory": {"peak_over_weights": 5.0},
        "large": {"flow_seconds": 9.0},
    }
    summary = results_of.summarise(results)
    assert summary["headline_report_ratio"] == 15
    assert summary["grid_descent_ratio"] == pytest.approx(1.5)
    assert summary["coarse_report_ratio"] == pytest.approx(24)
    assert summary["single_descent_ratio"] == pytest.approx(3)
    assert summary["sweep_report_ratio"] == pytest.approx(90)
    assert summary["equal_descent_ratio"] == pytest.approx(8)
    assert summary["slowest_cell_ratio"] == 2
    assert (summary["slower_cells"], summary["cells"]) == (1, 2)
    assert (summary["slower_equal_cells"], summary["equal_cells"]) == (0, 1)
    assert summary["width_exponent"] == pytest.approx(1.0)
    assert (summary["narrow_gain"], summary["wide_gain"]) == (4.0, 4.0)
    assert (summary["share_20_10000"], summary["share_20_100000"], summary["least_product_share"]) == (0.2, None, 0.6)
    assert (summary["limit_seconds"], summary["hard_64_seconds"]) == (1.5, 0.5)
    assert "hard_5_seconds" not in summary  # it did not converge
    assert (summary["make_book"], summary["make_test"]) == (200.0, None)
    assert json.loads(json.dumps(summary)) == summary
    tabulated = tables.before_and_after(results).set_index("piece")
    assert tabulated.loc["n = 2, m = 1\u202f000: milliseconds a step"].tolist() == [2.0, 0.5]
    assert tabulated.loc["n = 20, m = 10\u202f000: share of peak, %"].tolist() == pytest.approx([20, 20])
    assert len(tables.before_and_after({"pieces": {"after": pieces(1.0)}})) == 0


def test_the_committed_results_become_a_table_and_a_plot(tmp_path):
    results = json.loads(benchmark.RESULTS.read_text(encoding="utf-8"))
    assert results_of.summarise(results) == pytest.approx(results["summary"])
    table, plot = results_of.write_table_and_plot(results, tmp_path)
    rows = pd.read_csv(table)
    assert (rows["section"] == "grid").sum() == len(results["grid"])
    assert rows.loc[rows["section"].eq("headline"), "flow_seconds"].item() == results["headline"]["flow_seconds"]
    assert plot.read_text(encoding="utf-8").count("<path") > 20
