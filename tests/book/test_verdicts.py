import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from book.statistics import intervals, verdicts
from book.statistics.claims import CLAIMS, Claim, Criterion
from book.statistics.evidence import (
    Evidence,
    evidence,
    jackknife,
    largest_evidence,
    quantile_evidence,
    rate_evidence,
    ratio_evidence,
)
from tests.book import recompute_verdicts
from tests.book.small_sweeps import by_seed


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
        ([50, 70], "mixed"),
        ([50, 70, 59.5], "mixed"),
        ([70, 80], "not reproduced"),
        ([59.5, 50], "inconclusive"),
        ([59.5], "inconclusive"),
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


@pytest.mark.parametrize(
    ("reach", "limit", "verdict"),
    [
        (2.0, 0.5, "reproduced"),
        (2.0, 0.7, "mixed"),
        (0.5, 0.5, "mixed"),
        (0.5, 0.7, "not reproduced"),
        (1.0, 0.5, "inconclusive"),
        (2.0, None, "not judged"),
    ],
)
def test_a_claim_of_two_halves_needs_both(reach, limit, verdict):
    items = [give_or_take("reach", "n = 5", reach, 0.01), give_or_take("width", "n = 5", 1.0, 0.1)]
    judged = verdicts.judge("C6", [*items, limit and give_or_take("limit", "n = 5", limit, 0.01)])
    assert judged.verdict == verdict
    deciding = {row["criterion"] for row in judged.as_dict()["evidence"] if row["decides"]}
    assert deciding == ({"reach", "limit"} if limit else {"reach"})


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
        "threshold, 40: the same up to 44; above inconclusive",
        "threshold, 60: the same from 52 up; below inconclusive",
    ]
    cups = [give_or_take("cup", "here", 2.0)]
    assert verdicts.judge("T1", cups, criteria=["cup"]).as_dict()["margins"] == [
        "threshold, 1: the same up to 2; above reproduced"
    ]


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
        (1.0, "size, 1: the same from 1 to 2; at 3 mixed"),
        (3.0, "size, 3: here alone; at 2 reproduced, at 4 reproduced"),
        (4.0, "size, 4: here alone; at 3 mixed"),
    ],
)
def test_a_choice_says_how_far_it_can_move(used, text):
    found = {1.0: "reproduced", 2.0: "reproduced", 3.0: "mixed", 4.0: "reproduced"}
    assert verdicts.Choice("size", used, found).text == text
    assert verdicts.Choice("size", 1.0, {1.0: "mixed"}).text == "size, 1: no other was tried"
    assert verdicts.Choice("size", 1.0, {1.0: "mixed", 2.0: "mixed"}).text.endswith("to 2, all that were tried")


SIGMOID = [give_or_take("last", "n = 2", 0.4, 0.1), give_or_take("last", "n = 5", 1.4, 0.1)]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((0.6, 1.8), "reproduced"),
        ((1.6, 0.3), "not reproduced"),
        ((0.6, 0.3), "mixed"),
        ((0.6, 1.05), "inconclusive"),
        ((1.05, 0.3), "not reproduced"),
    ],
)
def test_what_holds_and_fails_where_it_does_for_the_sigmoid_is_similar(values, verdict):
    items = [give_or_take("last", f"n = {n}", value, 0.1) for n, value in zip((2, 5), values, strict=True)]
    # under a condition that the sigmoid was not judged under there is nothing to compare
    judged = verdicts.judge_again("C5", [*items, give_or_take("last", "n = 9", 1.5)], "tanh", SIGMOID)
    data = judged.as_dict()
    assert (data["id"], data["part"], data["verdict"]) == ("C9", "tanh, C5", verdict)
    assert [row["text"] for row in data["reference"]] == ["0.40 ± 0.10", "1.40 ± 0.10"]
    assert data["evidence"][-1]["as_sigmoid"] is None
    assert verdicts.judge_again("C5", items, "tanh", []).verdict == verdicts.NOT_JUDGED


def test_a_margin_of_a_comparison_moves_the_threshold_for_both():
    items = [give_or_take("last", "n = 2", 0.6, 0.1), give_or_take("last", "n = 5", 1.8, 0.1)]
    criterion = CLAIMS["C5"].criteria["last"]
    assert verdicts.threshold_margins(items, criterion, SIGMOID)["upper"] == pytest.approx((0.7, 1.3))


@pytest.mark.parametrize("make", [evidence, ratio_evidence, quantile_evidence, largest_evidence])
def test_what_shares_a_seed_is_no_evidence(make):
    twice = pd.Series([1.0, 2.0, 3.0], index=pd.Index([0, 1, 1], name="seed"))
    with pytest.raises(ValueError, match="heat, here: seed 1 stands there 2 times: .* average them"):
        make("heat", "here", twice)
    # widths that share their seeds, whether they are told apart or not
    widths = pd.MultiIndex.from_product([[10, 100], [0, 1]], names=["width", "seed"])
    for index in (widths, pd.RangeIndex(4), pd.Index([10, 100, 20, 30], name="width")):
        with pytest.raises(ValueError, match="give a pandas Series with one value a seed"):
            make("heat", "here", pd.Series([1.0, 2.0, 3.0, 4.0], index=index))
    with pytest.raises(ValueError, match="one value a seed"):
        make("heat", "here", [1.0, 2.0])
    with pytest.raises(ValueError, match="seed 1 stands there 2 times"):
        rate_evidence("heat", "here", twice, twice)


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
    with pytest.raises(ValueError, match="'C99': choose one of C1, C2.* or add it to book/statistics/claims.py"):
        verdicts.judge("C99", items)


def test_half_width_is_students():
    values = [0.3, 0.7, 0.55, 0.1]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert intervals.half_width(values) == pytest.approx((high - low) / 2)
    assert intervals.half_width([1.0]) == math.inf
    item = evidence("heat", "here", by_seed(*values, math.nan))
    assert (item.value, item.low, item.high) == pytest.approx((np.mean(values), low, high))
    assert item.measured == tuple((seed, value, 1.0) for seed, value in enumerate(values))
    assert largest_evidence("heat", "here", by_seed(3.0, 2.0, math.nan)) == give_or_take("heat", "here", 3.0)
    assert evidence("heat", "here", by_seed(math.nan)) is None


def test_ratios_are_averaged_on_the_logarithm():
    ratios = [0.5, 2.0, 4.0]
    low, high = stats.t.interval(0.95, 2, loc=np.mean(np.log(ratios)), scale=stats.sem(np.log(ratios)))
    item = ratio_evidence("heat", "here", by_seed(*ratios))
    assert (item.value, item.low, item.high) == pytest.approx((4 ** (1 / 3), math.exp(low), math.exp(high)))
    inverse = ratio_evidence("heat", "here", 1 / by_seed(*ratios))
    assert (1 / inverse.value, 1 / inverse.high, 1 / inverse.low) == pytest.approx((item.value, item.low, item.high))
    assert ratio_evidence("heat", "here", by_seed()) is None
    assert verdicts.judge("C2", [ratio_evidence("radius", "one seed", by_seed(0.5))]).verdict == verdicts.NOT_JUDGED


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
    assert quantile_evidence("heat", "here", by_seed(1.0)).outcome(Criterion("heat", upper=2)) == "open"
    assert quantile_evidence("heat", "here", by_seed()) is None


def test_the_jackknife_of_a_mean_is_its_values():
    table = pd.DataFrame({"x": by_seed(0.3, 0.7, 0.55, 0.1), "y": by_seed(1.0, 2.0, 4.0, 3.0)})
    pseudo = jackknife(table, lambda t: t["x"].mean())
    assert pseudo.tolist() == pytest.approx(table["x"].tolist()) and evidence("heat", "here", pseudo)
    # of a ratio, whose variance is known to first order
    ratio = jackknife(table, lambda t: t["x"].mean() / t["y"].mean())
    r = table["x"].mean() / table["y"].mean()
    assert ratio.std() == pytest.approx((table["x"] - r * table["y"]).std() / table["y"].mean(), rel=0.2)
    assert evidence("heat", "here", jackknife(table.iloc[:2], lambda t: t["x"].mean())) is None


@pytest.mark.parametrize(("successes", "trials"), [(0, 18), (3, 18), (18, 18), (179, 180)])
def test_independent_trials_have_clopper_and_pearsons_interval(successes, trials):
    exact = stats.binomtest(successes, trials).proportion_ci(0.95, method="exact")
    split = [[successes // 2, successes - successes // 2], [trials // 2, trials - trials // 2]]
    assert intervals.rate_bounds(*split, correlation=0) == pytest.approx(exact)


def test_trials_that_share_a_seed_count_for_less():
    # all trials of a seed end alike: a seed is worth one trial
    assert intervals.rate_bounds([10, 0, 10, 0], [10] * 4, correlation=1) == pytest.approx(
        intervals.rate_bounds([1, 0, 1, 0], [1] * 4, correlation=0)
    )
    widths = [np.diff(intervals.rate_bounds([5, 7], [20, 20], rho)) for rho in (0, 0.1, 0.2, 0.5, 1)]
    assert np.all(np.diff(np.ravel(widths)) > 0)
    item = rate_evidence("heat", "here", by_seed(1, 2), by_seed(4, 4))
    assert (item.value, item.low, item.high) == (3 / 8, *intervals.rate_bounds([1, 2], [4, 4]))
    assert rate_evidence("heat", "one seed", by_seed(1), by_seed(4)).outcome(Criterion("heat", upper=2)) == "open"


@pytest.mark.parametrize("trials", [[60] * 3, [10] * 10, [1] * 7, [5, 20, 3], [2] * 2])
def test_one_more_success_never_lowers_an_end_and_one_more_failure_never_raises_one(trials):
    # 0 of 180 must not claim less than 1 of 180, nor 100 of 100 less than 99
    counts = [np.minimum(np.maximum(k - np.cumsum([0, *trials[:-1]]), 0), trials) for k in range(sum(trials) + 1)]
    lows, highs = np.array([intervals.rate_bounds(k.tolist(), trials) for k in counts]).T
    assert np.all(np.diff(lows) > 0) and np.all(np.diff(highs[:-1]) > 0) and highs[-1] == highs[-2:].max() == 1
    # however they fall to the seeds
    drawn = np.random.default_rng(0).permutation(np.repeat(np.arange(len(trials)), trials))
    for k in (1, sum(trials) // 2):
        scattered = np.bincount(drawn[:k], minlength=len(trials))
        assert intervals.rate_bounds(scattered.tolist(), trials) == pytest.approx((lows[k], highs[k]))


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5, 0.95])
@pytest.mark.parametrize("correlation", [0.001, 0.1, 0.2])
def test_the_interval_of_a_rate_holds_the_true_one_where_trials_correlate_no_more_than_supposed(rate, correlation):
    rng = np.random.default_rng(1)
    strength = 1 / correlation - 1
    seeds = rng.beta(rate * strength, (1 - rate) * strength, size=(2000, 10))
    found = [intervals.rate_bounds(k, [30] * 10) for k in rng.binomial(30, seeds)]
    assert np.mean([low <= rate <= high for low, high in found]) > 0.93


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        (["reproduced"] * 2, "reproduced"),
        (["not reproduced"] * 2, "not reproduced"),
        (["reproduced", "not reproduced"], "mixed"),
        (["reproduced", "mixed"], "mixed"),
        (["inconclusive", "mixed"], "mixed"),
        (["reproduced", "inconclusive"], "inconclusive"),
        (["not reproduced", "inconclusive"], "not reproduced"),
        (["reproduced", "not judged"], "inconclusive"),
        (["not reproduced", "not judged"], "not reproduced"),
        (["not judged"] * 2, "not judged"),
    ],
)
def test_parts_add_up_to_a_verdict(parts, verdict):
    assert verdicts.combine(parts) == verdicts.combine(parts[::-1]) == verdict


def test_every_claim_can_be_judged():
    assert list(CLAIMS) == [f"C{k + 1}" for k in range(len(CLAIMS))]
    for claim in CLAIMS.values():
        assert claim.statement.endswith(".") and claim.source and claim.criteria
        assert all(math.isfinite(c.lower) or math.isfinite(c.upper) for c in claim.criteria.values())


@pytest.mark.parametrize("seed", range(6))
def test_what_is_offered_is_enough_to_come_to_the_verdict_again(seed, tmp_path):
    rng = np.random.default_rng(seed)

    def near(make, name, bound, scale):
        at = bound + scale * rng.normal()
        return [make(name, f"n = {n}", by_seed(*(at + scale / 2 * rng.normal(size=10)))) for n in (2, 5)]

    trials = by_seed(*[20] * 10)
    counts = {2: [0] * 10, 5: rng.binomial(20, 0.4, 10)}
    rates = [rate_evidence("attractors", f"n = {n}", by_seed(*found), trials) for n, found in counts.items()]
    judged = [
        verdicts.judge("C5", near(quantile_evidence, "last", 0.8, 0.2)),
        verdicts.judge("C6", near(ratio_evidence, "reach", 1.1, 0.1) + near(evidence, "limit", 0.5, 0.04)),
        verdicts.judge("C7", rates + near(evidence, "noise", -0.1, 0.1)),
        verdicts.judge_again("C3", near(quantile_evidence, "radius", 0.8, 0.2), "tanh",
                             near(quantile_evidence, "radius", 0.8, 0.2)),
        verdicts.judge_again("C1", near(evidence, "value", 1, 0.1), "tanh", near(evidence, "value", 1, 0.1)),
    ]  # fmt: skip
    for k, verdict in enumerate(judged):
        (tmp_path / str(k)).mkdir()
        file = tmp_path / str(k) / f"verdict_{verdict.claim.id}.csv"
        pd.DataFrame(verdict.measurements()).to_csv(file, index=False)
        assert list(recompute_verdicts.verdicts(file.parent).values()) == [verdict.verdict]
