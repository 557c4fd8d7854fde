import matplotlib
import pandas as pd

from book import figures, publish


def test_the_users_settings_of_matplotlib_change_no_figure(monkeypatch):
    shown = []
    monkeypatch.setattr(publish, "display", lambda bundle, raw: shown.append(bundle))
    times = pd.DataFrame({"width": [1e3, 1e4], "flow_seconds": [0.1, 3.0], "descent_seconds": [4.0, 500.0]})
    users = {"text.usetex": True, "lines.linewidth": 7, "ytick.minor.visible": True, "savefig.bbox": "tight"}
    for settings in ({}, users, {"svg.image_inline": False, "figure.dpi": 300, "font.size": 20}):
        with matplotlib.rc_context(settings):
            publish.figure(figures.training_times({"width": ("width", times)}))
    assert shown[0] == shown[1] == shown[2]
