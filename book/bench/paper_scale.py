"""Compute the paper's own scale, and compare it with the committed tables that the book shows.

More than an hour on two processors; every cell is kept, so that it goes on where it was stopped, and another machine
or a cluster (SIGAE_SCHEDULER) may do any part of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
from tqdm import tqdm

from book.experiments.paper_scale import basin_cell, limit_cell, network_cell
from book.sweep import code_hash, grid, sweep
from sigae.training import memory_needed

__all__ = ["FOLDER", "TABLES", "Table", "differences"]

FOLDER = Path(__file__).resolve().parents[1] / "paper_scale"
NORMS = [1, 2, 3, 4, 5, 7, 10, 13, 16, 20, 25, 30, 35, 40, 50]
SEEDS = [0, 1, 2]
COUNTS = [5, 20, 40]
WIDTHS = {"sigmoid": [1000, 10_000, 100_000, 1_000_000], "tanh": [1000, 10_000, 100_000]}
WIDTHS["erf"] = WIDTHS["tanh"]
SAME_DIGITS = 1e-4  # two computations of a cell may differ by this much of its value, on whatever processor
UNLIKE = ["seconds", "reason", "torch", "numpy", "code"]  # columns that need not be the same again
SHARED = {"dim": 32, "tolerance": 1e-7, "step_tolerance": 0.03}


@dataclass(frozen=True)
class Table:
    """One committed table: an experiment under its conditions, cheap ones first."""

    name: str
    experiment: Callable[..., Any]
    conditions: list[dict[str, Any]]

    @property
    def file(self) -> Path:
        """Where it is committed."""
        return FOLDER / f"{self.name}.csv"

    @property
    def keys(self) -> list[str]:
        """Columns that tell one cell from another."""
        return list(self.conditions[0])

    def committed(self) -> pd.DataFrame | None:
        """Read it, or None where there is none yet."""
        return pd.read_csv(self.file) if self.file.exists() else None

    def compute(self) -> pd.DataFrame:
        """Compute every cell that has no record yet."""
        groups = [list(cells) for _, cells in groupby(self.conditions, _size)]
        memory = [memory_needed(**{key: c[0].get(key, 1000) for key in ("n_points", "width", "dim")}) for c in groups]
        seconds = self.seconds(groups)
        print(
            f"{self.name}: {len(self.conditions):,} cells, about {sum(seconds) / 3600:.1f} hours of one processor and "
            f"up to {max(memory) / 2**30:.1f} GiB a process, less what is kept from before"
        )
        found = []
        with tqdm(total=round(sum(seconds)), unit="s", desc="seconds of one processor") as bar:
            for cells, bytes, cost in zip(groups, memory, seconds, strict=True):
                found.append(sweep(self.experiment, cells, memory=bytes, progress=False))
                bar.update(round(cost))
        code = code_hash(f"import {self.experiment.__module__}")[:12]
        made_by = {name: version(name) for name in ("torch", "numpy")} | {"code": code}
        return pd.concat(found, ignore_index=True).assign(**made_by)

    def seconds(self, groups: list[list[dict[str, Any]]]) -> list[float]:
        """Foresee what groups of cells take: what they took when the table was made, or a guess."""
        old, costs = self.committed(), {}
        if old is not None and "seconds" in old:
            costs = dict(zip(old[self.keys].itertuples(index=False, name=None), old["seconds"], strict=True))
        return [sum(costs.get(tuple(c[key] for key in self.keys), _cost(c)) for c in cells) for cells in groups]


def _size(condition: dict[str, Any]) -> tuple:
    return condition.get("width", 0), condition["n_points"]


def _cost(condition: dict[str, Any]) -> float:
    """Guess the seconds of a cell that nobody has computed yet."""
    return 0.3 + 1e-6 * condition["n_points"] * condition.get("width", 1000)


def _tables() -> dict[str, Table]:
    each = {"norm": NORMS, "seed": SEEDS}
    networks = [
        condition
        for activation, widths in WIDTHS.items()
        for condition in grid(activation=activation, n_points=COUNTS, width=widths, **each, **SHARED)
    ]
    # The report's experiment 5 has ten patterns for the sigmoid, and twenty for the others.
    networks += grid(activation="sigmoid", n_points=10, width=100_000, **each, **SHARED)
    limits = grid(activation=list(WIDTHS), n_points=[*COUNTS, 10], **each, dim=32, samples=20)
    norms = [1, 2, 3, *range(5, 51, 5)]  # those of the page on experiment 4
    cues = {"noise": [1, 10, 20], "draws": 14, "iterations": 50, "threshold": 1e-2}
    basins = grid(activation="sigmoid", n_points=5, width=100_000, norm=norms, seed=SEEDS, **cues, **SHARED)
    tables = [
        Table("networks", network_cell, sorted(networks, key=_size)),
        Table("limit", limit_cell, sorted(limits, key=_size)),
        Table("basins", basin_cell, basins),
    ]
    return {table.name: table for table in tables}


TABLES = _tables()
"""The tables by name."""


def differences(old: pd.DataFrame, new: pd.DataFrame, keys: list[str]) -> list[str]:
    """Say where a table differs from an earlier one of the same cells.

    Parameters
    ----------
    old, new
        The tables.
    keys
        Columns that tell one cell from another.

    Returns
    -------
    list of str
        A sentence a cell that is missing, or has a measurement that differs by more than 1e-4 of its value.
    """
    both = old.merge(new, how="outer", on=keys, suffixes=(" old", " new"), indicator=True)
    found = []
    for row in both.to_dict("records"):
        cell = ", ".join(f"{key} {row[key]}" for key in keys)
        if row["_merge"] != "both":
            found.append(f"{cell}: only in the {'committed' if row['_merge'] == 'left_only' else 'new'} table")
            continue
        for name in old.columns.difference([*keys, *UNLIKE]):
            if name not in new:
                found.append(f"{cell}: {name} is not measured any more")
            elif not np.isclose(row[f"{name} new"], row[f"{name} old"], rtol=SAME_DIGITS, atol=1e-12, equal_nan=True):
                found.append(f"{cell}: {name} is {row[f'{name} new']:.6g}, committed {row[f'{name} old']:.6g}")
    return found


@click.command()
@click.option("--record", is_flag=True, help="Write the tables to book/paper_scale, for committing.")
@click.option("--table", "names", type=click.Choice(list(TABLES)), multiple=True, help="Only this one; repeatable.")
def main(record: bool, names: tuple[str, ...]) -> None:
    """Compute the tables, and compare them with the committed ones."""
    failed = False
    for table in (TABLES[name] for name in names or TABLES):
        new, old = table.compute(), table.committed()
        if broken := new["error"].notna().sum():
            sys.exit(f"{broken} cells of {table.name} failed, the first with: {new['error'].dropna().iloc[0]}")
        new = new.drop(columns="error")
        different = ["no table is committed yet"] if old is None else differences(old, new, table.keys)
        print(f"{table.name}: {len(new)} cells, {len(different)} differences from the committed table")
        print("".join(f"  {line}\n" for line in different[:20]), end="")
        failed |= bool(different)
        if record:
            FOLDER.mkdir(exist_ok=True)
            new.to_csv(table.file, index=False, float_format="%.7g", lineterminator="\n")
            print(f"  written to {table.file.relative_to(FOLDER.parents[1])}")
    sys.exit(failed and not record)


if __name__ == "__main__":
    main()
