"""The report's statements beside this book's numbers: whether they agree follows from what was measured."""

from string import Formatter

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from book.build import readme
from book.build.claims_and_status import collect
from book.build.outputs import glued
from book.build.report_compared import DESCENTS, PAGES, STATEMENTS, bars, conclusion, descents_table, statements_tables
from book.statistics.claims import CLAIMS


def names(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def gluing(**values):
    kind, prefix = "application/papermill.record/text/plain", "application/papermill.record/"
    told = {name: {"scrapbook": {"name": name, "mime_prefix": prefix}} for name in values}
    outputs = [new_output("display_data", data={kind: repr(values[name])}, metadata=told[name]) for name in values]
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
