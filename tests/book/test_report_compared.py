"""The report's statements beside this book's numbers: whether they agree follows from what was measured."""

import math
from string import Formatter

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from book.build import readme
from book.build.claims_and_status import collect
from book.build.outputs import glued
from book.build.report_compared import DESCENTS, PAGES, STATEMENTS, bars, conclusion, descents_table, statements_tables
from book.statistics import report_compared
from book.statistics.claims import CLAIMS
from tests.book.small_sweeps import rows


def names(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def gluing(**values):
    kind, prefix = "application/papermill.record/text/plain", "application/papermill.record/"
    found = {name: {"scrapbook": {"name": name, "mime_prefix": prefix}} for name in values}
    outputs = [new_output("display_data", data={kind: repr(values[name])}, metadata=found[name]) for name in values]
    return new_notebook(cells=[new_code_cell("...", outputs=outputs)])


def everything_glued(value):
    wanted = {}
    for item in STATEMENTS:
        wanted.setdefault(PAGES[item.experiment], {"spread_here", "still_spread"}).update(names(item.ours))
    for experiment, words in DESCENTS.items():
        wanted.setdefault(PAGES[experiment], set()).update({"learning_rate"} | names(words))
    return {notebook: gluing(**dict.fromkeys(sorted(found), value)) for notebook, found in wanted.items()}


def test_numbers_and_texts_are_read_where_they_were_glued():
    assert glued(gluing(steps=12345, share=0.25, name="tanh")) == {"steps": 12345, "share": 0.25, "name": "tanh"}


@pytest.mark.parametrize(
    ("verdict", "said"), [("reproduced", "yes"), ("not reproduced", "no"), ("not judged", "not judged")]
)
def test_whether_they_agree_is_the_claims_verdict(verdict, said):
    found = {id: [{"verdict": verdict}] for id in CLAIMS}
    text = statements_tables(everything_glued(12345.0), found)
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith(("| The", "| ---"))]
    assert len(rows) == len(STATEMENTS)
    for row, item in zip(rows, STATEMENTS, strict=True):
        if isinstance(item.answer, str):
            assert row.endswith(f"| {said} ({{ref}}`{item.answer} <{item.answer.lower()}>`) |")
    assert "Of 1 parts" in rows[-1]  # of C9
    # A claim that no page judged is none that agrees.
    assert "| not judged ({ref}`C1 <c1>`) |" in statements_tables(everything_glued(1.0), dict.fromkeys(CLAIMS, []))


def test_the_statements_without_a_claim_are_judged_by_their_numbers():
    said = "the conclusion: {} (limit 5 %); that it follows: {}".format
    assert conclusion({"spread_here": 2.0, "still_spread": 20.0}) == said("yes", "no")
    assert conclusion({"spread_here": 9.0, "still_spread": float("nan")}) == said("no", "not judged")
    assert bars({"bars_attractors": 90.0}) == "no" and bars({"bars_attractors": 50.0}) == "yes"


def test_the_recorded_pages_glue_every_number_that_the_comparison_names():
    notebooks = readme.recorded()
    text = statements_tables(notebooks, collect(notebooks)) + descents_table(notebooks)
    assert all(f"“{item.words}”" in text for item in STATEMENTS if item.words)
    assert all(f"\n| {experiment} | " in text for experiment in DESCENTS)
    assert "nan" not in text


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
    found = report_compared.linearity_statistics(found, 1)
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
    found = report_compared.bar_statistics(swept, 5)
    assert found == {
        "bars_norm": 5,
        "bars_empty": 4,
        "bars_attractors": 75,
        "bars_first": 12.5,
        "bars_first_attractors": 75,
    }
