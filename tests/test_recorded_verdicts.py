"""The verdicts that the committed notebooks recorded, pinned with the margins of the threshold that decides."""

import math
from pathlib import Path

import nbformat

from sigae.pages import verdicts
from sigae.pages.claims import CLAIMS
from sigae.pages.evidence import Evidence

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

VERDICTS = {
    ("C1", ""): "partly",
    ("C2", ""): "partly",
    ("C3", ""): "reproduced",
    ("C4", ""): "reproduced",
    ("C5", ""): "reproduced",
    ("C6", ""): "reproduced",
    ("C7", ""): "reproduced",
    ("C8", ""): "reproduced",
    ("C9", "tanh, C1"): "partly",
    ("C9", "erf, C1"): "partly",
    ("C9", "tanh, C2"): "partly",
    ("C9", "erf, C2"): "partly",
    ("C9", "tanh, C3"): "not reproduced",
    ("C9", "erf, C3"): "not reproduced",
    ("C9", "tanh, C4"): "not reproduced",
    ("C9", "erf, C4"): "not reproduced",
    ("C9", "tanh, C5"): "reproduced",
    ("C9", "erf, C5"): "reproduced",
    ("C10", ""): "reproduced",
    ("C11", ""): "reproduced",
    ("C12", ""): "partly",
}


AT_THE_PAPERS_SCALE = {"C5": "reproduced", "C6": "partly", "C8": "reproduced"}


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
    ("C1", ""): {"lower": (0.44, 0.98), "upper": (1.01, ANY)},
    ("C2", ""): {"upper": (0.90, 1.04)},
    ("C3", ""): {"upper": (0.31, ANY)},
    ("C4", ""): {"lower": (-ANY, -0.001), "upper": (0.001, ANY)},
    ("C5", ""): {"upper": (0.25, ANY)},
    ("C6", ""): {"lower": (-ANY, 1.8)},
    ("C7", ""): {"upper": (0.21, ANY)},
    ("C8", ""): {"lower": (-ANY, 1.09)},
    ("C9", "tanh, C1"): {"lower": (0.32, 0.98), "upper": (1.01, ANY)},
    ("C9", "erf, C1"): {"lower": (0.31, 0.98), "upper": (1.01, ANY)},
    ("C9", "tanh, C2"): {"upper": (0.96, 1.03)},
    ("C9", "erf, C2"): {"upper": (0.93, 1.003)},
    ("C9", "tanh, C3"): {"upper": (-ANY, 1.06)},
    ("C9", "erf, C3"): {"upper": (-ANY, 1.34)},
    ("C9", "tanh, C4"): {"lower": (-0.06, ANY), "upper": (-ANY, 0.10)},
    ("C9", "erf, C4"): {"lower": (-0.09, ANY), "upper": (-ANY, 0.14)},
    ("C9", "tanh, C5"): {"upper": (0.21, ANY)},
    ("C9", "erf, C5"): {"upper": (0.21, ANY)},
    ("C10", ""): {"upper": (-0.79, ANY)},
    ("C11", ""): {"lower": (-ANY, 0.85)},
    ("C12", ""): {"upper": (0.01, 0.55)},
}


def read(row):
    low = -math.inf if row["low"] is None else row["low"]
    high = math.inf if row["high"] is None else row["high"]
    return Evidence(row["criterion"], row["condition"], row["value"], low, high)


def test_recorded_verdicts_follow_from_the_recorded_evidence():
    for data in recorded_at_any_scale():
        items = [read(row) for row in data["evidence"]]
        asked = list(dict.fromkeys(row["criterion"] for row in data["evidence"]))
        judged = verdicts.judge(data["id"], items, part=data["part"], criteria=asked).as_dict()
        assert judged["verdict"] == data["verdict"]
        assert judged["statement"] == data["statement"]


def test_the_verdicts_stay_within_the_margins_that_the_book_shows():
    found = {(data["id"], data["part"]): data for data in recorded()}
    for key, data in found.items():
        assert len(data["margins"]) >= 2, f"{key} shows no margin of its threshold, or no choice that was tried"
    assert NEAREST.keys() == VERDICTS.keys()
    for (id, part), bounds in NEAREST.items():
        decides = next(row["criterion"] for row in found[id, part]["evidence"] if row["decides"])
        items = [read(row) for row in found[id, part]["evidence"] if row["decides"]]
        margins = verdicts.threshold_margins(items, CLAIMS[id].criteria[decides])
        assert margins.keys() == bounds.keys()
        for end, (low, high) in bounds.items():
            assert margins[end][0] <= low and high <= margins[end][1], (id, part, end, margins[end])


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
