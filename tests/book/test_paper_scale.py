"""The committed tables of the paper's scale: complete, and the same when some of their cells are computed again."""

import os
import random
import secrets

import numpy as np
import pandas as pd
import pytest

from book.bench.paper_scale import TABLES, differences

QUICK = 3  # seconds of a cell that is computed again, as they were on a busy machine
CELLS = {"networks": 4, "limit": 1, "basins": 1, "pictures": 3, "picture_boundaries": 1, "stored_networks": 1}
SEED = int(os.environ.get("SIGAE_TEST_SEED") or secrets.randbelow(10**6))


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_of_the_grid_is_there_once_and_some_come_out_the_same_again(name):
    table, committed = TABLES[name], pd.read_csv(TABLES[name].file)
    keys = list(table.conditions[0])
    wanted = pd.DataFrame(table.conditions)
    found = committed[keys].merge(wanted, how="outer", indicator=True)
    assert (found["_merge"] == "both").all() and len(found) == len(wanted) == len(committed)
    assert committed.drop(columns="reason", errors="ignore").notna().all(axis=None)
    assert "converged" not in committed or (committed["converged"] & (committed["loss"] < 1e-7)).all()
    # and a few, drawn anew, come out as committed
    quick = committed if "seconds" not in committed else committed[committed["seconds"] < QUICK]
    drawn = random.Random(f"{SEED} {name}").sample(range(len(quick)), CELLS[name])
    old = quick.iloc[drawn]
    conditions = old[keys].to_dict("records")
    new = pd.DataFrame([condition | dict(table.experiment(**condition)) for condition in conditions])
    assert differences(old, new, keys).empty, f"SIGAE_TEST_SEED={SEED}"


def test_cells_that_are_missing_or_differ_are_found():
    old = pd.DataFrame({"norm": [1, 2, 3], "seed": 0, "radius": [0.5, 0.6, np.nan], "steps": 7, "seconds": 1.0})
    assert differences(old, old.assign(radius=[0.50004, 0.6, np.nan], seconds=7.0), ["norm", "seed"]).empty
    new = pd.DataFrame({"norm": [1, 2, 4], "seed": 0, "radius": [0.5001, 0.6, 1.0], "steps": 7, "seconds": 1.0})
    assert differences(old, new, ["norm", "seed"])["norm"].tolist() == [1, 3, 4]
