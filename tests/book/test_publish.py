import base64
import io
import json

import matplotlib
import numpy as np
import pandas as pd
import pytest

from book import figures, publish
from book.build.page import FOLDED
from book.figures.verdict_html import as_html, as_text
from book.statistics import verdicts
from book.statistics.evidence import evidence
from book.statistics.verdict_record import record
from tests.book.small_sweeps import by_seed


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(publish, "display", lambda bundle, raw, metadata=None: bundles.append((bundle, metadata)))
    return bundles


@pytest.fixture
def glued(monkeypatch):
    values = {}
    monkeypatch.setattr(publish, "glue", lambda name, value, display: values.update({name: value}))
    return values


def test_numbers_are_plain_and_rounded_to_four_digits(glued, capsys):
    publish.numbers(a=np.float64(1 / 3), b=123456.0, c=np.int64(7), d="tanh", e=-0.0, f=1.00004e-5)
    assert glued == {"a": 0.3333, "b": 123500.0, "c": 7, "d": "tanh", "e": 0.0, "f": 1e-05}
    assert {type(value) for value in glued.values()} == {float, int, str} and str(glued["e"]) == "0.0"
    assert capsys.readouterr().out.splitlines()[0] == "a = 0.3333"
    with pytest.raises(TypeError, match=r"\[1, 2\] is neither a number nor a text"):
        publish.numbers(a=[1, 2])


def test_a_table_carries_its_csv_in_full(shown):
    frame = pd.DataFrame({"width": [1000, 2000], "mean": [1 / 3, 2.0], "name": ["<a>", "b"]})
    publish.table(frame, "my_table", rows=1)
    ((bundle, metadata),) = shown
    assert metadata == {"sigae": {"name": "my_table"}}
    assert bundle["text/csv"] == "width,mean,name\n1000,0.3333,<a>\n2000,2.0,b\n"
    assert "&lt;a&gt;" in bundle["text/html"] and "2000" not in bundle["text/html"]
    assert bundle["text/html"].startswith(FOLDED)


def test_a_figure_is_the_same_bytes_each_time_whatever_a_user_sets(shown):
    users = {"text.usetex": True, "lines.linewidth": 7, "ytick.minor.visible": True, "savefig.bbox": "tight"}
    for settings in ({}, {}, users, {"svg.image_inline": False, "figure.dpi": 300, "font.size": 20}):
        times = pd.DataFrame({"width": [1e3, 1e4], "flow_seconds": [0.1, 3.0], "descent_seconds": [4.0, 500.0]})
        with matplotlib.rc_context(settings):
            publish.figure(figures.training_times({"width": ("width", times)}))
    (one, _), *others = shown
    assert all(other == one for other, _ in others)
    assert one["image/svg+xml"].lstrip().startswith("<?xml") and "<dc:date>" not in one["image/svg+xml"]
    assert base64.b64decode(one["image/png"]).startswith(b"\x89PNG")


def test_a_verdict_is_shown_and_recorded(shown):
    judged = verdicts.judge("C3", [evidence("radius", "depth 2", by_seed(0.2, 0.3, 0.25), note="norm 1")])
    publish.verdict(judged, figure="fig-x")
    ((bundle, metadata),) = shown
    data = bundle[verdicts.CLAIM_MIME]
    assert json.loads(json.dumps(data)) == record(judged) | {"figure": "fig-x", "file": "verdict_C3.csv"}
    assert metadata == {"sigae": {"name": "verdict_C3"}}
    assert pd.read_csv(io.StringIO(bundle["text/csv"]))["value"].tolist() == [0.2, 0.3, 0.25]
    assert (bundle["text/plain"], bundle["text/html"]) == (as_text(data), as_html(data))


def test_what_failed_is_said_and_every_record_is_offered_in_full_precision(shown, tmp_path, monkeypatch):
    failed = pd.DataFrame({"norm": [1, 2], "error": ["it diverged"] * 2})
    publish.failures(descent=failed, optional=["descent"])  # a table that the page can do without
    assert "2 of 2 conditions" in shown[0][0]["text/plain"]
    with pytest.raises(RuntimeError, match="all 2 conditions"):
        publish.failures(swept=failed)
    swept = pd.DataFrame({"seed": [0, 1], "rho": [1 / 3, 2 / 3], "radii": [[0.1], [0.2]], "J": [[[1.0]]] * 2})
    monkeypatch.setenv("SIGAE_RECORDS", str(tmp_path / "records"))
    publish.failures(swept=swept.assign(error=[None, "it diverged"]))
    offered = pd.read_csv(tmp_path / "records" / "swept.csv")
    assert offered.columns.tolist() == ["seed", "rho", "radii", "error"] and offered["rho"].tolist() == [1 / 3, 2 / 3]
