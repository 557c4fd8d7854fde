"""The committed table of random networks: the draw it names, and the same numbers when some are trained again."""

import pandas as pd
import pytest

from book.bench.random_networks import FILE, draw, measure


def test_some_random_networks_come_out_as_committed():
    committed, drawn = pd.read_csv(FILE), draw(100)
    assert len(committed) == len(drawn)
    for k in committed["fine_steps"].nsmallest(4).index:  # quick, and too short for rounding to grow
        row, found = committed.loc[k], measure(**drawn[k])
        assert row["converged"] and found["converged"]
        assert [row["width"], row["activation"], row["seed"]] == [drawn[k][n] for n in ("width", "activation", "seed")]
        for name in ("radius", "fine_radius", "error", "estimate"):
            assert found[name] == pytest.approx(row[name], rel=5e-3)
