"""Evidence and its intervals against SciPy's own, and against samples whose truth is known."""

import math
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from book.statistics import evidence as made
from book.statistics import intervals
from book.statistics.claims import Criterion
from tests.book.small_sweeps import by_seed

MAKERS = [partial(made.evidence, statistic=name) for name in made.STATISTICS]
MAKERS.append(lambda criterion, condition, counts: made.rate_evidence(criterion, condition, counts, counts + 1))


@pytest.mark.parametrize("make", MAKERS)
def test_what_shares_a_seed_is_no_evidence_nor_is_nothing(make):
    twice = pd.Series([1.0, 2.0, 3.0], index=pd.Index([0, 1, 1], name="seed"))
    with pytest.raises(ValueError, match="heat, here: seed 1 stands there 2 times: .* average them"):
        make("heat", "here", twice)
    # widths that share their seeds, whether they are told apart or not
    widths = pd.MultiIndex.from_product([[10, 100], [0, 1]], names=["width", "seed"])
    for index in (widths, pd.RangeIndex(4), pd.Index([10, 100, 20, 30], name="width")):
        with pytest.raises(ValueError, match="give a pandas Series with one value a seed"):
            make("heat", "here", pd.Series([1.0, 2.0, 3.0, 4.0], index=index))
    assert make("heat", "here", by_seed(math.nan)) is None


@pytest.mark.parametrize("make", [make for make in MAKERS if make is not MAKERS[3]])  # the largest is exact
def test_of_a_single_seed_nothing_is_decided(make):
    assert make("heat", "here", by_seed(1.0)).outcome(Criterion("heat", upper=2)) == "open"


def test_means_have_students_interval_and_those_of_ratios_on_the_logarithm():
    x = np.array([0.3, 0.7, 0.55, 0.1])
    expected = [x.mean(), *stats.t.interval(0.95, 3, loc=x.mean(), scale=stats.sem(x))]
    mean = made.evidence("heat", "here", by_seed(*x, math.nan))
    assert [mean.value, mean.low, mean.high] == pytest.approx(expected)
    assert mean.measured == tuple((seed, value, 1.0) for seed, value in enumerate(x))
    ratio = made.evidence("heat", "here", by_seed(*np.exp(x)), "geometric mean")
    assert np.log([ratio.value, ratio.low, ratio.high]) == pytest.approx(expected)


def test_a_tolerance_bound_is_kept_by_nearly_all_samples():
    draws = np.random.default_rng(0).normal(size=(4000, 10))
    _, lows, highs = np.array([intervals.quantile_bounds(row) for row in draws]).T
    true = stats.norm.ppf(0.95)
    for missed in (lows > true, highs < true):
        assert missed.mean() == pytest.approx(0.025, abs=4 * math.sqrt(0.025 / len(draws)))


def test_the_jackknife_of_a_mean_is_its_values():
    table = pd.DataFrame({"x": by_seed(0.3, 0.7, 0.55, 0.1)})
    assert made.jackknife(table, lambda t: t["x"].mean()).tolist() == pytest.approx(table["x"].tolist())
    assert made.evidence("heat", "here", made.jackknife(table.iloc[:2], lambda t: t["x"].mean())) is None


@pytest.mark.parametrize(("successes", "trials"), [(0, 18), (3, 18), (18, 18)])
def test_rates_have_clopper_and_pearsons_interval_of_as_many_trials_as_they_are_worth(successes, trials):
    low, high = stats.binomtest(successes, trials).proportion_ci(0.95, method="exact")
    halves = [[successes // 3, successes - successes // 3], [trials // 2] * 2]
    assert intervals.rate_bounds(*halves, correlation=0) == pytest.approx((successes / trials, low, high))
    # where all trials of a seed end alike, a seed is worth one
    seeds = [10] * successes + [0] * (trials - successes), [10] * trials
    assert intervals.rate_bounds(*seeds, correlation=1) == pytest.approx((successes / trials, low, high))


@pytest.mark.parametrize("trials", [[60] * 3, [1] * 7, [5, 20, 3]])
def test_one_more_success_never_lowers_an_end_and_one_more_failure_never_raises_one(trials):
    # 0 of 180 must not claim less than 1 of 180, nor 100 of 100 less than 99
    counts = [np.minimum(np.maximum(k - np.cumsum([0, *trials[:-1]]), 0), trials) for k in range(sum(trials) + 1)]
    _, lows, highs = np.array([intervals.rate_bounds(k.tolist(), trials) for k in counts]).T
    assert np.all(np.diff(lows) > 0) and np.all(np.diff(highs[:-1]) > 0) and highs[-1] == highs[-2:].max() == 1
