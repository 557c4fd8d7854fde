"""Evidence and its intervals against SciPy's own, and against samples whose truth is known."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from book.statistics import intervals
from book.statistics.claims import Criterion
from book.statistics.evidence import (
    evidence,
    jackknife,
    largest_evidence,
    quantile_evidence,
    rate_evidence,
    ratio_evidence,
)
from tests.book.small_sweeps import by_seed

MAKERS = [evidence, ratio_evidence, quantile_evidence, largest_evidence]


@pytest.mark.parametrize("make", MAKERS)
def test_what_shares_a_seed_is_no_evidence(make):
    twice = pd.Series([1.0, 2.0, 3.0], index=pd.Index([0, 1, 1], name="seed"))
    with pytest.raises(ValueError, match="heat, here: seed 1 stands there 2 times: .* average them"):
        make("heat", "here", twice)
    with pytest.raises(ValueError, match="seed 1 stands there 2 times"):
        rate_evidence("heat", "here", twice, twice)
    # widths that share their seeds, whether they are told apart or not
    widths = pd.MultiIndex.from_product([[10, 100], [0, 1]], names=["width", "seed"])
    for index in (widths, pd.RangeIndex(4), pd.Index([10, 100, 20, 30], name="width")):
        with pytest.raises(ValueError, match="give a pandas Series with one value a seed"):
            make("heat", "here", pd.Series([1.0, 2.0, 3.0, 4.0], index=index))


@pytest.mark.parametrize("make", [*MAKERS, lambda *given: rate_evidence(*given, given[-1])])
def test_without_a_value_there_is_no_evidence(make):
    assert make("heat", "here", by_seed(math.nan)) is None


@pytest.mark.parametrize("make", MAKERS[:3])
def test_of_a_single_seed_nothing_is_decided(make):
    assert make("heat", "here", by_seed(1.0)).outcome(Criterion("heat", upper=2)) == "open"


def test_a_mean_has_students_interval():
    values = [0.3, 0.7, 0.55, 0.1]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    item = evidence("heat", "here", by_seed(*values, math.nan))
    assert (item.value, item.low, item.high) == pytest.approx((np.mean(values), low, high))
    assert item.measured == tuple((seed, value, 1.0) for seed, value in enumerate(values))
    most = largest_evidence("heat", "here", by_seed(3.0, 2.0, math.nan))
    assert (most.value, most.low, most.high) == (3.0, 3.0, 3.0)


def test_ratios_are_averaged_on_the_logarithm():
    ratios = [0.5, 2.0, 4.0]
    low, high = stats.t.interval(0.95, 2, loc=np.mean(np.log(ratios)), scale=stats.sem(np.log(ratios)))
    item = ratio_evidence("heat", "here", by_seed(*ratios))
    assert (item.value, item.low, item.high) == pytest.approx((4 ** (1 / 3), math.exp(low), math.exp(high)))


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
    item = rate_evidence("heat", "here", by_seed(1, 2), by_seed(4, 4))
    assert (item.value, item.low, item.high) == (3 / 8, *intervals.rate_bounds([1, 2], [4, 4]))
    assert rate_evidence("heat", "one seed", by_seed(1), by_seed(4)).outcome(Criterion("heat", upper=2)) == "open"


@pytest.mark.parametrize("trials", [[60] * 3, [1] * 7, [5, 20, 3]])
def test_one_more_success_never_lowers_an_end_and_one_more_failure_never_raises_one(trials):
    # 0 of 180 must not claim less than 1 of 180, nor 100 of 100 less than 99
    counts = [np.minimum(np.maximum(k - np.cumsum([0, *trials[:-1]]), 0), trials) for k in range(sum(trials) + 1)]
    lows, highs = np.array([intervals.rate_bounds(k.tolist(), trials) for k in counts]).T
    assert np.all(np.diff(lows) > 0) and np.all(np.diff(highs[:-1]) > 0) and highs[-1] == highs[-2:].max() == 1


@pytest.mark.parametrize("rate", [0.02, 0.5, 0.95])
@pytest.mark.parametrize("correlation", [0.001, 0.2])
def test_the_interval_of_a_rate_holds_the_true_one_where_trials_correlate_no_more_than_supposed(rate, correlation):
    rng = np.random.default_rng(1)
    strength = 1 / correlation - 1
    seeds = rng.beta(rate * strength, (1 - rate) * strength, size=(2000, 10))
    found = [intervals.rate_bounds(k, [30] * 10) for k in rng.binomial(30, seeds)]
    assert np.mean([low <= rate <= high for low, high in found]) > 0.93
