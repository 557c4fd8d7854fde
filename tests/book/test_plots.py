import itertools

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.colors import to_rgb

from book import figures
from book.parameters import checked, declared_in
from sigae.activations import ACTIVATIONS, get_activation


def curves(**columns):
    rows = []
    for names in zip(*columns.values(), strict=True):
        for norm in (1, 2, 4):
            mean = norm * 0.1 + len(rows)
            rows.append(dict(zip(columns, names, strict=True)) | {"norm": norm, "mean": mean})
    frame = pd.DataFrame(rows)
    return frame.assign(low=frame["mean"] - 0.5, high=frame["mean"] + 0.25)


def test_curves_with_their_intervals_lie_in_the_panel_of_their_rows():
    table = curves(width=[10, 10, 10, 10], n_points=[2, 5, 2, 5], activation=["tanh", "tanh", "erf", "erf"])
    limit = curves(n_points=[2, 5, 2], activation=["tanh", "tanh", "erf"])
    panels = {"panel_by": "n_points", "row_by": "activation", "limit": limit}
    drawn = figures.against(table, y_label="y", colour_by="width", references={"one": 9.5}, **panels)
    assert [ax.get_title() for ax in drawn.axes] == [f"$n$ = {n}, {name}" for name in ("tanh", "erf") for n in (2, 5)]
    network, exact, *_, threshold = drawn.axes[1].get_lines()
    np.testing.assert_allclose(network.get_xydata(), table[["norm", "mean"]][3:6])
    np.testing.assert_allclose(exact.get_ydata(), limit["mean"][3:6])
    assert to_rgb(network.get_color()) == to_rgb(figures.colour("width", 10)) != to_rgb(exact.get_color())
    ends = np.concatenate([path.vertices[:, 1] for path in drawn.axes[1].collections[0].get_paths()])
    assert (ends.min(), ends.max()) == pytest.approx((table["low"][3:6].min(), table["high"][3:6].max()))
    assert set(threshold.get_ydata()) == {9.5} and len(drawn.axes[3].get_lines()) < len(drawn.axes[1].get_lines())


# Viénot, Brettel & Mollon (1999): what protanopes and deuteranopes see of linear RGB.
SIGHTS = [
    np.eye(3),
    np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
]
PALETTES = {"activation": ["sigmoid", "tanh", "erf"], "width": [10**k for k in (3, 4, 5, 6)], "depth": [2, 3, 4],
            "noise": [1, 10, 20], "n_points": [2, 5, 10]}  # fmt: skip


def test_an_activation_that_is_one_more_entry_serves_as_a_parameter_and_has_a_colour(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "sin", get_activation(torch.sin))
    assert checked(declared_in("it: Activation = 'erf'"), {"it": "sin"}) == {"it": "sin"}
    assert len({figures.colour("activation", known) for known in ACTIVATIONS}) == len(ACTIVATIONS)


@pytest.mark.parametrize("kind", PALETTES)
def test_colours_stand_out_from_white_and_are_told_apart_by_the_colour_blind(kind):
    linear = [np.array(to_rgb(figures.colour(kind, value))) ** 2.2 for value in PALETTES[kind]]
    assert all(1.05 / (0.05 + colour @ [0.2126, 0.7152, 0.0722]) > 3 for colour in linear)
    for sight in SIGHTS:
        seen = [np.clip(sight @ colour, 0, 1) ** (1 / 2.2) for colour in linear]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.1
