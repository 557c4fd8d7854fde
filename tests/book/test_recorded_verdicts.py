"""The verdicts that the committed notebooks recorded follow from what they offer, and are those on changes.md."""

import nbformat
import pandas as pd
import pytest

from book.build.outputs import claims, files
from book.build.toc import NOTEBOOKS, ROOT
from book.statistics import verdicts
from book.statistics.claims import CLAIMS
from tests.book import recompute_verdicts


@pytest.fixture(scope="module")
def notebooks():
    return [nbformat.read(path, as_version=4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]


@pytest.fixture(scope="module")
def recorded(notebooks):
    """Combine the verdicts on the parts of each claim, at the report's scale, named "", and at others."""
    said = {}
    for data in (data for notebook in notebooks for data in claims(notebook)):
        assert len(data["margins"]) >= 2, f"{data['id']} was tried at no other threshold, or with no other choice"
        said.setdefault((data["id"], data.get("scale", "")), []).append(data["verdict"])
    return {key: verdicts.combine(found) for key, found in said.items()}


@pytest.fixture(scope="module")
def offered(notebooks, tmp_path_factory):
    """Lay out the tables that the pages offer beside their verdicts."""
    folder = tmp_path_factory.mktemp("offered")
    for name, content in (file for notebook in notebooks for file in files(notebook).items()):
        if name.startswith("verdict_"):
            (folder / name).write_bytes(content)
    return folder


def test_every_verdict_can_be_recomputed_from_what_the_book_offers(recorded, offered):
    assert recompute_verdicts.verdicts(offered) == recorded
    assert {claim for claim, _ in recorded} == {*CLAIMS}


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


def test_the_page_of_changes_ends_with_the_verdicts_of_the_book(recorded):  # where it tells of a claim at all
    text = (ROOT / "book" / "changes.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| 20")]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    last = {row[1]: row[4] for row in rows if row[4] and row[1] in CLAIMS}
    assert last == {id: recorded[id, ""] for id in last}, "give each verdict that changed a line on book/changes.md"
