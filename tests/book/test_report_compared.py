"""The report beside this book: whether they agree follows from what was measured."""

import math

import pytest

from book.build import readme
from book.build.claims_and_status import collect
from book.build.report_compared import COMPARISONS, comparison_table
from book.statistics import report_compared
from book.statistics.claims import CLAIMS
from tests.book.small_sweeps import rows


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [(["holds", "holds"], "yes"), (["fails"], "no"), (["holds", "fails"], "mixed"), (["open"], "inconclusive")],
)
def test_whether_they_agree_is_what_the_evidence_sums_up_to(outcomes, said):
    criteria = [item["criterion"] for item in COMPARISONS if item["claim"] == "C7"]
    evidence = [
        {"criterion": name, "decides": True, "condition": "norm 5", "value": 0.25, "outcome": outcome}
        for name in criteria
        for outcome in outcomes
    ]
    judged = {"part": "", "notebook": "04_x", "figure": "fig-x", "evidence": evidence}
    lines = comparison_table(dict.fromkeys(CLAIMS, []) | {"C7": [judged]}).strip().splitlines()[2:]
    assert len(lines) == len(criteria) == 2
    assert all(f"| **{said}**" in line and "0.25 (norm 5)" in line for line in lines)


def test_the_recorded_pages_hold_all_that_is_compared():
    notebooks = readme.recorded()
    text = comparison_table(collect(notebooks))
    assert text.count("\n| [") == len(COMPARISONS) and "nan" not in text and "not judged" not in text


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
    found = report_compared.linearity_statistics(report_compared.linearity(swept, 0.1), 1)
    assert found == pytest.approx(
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
    assert report_compared.bar_statistics(swept, 5) == {"bars_empty": 4, "bars_attractors": 75}
