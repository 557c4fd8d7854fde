import json
import math

import numpy as np
import pytest
from scipy import stats

from sigae.pages import verdicts
from sigae.pages.claims import CLAIMS, Claim, Criterion
from sigae.pages.evidence import (
    Evidence,
    evidence,
    quantile_evidence,
    rate_evidence,
    ratio_evidence,
    slope_evidence,
)
from sigae.pages.tables import intervals


def give_or_take(criterion, condition, value, uncertainty=0.0):
    return Evidence(criterion, condition, value, value - uncertainty, value + uncertainty)


@pytest.fixture
def claim(monkeypatch):
    made = Claim("T1", "Tea is hot.", "a cup", {"heat": Criterion("heat", 40, 60), "cup": Criterion("cups", upper=1)})
    monkeypatch.setitem(CLAIMS, "T1", made)
    return made


@pytest.mark.parametrize(
    "value, uncertainty, outcome",
    [
        (50, 5, "holds"),
        (50, 15, "open"),
        (58, 5, "open"),
        (61, 5, "open"),
        (70, 5, "fails"),
        (30, 9, "fails"),
        (60, 0, "fails"),
        (50, math.inf, "open"),
    ],
)
def test_outcome_weighs_the_uncertainty(claim, value, uncertainty, outcome):
    assert give_or_take("heat", "here", value, uncertainty).outcome(claim.criteria["heat"]) == outcome


@pytest.mark.parametrize(
    "values, verdict",
    [
        ([50, 45], "reproduced"),
        ([50, 70], "partly"),
        ([70, 80], "not reproduced"),
        ([59.5, 50], "partly"),
        ([59.5], "partly"),
        ([70, 59.5], "not reproduced"),
    ],
)
def test_verdict_sums_the_outcomes_up(claim, values, verdict):
    items = [give_or_take("heat", "here", value, 1.0) for value in values]
    assert verdicts.judge("T1", items, criteria=["heat"]).verdict == verdict


@pytest.mark.parametrize(
    "items, missing",
    [
        ([], ["heat", "cups"]),
        ([give_or_take("cup", "here", 3.0)], ["heat"]),
        ([give_or_take("heat", "one seed", 50.0, math.inf), give_or_take("cup", "here", 0.0)], []),
    ],
)
def test_without_evidence_for_the_criterion_that_decides_nothing_is_judged(claim, items, missing):
    data = verdicts.judge("T1", items).as_dict()
    assert data["verdict"] == verdicts.NOT_JUDGED and data["margins"] == []
    assert [row["quantity"] for row in data.get("missing", [])] == missing


def test_the_first_criterion_decides_alone(claim):
    items = [give_or_take("cup", "here", 3.0), give_or_take("heat", "here", 50.0)]
    data = verdicts.judge("T1", items).as_dict()
    assert data["verdict"] == "reproduced"
    assert [(row["criterion"], row["decides"], row["outcome"]) for row in data["evidence"]] == [
        ("heat", True, "holds"),
        ("cup", False, "fails"),
    ]
    assert verdicts.judge("T1", items, criteria=["cup", "heat"]).verdict == "not reproduced"


def test_a_threshold_in_words_follows_what_was_set():
    item = give_or_take("count", "here", 0.0)
    for settings, words in (({}, "within 0.1 of one"), ({"around": 0.25}, "within 0.25 of one")):
        data = verdicts.judge("C4", [item], **settings).as_dict()
        assert words in data["evidence"][0]["quantity"]
        assert words in data["threshold"]
    item = give_or_take("limit", "here", 0.5)
    assert "parted from the limit by 0.2" in verdicts.judge("C6", [item], close=0.2).as_dict()["missing"][0]["quantity"]


def test_a_verdict_holds_all_that_it_rests_on(claim):
    items = [give_or_take("heat", "morning", 51.23456, 0.1234), give_or_take("cup", "noon", 3.0, math.inf)]
    data = verdicts.judge("T1", items, part="green").as_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert (data["id"], data["part"], data["verdict"]) == ("T1", "green", "reproduced")
    assert data["statement"] == "Tea is hot. Here: green."
    assert data["threshold"] == "heat: between 40 and 60"
    assert data["value"] == "51.23 ± 0.12 (morning)"
    assert [row["outcome"] for row in data["evidence"]] == ["holds", "open"]
    assert data["evidence"][0]["value"] == 51.235 and data["evidence"][1]["low"] is None


def test_a_margin_says_what_the_verdict_is_beyond_it(claim):
    items = [give_or_take("heat", "here", 50.0, 2.0), give_or_take("heat", "there", 45.0, 1.0)]
    assert verdicts.judge("T1", items).as_dict()["margins"] == [
        "threshold, 40: the same up to 44; above partly",
        "threshold, 60: the same from 52 up; below partly",
    ]
    cups = [give_or_take("cup", "here", 2.0)]
    assert verdicts.judge("T1", cups, criteria=["cup"]).as_dict()["margins"] == [
        "threshold, 1: the same up to 2; above reproduced"
    ]


def test_margins_are_where_the_verdict_turns():
    criterion = Criterion("heat", upper=60)
    items = [give_or_take("heat", "here", 50.0, 2.0), give_or_take("heat", "there", 30.0, 1.0)]
    # below 52 the first is open; nothing changes above
    assert verdicts.threshold_margins(items, criterion) == {"upper": (52.0, math.inf)}
    # partly as long as one holds and the other does not
    assert verdicts.threshold_margins(items, Criterion("heat", upper=40)) == {"upper": (31.0, 52.0)}
    # at 30 the second is open and the first fails, at 29 both fail: not reproduced in both cases
    assert verdicts.threshold_margins(items, Criterion("heat", upper=20)) == {"upper": (-math.inf, 31.0)}
    both = verdicts.threshold_margins(items, Criterion("heat", 0, 60))
    assert both == {"lower": (-math.inf, 29.0), "upper": (52.0, math.inf)}


@pytest.mark.parametrize("bound", [10.0, 29.5, 30.5, 40.0, 50.5, 51.0, 52.5, 70.0])
def test_within_its_margins_a_threshold_moves_no_verdict_and_beyond_it_does(bound):
    items = [give_or_take("heat", f"{v}", v, u) for v, u in ((50.0, 2.0), (30.0, 1.0), (51.0, 1.0))]

    def verdict(upper):
        return verdicts.sum_up([item.outcome(Criterion("heat", upper=upper)) for item in items])

    low, high = verdicts.threshold_margins(items, Criterion("heat", upper=bound))["upper"]
    tried = np.arange(0.05, 90, 0.1)
    inside = (low < tried) & (tried < high)
    assert {verdict(upper) for upper in tried[inside]} == {verdict(bound)}
    for end in (low, high):
        if math.isfinite(end):
            assert verdict(end + (1e-6 if end == high else -1e-6)) != verdict(bound)


@pytest.mark.parametrize(
    "used, text",
    [
        (1.0, "size, 1: the same from 1 to 2; at 3 partly"),
        (3.0, "size, 3: here alone; at 2 reproduced, at 4 reproduced"),
        (4.0, "size, 4: here alone; at 3 partly"),
    ],
)
def test_a_choice_says_how_far_it_can_move(used, text):
    found = {1.0: "reproduced", 2.0: "reproduced", 3.0: "partly", 4.0: "reproduced"}
    assert verdicts.Choice("size", used, found).text == text
    assert verdicts.Choice("size", 1.0, {1.0: "partly"}).text == "size, 1: no other was tried"
    assert verdicts.Choice("size", 1.0, {1.0: "partly", 2.0: "partly"}).text.endswith("to 2, all that were tried")


def test_a_claim_is_judged_again_for_another_activation_by_its_own_criteria():
    items = [give_or_take("last", "n = 2", 0.4, 0.1), give_or_take("drop", "n = 2", 0.4, 0.1)]
    data = verdicts.judge_again("C5", items, "tanh").as_dict()
    assert (data["id"], data["part"], data["verdict"]) == ("C9", "tanh, C5", "reproduced")
    assert [row["criterion"] for row in data["evidence"]] == ["C5 last", "C5 drop"]
    for id in ("C1", "C2", "C3", "C4", "C5"):
        for name, criterion in CLAIMS[id].criteria.items():
            assert CLAIMS["C9"].criteria[f"{id} {name}"] is criterion


@pytest.mark.parametrize(
    "items, match",
    [
        ([give_or_take("cold", "here", 1.0)], "no criterion 'cold'"),
        ([give_or_take("heat", "the pole", math.nan)], "the pole has the value nan"),
        ([give_or_take("heat", "the pole", 1.0, math.nan)], "nan"),
    ],
)
def test_bad_evidence_is_refused(claim, items, match):
    with pytest.raises(ValueError, match=match):
        verdicts.judge("T1", items)


def test_unknown_claims_are_refused():
    with pytest.raises(ValueError, match="'C99': choose one of C1, C2"):
        verdicts.judge("C99", [give_or_take("radius", "here", 1.0)])


def test_half_width_is_students():
    values = [0.3, 0.7, 0.55, 0.1]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert intervals.half_width(values) == pytest.approx((high - low) / 2)
    assert intervals.half_width([1.0]) == math.inf
    item = evidence("heat", "here", [*values, math.nan])
    assert (item.value, item.low, item.high) == pytest.approx((np.mean(values), low, high))
    assert evidence("heat", "here", 3.0) == give_or_take("heat", "here", 3.0)
    assert evidence("heat", "here", [math.nan]) is None


def test_ratios_are_averaged_on_the_logarithm():
    ratios = [0.5, 2.0, 4.0]
    low, high = stats.t.interval(0.95, 2, loc=np.mean(np.log(ratios)), scale=stats.sem(np.log(ratios)))
    item = ratio_evidence("heat", "here", ratios)
    assert (item.value, item.low, item.high) == pytest.approx((4 ** (1 / 3), math.exp(low), math.exp(high)))
    inverse = ratio_evidence("heat", "here", [1 / ratio for ratio in ratios])
    assert (1 / inverse.value, 1 / inverse.high, 1 / inverse.low) == pytest.approx((item.value, item.low, item.high))
    assert ratio_evidence("heat", "here", []) is None
    assert verdicts.judge("C2", [ratio_evidence("relative", "one seed", [0.5])]).verdict == verdicts.NOT_JUDGED


def test_a_tolerance_bound_is_kept_by_nearly_all_samples():
    # one-sided factor for 97.5 % confidence and 95 % content of 10 normal measurements
    _, _, high = intervals.quantile_bounds(list(range(10)))
    factor = stats.nct.ppf(0.975, 9, stats.norm.ppf(0.95) * math.sqrt(10)) / math.sqrt(10)
    assert high == pytest.approx(4.5 + factor * np.std(range(10), ddof=1), rel=1e-9)
    draws = np.random.default_rng(0).normal(size=(4000, 10))
    bounds = np.array([intervals.quantile_bounds(row) for row in draws])
    true = stats.norm.ppf(0.95)
    for end, missed in ((bounds[:, 1] > true, 0.025), (bounds[:, 2] < true, 0.025)):
        assert end.mean() == pytest.approx(missed, abs=4 * math.sqrt(missed / len(draws)))
    assert quantile_evidence("heat", "here", [1.0]).outcome(Criterion("heat", upper=2)) == "open"
    assert quantile_evidence("heat", "here", []) is None


def test_a_slope_has_the_interval_of_least_squares():
    x, y = [0.0, 1.0, 2.0, 4.0], [1.0, 2.2, 2.9, 5.3]
    fit = stats.linregress(x, y)
    half = fit.stderr * stats.t.ppf(0.975, 2)
    item = slope_evidence("heat", "here", [*x, 5.0], [*y, math.nan])
    assert (item.value, item.low, item.high) == pytest.approx((fit.slope, fit.slope - half, fit.slope + half))
    assert slope_evidence("heat", "here", [1.0, 2.0], [1.0, 2.0]) is None


@pytest.mark.parametrize("successes, trials", [(0, 10), (3, 10), (10, 10), (196, 200)])
def test_wilson_interval_solves_its_equation(successes, trials):
    # The ends are the rates p at which the observed rate is 1.96 standard errors away.
    z, rate = stats.norm.ppf(0.975), successes / trials
    for p in intervals.wilson(rate, trials):
        assert (rate - p) ** 2 == pytest.approx(z**2 * p * (1 - p) / trials, abs=1e-12)


def test_trials_that_share_a_seed_count_for_less():
    alone = intervals.wilson(0.5, 40)
    # seeds of which each recalls all or nothing are worth one trial each, nearly
    together = intervals.clustered_wilson([10, 0, 10, 0], [10] * 4)
    assert together == pytest.approx(intervals.wilson(0.5, 4))
    # seeds that scatter less than independent trials would are worth no more than all of these
    assert intervals.clustered_wilson([5, 5, 5, 5], [10] * 4) == pytest.approx(alone)
    low, high = intervals.clustered_wilson([4, 6, 7, 3], [10] * 4)
    assert together[0] < low <= alone[0] and alone[1] <= high < together[1]
    # what cannot be is in no interval
    assert intervals.clustered_wilson([0, 0], [5, 5])[0] == 0 and intervals.clustered_wilson([5, 5], [5, 5])[1] == 1
    item = rate_evidence("heat", "here", [1, 2], [4, 4])
    assert (item.value, item.low, item.high) == (3 / 8, *intervals.clustered_wilson([1, 2], [4, 4]))
    assert rate_evidence("heat", "one seed", [1], [4]).outcome(Criterion("heat", upper=2)) == "open"


def test_parts_that_agree_share_their_verdict():
    assert verdicts.combine(["reproduced", "reproduced"]) == "reproduced"
    assert verdicts.combine(["not reproduced", "not reproduced"]) == "not reproduced"
    assert verdicts.combine(["reproduced", "not reproduced"]) == "partly"


@pytest.mark.parametrize(
    "other, verdict", [("reproduced", "partly"), ("not reproduced", "not reproduced"), ("not judged", "not judged")]
)
def test_a_part_that_was_not_judged_makes_no_claim_reproduced(other, verdict):
    assert verdicts.combine([other, "not judged"]) == verdict


def test_every_claim_can_be_judged():
    assert list(CLAIMS) == [f"C{k}" for k in range(1, 13)]
    for claim in CLAIMS.values():
        assert claim.statement.endswith(".") and claim.source and claim.criteria
        assert all(math.isfinite(c.lower) or math.isfinite(c.upper) for c in claim.criteria.values())
