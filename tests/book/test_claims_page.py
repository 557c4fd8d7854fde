"""The pages across all notebooks say what the notebooks recorded."""

import json
import re

from nbformat.v4 import new_code_cell, new_notebook, new_output

from book.build import claims_page
from book.statistics import verdicts
from book.statistics.evidence import evidence
from book.statistics.verdict_record import record
from tests.book.small_sweeps import by_seed


def judged(claim, radius, criterion="radius", part="", **scale):
    low, found = ([evidence(criterion, "d = 4", by_seed(x, x + 0.1, x + 0.2))] for x in (0.4, radius))
    return verdicts.judge(claim, found, part=part, criteria=[criterion], reference=low if part else None, **scale)


def executed(*found):
    said = [{verdicts.CLAIM_MIME: record(verdict) | {"figure": "fig-x"}} for verdict in found]
    notebook = new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", data=data) for data in said])])
    return notebook


def test_parts_add_up_and_a_verdict_at_another_scale_is_not_the_claims_own(tmp_path):
    notebooks = {
        "01_a": executed(judged("C3", 0.4), judged("C9", 0.4, "C3 radius", part="tanh")),
        "02_b": executed(judged("C9", 1.4, "C3 radius", part="erf")),
        "03_c": executed(judged("C3", 1.4, scale="a larger scale")),
    }
    assert [claims_page.write_pages(notebooks, tmp_path) for _ in range(2)] == [True, False]
    data = {claim["id"]: claim for claim in json.loads((tmp_path / "site" / "claims.json").read_text("utf-8"))}
    assert {id: claim["verdict"] for id, claim in data.items()} == {"C3": "reproduced", "C9": "mixed"}
    assert [part["notebook"] for part in data["C9"]["parts"]] == ["01_a", "02_b"]
    assert [other["notebook"] for other in data["C3"]["at_other_scales"]] == ["03_c"]
    # of those checked one is reproduced and one mixed
    summary = claims_page.summary(claims_page.collect(notebooks))
    assert re.findall(r"\b\d+\b", summary) == [str(claims_page.CHECKED), *"11"]
