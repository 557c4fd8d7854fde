import json

from nbformat.v4 import new_code_cell, new_notebook, new_output

from book.build import claims_and_status
from book.statistics import verdicts
from book.statistics.claims import CLAIMS
from book.statistics.evidence import evidence
from book.statistics.verdict_record import record
from book.statistics.verdicts import CLAIM_MIME
from tests.book.small_sweeps import by_seed


def judged(claim, values, criterion, *, part="", figure="fig-x", sigmoid=None):
    found, reference = (v and [evidence(criterion, "d = 4", by_seed(*v))] for v in (values, sigmoid))
    verdict = verdicts.judge(claim, found, part=part, criteria=[criterion], reference=reference)
    data = record(verdict) | {"figure": figure}
    return new_output("display_data", data={CLAIM_MIME: data, "text/plain": "said", "text/html": "<p>said</p>"})


def executed(*found):
    notebook = new_notebook(cells=[new_code_cell("...", outputs=list(found))])
    notebook.metadata["papermill"] = {"duration": 90.0, "end_time": "2026-01-01T00:01:30"}
    notebook.metadata["sigae"] = {"commit": "abc", "preset": "smoke"}
    return notebook


OWN = sum(claim.own for claim in CLAIMS.values())
CHECKED = len(CLAIMS) - OWN
GOOD = judged("C3", [0.4, 0.5, 0.6], "radius")
BAD = judged("C9", [1.4, 1.5, 1.6], "C3 radius", part="tanh, C3", sigmoid=[0.4, 0.5, 0.6])
GOOD_PART = judged("C9", [0.4, 0.5, 0.6], "C3 radius", part="erf, C3", sigmoid=[0.4, 0.5, 0.6])
SPACE = "\N{NO-BREAK SPACE}"


def test_a_claim_judged_in_parts_has_the_verdict_they_add_up_to():
    found = claims_and_status.collect({"01_a": executed(GOOD, GOOD_PART), "02_b": executed(BAD)})
    assert claims_and_status.verdicts(found) == {"C3": "reproduced", "C9": "mixed"}
    assert [part["notebook"] for part in found["C9"]] == ["01_a", "02_b"]
    assert "; of the 2 parts of C9, 1 reproduced and 1 not reproduced." in claims_and_status.summary(found)
    row = next(
        line for line in claims_and_status.overview(found, "", dict.fromkeys(CLAIMS, [])).splitlines() if "C9" in line
    )
    assert "; not reproduced: tanh, C3" in row and "(01_a.ipynb)" in row and "(02_b.ipynb)" in row


def test_a_verdict_at_another_scale_is_not_the_claims_own():
    found = [evidence("radius", "d = 4", by_seed(1.4, 1.5, 1.6))]
    large = record(verdicts.judge("C3", found, scale="a larger scale")) | {"figure": "fig-y"}
    notebooks = {"01_a": executed(GOOD), "13_b": executed(new_output("display_data", data={CLAIM_MIME: large}))}
    found, others = claims_and_status.collect(notebooks), claims_and_status.collect(notebooks, other_scales=True)
    assert claims_and_status.verdicts(found) == {"C3": "reproduced"}
    assert [part["notebook"] for part in others["C3"]] == ["13_b"]
    assert f"✓{SPACE}reproduced; at a larger scale ✗" in claims_and_status.overview(found, "", others)
    assert claims_and_status.forest(found, others).count('<th scope="row">') == 2


def test_generated_pages_hold_every_claim_and_its_verdict_as_text_and_data(tmp_path):
    own = judged("C11", [0.4, 0.5, 0.6], "recall")
    notebooks = {"01_a": executed(GOOD), "02_b": executed(BAD, own)}
    assert claims_and_status.write_pages(notebooks, tmp_path)
    assert not claims_and_status.write_pages(notebooks, tmp_path)
    text = (tmp_path / "claims.md").read_text(encoding="utf-8")
    assert f"Of {CHECKED} claims, 1 reproduced and 1 not reproduced; of the 1 parts of C9, 1 not reproduced." in text
    assert f"Of {OWN} more, this book's own, 1 reproduced." in text
    assert all(f"[**{id}**]{{#{id.lower()}}}" in text for id in CLAIMS)  # what other pages link to
    assert text.count(f"–{SPACE}not{SPACE}judged") == len(CLAIMS) - 3
    data = json.loads((tmp_path / "site" / "claims.json").read_text(encoding="utf-8"))
    said = {"C3": "reproduced", "C9": "not reproduced", "C11": "reproduced"}
    assert {claim["id"]: claim["verdict"] for claim in data} == said
    assert "of the 1 parts of C9, 1 not reproduced" in (tmp_path / "headline.md").read_text(encoding="utf-8")
    assert "**180 s**" in (tmp_path / "status.md").read_text(encoding="utf-8")
    assert "book.experiments.single_example\n" in (tmp_path / "experiments.md").read_text(encoding="utf-8")
