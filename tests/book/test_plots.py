import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from book import figures
from book.figures import style


def curves(**columns):
    rows = []
    for names in zip(*columns.values(), strict=True):
        for norm in (1, 2, 4):
            mean = norm * 0.1 + len(rows)
            rows.append(dict(zip(columns, names, strict=True)) | {"norm": norm, "mean": mean})
    frame = pd.DataFrame(rows)
    return frame.assign(low=frame["mean"] - 0.5, high=frame["mean"] + 0.25)


@pytest.mark.parametrize("bars", [False, True])
def test_each_curve_is_drawn_with_its_interval_and_the_thresholds_are_dashed(bars):
    table = curves(width=[1000, 10_000])
    figure = figures.against(table, y_label="y", colour_by="width", references={"one": 1.0}, bars=bars)
    (ax,) = figure.axes
    *networks, threshold = ax.get_lines()
    for width, line in zip([1000, 10_000], networks, strict=True):
        part = table[table["width"].eq(width)]
        np.testing.assert_allclose(line.get_xydata(), part[["norm", "mean"]])
        assert to_rgb(line.get_color()) == to_rgb(figures.colour("width", width))
        assert (line.get_linestyle(), line.get_marker() != "") == ("-", True)
    ends = np.concatenate([path.vertices[:, 1] for path in ax.collections[0].get_paths()])
    assert (ends.min(), ends.max()) == pytest.approx((table["low"][:3].min(), table["high"][:3].max()))
    assert set(threshold.get_ydata()) == {1.0} and threshold.get_linestyle() == "--"
    assert "one" in [text.get_text() for text in ax.texts]


def test_panels_take_their_own_rows_of_the_table():
    table = curves(width=[10, 10, 10, 10], n_points=[2, 5, 2, 5], activation=["tanh", "tanh", "erf", "erf"])
    limit = curves(n_points=[2, 5, 2], activation=["tanh", "tanh", "erf"])
    figure = figures.against(
        table, y_label="y", colour_by="width", panel_by="n_points", row_by="activation", limit=limit
    )
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["$n$ = 2, tanh", "$n$ = 5, tanh", "$n$ = 2, erf", "$n$ = 5, erf"]
    network, exact, _ = figure.axes[1].get_lines()
    np.testing.assert_allclose(network.get_ydata(), table["mean"][3:6])
    np.testing.assert_allclose(exact.get_ydata(), limit["mean"][3:6])
    assert len(figure.axes[3].get_lines()) == 1


def test_stacked_for_a_phone_every_panel_has_the_width_and_says_what_it_shows():
    table = curves(width=[10, 100] * 4, n_points=[2, 2, 5, 5] * 2, activation=["tanh"] * 4 + ["erf"] * 4)
    figure = figures.against(table, y_label="y", colour_by="width", panel_by="n_points", row_by="activation")
    style.stack(figure)
    figure.draw_without_rendering()
    places = [ax.get_position() for ax in figure.axes]
    assert all(above.y0 > below.y1 for above, below in itertools.pairwise(places))
    assert min(place.width for place in places) > 0.7
    assert {(ax.get_ylabel(), ax.get_xlabel() != "") for ax in figure.axes} == {("y", True)}
    (legend,) = figure.legends
    assert {text.get_text() for text in legend.texts} == {"$m$ = 10", "$m$ = 100"}
    assert legend.get_window_extent().y1 < figure.axes[-1].get_window_extent().y0


def test_histograms_hold_every_eigenvalue_once():
    table = pd.DataFrame({"n_points": [2, 2, 5], "eigenvalue_norms": [[[1.0, 0.3]], [[0.98, 7.0]], [[0.5, 0.5]]]})
    figure = figures.eigenvalue_histograms(table, table, theory={2: 0.5, 5: 0.1}, edges={2: 0.3, 5: 0.2}, rings={})
    heights, ends, _ = figure.axes[0].patches[0].get_data()
    assert heights.sum() == pytest.approx(1)
    assert heights[(ends[:-1] < 1) & (ends[1:] > 1)] == pytest.approx(0.5)
    assert heights[-1] == pytest.approx(0.25)  # what lies beyond the last bin is counted in it


# Viénot, Brettel & Mollon (1999): what protanopes and deuteranopes see of linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deuteranopia": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


PALETTES = {"activation": ["sigmoid", "tanh", "erf"], "width": [10**k for k in (3, 4, 5, 6)], "depth": [2, 3, 4],
            "noise": [1, 10, 20], "n_points": [2, 5, 10]}  # fmt: skip


@pytest.mark.parametrize("kind", PALETTES)
@pytest.mark.parametrize("sight", BLINDNESS)
def test_colours_are_told_apart(kind, sight):
    seen = [BLINDNESS[sight] @ np.array(to_rgb(figures.colour(kind, value))) ** 2.2 for value in PALETTES[kind]]
    seen = [np.clip(colour, 0, 1) ** (1 / 2.2) for colour in seen]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.1
