"""From a sweep's table, one row a condition, to the table behind a figure, one row a point of a curve."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sigae.training.result import ACCURATE

# Columns that tell one network from another.
NETWORK = ("activation", "dim", "n_points", "width", "depth", "norm", "seed", "tolerance")


def converged(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose experiment neither raised nor failed to train."""
    good = table["error"].isna()
    if "converged" in table:
        good &= table["converged"].eq(True)
    return table[good]


def failures(table: pd.DataFrame) -> pd.DataFrame:
    """Return the other rows, with the column ``why``."""
    bad = table.drop(converged(table).index)
    reasons = bad["reason"] if "reason" in bad else pd.Series(None, index=bad.index, dtype=object)
    return bad.assign(why=bad["error"].fillna(reasons))


def of_activation(name: str, *tables: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the rows of some tables that belong to one activation."""
    return [table[table["activation"].eq(name)] for table in tables]


def convergence(*tables: pd.DataFrame) -> str:
    """Say how many networks of some sweeps converged, for the prose to cite; one that is in several counts once."""
    table = pd.concat(tables, ignore_index=True)
    if len(tables) > 1:
        table = table.drop_duplicates([name for name in NETWORK if name in table])
    if failed := len(failures(table)):
        said = f"Of {len(table):,} networks {failed:,} did not converge"
    else:
        said = f"All {len(table):,} networks converged" if len(table) > 1 else "The one network converged"
    loose = int(converged(table)["jacobian_error"].gt(ACCURATE).sum()) if "jacobian_error" in table else 0
    if loose:
        which = "one depends so strongly on its" if loose == 1 else f"{loose:,} depend so strongly on their"
        said += f"; {which} path of training that the Jacobian may be off by more than {100 * ACCURATE:.0f} %"
    return said


def remaining(table: pd.DataFrame, *columns: str) -> list[list[Any]]:
    """List the values of a sweep's axes at which something converged, in the order of the table."""
    return [converged(table)[column].drop_duplicates().tolist() for column in columns]


def over_seeds(table: pd.DataFrame, quantity: str, by: Sequence[str], *, worst: str | None = None) -> pd.DataFrame:
    """Average a column of what converged over the seeds, with its range; of the column ``worst`` give the largest."""
    groups = converged(table).groupby(list(by), sort=False)
    frame = groups[quantity].agg(mean="mean", low="min", high="max", seeds="size")
    if worst is not None:
        frame["worst"] = groups[worst].agg(lambda values: values.max(skipna=False))
    return frame.reset_index()


def over_samples(table: pd.DataFrame, quantity: str, by: Sequence[str]) -> pd.DataFrame:
    """Summarise a column of lists of samples: ``mean``, and ``low`` and ``high``, the 5 % and 95 % quantiles."""
    rows = []
    for key, lists in converged(table).groupby(list(by), sort=False)[quantity]:
        samples = np.concatenate([np.ravel(values) for values in lists])
        rows.append([*key, samples.mean(), *np.quantile(samples, [0.05, 0.95]), samples.size])
    return pd.DataFrame(rows, columns=[*by, "mean", "low", "high", "samples"])


def from_norm_on(holds: pd.Series) -> str:
    """Say from which norm on something, indexed by the norm, holds at every norm."""
    lasting = holds.sort_index()[::-1].cummin()[::-1]
    return next((f"from norm {norm:g} on" for norm, holding in lasting.items() if holding), "at no norm tried")
