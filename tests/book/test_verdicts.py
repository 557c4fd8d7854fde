import itertools
import math

import numpy as np
import pandas as pd
import pytest

from book.statistics import verdicts
from book.statistics.claims import CLAIMS, Claim, Criterion
from book.statistics.evidence import Evidence, evidence, rate_evidence
from book.statistics.verdict_record import measurements, record, threshold_range
from tests.book import recompute_verdicts
from tests.book.small_sweeps import by_seed


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
    [([50, 45], "reproduced"), ([50, 70, 59.5], "mixed"), ([70, 80], "not reproduced"), ([59.5, 50], "inconclusive"),
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


@pytest.mark.parametrize("seed", range(10))
def test_what_is_offered_is_enough_to_come_to_the_verdict_again(seed, tmp_path):
    rng = np.random.default_rng(seed)

    def near(name, bound, scale, statistic="mean"):
        at = bound + scale * rng.normal()
        return [evidence(name, f"n = {n}", by_seed(*(at + scale / 2 * rng.normal(size=10))), statistic) for n in (2, 5)]

    trials = by_seed(*[20] * 10)
    counts = {2: [0] * 10, 5: rng.binomial(20, 0.4, 10)}
    rates = [rate_evidence("attractors", f"n = {n}", by_seed(*found), trials) for n, found in counts.items()]
    radii, values = ("C3", "radius", 0.8, 0.2, "95 % quantile"), ("C1", "value", 1, 0.1)
    judged = [
        verdicts.judge("C5", near("last", 0.8, 0.2, "95 % quantile")),
        verdicts.judge("C6", near("reach", 1.1, 0.1, "geometric mean") + near("limit", 0.5, 0.04)),
        verdicts.judge("C7", rates + near("noise", -0.1, 0.1)),
        *(verdicts.judge_again(id, near(*how), "tanh", near(*how)) for id, *how in (radii, values)),
    ]
    for k, verdict in enumerate(judged):
        (tmp_path / str(k)).mkdir()
        file = tmp_path / str(k) / f"verdict_{verdict.claim.id}.csv"
        pd.DataFrame(measurements(verdict)).to_csv(file, index=False)
        assert list(recompute_verdicts.verdicts(file.parent).values()) == [verdict.verdict]
