"""The tables behind the page on training times, from small sweeps whose answers are worked out by hand."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from book.build.toc import ROOT
from book.statistics import from_hours_to_a_second
from tests.book.small_sweeps import rows


def test_what_is_told_of_times_comes_from_the_record():
    measured = json.loads((ROOT / "book" / "benchmark.json").read_text(encoding="utf-8"))
    ratios = measured["summary"]
    readings = from_hours_to_a_second.grid_readings(measured)
    cells = pd.DataFrame(measured["grid"])
    assert readings.iloc[0].tolist()[1:] == [
        ratios["grid_report_ratio"], ratios["grid_descent_ratio"], pytest.approx(100 * cells["flow_error"].median()),
    ]  # fmt: skip
    assert readings.isna().sum().tolist() == [0, 1, 0, 0]
    costs = from_hours_to_a_second.costs(measured)
    quicker = [cell["descent_seconds"] < cell["flow_seconds"] for cell in measured["grid"]]
    assert sum(quicker) == costs["quicker_cells"] >= costs["slower_cells"]
    assert costs["report_hours"] == measured["headline"]["report_seconds"] / 3600
    assert costs["grid_descent_steps"] == np.median([cell["descent_steps"] for cell in measured["grid"]])


def test_errors_are_said_norm_by_norm_at_one_tolerance():
    accuracy = rows("norm step_tolerance mean", (2, 0.03, 2e-4), (50, 0.03, 0.83), (50, 0.003, 0.39))
    assert from_hours_to_a_second.errors_at(accuracy, 0.03) == "0.02 % at norm 2 and 83 % at norm 50"
    assert from_hours_to_a_second.errors_at(accuracy, 0.1) == "none"


def test_a_condition_that_was_timed_twice_has_one_time():
    condition = {"n_points": 20, "norm": 1.0, "seed": 0}
    narrow, wide = ({**condition, "width": m, "flow_seconds": 3.0, "step_flops": 8} for m in (10, 100))
    measured = {
        "headline": {**condition, "width": 100, "flow_seconds": 2.5, "flow_error": 1e-4},
        "width": [narrow, wide],
    }
    table = from_hours_to_a_second.times_by_width(measured)
    assert table.to_dict("records") == [narrow, wide | {"flow_seconds": 2.5}]


def test_slopes_are_those_of_power_laws():
    cells = [(norm, t, 7 * t**power) for norm, power in ((1, 0.5), (9, 1.25)) for t in (0.1, 0.01, 0.001)]
    found = from_hours_to_a_second.slopes(rows("norm step_tolerance mean", *cells))
    assert found == {"least_slope": pytest.approx(0.5), "most_slope": pytest.approx(1.25)}
    alone = from_hours_to_a_second.slopes(rows("norm step_tolerance mean", (1, 0.1, 3.0)))
    assert math.isnan(alone["least_slope"])


def test_stiffness_of_the_largest_number_of_patterns():
    cells = [(5, 1, 0, 7.0, 70.0, 3), (9, 1, 0, 1249.0, 123456.0, 80), (9, 50, 0, 10.0, 100.0, 5)]
    stiff = rows("n_points norm seed condition report_steps steps", *cells)
    assert from_hours_to_a_second.stiffest(stiff) == {
        "most_points": 9, "stiff_norm": 1, "easy_norm": 50, "stiff_condition": 1200, "easy_condition": 10.0,
        "stiff_report_steps": 123000, "most_steps": 80,
    }  # fmt: skip
    table = from_hours_to_a_second.stiffnesses(stiff, ["condition", "steps"])
    assert table["quantity"].tolist() == ["condition"] * 3 + ["steps"] * 3
    assert table["mean"].tolist() == [7, 1249, 10, 3, 80, 5]


def test_random_networks_are_counted():
    table = pd.DataFrame({"error": [0.001, 0.02, 0.05, 0.5], "estimate": [0.002, 0.01, 0.1, 0.9]})
    table = table.assign(width=[50, 300, 100, 100], norm=[0.5, 1.0, 99.6, 7.0])
    told = from_hours_to_a_second.random_network_statistics(table)
    assert (told["random_networks"], told["random_within"], told["random_below"]) == (4, 2, 3)
    assert (told["random_widths"], told["random_norms"]) == ("50 to 300", "0.5 to 100")
    assert (told["random_median"], told["random_worst"]) == ("3.5 %", "50 %")
    assert told["random_flagged"] == "it did for one of these"
