"""The verdicts that the committed notebooks recorded, pinned with the margins of the threshold that decides."""

import math
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from book.build.outputs import files
from book.statistics import verdicts
from book.statistics.claims import CLAIMS
from book.statistics.evidence import Evidence
from tests import recompute_verdicts

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

VERDICTS = {
    ("C1", ""): "mixed",
    ("C2", ""): "reproduced",
    ("C3", ""): "reproduced",
    ("C4", ""): "reproduced",
    ("C5", ""): "reproduced",
    ("C6", ""): "reproduced",
    ("C7", ""): "mixed",
    ("C8", ""): "reproduced",
    ("C9", "tanh, C1"): "inconclusive",
    ("C9", "erf, C1"): "inconclusive",
    ("C9", "tanh, C2"): "inconclusive",
    ("C9", "erf, C2"): "inconclusive",
    ("C9", "tanh, C3"): "not reproduced",
    ("C9", "erf, C3"): "not reproduced",
    ("C9", "tanh, C4"): "not reproduced",
    ("C9", "erf, C4"): "not reproduced",
    ("C9", "tanh, C5"): "reproduced",
    ("C9", "erf, C5"): "reproduced",
    ("C10", ""): "reproduced",
    ("C11", ""): "reproduced",
    ("C12", ""): "inconclusive",
}


AT_THE_PAPERS_SCALE = {"C5": "reproduced", "C6": "inconclusive", "C8": "inconclusive"}


def recorded_at_any_scale():
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {}).get("application/vnd.sigae.claim+json")
                if data is not None:
                    yield data


def recorded():
    return [data for data in recorded_at_any_scale() if "scale" not in data]


def test_recorded_verdicts_are_those_of_the_book():
    assert {(data["id"], data["part"]): data["verdict"] for data in recorded()} == VERDICTS
    beside = [data for data in recorded_at_any_scale() if "scale" in data]
    assert {data["id"]: data["verdict"] for data in beside} == AT_THE_PAPERS_SCALE


# Between what bounds, at least, each threshold that decides can lie with the verdict as it is.
ANY = math.inf
NEAREST = {
    ("C1", "", "value"): {"lower": (0.47, 0.91), "upper": (1.00, ANY)},
    ("C2", "", "radius"): {"upper": (0.17, ANY)},
    ("C3", "", "radius"): {"upper": (0.31, ANY)},
    ("C4", "", "count"): {"lower": (-ANY, -0.001), "upper": (0.001, ANY)},
    ("C5", "", "last"): {"upper": (0.25, ANY)},
    ("C6", "", "reach"): {"lower": (-ANY, 1.8)},
    ("C6", "", "limit"): {"lower": (-ANY, 0.48), "upper": (0.487, ANY)},
    ("C7", "", "attractors"): {"upper": (-ANY, 0.80)},
    ("C7", "", "noise"): {"upper": (-0.06, ANY)},
    ("C8", "", "radius"): {"lower": (-ANY, 1.09)},
    ("C9", "tanh, C1", "C1 value"): {"lower": (0.899, 0.99), "upper": (0.87, ANY)},
    ("C9", "erf, C1", "C1 value"): {"lower": (0.899, 0.99), "upper": (0.87, ANY)},
    ("C9", "tanh, C2", "C2 radius"): {"upper": (0.86, 1.28)},
    ("C9", "erf, C2", "C2 radius"): {"upper": (0.84, 1.24)},
    ("C9", "tanh, C3", "C3 radius"): {"upper": (0.28, 1.06)},
    ("C9", "erf, C3", "C3 radius"): {"upper": (0.28, 1.35)},
    ("C9", "tanh, C4", "C4 count"): {"lower": (-0.07, -0.001), "upper": (0.001, 0.10)},
    ("C9", "erf, C4", "C4 count"): {"lower": (-0.10, -0.001), "upper": (0.001, 0.14)},
    ("C9", "tanh, C5", "C5 last"): {"upper": (0.25, ANY)},
    ("C9", "erf, C5", "C5 last"): {"upper": (0.25, ANY)},
    ("C10", "", "recall"): {"upper": (-0.79, ANY)},
    ("C10", "", "radius"): {"upper": (-0.49, ANY)},
    ("C11", "", "recall"): {"lower": (-ANY, 0.85)},
    ("C12", "", "weak"): {"upper": (0.03, 0.11)},
}


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
        judged = verdicts.judge(data["id"], items, **given).as_dict()
        assert judged["verdict"] == data["verdict"]
        assert judged["statement"] == data["statement"]


def test_the_verdicts_stay_within_the_margins_that_the_book_shows():
    found = {(data["id"], data["part"]): data for data in recorded()}
    for key, data in found.items():
        assert len(data["margins"]) >= 2, f"{key} shows no margin of its threshold, or no choice that was tried"
    deciding = {(*key, row["criterion"]) for key, data in found.items() for row in data["evidence"] if row["decides"]}
    assert NEAREST.keys() == deciding
    for (id, part, name), bounds in NEAREST.items():
        items = [read(row) for row in found[id, part]["evidence"] if row["criterion"] == name]
        sigmoid = [read(row) for row in found[id, part].get("reference", []) if row["criterion"] == name]
        margins = verdicts.threshold_margins(items, CLAIMS[id].criteria[name], sigmoid if part else None)
        assert margins.keys() == bounds.keys()
        for end, (low, high) in bounds.items():
            assert margins[end][0] <= low and high <= margins[end][1], (id, part, end, margins[end])


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


def test_the_page_of_changes_ends_with_the_verdicts_of_the_book():
    text = (NOTEBOOKS.parent / "book" / "changes.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| 20")]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    last = {row[1]: row[4] for row in rows if row[4] and row[1] in CLAIMS}
    said: dict[str, list[str]] = {}
    for data in recorded():
        said.setdefault(data["id"], []).append(data["verdict"])
    combined = {id: verdicts.combine(parts) for id, parts in said.items()}
    assert last == combined
