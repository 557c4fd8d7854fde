"""The committed tables of the paper's scale: complete, and the same when some of their cells are computed again."""

import os
import random

import numpy as np
import pandas as pd
import pytest

from book.bench.paper_scale import TABLES, differences
from book.statistics import paper_scale as tables

QUICK = 2  # seconds of a cell that is computed again
CELLS = {"networks": 4, "limit": 1, "basins": 1}
SEED = int(os.environ["SIGAE_TEST_SEED"])  # conftest.py draws it


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_of_the_grid_is_there_once_and_some_come_out_the_same_again(name):
    table, committed = TABLES[name], pd.read_csv(TABLES[name].file)
    wanted = pd.DataFrame(table.conditions)
    found = committed[table.keys].merge(wanted, how="outer", indicator=True)
    assert (found["_merge"] == "both").all() and len(found) == len(wanted) == len(committed)
    assert committed.drop(columns="reason", errors="ignore").notna().all(axis=None)
    assert "converged" not in committed or (committed["converged"] & (committed["loss"] < 1e-7)).all()
    # and a few, drawn anew, come out as committed
    quick = committed if "seconds" not in committed else committed[committed["seconds"] < QUICK]
    drawn = random.Random(f"{SEED} {name}").sample(range(len(quick)), CELLS[name])
    old = quick.iloc[drawn]
    conditions = old[table.keys].to_dict("records")
    new = pd.DataFrame([condition | dict(table.experiment(**condition)) for condition in conditions])
    assert differences(old, new, table.keys).empty, f"SIGAE_TEST_SEED={SEED}"


def test_cells_that_are_missing_or_differ_are_found():
    old = pd.DataFrame({"norm": [1, 2, 3], "seed": 0, "radius": [0.5, 0.6, np.nan], "steps": 7, "seconds": 1.0})
    assert differences(old, old.assign(radius=[0.50004, 0.6, np.nan], seconds=7.0), ["norm", "seed"]).empty
    new = pd.DataFrame({"norm": [1, 2, 4], "seed": 0, "radius": [0.5001, 0.6, 1.0], "steps": 7, "seconds": 1.0})
    assert differences(old, new, ["norm", "seed"])["norm"].tolist() == [1, 3, 4]


def networks(distance, widths=(100, 1000, 10_000), norms=(1, 4, 16), seeds=(0, 1, 2)):
    cells = [(w, r, s) for w in widths for r in norms for s in seeds]
    frame = pd.DataFrame(cells, columns=["width", "norm", "seed"])
    frame["jacobian_distance"] = [distance(*cell) for cell in cells]
    return frame.assign(activation="tanh", n_points=5, converged=True, error=None)


def test_a_power_law_is_fitted_to_the_cells_in_the_range_and_seeds_make_the_interval():
    law = networks(lambda m, r, s: (1 + s) * r ** (1.5 + 0.1 * s) / m**0.5 if r > 1 else 99.0)
    (fit,) = tables.collapse(law, from_norm=2, up_to=np.inf).to_dict("records")
    assert (fit["a"], fit["b"], fit["scatter"]) == pytest.approx((1.6, 0.5, 0), abs=1e-12) and fit["cells"] == 18
    assert fit["a_half"] == pytest.approx(4.302653 * 0.1 / 3**0.5, rel=1e-6)  # Student's t with two degrees of freedom


def test_a_network_deviates_where_its_mean_radius_leaves_what_was_predicted():
    nets = networks(lambda *_: 0.0, widths=(100, 1600), norms=(1, 2, 3, 4, 5, 6), seeds=(0, 1))
    # Straight lines through the norms 2 and 4, with the width's fourth root: they pass 0.1 below the prediction there.
    nets = nets.assign(radius_mean=1 - 0.1 * nets["norm"] / np.where(nets["width"].eq(100), 2, 4), predicted_mean=1.0)
    found = tables.deviation_norms(nets, 0.1)
    assert found["width"].tolist() == [100, 1600]
    np.testing.assert_allclose(found["mean"], [2, 4])
    assert tables.deviation_exponents(found).to_dict() == {("tanh", 5): pytest.approx(0.25)}
    assert tables.deviation_norms(nets, 0.2)["width"].tolist() == [100]  # the wider never deviates so far
