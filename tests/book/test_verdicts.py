import itertools
import math

import numpy as np
import pytest

from book.statistics import verdicts
from book.statistics.claims import CLAIMS, Claim, Criterion
from book.statistics.evidence import Evidence
from book.statistics.verdict_record import record, threshold_range
from tests.book import recompute_verdicts


def give_or_take(criterion, condition, value, uncertainty=0.0):
    return Evidence(criterion, condition, value, value - uncertainty, value + uncertainty)


@pytest.fixture
def claim(monkeypatch):
    made = Claim(
        "T1", "tea", "Tea is hot.", "a cup", {"heat": Criterion("heat", 40, 60), "cup": Criterion("cups", upper=1)}
    )
    monkeypatch.setitem(CLAIMS, "T1", made)
    return made


@pytest.mark.parametrize(
    "values, verdict",
    [([50, 45], "reproduced"), ([50, 30, 59.5], "mixed"), ([70, 80], "not reproduced"), ([59.5, 50], "inconclusive"),
     ([70, 59.5], "not reproduced")],
)  # fmt: skip
def test_a_verdict_sums_the_outcomes_up(claim, values, verdict):
    items = [give_or_take("heat", "here", value, 1.0) for value in values]
    judged = verdicts.judge("T1", [*items, give_or_take("cup", "here", 3.0), None])  # the first criterion decides alone
    assert judged.verdict == verdict
    assert {row["criterion"]: row["decides"] for row in record(judged)["evidence"]} == {"heat": True, "cup": False}


@pytest.mark.parametrize("uncertainty", [None, math.inf])
def test_without_evidence_for_the_criterion_that_decides_nothing_is_judged(claim, uncertainty):
    heat = None if uncertainty is None else give_or_take("heat", "one seed", 50.0, uncertainty)
    data = record(verdicts.judge("T1", [heat, give_or_take("cup", "here", 0.0)]))
    assert data["verdict"] == verdicts.NOT_JUDGED and data["margins"] == []


@pytest.mark.parametrize("bound", [10.0, 29.5, 40.0, 50.5, 52.5, 70.0])
def test_within_its_range_a_threshold_moves_no_verdict_and_beyond_it_does(bound):
    items = [give_or_take("heat", f"{v}", v, u) for v, u in ((50.0, 2.0), (30.0, 1.0), (51.0, 1.0))]

    def verdict(upper):
        return verdicts.sum_up([item.outcome(Criterion("heat", upper=upper)) for item in items])

    low, high, below, above = threshold_range(items, Criterion("heat", upper=bound), "upper")
    tried = np.arange(0.05, 90, 0.1)
    assert {verdict(upper) for upper in tried[(low < tried) & (tried < high)]} == {verdict(bound)}
    beyond = {below: low - 1e-6, above: high + 1e-6}
    assert all(verdict(upper) == said != verdict(bound) for said, upper in beyond.items() if said)
    assert bool(below) == math.isfinite(low) and bool(above) == math.isfinite(high)


SIGMOID = [give_or_take("last", "n = 2", 0.4, 0.1), give_or_take("last", "n = 5", 1.4, 0.1)]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [((0.6, 1.8), "reproduced"), ((1.6, 0.3), "not reproduced"), ((0.6, 0.3), "mixed"), ((0.6, 1.05), "inconclusive")],
)
def test_what_holds_and_fails_where_it_does_for_the_sigmoid_is_similar(values, verdict):
    items = [give_or_take("last", f"n = {n}", value, 0.1) for n, value in zip((2, 5), values, strict=True)]
    # under a condition that the sigmoid was not judged under there is nothing to compare
    data = record(verdicts.judge_again("C5", [*items, give_or_take("last", "n = 9", 1.5)], "tanh", SIGMOID))
    assert (data["id"], data["part"], data["verdict"]) == ("C9", "tanh, C5", verdict)
    assert data["evidence"][-1]["as_sigmoid"] is None
    assert verdicts.judge_again("C5", items, "tanh", []).verdict == verdicts.NOT_JUDGED


@pytest.mark.parametrize(
    "id, item, match",
    [("T1", give_or_take("cold", "here", 1.0), "no criterion 'cold'"),
     ("T1", give_or_take("heat", "the pole", 1.0, math.nan), "the pole has the value nan"),
     ("C99", None, "'C99': choose one of C1, C2.* or add it to book/statistics/claims.py")],
)  # fmt: skip
def test_bad_evidence_is_refused(claim, id, item, match):
    with pytest.raises(ValueError, match=match):
        verdicts.judge(id, [item])


def test_parts_add_up_as_whoever_recomputes_the_verdicts_says():
    for number in (1, 2, 3):
        for parts in itertools.product(verdicts.OUTCOMES[:4], repeat=number):
            assert verdicts.combine(parts) == recompute_verdicts.sum_up(parts)
    assert verdicts.combine(["reproduced", verdicts.NOT_JUDGED]) == "inconclusive"
    assert verdicts.combine([verdicts.NOT_JUDGED] * 2) == verdicts.NOT_JUDGED
