"""The tables behind the pages on one training example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sigae.activations import get_activation
from sigae.pages.tables.summaries import over_samples, over_seeds, usable
from sigae.pages.verdicts import Evidence, evidence

__all__ = [
    "alike_with_depth",
    "always_an_attractor",
    "changes",
    "concentration",
    "limit_changes",
    "mean_changes",
    "over_limit",
    "told_of",
    "told_of_changes",
]

CHANGES = ("radius_change", "jacobian_change")


def changes(trained: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Tabulate how much training changed the Jacobian, by both measures.

    Parameters
    ----------
    trained
        From a sweep of ``single_example``.
    by
        Columns that tell the points of the curves apart.

    Returns
    -------
    pandas.DataFrame
        As from :func:`over_seeds`, with the measure's name as ``quantity``.
    """
    parts = [over_seeds(trained, name, by).assign(quantity=name) for name in CHANGES]
    return pd.concat(parts, ignore_index=True)


def limit_changes(limit: pd.DataFrame, depths: Sequence[int], by: Sequence[str]) -> pd.DataFrame:
    """Tabulate the same at infinite width, where the change of the radius is worked out for depth 2 alone.

    Parameters
    ----------
    limit
        From a sweep of ``limit_single_example``.
    depths
        Those that networks were trained with.
    by
        As in :func:`changes`.

    Returns
    -------
    pandas.DataFrame
        As from :func:`over_samples`, with the measure's name as ``quantity``.
    """
    parts = zip((limit[limit["depth"].eq(2)], limit[limit["depth"].isin(depths)]), CHANGES, strict=True)
    return pd.concat(
        [over_samples(part, name, by).assign(quantity=name) for part, name in parts if len(part)], ignore_index=True
    )


def mean_changes(trained: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Average the changes over the norms, one row a seed and depth.

    Parameters
    ----------
    trained
        From a sweep of ``single_example``.
    by
        Columns to tell apart, ``seed`` and ``depth`` among them.

    Returns
    -------
    pandas.DataFrame
        ``radius_change``, ``jacobian_change`` and ``relative_change``, the latter over the initial operator norm.
    """
    good = usable(trained)
    good = good.assign(relative_change=good["jacobian_change"] / good["initial_operator_norm"])
    return good.groupby(list(by))[[*CHANGES, "relative_change"]].mean()


def concentration(initial: pd.DataFrame, target: float, condition: str, *, criterion: str = "operator_norm") -> Any:
    """Judge whether untrained networks' operator norms are what large dimensions lead to.

    Parameters
    ----------
    initial
        Rows of a sweep of ``initial_jacobian``.
    target
        2 phi'(0).
    condition
        In words.
    criterion
        Its name in the claim.

    Returns
    -------
    Evidence or None
        The mean of the operator norms over the target.
    """
    return evidence(criterion, condition, initial["operator_norm"] / target)


def alike_with_depth(per_seed: pd.DataFrame, depths: Sequence[int], columns: Mapping[str, str]) -> list[Any]:
    """Judge whether training changes the Jacobian less, one layer more.

    Parameters
    ----------
    per_seed
        From :func:`mean_changes`, of one activation.
    depths
        In ascending order.
    columns
        Criterion to column.

    Returns
    -------
    list of Evidence or None
        The ratio of the changes, one a criterion and pair of neighbouring depths.
    """
    return [
        evidence(
            criterion,
            f"depth {more} against {less}",
            (per_seed.xs(more, level="depth") / per_seed.xs(less, level="depth"))[column],
        )
        for criterion, column in columns.items()
        for less, more in zip(depths[:-1], depths[1:], strict=True)
    ]


def always_an_attractor(trained: pd.DataFrame, criterion: str) -> list[Evidence]:
    """Judge by the largest spectral radius of any network, one a depth.

    Parameters
    ----------
    trained
        From a sweep of ``single_example``, of one activation.
    criterion
        Its name in the claim.

    Returns
    -------
    list of Evidence
        Exact values, with the norm at which each was found.
    """
    good = usable(trained)
    worst = good.loc[good.groupby("depth")["final_radius"].idxmax()]
    return [
        Evidence(criterion, f"depth {row.depth}, at norm {row.norm:g}", row.final_radius) for row in worst.itertuples()
    ]


def told_of(
    activation: str, trained: pd.DataFrame, initial: pd.DataFrame, shallow: pd.DataFrame, norm: float
) -> dict[str, float]:
    """Compute what the page on tanh and erf says of one of them.

    Parameters
    ----------
    activation
        Its name.
    trained, initial, shallow
        From sweeps of ``single_example``, ``initial_jacobian`` and, at depth 2, ``limit_single_example``.
    norm
        The smallest.

    Returns
    -------
    dict
        Name to number; nan throughout for an activation that is not in the tables.
    """
    mine, untrained, exact = (t[t["activation"].eq(activation)] for t in (usable(trained), usable(initial), shallow))
    by_depth = mine.groupby(["seed", "depth"])["jacobian_change"].mean().groupby("depth").mean()
    found = {
        "target": 2 * get_activation(activation).slope_at_zero,
        "initial": untrained.loc[untrained["norm"].eq(norm), "operator_norm"].mean(),
        "change_shallow": next(iter(by_depth), np.nan),
        "change_deep": next(iter(by_depth[::-1]), np.nan),
        "worst": mine["final_radius"].max(),
        "unstable": int(mine["final_radius"].ge(1).sum()),
        "networks": len(mine),
        "limit_unstable": 100 * exact.loc[exact["norm"].eq(norm), "final_radius"].explode().ge(1).mean(),
    }
    return found if len(mine) else dict.fromkeys(found, np.nan)


def over_limit(trained: pd.DataFrame, limit: pd.DataFrame, depth: int) -> float:
    """Compare how much training changes the Jacobian with how much it does at infinite width.

    Parameters
    ----------
    trained, limit
        From sweeps of ``single_example`` and ``limit_single_example``.
    depth
        Of both.

    Returns
    -------
    float
        The ratio of the mean changes over all norms.
    """
    networks, exact = (t.loc[t["depth"].eq(depth), "jacobian_change"] for t in (usable(trained), limit))
    return float(networks.mean() / np.mean(exact.tolist()))


def told_of_changes(per_seed: pd.DataFrame, depths: Sequence[int]) -> dict[str, float]:
    """Compute what the page says of the changes, averaged over norms and seeds.

    Parameters
    ----------
    per_seed
        From :func:`mean_changes`.
    depths
        In ascending order.

    Returns
    -------
    dict
        Name to number.
    """
    means = per_seed.groupby("depth").mean()
    return {
        "radius_change_shallow": means["radius_change"].iloc[0],
        "radius_change_deep": means["radius_change"].iloc[-1],
        "jacobian_change_shallow": means["jacobian_change"].iloc[0],
        "jacobian_change_deep": means["jacobian_change"].iloc[-1],
        "relative_change_shallow": means["relative_change"].iloc[0],
        "relative_change_middle": means["relative_change"].iloc[len(depths) // 2],
        "relative_change_deep": means["relative_change"].iloc[-1],
    }
