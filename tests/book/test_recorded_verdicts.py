"""The verdicts that the committed notebooks recorded follow from what they recorded, and are those on changes.md."""

import math
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from book.build.outputs import files
from book.statistics import verdicts
from book.statistics.claims import CLAIMS
from book.statistics.evidence import Evidence
from tests.book import recompute_verdicts

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def recorded_at_any_scale():
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {}).get("application/vnd.sigae.claim+json")
                if data is not None:
                    yield data


def recorded():
    return [data for data in recorded_at_any_scale() if "scale" not in data]


def read(row):
    low = -math.inf if row["low"] is None else row["low"]
    high = math.inf if row["high"] is None else row["high"]
    return Evidence(row["criterion"], row["condition"], row["value"], low, high)


def test_recorded_verdicts_follow_from_the_recorded_evidence():
    for data in recorded_at_any_scale():
        items = [read(row) for row in data["evidence"]]
        rows = [*data["evidence"], *data.get("reference", [])]
        asked = list(dict.fromkeys(row["criterion"] for row in rows))
        sigmoid = [read(row) for row in data["reference"]] if "reference" in data else None
        given = {"part": data["part"], "criteria": asked, "reference": sigmoid}
        assert verdicts.judge(data["id"], items, **given).verdict == data["verdict"]
        assert len(data["margins"]) >= 2, f"{data['id']} was tried at no other threshold, or with no other choice"


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """Lay out the tables that the pages offer beside their verdicts."""
    folder = tmp_path_factory.mktemp("offered")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for name, content in files(nbformat.read(path, as_version=4)).items():
            if name.startswith("verdict_"):
                (folder / name).write_bytes(content)
    return folder


def test_every_verdict_can_be_recomputed_from_what_the_book_offers(offered):
    said = {}
    for data in recorded_at_any_scale():
        assert (offered / data["file"]).exists()
        said.setdefault((data["id"], data.get("scale", "")), []).append(data["verdict"])
    assert recompute_verdicts.verdicts(offered) == {key: verdicts.combine(found) for key, found in said.items()}


def test_trials_correlate_within_a_seed_by_no_more_than_their_intervals_suppose(offered):
    rates = pd.concat(pd.read_csv(path) for path in offered.glob("*.csv"))
    rates = rates[rates["statistic"].str.startswith("rate") & rates["decides"]]
    supposed = rates["statistic"].str.split().str[-1].astype(float)
    for (claim, condition, rho), part in rates.groupby(["claim", "condition", supposed]):
        k, n = part["value"], part["trials"]
        rate = k.sum() / n.sum()
        if len(part) >= 10 and 0 < rate < 1:  # the estimator of an analysis of variance
            between = (n * (k / n - rate) ** 2).sum() / (len(part) - 1)
            within = (k * (1 - k / n)).sum() / (n.sum() - len(part))
            assert (between - within) / (between + (n.mean() - 1) * within) <= rho, (claim, condition)


def test_the_page_of_changes_ends_with_the_verdicts_of_the_book():  # where it tells of a claim at all
    text = (NOTEBOOKS.parent / "book" / "changes.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| 20")]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    last = {row[1]: row[4] for row in rows if row[4] and row[1] in CLAIMS}
    said: dict[str, list[str]] = {}
    for data in recorded():
        said.setdefault(data["id"], []).append(data["verdict"])
    combined = {id: verdicts.combine(parts) for id, parts in said.items()}
    assert last == {id: combined[id] for id in last}, "give each verdict that changed a line on book/changes.md"
