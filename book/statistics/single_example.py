"""What the pages on one training example tabulate and judge."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import torch

from book.statistics.evidence import by_group, evidence, jackknife
from book.statistics.summaries import converged, over_seeds
from book.statistics.verdicts import Choice, try_values
from sigae.activations import get_activation
from sigae.infinite_width.gaussian_expectations import pair_expectations

CHANGES = ["radius_change", "jacobian_change", "relative_change"]


def changes(trained: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Average how much training changed the Jacobian over the seeds, by all measures: the column ``quantity``."""
    return pd.concat([over_seeds(trained, name, by).assign(quantity=name) for name in CHANGES], ignore_index=True)


def mean_changes(trained: pd.DataFrame) -> pd.DataFrame:
    """Average the changes over the norms: one row a seed and depth."""
    return converged(trained).groupby(["seed", "depth"])[CHANGES].mean()


def concentration(saturating: pd.DataFrame, by_dimension: pd.DataFrame, activation: str) -> list[Any]:
    """Judge C1: whether untrained operator norms are what large dimensions lead to, and concentrate there."""
    target = 2 * get_activation(activation).slope_at_zero
    wide = by_dimension[by_dimension["dim"].eq(by_dimension["dim"].max())]
    found: list[Any] = []
    law = []
    for name, table in (("value", saturating), ("wide", wide)):
        measured = table.set_index(["dim", "norm", "seed"])["operator_norm"]
        found += by_group(name, "d = {}, norm {:g}", measured / target)
    for (dim, norm), part in saturating.groupby(["dim", "norm"], sort=False):
        ratio = part.set_index("seed")["operator_norm"] / norm_by_law(activation, norm, dim)
        law.append(evidence("law", f"d = {dim}", ratio, note=f"norm {norm:g}"))
    found.append(max(filter(None, law), key=lambda item: abs(item.value - 1), default=None))
    by_seed = by_dimension.pivot(index="seed", columns="dim", values="operator_norm").dropna()
    dims = by_seed.columns
    if len(dims) > 1:
        found.append(evidence("spread", f"d from {dims[0]:g} to {dims[-1]:g}", jackknife(by_seed, _spread_exponent)))
    return found


def _spread_exponent(by_seed: pd.DataFrame) -> float:
    """Fit a power of the dimension to the standard deviation of operator norms over their mean."""
    spread = by_seed.std() / by_seed.mean()
    return float(np.polyfit(np.log(spread.index.to_numpy(dtype=float)), np.log(spread), 1)[0])


def norm_by_law(activation: str, norm: float, dim: int) -> float:
    r"""Return the untrained two-layer Jacobian's operator norm for :math:`m \gg d \gg 1`.

    :math:`2 \sqrt{\mathbb{E}\, \phi'(z)^2}` with :math:`z \sim N(0, r^2 / d)`: given the slopes the Jacobian's rows are
    Gaussian, and the largest singular value is that of a square Gaussian matrix.
    """
    q = torch.tensor(norm**2 / dim, dtype=torch.float64)
    return 2 * math.sqrt(pair_expectations(activation, q, q, q).e11.item())


def alike_with_depth(trained: pd.DataFrame, depths: Sequence[int]) -> list[Any]:
    """Judge C2: the ratio of the changes averaged over the norms, one layer more to one less, seed by seed."""
    good = converged(trained)
    counts = good.groupby("seed").size()
    # A seed of which a network failed is left out: averages over other norms do not compare.
    per_seed = mean_changes(good[good["seed"].isin(counts.index[counts.eq(counts.max())])])
    names = ("radius", "jacobian", "relative")
    by_depth = {name: per_seed[f"{name}_change"].unstack("depth").reindex(columns=depths) for name in names}
    return [
        evidence(name, f"depth {more} against {less}", changes[more] / changes[less], "geometric mean")
        for name, changes in by_depth.items()
        for less, more in pairwise(depths)
    ]


def always_an_attractor(trained: pd.DataFrame) -> list[Any]:
    """Judge C3 by depth: what 95 % of networks stay below at the norm where that is largest; the largest of any."""
    found: list[Any] = []
    for depth, part in converged(trained).groupby("depth"):
        words = f"depth {depth}"
        items = [
            evidence("radius", words, here.set_index("seed")["final_radius"], "95 % quantile", note=f"norm {norm:g}")
            for norm, here in part.groupby("norm")
        ]
        found.append(max(filter(None, items), key=lambda item: item.value, default=None))
        largest, note = part.groupby("seed")["final_radius"].max(), part.loc[part["final_radius"].idxmax(), "norm"]
        found.append(evidence("worst", words, largest, "largest", note=f"norm {note:g}"))
    return found


def from_each_norm(
    claim: str,
    judged: pd.DataFrame,
    evidence_of: Callable[[pd.DataFrame], list[Any]],
    sigmoid: pd.DataFrame | None = None,
) -> Choice:
    """Try a verdict with the smallest norms left out, one after the other."""
    norms = sorted(converged(judged)["norm"].unique().tolist())
    return try_values(
        "smallest norm judged", norms[0], norms, claim, lambda t, r: evidence_of(t[t["norm"].ge(r)]), judged, sigmoid
    )


def up_to_each_norm(
    saturating: pd.DataFrame,
    by_dimension: pd.DataFrame,
    activation: str,
    norms: Sequence[float],
    sigmoid: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> Choice:
    """Try the verdict on the untrained operator norm with the largest norms left out."""
    return try_values(
        "largest norm judged", norms[-1], norms, "C1",
        lambda t, r: concentration(t[0][t[0]["norm"].le(r)], t[1], t[2]),
        (saturating, by_dimension, activation), sigmoid and (*sigmoid, "sigmoid"),
    )  # fmt: skip
