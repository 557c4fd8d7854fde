"""The report beside this book: whether they agree follows from what was measured."""

import re

import pytest

from book.build.report_compared import COMPARISONS, comparison_table
from book.statistics.claims import CLAIMS


@pytest.mark.parametrize(("outcomes", "said"), [(["holds"], "yes"), (["fails"], "no"), (["holds", "fails"], "mixed")])
def test_whether_they_agree_is_what_the_evidence_for_the_criterion_sums_up_to(outcomes, said):
    criteria = [item["criterion"] for item in COMPARISONS if item["claim"] == "C7"]
    measured = {"decides": True, "condition": "norm 5", "value": 0.25}
    evidence = [measured | {"criterion": name, "outcome": outcome} for name in criteria[:1] for outcome in outcomes]
    evidence.append(measured | {"criterion": criteria[1], "outcome": "open"})
    found = dict.fromkeys(CLAIMS, []) | {"C7": [{"part": "", "evidence": evidence}]}
    lines = comparison_table(found).strip().splitlines()[2:]
    assert [re.search(r"\*\*(.*)\*\*", line)[1] for line in lines] == [said, "inconclusive"]
