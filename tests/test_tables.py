"""The tables behind the pages, from small sweeps whose answers are worked out by hand."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from book.build.toc import ROOT
from book.statistics import (
    activations,
    basin_of_attraction,
    beyond_linear_region,
    distance_to_limit,
    from_hours_to_a_second,
    linear_region,
    phase_diagram,
    report_compared,
    single_example,
    summaries,
)


def rows(names, *values):
    """Make a sweep's table, in which nothing failed unless ``converged`` says so."""
    table = pd.DataFrame(values, columns=names.split())
    table["error"] = None
    return table


def at_seeds(table):
    """Give every condition of a table that has no seeds two of them, alike."""
    return pd.concat([table.assign(seed=seed) for seed in (0, 1)], ignore_index=True)


def texts(found):
    return [(item.criterion, item.condition, item.value) for item in found]


# ------------------------------------------------------------------ what all share


def test_from_which_on_is_where_it_begins_to_hold_for_good():
    holds = pd.Series({5: True, 1: True, 2: False, 3: True, 4: True})
    assert summaries.holds_from(holds) == 3
    assert summaries.holds_from(holds.iloc[:2]) == 1
    assert math.isnan(summaries.holds_from(~holds))
    assert math.isnan(summaries.holds_from(pd.Series(dtype=bool)))


def test_counted():
    table = rows("norm converged", (1, True), (2, False)).assign(reason="slow")
    said = "Of 2 networks 1 did not converge"
    assert summaries.failure_counts(table) == {"failures": 1, "conditions": 2, "converged": said}
    loose = rows("converged jacobian_error", (True, 0.5), (True, 0.01), (False, math.nan)).assign(reason="slow")
    said = "Of 3 networks 1 did not converge; the Jacobians of one may be off by more than 20 %"
    assert summaries.failure_counts(loose)["converged"] == said
    both = rows("norm seed converged", (1, 0, True), (1, 1, True), (2, 0, True))
    assert summaries.failure_counts(both, both[:2])["converged"] == "All 3 networks converged"
    assert summaries.failure_counts(both.drop(columns="seed"))["conditions"] == 3  # told apart by columns not named
    assert summaries.convergence_sentence(0, 1044) == "All 1,044 networks converged"
    assert summaries.convergence_sentence(0, 1) == "The one network converged"


# ------------------------------------------------------------------ one example

NETWORKS = rows(
    "activation depth norm seed radius_change jacobian_change initial_operator_norm final_radius converged",
    ("tanh", 2, 1, 0, 0.4, 2.0, 4.0, 1.1, True),
    ("tanh", 2, 5, 0, 0.2, 4.0, 4.0, 0.5, True),
    ("tanh", 3, 1, 0, 0.1, 1.0, 2.0, 0.9, True),
    ("tanh", 3, 5, 0, 0.1, 2.0, 2.0, 0.6, True),
    ("tanh", 3, 5, 1, 9.9, 9.9, 9.9, 9.9, False),
).assign(reason="")
LIMIT = rows(
    "activation depth norm radius_change jacobian_change final_radius",
    ("tanh", 2, 1, [0.3, 0.5], [1.0, 3.0], [1.2, 0.8, 0.7, 0.6]),
    ("tanh", 3, 1, None, [0.5, 0.5], None),
    ("tanh", 4, 1, None, [0.1, 0.1], None),
)


def test_changes_of_one_example():
    found = single_example.changes(NETWORKS, ["depth", "norm"])
    assert found["quantity"].tolist() == [name for name in single_example.TITLES for _ in range(4)]
    assert found["mean"].tolist() == [0.4, 0.2, 0.1, 0.1, 2.0, 4.0, 1.0, 2.0, 0.5, 1.0, 0.5, 1.0]
    exact = single_example.limit_changes(LIMIT, [2, 3], ["depth", "norm"])
    assert exact[["quantity", "depth", "mean"]].values.tolist() == [
        ["radius_change", 2, 0.4], ["jacobian_change", 2, 2.0], ["jacobian_change", 3, 0.5],
    ]  # fmt: skip
    assert single_example.over_limit(NETWORKS, LIMIT, 3) == pytest.approx(1.5 / 0.5)


def test_mean_changes_and_what_they_say_of_depth():
    means = single_example.mean_changes(NETWORKS, ["seed", "depth"])
    assert means.loc[(0, 2)].tolist() == pytest.approx([0.3, 3.0, 0.75])
    told = single_example.change_statistics(means, [2, 3])
    assert told["jacobian_change_shallow"] == 3.0 and told["jacobian_change_deep"] == 1.5
    assert told["relative_change_middle"] == told["relative_change_deep"] == 0.75
    found = single_example.alike_with_depth(NETWORKS, [2, 3])
    assert texts(found) == [
        (name, "depth 3 against 2", pytest.approx(ratio))
        for name, ratio in (("radius", 1 / 3), ("jacobian", 0.5), ("relative", 1.0))
    ]


def test_concentration_and_attraction_of_one_example():
    untrained = rows("activation dim norm seed operator_norm", ("tanh", 9, 1, 0, 1.8), ("tanh", 9, 1, 1, 2.2),
                     ("tanh", 9, 5, 0, 0.9), ("tanh", 9, 5, 1, 1.1))  # fmt: skip
    # relative spreads over the seeds that fall by half in four times as many dimensions: an exponent of -1/2
    by_dimension = rows(
        "dim norm seed operator_norm",
        *[(dim, 1, seed, 2 * (1 + off / math.sqrt(dim))) for dim in (4, 16, 64) for seed, off in enumerate((-1, 1, 0))],
    )
    found = single_example.concentration(untrained, by_dimension, "tanh")
    assert texts(found[:3]) == [
        ("value", "d = 9, norm 1", 1.0), ("value", "d = 9, norm 5", 0.5), ("wide", "d = 64, norm 1", 1.0),
    ]  # fmt: skip
    law, spread = found[3:]
    assert law.value == pytest.approx(2 / single_example.norm_by_law("tanh", 1, 9)) and law.note == "norm 1"
    # but for the bias that three seeds have
    assert spread.value == pytest.approx(-0.5, abs=0.02) and len(spread.measured) == 3
    items = {(i.criterion, i.condition): (i.value, i.note) for i in single_example.always_an_attractor(NETWORKS)}
    assert items["radius", "depth 2"] == items["worst", "depth 2"] == (1.1, "norm 1")
    assert items["radius", "depth 3"] == items["worst", "depth 3"] == (0.9, "norm 1")


def test_what_is_told_of_one_example_is_counted_at_the_smallest_norm():
    untrained = rows("activation norm operator_norm", ("tanh", 1, 1.8), ("tanh", 1, 2.2))
    told = single_example.activation_statistics("tanh", NETWORKS, untrained, LIMIT[LIMIT["depth"].eq(2)])
    assert told == pytest.approx(
        {"target": 2.0, "initial": 2.0, "change_shallow": 3.0, "change_deep": 1.5, "worst": 1.1, "unstable": 1,
         "networks": 2, "limit_unstable": 25.0, "last_unstable": 1, "largest": 5}
    )  # fmt: skip
    said = single_example.statistics_in_words(
        {"tanh": told, "erf": told, "sigmoid": told | {"last_unstable": math.nan}}
    )
    assert said["unstable"] == "1 of 2 networks for tanh, erf and sigmoid"
    assert said["attractor"] == "above norm 1 for tanh and erf, and at every norm tried for sigmoid"
    assert (
        single_example.statistics_in_words({"tanh": told | {"last_unstable": 5}})["attractor"]
        == "at no norm tried for tanh"
    )


def test_the_law_of_the_operator_norm_averages_the_squared_slope():
    # E phi'(z)^2 of erf, phi'(z)^2 = (4 / pi) exp(-2 z^2), z ~ N(0, q): 4 / (pi sqrt(1 + 4 q))
    assert single_example.norm_by_law("erf", 3.0, 4) == pytest.approx(2 * math.sqrt(4 / (math.pi * math.sqrt(10))))
    z, weights = np.polynomial.hermite_e.hermegauss(80)
    slopes = 1 / np.cosh(z * 0.5) ** 2
    by_sum = 2 * math.sqrt((weights * slopes**2).sum() / weights.sum())
    assert single_example.norm_by_law("tanh", 1.0, 4) == pytest.approx(by_sum, rel=1e-9)


@pytest.mark.parametrize("edge", ["from", "up to"])
def test_a_verdict_is_tried_with_norms_left_out(edge):
    if edge == "from":
        table = rows(
            "depth norm seed final_radius", *[(2, r, s, 1.5 - r / 4 + s / 99) for r in (1, 3, 5) for s in (0, 1, 2)]
        )
        tried = single_example.from_each_norm("C3", table, single_example.always_an_attractor)
        assert tried.verdicts == {1: "not reproduced", 3: "reproduced", 5: "reproduced"} and tried.used == 1
        assert tried.text == "smallest norm judged, 1: here alone; at 3 reproduced"
    else:
        table = rows(
            "dim norm seed operator_norm", *[(9, r, s, 2 - r / 10 + s / 99) for r in (1, 5) for s in (0, 1, 2)]
        )
        tried = single_example.up_to_each_norm(table, table[table["norm"].eq(1)], "tanh", [1, 5])
        assert tried.verdicts == {1: "reproduced", 5: "mixed"}
        assert tried.text == "largest norm judged, 5: here alone; at 1 reproduced"


# ------------------------------------------------------------------ several examples


def test_shares_of_the_linear_region():
    assert [linear_region.count_at_one(name, 3) for name in ("sigmoid", "tanh", "erf")] == [2, 3, 3]
    assert linear_region.edge_of_the_others("sigmoid", 2, 5) == pytest.approx(0.25 * math.sqrt(4 / 5))
    norms = [[1.05, 0.95, 0.5, 0.1], [1.3, 0.9, 0.6, 0.6]]
    radii = [[1.1, 1.3]]
    swept = rows(
        "activation n_points dim norm eigenvalue_norms radius_mean radii", ("tanh", 2, 4, 1, norms, 1.2, *radii)
    )
    trained = linear_region.with_shares(swept, 0.1 + 1e-12)
    (row,) = trained.itertuples()
    # tanh's others end at sqrt(2/4) = 0.707; two norms a point should be at one
    assert (row.share, row.others) == (3 / 8, 1.0)
    assert row.nearest == pytest.approx((0.05 + 0.05 + 0.1 + 0.3) / 4)
    (table,) = linear_region.shares(trained, ["activation", "norm", "n_points"], edges=True).itertuples()
    assert (table.mean, table.claimed, table.theory, table.others_within_edge) == (3 / 8, 1 / 4, 2 / 4, 1.0)
    assert table.others_edge_theory == pytest.approx(math.sqrt(0.5))
    # the nearest of the worst point is off by 0.1, the next by 0.3 there and by 0.05 at the other point
    assert texts(linear_region.around_one(at_seeds(trained))) == [
        (name, "n = 2, norm 1", pytest.approx(value))
        for name, value in (("count", 3 / 8 - 1 / 4), ("nearest", 0.1), ("gap", 0.05))
    ]
    twice = at_seeds(swept)
    tried = linear_region.other_windows(twice, 0.07).verdicts
    assert (tried[0.01], tried[0.07], tried[0.2]) == ("not reproduced", "reproduced", "not reproduced")
    by_norm = linear_region.with_shares(pd.concat([twice, twice.assign(norm=0.1)]), 0.07)
    assert linear_region.other_norms(by_norm, 1).verdicts == {0.1: "reproduced", 1: "reproduced"}
    told = linear_region.share_statistics(linear_region.shares(trained, ["activation", "norm", "n_points"]), 1)
    assert told == {"share_fewest": "38 % for tanh", "share_most": "38 % for tanh"}


def test_the_share_above_one_is_told_by_number_of_patterns():
    points = rows(
        "activation n_points radii radius_mean radius_worst",
        ("sigmoid", 1, [0.2], 0.2, 0.2),
        ("sigmoid", 2, [0.9, 0.8], 0.85, 0.9),
        ("sigmoid", 2, [1.2, 0.9], 1.05, 1.2),
        ("sigmoid", 5, [1.1, 0.9, 0.9, 1.3], 1.05, 1.3),
    )
    table = linear_region.above_one(points)
    assert table.values.tolist() == [
        ["sigmoid", 1, 0, 0.2, 0.2], ["sigmoid", 2, 25, pytest.approx(0.95), 1.2], ["sigmoid", 5, 50, 1.05, 1.3],
    ]  # fmt: skip
    found = pd.DataFrame(
        {"n_points": [1, 2, 5], "others_edge_theory": [0.25, 0.2, 0.2], "others_within_edge": [0.9, 1, math.nan]}
    )
    assert linear_region.shares_in_words(found, points) == {
        "edges": "0.250 with one pattern, and 0.200 with 2 patterns and 5 patterns",
        "inside": "90 % with one pattern and 100 % with 2 patterns",
        "above_one": "0 % with one pattern, 25 % with 2 patterns and 50 % with 5 patterns",
    }


def test_where_all_eigenvalues_should_be_one_there_are_no_others():
    swept = rows("activation n_points dim norm eigenvalue_norms", ("erf", 2, 2, 1, [[1.0, 1.0]] * 2))
    assert math.isnan(linear_region.with_shares(swept, 0.1)["others"].iloc[0])
    swept = rows("activation n_points dim norm eigenvalue_norms", ("sigmoid", 1, 2, 1, [[0.1, 0.1]]))
    assert math.isnan(linear_region.with_shares(swept, 0.1)["nearest"].iloc[0])


def grown(width, *radii, n=2, seed=0, activation="tanh"):
    norms = [10.0, 20.0, 30.0]
    return [(activation, n, width, seed, norm, r, r + 0.1) for norm, r in zip(norms, radii, strict=True)]


BEYOND = rows("activation n_points width seed norm radius_mean radius_worst", *grown(100, 1.0, 0.7, 0.3),
              *grown(1000, 1.0, 0.8, 0.6), *grown(100, 0.5, 0.4, 0.3, n=1))  # fmt: skip


def test_reach_of_the_limit_and_the_drop_below_one():
    exact = [(1, 0, norm, r) for norm, r in [(10.0, 0.5), (20.0, 0.4), (30.0, 0.4)]]
    exact += [(2, 0, norm, r) for norm, r in [(10.0, 1.0), (20.0, 0.82), (30.0, 0.8)]]
    limit = rows("n_points seed norm radius_mean", *exact).assign(mean_jacobian_radius=lambda t: t["radius_mean"])
    reach = beyond_linear_region.deviation_norms(BEYOND, limit, 0.05)
    # of n = 2 the narrow curve is off by 0, 0.12, 0.5 and the wide one by 0, 0.02, 0.2
    expected = [20 + 10 * 0.05 / 0.1, 10 + 10 * 0.05 / 0.12, 20 + 10 * 0.03 / 0.18]
    assert reach["reach"].tolist() == pytest.approx(expected)
    told = beyond_linear_region.reach_statistics(reach)
    assert told == pytest.approx({"reach_narrow": np.mean(expected[:2]), "reach_wide": expected[2]})
    found = texts(beyond_linear_region.following_the_limit(BEYOND[BEYOND["n_points"].eq(2)], limit, 0.05))
    assert found == [
        ("reach", "n = 2, m = 1000 against 100", pytest.approx(expected[2] / expected[1])),
        ("width", "n = 2, m = 100 to 1000, norm 30", pytest.approx(math.log10(0.2 / 0.5))),
    ]
    # the narrow one never parts by so much: nothing to exceed
    assert beyond_linear_region.following_the_limit(BEYOND[BEYOND["n_points"].eq(2)], limit, 0.6)[0] is None
    assert beyond_linear_region.following_the_limit(BEYOND[BEYOND["norm"].eq(10)], limit, 0.05) == []
    tried = beyond_linear_region.other_distances(BEYOND, limit, 0.05)
    assert tried.used == 0.05 and set(tried.verdicts.values()) == {"not judged"}  # of a single seed
    assert texts(beyond_linear_region.half_at_the_end(limit)) == [
        ("limit", "n = 1, norm 30", 0.4), ("limit", "n = 2, norm 30", 0.8),
        ("approach", "n = 1, norm 20 to 30", pytest.approx(0, abs=1e-12)),
        ("approach", "n = 2, norm 20 to 30", pytest.approx(math.log(0.3 / 0.32) / math.log(1.5))),
    ]  # fmt: skip
    # the worst radii are 1.1, 0.8, 0.4 and 1.1, 0.9, 0.7
    found = texts(beyond_linear_region.drop_below_one(BEYOND))
    narrow, wide = "n = 2, m = 100", "n = 2, m = 1000"
    assert dict((item[:2], item[2]) for item in found) == pytest.approx({
        ("last", narrow): 0.4, ("drop", narrow): -0.7, ("crossing", narrow): (10 + 10 / 3) / 10,
        ("last", wide): 0.7, ("drop", wide): -0.4, ("crossing", wide): 1.5,
    })  # fmt: skip
    # what is never above one cannot drop below it
    lower = BEYOND.assign(radius_worst=BEYOND["radius_worst"] - 0.2)
    assert texts(beyond_linear_region.drop_below_one(lower)) == [
        ("never", words, pytest.approx(0.9)) for words in (narrow, wide)
    ]
    assert beyond_linear_region.up_to_each_norm(BEYOND).verdicts == {20.0: "not judged", 30.0: "not judged"}
    assert beyond_linear_region.judged_norms([1, 2, 3, 4, 5, 6, 7, 8], 5) == [1, 2, 3, 4, 6, 8]


@pytest.mark.parametrize(
    ("radii", "crossing"), [([0.9, 0.8], 1), ([1.2, 1.1], 3), ([0.9, 1.2, 0.8], 2.5 / 1), ([1.2, 0.8, 0.9], 1.5)]
)
def test_a_curve_falls_below_one_where_it_does_for_good(radii, crossing):
    norms = [1, 3] if len(radii) == 2 else [1, 2, 3]
    curve = pd.DataFrame({"norm": norms, "radius_worst": radii})
    assert beyond_linear_region._falls_below_one(curve) == pytest.approx(crossing)


def test_what_is_told_beyond_the_linear_region():
    radii = summaries.over_seeds(
        BEYOND, "radius_mean", ["activation", "n_points", "width", "norm"], worst="radius_worst"
    )
    assert beyond_linear_region.all_attractors_from(radii) == 20
    exact = rows("n_points norm mean", (2, 10.0, 0.9), (2, 30.0, 0.7), (2, 900.0, 0.5), (1, 900.0, 0.4))
    told = beyond_linear_region.radius_statistics(radii, exact)
    assert told == {
        "far_norm": 900, "all_below": "from norm 20 on", "radius_first": 1.0, "radius_last": 0.6, "limit_last": 0.7,
        "limit_far_low": 0.4, "limit_far_high": 0.5, "limit_lowest": 0.4,
    }  # fmt: skip
    each = beyond_linear_region.radii_in_words(pd.concat([radii, radii.assign(activation="erf", worst=2.0)]))
    assert each == {
        "first_radii": "1.000 for tanh and erf", "last_radii": "0.600 for tanh and erf",
        "attractors": "from norm 20 on for tanh and at no norm tried for erf",
    }  # fmt: skip
    descent = rows(
        "n_points width norm difference radius_descent radius_flow descent_steps",
        (2, 100, 10.0, 0.5, 1.0, 1.0, 9), (2, 100, 50.0, 0.9, 2.0, 3.0, 8), (5, 100, 50.0, 0.8, 2.0, 4.0, 8),
        (2, 1000, 10.0, 0.01, 1.0, 1.25, 7), (2, 1000, 50.0, 0.02, 0.5, 0.5, 4),
        (5, 1000, 10.0, 0.03, 1.0, 1.0, 6), (5, 1000, 50.0, 0.04, 0.75, 0.625, 5),
    )  # fmt: skip
    assert beyond_linear_region.descent_statistics(descent) == {
        "descent_first_norm": 10, "descent_last_norm": 50,
        "descent_narrow_first": 50.0, "descent_radius_narrow_first": 0.0,
        "descent_narrow_last": 90.0, "descent_radius_narrow_last": 2.0,
        "descent_wide_first": 3.0, "descent_radius_wide_first": 0.25,
        "descent_wide_last": 4.0, "descent_radius_wide_last": 0.125,
        "descent_radius_wide": 0.25, "descent_last_radius": 0.75, "flow_last_radius": 0.625,
        "descent_steps_first": 6, "descent_steps_last": 5,
    }  # fmt: skip


def test_descent_is_compared_with_the_flow_of_the_same_patterns_and_weights():
    flow = rows("n_points norm seed radii recalled", (2, 1, 0, [0.5, 0.75], [3, 4]), (2, 5, 0, [0.5, 0.25], [1, 1]),
                (2, 1, 1, [9.0, 9.0], [9, 9]))  # fmt: skip
    descent = rows("n_points norm seed radii recalled steps converged", (2, 1, 0, [0.5, 1.0], [3, 2], 70, True),
                   (2, 5, 0, [0.0, 0.0], [0, 0], 80, False))  # fmt: skip
    (row,) = report_compared.descent_and_flow(descent, flow, "radii", "recalled").itertuples()
    assert (row.norm, row.steps, row.off_radii, row.off_recalled) == (1, 70, 0.25, 2)
    failed = descent[["n_points", "norm", "seed"]].assign(error="it diverged")
    nothing = report_compared.descent_and_flow(failed, flow, "radii")
    assert nothing.empty and math.isnan(nothing["off_radii"].max()) and math.isnan(nothing["steps"].min())


def test_eigenvalues_near_one_do_not_show_a_linear_network():
    swept = rows(
        "activation n_points norm seed jacobian_spread eigenvalue_norms",
        ("sigmoid", 3, 1, 0, 0.01, [[1.0, 1.0, 0.1]] * 3),  # n - 1 = 2 near one at every pattern
        ("sigmoid", 3, 1, 1, 0.03, [[1.0, 1.05, 0.1]] * 3),
        ("sigmoid", 3, 4, 0, 0.25, [[1.0, 0.5, 0.1]] * 2 + [[1.0, 1.0, 0.1]]),  # one at every pattern, both at one
        ("sigmoid", 3, 4, 1, 0.15, [[1.0, 0.5, 0.1]] * 3),
        ("sigmoid", 3, 9, 0, 0.5, [[1.0, 0.5, 0.1], [0.5, 0.5, 0.1], [0.5, 0.5, 0.1]]),
        ("sigmoid", 3, 9, 1, 0.5, [[1.0, 0.5, 0.1]] * 3),
    )
    found = report_compared.linearity(swept, 0.1)
    means = found.set_index(["quantity", "norm"])["mean"]
    assert means[report_compared.ANY].tolist() == pytest.approx([1, 1, 2 / 3])
    assert means[report_compared.ALL].tolist() == pytest.approx([1, 1 / 6, 0])
    told = report_compared.linearity_statistics(found, 1)
    assert told == pytest.approx(
        {"spread_here": 3, "still_norm": 4, "still_points": 3, "still_spread": 20, "still_all": 100 / 6}
    )


def test_bars_without_recall_may_belong_to_attractors():
    swept = rows(
        "norm seed noises report_rate radii",
        (1, 0, [1, 9], [0.0, 0.0], [2.0, 2.0]),  # smaller than the report's norms
        (5, 0, [1, 9], [0.5, 0.0], [0.9, 0.9]),
        (5, 1, [1, 9], [0.0, 0.0], [0.9, 1.1]),
        (50, 0, [1, 9], [1.0, 0.0], [0.1, 0.1]),
    )
    told = report_compared.bar_statistics(swept, 5)
    assert told == {
        "bars_norm": 5,
        "bars_empty": 4,
        "bars_attractors": 75,
        "bars_first": 12.5,
        "bars_first_attractors": 75,
    }


def test_recall_rates_count_all_cues_and_average_the_report_s():
    swept = rows(
        "norm seed noises cues recalled report_rate radius_mean radii",
        (5, 0, [1, 9], [4, 4], [1, 0], [0.5, 0.0], 0.9, [0.8, 1.1]),
        (5, 1, [1, 9], [4, 4], [2, 0], [0.0, 0.0], 1.1, [0.9, 0.9]),
        (50, 0, [1, 9], [4, 4], [4, 4], [1.0, 0.5], 0.2, [0.1, 0.1]),
        (50, 1, [1, 9], [4, 4], [4, 4], [1.0, 0.5], 0.4, [0.1, 0.1]),
    ).assign(tolerance=1e-7)
    rates = basin_of_attraction.recall_rates(swept)
    alone, report = (
        rates[rates["criterion"].eq(name)] for name in (basin_of_attraction.ALONE, basin_of_attraction.REPORT)
    )
    assert alone["mean"].tolist() == [3 / 8, 0, 1, 1] and report["mean"].tolist() == [0.25, 0, 1, 0.5]
    assert (report["low"].tolist(), report["high"].tolist()) == ([0, 0, 1, 0.5], [0.5, 0, 1, 0.5])
    assert alone[["low", "high", "recalled", "cues"]].iloc[0].tolist() == [0.25, 0.5, 3, 8]
    small = swept[swept["norm"].eq(5)].assign(norm=1, radii=[[1.1, 1.1]] * 2)
    found = texts(basin_of_attraction.recall_and_attraction(pd.concat([small, swept]), 5, small.assign(tolerance=1e-9)))
    assert found == [
        ("attractors", "norm 5", 3 / 4),
        ("radius", "norm 5", 1.0),
        ("beside", "norm 1, trained to 1e-07", 0.0),
        ("beside", "norm 1, trained to 1e-09", 0.0),
        ("recall", "norm 5, t = 1", 3 / 8),
        ("recall", "norm 5, t = 9", 0.0),
        ("noise", "t = 9 against 1, norms 5 to 50", 0.5 - 11 / 16),
        ("whole", "t = 9 against 1, norm 50", -0.5),
    ]
    one = swept[swept["norm"].eq(5)].assign(
        **{name: swept[name].str[:1] for name in ("noises", "cues", "recalled", "report_rate")}
    )
    assert basin_of_attraction.recall_and_attraction(one, 5) == []
    assert basin_of_attraction.from_each_norm(swept, 5).verdicts == {5: "inconclusive"}
    assert basin_of_attraction.report_statistics(pd.concat([small, swept]), 5) == {"attractors_report": 75.0}
    told = basin_of_attraction.noise_statistics(basin_of_attraction.recall_and_attraction(swept, 5), 4, [1, 9])
    assert (told["least_noise_norm"], told["most_noise_norm"]) == (2.0, 6.0) and told["whole_change"] == "-0.5"
    told = basin_of_attraction.rate_statistics(rates, one, 5)
    assert told == {
        "rate_first_least": 37.5, "rate_first_most": 0, "patient_rate": 37.5, "patient_cues": 8,
        "complete": "from norm 50 on", "report_last": 75, "alone_last": 100,
    }  # fmt: skip
    swept["radius_worst"] = swept["radii"].map(max)
    assert list(basin_of_attraction.attractor_statistics(swept, 5).values()) == [75, 1.0, 1.1]
    told = basin_of_attraction.small_norm_statistics(swept, swept[swept["seed"].eq(1)])
    assert told == pytest.approx({"small_first": 5, "share_loose": 75, "off_loose": 0, "share_tight": 100,
                                  "off_tight": 0.1})  # fmt: skip


def test_cues_on_their_way_are_told_at_both_ends_of_the_norms():
    away, home = [[1.0, 0.5, 0.3], [3.0, 0.5, 0.005]], [[1.0, 0.5, 1e-7], [1.0, 0.5, 3e-7]]
    paths = rows("norm errors", (5, [[[9, 9, 9]], home]), (2, [[[9, 9, 9]], away]), (3, [[[9, 9, 9]], home]))
    told = basin_of_attraction.path_statistics(paths, [10, 1], 0.01)
    assert told == {
        "path_noise": 1, "path_cues": 2,
        "path_first_norm": 2, "path_first_start": "2", "path_first_end": "0.15", "path_first_recalled": 1,
        "path_last_norm": 5, "path_last_start": "1", "path_last_end": "2 × 10⁻⁷", "path_last_recalled": 2,
    }  # fmt: skip
    one = basin_of_attraction.path_statistics(paths[paths["norm"].eq(2)], [10, 1], 0.01)
    assert one["path_first_norm"] == one["path_last_norm"] == 2


def test_activations_are_compared_at_their_own_numbers_and_at_equal_ones():
    chosen = [({"sigmoid": 10, "tanh": 20}, [2, 3]), ({"sigmoid": 20, "tanh": 20}, [2])]
    found = activations.conditions(chosen, seed=[0, 1])
    assert [tuple(c.values()) for c in found] == [
        (seed, name, n, norm)
        for name, n, norms in [("sigmoid", 10, [2, 3]), ("tanh", 20, [2, 3]), ("sigmoid", 20, [2])]
        for seed in (0, 1)
        for norm in norms
    ]
    radii = rows("activation n_points norm mean", ("sigmoid", 10, 2, 0.9), ("sigmoid", 20, 2, 1.0),
                 ("tanh", 20, 2, 1.2), ("tanh", 20, 3, 0.8), ("sigmoid", 20, 3, 0.9))  # fmt: skip
    twice = activations.compared(radii, {"own": chosen[0][0], "equal": chosen[1][0]})
    assert twice["comparison"].tolist() == ["own"] * 3 + ["equal"] * 4
    told = activations.equal_numbers(pd.concat([radii, rows("activation n_points norm mean", ("erf", 20, 2, 1.1))]), 20)
    assert told == {
        "first_norm": 2, "last_norm": 2, "first_radii": "1.000 for sigmoid, 1.200 for tanh and 1.100 for erf",
        "last_radii": "1.00 for sigmoid, 1.20 for tanh and 1.10 for erf",
        "attractors": "from norm 3 on for sigmoid and tanh, and at no norm tried for erf",
    }  # fmt: skip
    rise = activations.rise(
        pd.concat([radii, rows("activation n_points norm mean", ("sigmoid", 10, 3, 0.5))]), "sigmoid", 10, 20
    )
    assert rise == pytest.approx({"rise_first": 0.1, "rise_most": 0.4, "rise_norm": 3})
    assert math.isnan(activations.rise(radii, "tanh", 10, 20)["rise_norm"])
    seeds = at_seeds(radii.rename(columns={"mean": "radius_mean"}).assign(width=9))
    assert texts(activations.above_one_at(seeds, 2)) == [
        ("radius", "tanh, n = 20, norm 2", 1.2), ("difference", "tanh, n = 20, norm 2", pytest.approx(0.2)),
    ]  # fmt: skip
    assert activations.other_norms(seeds, seeds, 2).verdicts == {2: "reproduced", 3: "not reproduced"}
    assert activations.above_one_at(seeds[seeds["activation"].eq("sigmoid")], 2) == []


def test_widths_that_share_their_seeds_are_not_independent():
    # two seeds that differ by much, at two widths that hardly do: four values, but two measurements
    values = [("tanh", 5, m, 1, seed, 1.0 + seed / 5 + m / 1e4) for m in (100, 200) for seed in (0, 1)]
    table = rows("activation n_points width norm seed radius_mean", *values,
                 *[("sigmoid", 5, m, 1, seed, 1.0) for m in (100, 200) for seed in (0, 1)])  # fmt: skip
    radius, difference = activations.above_one_at(table, 1)
    assert [value for _, value, _ in radius.measured] == pytest.approx([1.015, 1.215])
    assert [value for _, value, _ in difference.measured] == pytest.approx([0.015, 0.215])
    assert activations.other_norms(table, table, 1).verdicts == {1: "inconclusive"}
    further = table.assign(norm=2, radius_mean=table["radius_mean"] + table["width"] / 100)
    both = activations.other_norms(pd.concat([table, further]), table, 1)
    assert both.verdicts == {1: "inconclusive", 2: "reproduced"}


# ------------------------------------------------------------------ the limit


def test_power_laws_of_distances_are_found_again():
    widths = [100, 1000, 10_000]
    found = [("tanh", s, m, (s + 1) * m**-0.5, m ** (-0.4 - 0.2 * s)) for s in (0, 1) for m in widths]
    near = rows("activation seed width jacobian_distance radius_distance", *found)
    names = {"jacobian_distance": "Jacobian", "radius_distance": "radius"}
    measured, powers = distance_to_limit.distances(near, names), distance_to_limit.exponents(near, names)
    assert powers["exponent"].tolist() == pytest.approx([-0.5, -0.5])
    assert powers["uncertainty"].tolist() == pytest.approx([0, 12.706 * 0.1], abs=1e-4)  # Student's t of one degree
    told = distance_to_limit.exponent_statistics(powers)
    assert told["exponents"] == "-0.500 ± 0.000 for tanh" and told["radius_exponents"] == "-0.500 ± 1.271 for tanh"
    powers["uncertainty"] = [0.01, 1.271]  # the first fit is exact but for rounding
    assert distance_to_limit.exponent_statistics(powers)["half"] == "Every interval contains -1/2"
    powers["uncertainty"] = [0.1, 0.01]
    powers["exponent"] = [-0.45, -0.45]
    assert distance_to_limit.exponent_statistics(powers)["half"] == (
        "The interval does not contain -1/2 for the spectral radius with tanh; every other does"
    )
    powers["uncertainty"] = 0.01
    assert distance_to_limit.exponent_statistics(powers)["half"] == "No interval contains -1/2"
    lines = distance_to_limit.fitted(measured, distance_to_limit.exponents(near, names))
    # the logarithms' mean: sqrt(1 * 2) between the two seeds
    assert lines["value"].iloc[:3].tolist() == pytest.approx([math.sqrt(2) * m**-0.5 for m in widths])


def test_means_outside_the_band_are_counted_by_side():
    table = pd.DataFrame({"inside": [True, False, False], "mean": [1, 0, 9], "low_band": [0.5] * 3})
    assert distance_to_limit.band_sentence(table) == "Of the 3 means 2 are outside the band, 1 of them below it"
    assert distance_to_limit.band_sentence(table[:1]) == "None of the 1 means is outside the band"


def test_the_band_is_left_once():
    means = {10: [0.5, 0.55, 0.9, 0.5], 99: [0.5] * 4, 1: [2.0] * 4}
    networks = [("erf", m, norm, mean, 0, 9) for m, curve in means.items() for norm, mean in enumerate(curve, 1)]
    band = rows("activation norm mean low high", *(("erf", norm, 0.5, 0.4, 0.6) for norm in range(1, 5)))
    compared = distance_to_limit.inside_the_band(rows("activation width norm mean low high", *networks), band)
    assert compared.query("width == 10")["inside"].tolist() == [True, True, False, True]
    assert distance_to_limit.band_left(compared, ["erf"]).loc["erf"].to_dict() == {1: 0, 10: 2, 99: 4}


def test_the_border_is_interpolated_in_the_norm_s_logarithm():
    plane = rows("activation n_points dim norm radius mean_jacobian_radius", ("erf", 4, 8, 1.0, 1.2, 0.99),
                 ("erf", 4, 8, 100.0, 0.8, 0.9), ("erf", 8, 8, 1.0, 0.9, 1.01),
                 ("erf", 8, 8, 100.0, 0.8, 0.5))  # fmt: skip
    assert phase_diagram.border(plane).values.tolist() == [["erf", 0.5, pytest.approx(10.0)]]
    told = phase_diagram.plane_statistics(plane, plane.iloc[:3])
    assert (told["cells"], told["unsolved"], told["mean_cells_above"], told["sampled_cells_above"]) == (4, 1, 1, 1)
    assert (told["least_load"], told["most_load"]) == (0.5, 1.0) and math.isnan(told["lowest_border"])
    assert told["smallest_gap"] == pytest.approx(-0.01)
    assert (told["loads"], told["without_border"]) == (2, "1 for erf")


def test_the_border_is_set_beside_that_in_high_dimension():
    found = rows("activation load border", ("erf", 0.5, 10.0), ("tanh", 0.5, 10.0))
    lines = rows("activation norm critical_load", ("erf", 1.0, 0.0), ("erf", 4.0, 0.25), ("erf", 16.0, 1.0),
                 ("tanh", 1.0, 0.6), ("tanh", 2.0, 0.7))  # fmt: skip
    compared = phase_diagram.against_high_dimension(found, lines)
    assert compared["high_dimension"].iloc[0] == pytest.approx(8.0) and compared["ratio"].iloc[0] == pytest.approx(1.25)
    assert compared["ratio"].isna().tolist() == [False, True]


def test_the_edge_of_the_disc_is_at_one_load_of_erf():
    assert phase_diagram.disc_edges(["sigmoid", "tanh", "erf"]) == {"erf": pytest.approx(1 - math.pi / 4)}


def test_crowded_patterns_are_summed_up_by_draw():
    swept = rows("activation dim seed norm largest_radius", ("erf", 2, 0, 1.0, 0.9), ("erf", 2, 0, 9.0, 1.1),
                 ("erf", 2, 1, 1.0, 0.8), ("erf", 2, 1, 9.0, 1.0), ("erf", 4, 0, 1.0, 0.7))  # fmt: skip
    assert phase_diagram.crowded(swept).values.tolist() == [["erf", 2, 2, 1, 1.1, 9.0], ["erf", 4, 1, 0, 0.7, 1.0]]


def test_exponents_of_the_closing_gap():
    gaps = [("erf", 2, 10.0, 1.0), ("erf", 2, 100.0, 0.3), ("erf", 2, 1000.0, 0.03), ("tanh", 2, 100.0, -0.1),
            ("tanh", 2, 1000.0, 0.1)]  # fmt: skip
    found = phase_diagram.closing_exponents(rows("activation n_points norm gap", *gaps), [10.0, 100.0, 1000.0])
    assert found.to_dict() == {("erf", 2): pytest.approx(-1.0)}


# ------------------------------------------------------------------ training times


def test_what_is_told_of_times_comes_from_the_record():
    measured = json.loads((ROOT / "book" / "benchmark.json").read_text(encoding="utf-8"))
    aims = from_hours_to_a_second.aims(measured)
    ratios = measured["summary"]
    assert dict(zip(aims["quantity"], aims["met"], strict=True))["40 patterns, norm 20, m = 100 000: seconds"] == (
        "yes" if ratios["large_seconds"] <= 60 else "no"
    )
    grid = "experiment 3's grid, step tolerance 0.03: report's loop / ours"
    assert aims.set_index("quantity")["met"][grid] == ("yes" if ratios["coarse_report_ratio"] >= 100 else "no")
    readings = from_hours_to_a_second.grid_readings(measured)
    cells = pd.DataFrame(measured["grid"])
    assert readings.iloc[0].tolist()[1:] == [
        ratios["grid_report_ratio"], ratios["grid_descent_ratio"], pytest.approx(100 * cells["flow_error"].median()),
    ]  # fmt: skip
    assert readings.isna().sum().tolist() == [0, 1, 1, 1]
    costs = from_hours_to_a_second.costs(measured)
    assert costs["aims"] == len(aims) and costs["aims_met"] == aims["met"].eq("yes").sum()
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
    told = from_hours_to_a_second.told_of_random_networks(table)
    assert (told["random_networks"], told["random_within"], told["random_below"]) == (4, 2, 3)
    assert (told["random_widths"], told["random_norms"]) == ("50 to 300", "0.5 to 100")
    assert (told["random_median"], told["random_worst"]) == ("3.5 %", "50 %")
    assert told["random_flagged"] == "it did for one of these"
