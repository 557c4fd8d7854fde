import base64

import matplotlib
import pandas as pd
import pytest

from book import figures, publish


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(publish, "display", lambda bundle, raw, metadata=None: bundles.append((bundle, metadata)))
    return bundles


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
