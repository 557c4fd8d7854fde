import math

import numpy as np
import pandas as pd
import pytest

from book.statistics import single_example
from tests.book.small_sweeps import rows, texts

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


def test_changes_are_averaged_over_norms_seed_by_seed():
    means = single_example.mean_changes(NETWORKS)
    assert means.loc[(0, 2)].tolist() == pytest.approx([0.3, 3.0, 0.75])
    found = single_example.change_statistics(means)
    assert found["jacobian_change_shallow"] == 3.0 and found["jacobian_change_deep"] == 1.5
    assert found["relative_change_middle"] == found["relative_change_deep"] == 0.75
    assert texts(single_example.alike_with_depth(NETWORKS, [2, 3])) == [
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


def test_each_activation_is_summed_up_in_words():
    untrained = pd.concat([rows("activation norm operator_norm", (n, 1, 1.8), (n, 1, 2.2)) for n in ("tanh", "erf")])
    tables = (pd.concat([t, t.assign(activation="erf")]) for t in (NETWORKS, LIMIT[LIMIT["depth"].eq(2)]))
    trained, shallow = tables
    found = single_example.statistics_in_words(trained, untrained, shallow)
    assert found == {
        "initials": "2.00 for tanh and erf", "targets": "2.00 for tanh and 2.26 for erf",
        "change": "from 3.00 to 1.50 for tanh and erf", "unstable": "1 of 2 networks for tanh and erf",
        "worst": "1.10 for tanh and erf", "limit_unstable": "25 % for tanh and erf",
        "attractor": "above norm 1 for tanh and erf",
    }  # fmt: skip
    for radius, words in ((0.5, "at every norm tried"), (1.0, "at no norm tried")):
        said = single_example.statistics_in_words(trained.assign(final_radius=radius), untrained, shallow)
        assert said["attractor"] == f"{words} for tanh and erf"


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
