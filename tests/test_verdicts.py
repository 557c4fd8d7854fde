import json
import math
from pathlib import Path

import nbformat
import numpy as np
import pytest
from scipy import stats

from sigae.pages import verdicts
from sigae.pages.claims import CLAIMS, Claim, Criterion
from sigae.pages.tables import intervals
from sigae.pages.verdicts import Evidence

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


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
    assert Evidence("heat", "here", value, uncertainty).outcome(claim.criteria["heat"]) == outcome


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
    items = [Evidence("heat", "here", value, 1.0) for value in values]
    assert verdicts.judge("T1", items, criteria=["heat"]).verdict == verdict


@pytest.mark.parametrize(
    "items, missing",
    [
        ([], ["heat", "cups"]),
        ([Evidence("heat", "here", 50.0)], ["cups"]),
        ([Evidence("cup", "here", 3.0)], ["heat"]),
        ([Evidence("heat", "one seed", 50.0, math.inf), Evidence("cup", "one seed", 3.0, math.inf)], []),
    ],
)
def test_a_criterion_without_evidence_is_not_judged(claim, items, missing):
    data = verdicts.judge("T1", items).as_dict()
    assert data["verdict"] == verdicts.NOT_JUDGED
    assert [row["quantity"] for row in data.get("missing", [])] == missing


def test_a_threshold_in_words_follows_what_was_set():
    item = Evidence("count", "here", 0.0)
    for settings, words in (({}, "within 0.1 of one"), ({"around": 0.25}, "within 0.25 of one")):
        data = verdicts.judge("C4", [item], **settings).as_dict()
        assert words in data["evidence"][0]["quantity"]
        assert words in data["threshold"]
    item = Evidence("limit", "here", 0.5)
    assert "within 0.2 of the limit" in verdicts.judge("C6", [item], close=0.2).as_dict()["missing"][0]["quantity"]


def test_a_verdict_holds_all_that_it_rests_on(claim):
    items = [Evidence("heat", "morning", 51.23456, 0.1234), Evidence("cup", "noon", 3.0, math.inf)]
    data = verdicts.judge("T1", items, part="green").as_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert (data["id"], data["part"], data["verdict"]) == ("T1", "green", "partly")
    assert data["statement"] == "Tea is hot. Here: green."
    assert data["threshold"] == "heat: between 40 and 60; cups: below 1"
    assert data["value"] == "51.23 ± 0.12 (morning); 3 ± unknown (noon)"
    assert [row["outcome"] for row in data["evidence"]] == ["holds", "open"]
    assert data["evidence"][0]["value"] == 51.23 and data["evidence"][1]["uncertainty"] is None


@pytest.mark.parametrize(
    "items, match",
    [
        ([Evidence("cold", "here", 1.0)], "no criterion 'cold'"),
        ([Evidence("heat", "the pole", math.nan)], "the pole has the value nan"),
        ([Evidence("heat", "the pole", 1.0, math.nan)], "nan"),
    ],
)
def test_bad_evidence_is_refused(claim, items, match):
    with pytest.raises(ValueError, match=match):
        verdicts.judge("T1", items)


def test_unknown_claims_are_refused():
    with pytest.raises(ValueError, match="'C10': choose one of C1, C2"):
        verdicts.judge("C10", [Evidence("radius", "here", 1.0)])


def test_half_width_is_students():
    values = [0.3, 0.7, 0.55, 0.1]
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert intervals.half_width(values) == pytest.approx((high - low) / 2)
    assert intervals.half_width([1.0]) == math.inf
    item = verdicts.evidence("heat", "here", values)
    assert (item.value, item.uncertainty) == (pytest.approx(np.mean(values)), pytest.approx((high - low) / 2))
    assert verdicts.evidence("heat", "here", 3.0) == Evidence("heat", "here", 3.0, 0.0)


@pytest.mark.parametrize("successes, trials", [(0, 10), (3, 10), (10, 10), (196, 200)])
def test_wilson_interval_solves_its_equation(successes, trials):
    # The ends are the rates p at which the observed rate is 1.96 standard errors away.
    z, rate = stats.norm.ppf(0.975), successes / trials
    for p in intervals.wilson(successes, trials):
        assert (rate - p) ** 2 == pytest.approx(z**2 * p * (1 - p) / trials, abs=1e-12)


def test_rate_difference_is_newcombes_example():
    # Newcombe (1998), table II (a): 56/70 - 48/80, method 10: 0.0524 to 0.3339.
    item = verdicts.rate_difference("heat", "here", [56, 70], [48, 80])
    assert item.value == pytest.approx(0.2)
    assert item.uncertainty == pytest.approx(max(0.2 - 0.0524, 0.3339 - 0.2), abs=1e-4)


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
    assert list(CLAIMS) == [f"C{k}" for k in range(1, 10)]
    for claim in CLAIMS.values():
        assert claim.statement.endswith(".") and claim.source and claim.criteria
        assert all(math.isfinite(c.lower) or math.isfinite(c.upper) for c in claim.criteria.values())


VERDICTS = {
    ("C1", ""): "partly",
    ("C2", ""): "partly",
    ("C3", ""): "reproduced",
    ("C4", ""): "reproduced",
    ("C5", ""): "reproduced",
    ("C6", ""): "reproduced",
    ("C7", ""): "partly",
    ("C8", ""): "reproduced",
    ("C9", "tanh, experiment 1"): "partly",
    ("C9", "erf, experiment 1"): "partly",
    ("C9", "tanh, experiment 2"): "not reproduced",
    ("C9", "erf, experiment 2"): "not reproduced",
    ("C9", "tanh, experiment 3"): "reproduced",
    ("C9", "erf, experiment 3"): "reproduced",
}


def recorded():
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {}).get("application/vnd.sigae.claim+json")
                if data is not None:
                    yield data


def test_recorded_verdicts_are_those_of_the_book():
    assert {(data["id"], data["part"]): data["verdict"] for data in recorded()} == VERDICTS


def test_recorded_verdicts_follow_from_the_recorded_evidence():
    for data in recorded():
        items = [
            Evidence(
                row["criterion"],
                row["condition"],
                row["value"],
                math.inf if row["uncertainty"] is None else row["uncertainty"],
            )
            for row in data["evidence"]
        ]
        asked = [row["criterion"] for row in data["evidence"]]
        judged = verdicts.judge(data["id"], items, part=data["part"], criteria=asked).as_dict()
        assert judged["verdict"] == data["verdict"]
        assert judged["statement"] == data["statement"]
