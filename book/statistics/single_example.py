"""The tables behind the pages on one training example."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch

from book.statistics.evidence import evidence, jackknife, largest_evidence, quantile_evidence, ratio_evidence
from book.statistics.summaries import converged, over_samples, over_seeds
from book.statistics.verdicts import Choice, try_values
from book.typeset import of_each
from sigae.activations import get_activation
from sigae.infinite_width.gaussian_expectations import pair_expectations

TITLES = {
    "radius_change": r"$|\rho(J_T) - \rho(J_0)|$",
    "jacobian_change": r"$\|J_T - J_0\|_2$",
    "relative_change": r"$\|J_T - J_0\|_2 \,/\, \|J_0\|_2$",
}
CHANGES = list(TITLES)


def changes(trained: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Average how much training changed the Jacobian over the seeds, by all measures: the column ``quantity``."""
    measured = _with_relative_change(trained)
    return pd.concat([over_seeds(measured, name, by).assign(quantity=name) for name in CHANGES], ignore_index=True)


def limit_changes(limit: pd.DataFrame, depths: Sequence[int], by: Sequence[str]) -> pd.DataFrame:
    """Tabulate the same at infinite width, where the change of the radius is worked out for depth 2 alone."""
    parts = zip((limit[limit["depth"].eq(2)], limit[limit["depth"].isin(depths)]), CHANGES[:2], strict=True)
    found = [over_samples(part, name, by).assign(quantity=name) for part, name in parts if len(part)]
    return pd.concat(found, ignore_index=True)


def mean_changes(trained: pd.DataFrame) -> pd.DataFrame:
    """Average the changes over the norms: one row a seed and depth."""
    return converged(_with_relative_change(trained)).groupby(["seed", "depth"])[CHANGES].mean()


def _with_relative_change(trained: pd.DataFrame) -> pd.DataFrame:
    return trained.assign(relative_change=trained["jacobian_change"] / trained["initial_operator_norm"])


def concentration(saturating: pd.DataFrame, by_dimension: pd.DataFrame, activation: str) -> list[Any]:
    """Judge whether untrained networks' operator norms are what large dimensions lead to, and concentrate there.

    The tables are from sweeps of ``initial_jacobian``: over norms in one dimension, and over dimensions. Returns
    evidence for C1: the mean of the operator norms over 2 phi'(0), at every norm, and in the largest dimension; over
    2 sqrt(E phi'(z)^2), z ~ N(0, r^2 / d), at the norm where that is furthest from one; and the exponent of d in their
    standard deviation over their mean.
    """
    target = 2 * get_activation(activation).slope_at_zero
    wide = by_dimension[by_dimension["dim"].eq(by_dimension["dim"].max())]
    found, law = [], []
    for name, table in (("value", saturating), ("wide", wide)):
        for (dim, norm), part in table.groupby(["dim", "norm"], sort=False):
            measured, words = part.set_index("seed")["operator_norm"], f"d = {dim}, norm {norm:g}"
            found.append(evidence(name, words, measured / target))
            if name == "value":
                ratio = measured / norm_by_law(activation, norm, dim)
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
    per_seed = mean_changes(_at_every_norm(trained))
    return [
        ratio_evidence(
            name,
            f"depth {more} against {less}",
            (per_seed.xs(more, level="depth") / per_seed.xs(less, level="depth"))[f"{name}_change"],
        )
        for name in ("radius", "jacobian", "relative")
        for less, more in zip(depths[:-1], depths[1:], strict=True)
    ]


def _at_every_norm(trained: pd.DataFrame) -> pd.DataFrame:
    """Leave out seeds of which a network failed: averages over other norms do not compare."""
    good = converged(trained)
    counts = good.groupby("seed").size()
    return good[good["seed"].isin(counts.index[counts.eq(counts.max())])]


def always_an_attractor(trained: pd.DataFrame) -> list[Any]:
    """Judge C3 by depth: what 95 % of networks stay below at the norm where that is largest; the largest of any."""
    found: list[Any] = []
    for depth, part in converged(trained).groupby("depth"):
        items = [
            quantile_evidence("radius", f"depth {depth}", here.set_index("seed")["final_radius"], note=f"norm {norm:g}")
            for norm, here in part.groupby("norm")
        ]
        found.append(max(filter(None, items), key=lambda item: item.value, default=None))
        largest, note = part.groupby("seed")["final_radius"].max(), part.loc[part["final_radius"].idxmax(), "norm"]
        found.append(largest_evidence("worst", f"depth {depth}", largest, note=f"norm {note:g}"))
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


def statistics_in_words(trained: pd.DataFrame, initial: pd.DataFrame, shallow: pd.DataFrame) -> dict[str, str]:
    """Say of each activation how it starts, how training changes it, and where patterns are attractors.

    Takes sweeps of ``single_example``, ``initial_jacobian`` and, at depth 2, ``limit_single_example``. All but the
    changes, the worst radius and from where on patterns are attractors is said of the smallest norm.
    """
    said: dict[str, dict[str, str]] = {}
    for name, mine in converged(trained).groupby("activation", sort=False):
        untrained, exact = (t[t["activation"].eq(name)] for t in (converged(initial), shallow))
        change = mean_changes(mine).groupby("depth").mean()["jacobian_change"]
        norm, unstable = mine["norm"].min(), mine[mine["final_radius"].ge(1)]
        last = unstable["norm"].max()
        beyond = f"above norm {last:g}" if last < mine["norm"].max() else "at no norm tried"
        start = untrained.loc[untrained["norm"].eq(norm), "operator_norm"].mean()
        without = exact.loc[exact["norm"].eq(norm), "final_radius"].explode().ge(1).mean()
        said[str(name)] = {
            "initials": f"{start:.2f}",
            "targets": f"{2 * get_activation(name).slope_at_zero:.2f}",
            "change": f"from {change.iloc[0]:.2f} to {change.iloc[-1]:.2f}",
            "unstable": f"{unstable['norm'].eq(norm).sum()} of {mine['norm'].eq(norm).sum()} networks",
            "worst": f"{mine['final_radius'].max():.2f}",
            "limit_unstable": f"{100 * without:.0f} %",
            "attractor": "at every norm tried" if unstable.empty else beyond,
        }
    return {key: of_each({name: words[key] for name, words in said.items()}) for key in next(iter(said.values()))}


def over_limit(trained: pd.DataFrame, limit: pd.DataFrame, depth: int) -> float:
    """Divide how much training changes the Jacobian, over all norms, by how much it does at infinite width."""
    networks, exact = (t.loc[t["depth"].eq(depth), "jacobian_change"] for t in (converged(trained), limit))
    return float(networks.mean() / np.mean(exact.tolist()))


def change_statistics(per_seed: pd.DataFrame) -> dict[str, float]:
    """Average what :func:`mean_changes` returns over the seeds, at the shallowest, a middle and the deepest depth."""
    means = per_seed.groupby("depth").mean()
    ends = {"shallow": means.iloc[0], "middle": means.iloc[len(means) // 2], "deep": means.iloc[-1]}
    wanted = [(name, where) for name in CHANGES for where in ends if where != "middle" or name == "relative_change"]
    return {f"{name}_{where}": ends[where][name] for name, where in wanted}
