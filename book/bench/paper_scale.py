"""Compute the paper's own scale, and hundreds of pictures, and compare them with the committed tables of the book."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import pandas as pd

from book.experiments.hundreds_of_pictures import boundary_norm, stored_pictures
from book.experiments.paper_scale import basin_cell, limit_cell, network_cell
from book.sweep import code_hash, grid, sweep
from sigae.training import memory_needed

FOLDER = Path(__file__).resolve().parents[1] / "paper_scale"
NORMS = [1, 2, 3, 4, 5, 7, 10, 13, 16, 20, 25, 30, 35, 40, 50]
PICTURE_NORMS = [5, 10, 20, 40, 80, 160, 320]
SEEDS = [0, 1, 2]
COUNTS = [5, 20, 40]
WIDTHS = {"sigmoid": [1000, 10_000, 100_000, 1_000_000], "tanh": [1000, 10_000, 100_000]}
WIDTHS["erf"] = WIDTHS["tanh"]
SAME_DIGITS = 1e-4  # two computations of a cell may differ by this much of its value, on whatever processor
UNLIKE = ["seconds", "reason", "torch", "numpy", "code"]  # columns that need not be the same again
SHARED: dict[str, Any] = {"dim": 32, "tolerance": 1e-7, "step_tolerance": 0.03}


class Table(NamedTuple):
    """One committed table: an experiment under its conditions, cheap ones first."""

    file: Path
    experiment: Callable[..., Any]
    conditions: list[dict[str, Any]]

    def compute(self) -> pd.DataFrame:
        """Compute every cell that has no record yet, in groups of networks of one size."""
        found = []
        for (width, n_points), cells in groupby(self.conditions, _size):
            memory = memory_needed(n_points=n_points, dim=SHARED["dim"], width=width)
            print(f"{self.file.stem}: {n_points} patterns, width {width}, up to {memory / 2**30:.1f} GiB a process")
            found.append(sweep(self.experiment, cells, memory=memory))
        code = code_hash(f"import {self.experiment.__module__}")[:12]
        made_by = {name: version(name) for name in ("torch", "numpy")} | {"code": code}
        return pd.concat(found, ignore_index=True).assign(**made_by)


def _size(condition: dict[str, Any]) -> tuple[int, int]:
    return condition.get("width") or 1000, condition.get("n_points") or condition["n_pictures"]


def _pictures() -> list[dict[str, Any]]:
    """List what infinitely wide networks store: rho is looked at all of up to 300 digits, else at 60 pictures."""
    kinds: dict[str, Any] = {"random": [30, 100, 300], "digits": [10, 30, 100, 300, 500], "patches": [30, 100, 300]}
    found, each = [], {"activation": list(WIDTHS), "choice": SEEDS}
    for kind, n in ((kind, n) for kind, counts in kinds.items() for n in counts):
        looked_at = n if kind == "digits" and n <= 300 else min(n, 60)
        found += grid(kind=kind, n_pictures=n, norm=PICTURE_NORMS, **each, looked_at=looked_at)
    covariances = ["digits' covariance", "patches' covariance"]
    found += grid(kind=covariances, n_pictures=300, norm=[20, 40, 80], **each, looked_at=60)
    every: dict[str, Any] = {"kind": "digits", "n_pictures": 1797, "activation": list(WIDTHS), "choice": 0}
    return found + [
        cell
        for norms, looked_at in ((PICTURE_NORMS[3:-1], 60), (PICTURE_NORMS[-1:], 1797))
        for cell in grid(**every, norm=norms, looked_at=looked_at)
    ]


def _boundaries() -> list[dict[str, Any]]:
    kinds = {"random": [30, 100, 300, 500], "digits": [10, 30, 100, 300, 500], "patches": [30, 100, 300]}
    each = {"activation": list(WIDTHS), "choice": SEEDS}
    return [cell for kind, counts in kinds.items() for cell in grid(kind=kind, n_pictures=counts, **each)]


def _stored_networks() -> list[dict[str, Any]]:
    digits: dict[str, Any] = {"kind": "digits", "width": 4000, "looked_at": [60]}
    many = {"n_pictures": [100, 300], "norm": [40, 80], "activation": list(WIDTHS), "choice": SEEDS}
    most = {"n_pictures": 500, "norm": 40, "activation": ["sigmoid", "erf"], "choice": SEEDS[:2]}
    few = grid(**digits | {"looked_at": 30}, **many | {"n_pictures": 30})
    return few + grid(**digits, **many) + grid(**digits, **most)


def _tables() -> dict[str, Table]:
    each = {"norm": NORMS, "seed": SEEDS}
    networks = []
    for activation, widths in WIDTHS.items():
        networks += grid(activation=activation, n_points=COUNTS, width=widths, **each, **SHARED)
    # The report's experiment 5 has ten patterns for the sigmoid, and twenty for the others.
    networks += grid(activation="sigmoid", n_points=10, width=100_000, **each, **SHARED)
    norms = [1, 2, 3, *range(5, 51, 5)]  # those of the page on experiment 4
    cues = {"noise": [1, 10, 20], "draws": 14, "iterations": 50, "threshold": 1e-2}
    basins = grid(activation="sigmoid", n_points=5, width=100_000, norm=norms, seed=SEEDS, **cues, **SHARED)
    tables: dict[str, tuple[Callable[..., Any], list[dict[str, Any]]]] = {
        "networks": (network_cell, networks),
        "limit": (limit_cell, grid(activation=list(WIDTHS), n_points=[*COUNTS, 10], **each, dim=32, samples=20)),
        "basins": (basin_cell, basins),
        "pictures": (stored_pictures, _pictures()),
        "picture_boundaries": (boundary_norm, _boundaries()),
        "stored_networks": (stored_pictures, _stored_networks()),
    }
    return {
        name: Table(FOLDER / f"{name}.csv", cell, sorted(cells, key=_size)) for name, (cell, cells) in tables.items()
    }


TABLES = _tables()


def differences(old: pd.DataFrame, new: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the cells, told apart by the columns ``keys``, that one table lacks or that differ by 1e-4 of a value."""
    measured = old.columns.difference([*keys, *UNLIKE])
    both = old.merge(new, how="outer", on=keys, suffixes=(" committed", " new"))
    committed, anew = (both[measured + suffix].astype(float) for suffix in (" committed", " new"))
    return both[~np.isclose(anew, committed, rtol=SAME_DIGITS, atol=1e-12, equal_nan=True).all(axis=1)]


@click.command()
@click.option("--record", is_flag=True, help="Write the tables to book/paper_scale, to be committed.")
@click.option("--table", "names", type=click.Choice(list(TABLES)), multiple=True, help="Only this one; repeatable.")
def main(record: bool, names: tuple[str, ...]) -> None:
    """Compute the tables, and compare them with the committed ones."""
    failed = False
    for name in names or TABLES:
        table = TABLES[name]
        new = table.compute()
        if broken := new["error"].notna().sum():
            sys.exit(f"{broken} cells of {name} failed, the first with: {new['error'].dropna().iloc[0]}")
        new = new.drop(columns="error")
        old = pd.read_csv(table.file) if table.file.exists() else new[:0]
        different = differences(old, new, list(table.conditions[0]))
        print(f"{name}: {len(new)} cells, of which {len(different)} differ from the committed table", different)
        failed |= len(different) > 0
        if record:
            new.to_csv(table.file, index=False, float_format="%.7g", lineterminator="\n")
    sys.exit(failed and not record)


if __name__ == "__main__":
    main()
