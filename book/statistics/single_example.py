"""The tables behind the pages on one training example."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch

from book.statistics.evidence import evidence, jackknife, largest_evidence, quantile_evidence, ratio_evidence
from book.statistics.summaries import converged, over_samples, over_seeds
from book.statistics.verdicts import Choice, judge_alike
from book.typeset import of_each
from sigae.activations import get_activation
from sigae.infinite_width.gaussian_expectations import pair_expectations

__all__ = [
    "TITLES",
    "alike_with_depth",
    "always_an_attractor",
    "changes",
    "concentration",
    "from_each_norm",
    "limit_changes",
    "mean_changes",
    "norm_by_law",
    "over_limit",
    "statistics_in_words",
    "activation_statistics",
    "change_statistics",
    "up_to_each_norm",
]

TITLES = {
    "radius_change": r"$|\rho(J_T) - \rho(J_0)|$",
    "jacobian_change": r"$\|J_T - J_0\|_2$",
    "relative_change": r"$\|J_T - J_0\|_2 \,/\, \|J_0\|_2$",
}
CHANGES = list(TITLES)


def changes(trained: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Tabulate how much training changed the Jacobian, by all measures.

    ``trained``: from a sweep of ``single_example``. Returns as from :func:`over_seeds`, with the measure's name as
    ``quantity``.
    """
    measured = _with_relative_change(trained)
    parts = [over_seeds(measured, name, by).assign(quantity=name) for name in CHANGES]
    return pd.concat(parts, ignore_index=True)


def limit_changes(limit: pd.DataFrame, depths: Sequence[int], by: Sequence[str]) -> pd.DataFrame:
    """Tabulate the same at infinite width, where the change of the radius is worked out for depth 2 alone.

    ``limit``: from a sweep of ``limit_single_example``. Returns as from :func:`over_samples`, with the measure's name
    as ``quantity``.
    """
    parts = zip((limit[limit["depth"].eq(2)], limit[limit["depth"].isin(depths)]), CHANGES[:2], strict=True)
    return pd.concat(
        [over_samples(part, name, by).assign(quantity=name) for part, name in parts if len(part)], ignore_index=True
    )


def mean_changes(trained: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Average the changes over the norms, one row a seed and depth.

    ``trained``: from a sweep of ``single_example``. ``by``: columns to tell apart, ``seed`` and ``depth`` among them.
    Returns ``radius_change``, ``jacobian_change`` and ``relative_change``, the latter over the initial operator norm.
    """
    return converged(_with_relative_change(trained)).groupby(list(by))[CHANGES].mean()


def _with_relative_change(trained: pd.DataFrame) -> pd.DataFrame:
    return trained.assign(relative_change=trained["jacobian_change"] / trained["initial_operator_norm"])


def concentration(saturating: pd.DataFrame, by_dimension: pd.DataFrame, activation: str) -> list[Any]:
    """Judge whether untrained networks' operator norms are what large dimensions lead to, and concentrate there.

    ``saturating``, ``by_dimension``: from sweeps of ``initial_jacobian``, of one activation: over norms in one
    dimension, and over dimensions. Returns for C1: the mean of the operator norms over 2 phi'(0), at every norm, and in
    the largest dimension; over 2 sqrt(E phi'(z)^2), z ~ N(0, r^2 / d), at the norm where that is furthest from one; and
    the exponent of d in their standard deviation over their mean.
    """
    target = 2 * get_activation(activation).slope_at_zero
    wide = by_dimension[by_dimension["dim"].eq(by_dimension["dim"].max())]
    found, law = [], []
    for name, table in (("value", saturating), ("wide", wide)):
        for (dim, norm), part in table.groupby(["dim", "norm"], sort=False):
            measured, words = part.set_index("seed")["operator_norm"], f"d = {dim}, norm {norm:g}"
            found.append(evidence(name, words, measured / target))
            if name == "value":
                law.append(
                    evidence("law", f"d = {dim}", measured / norm_by_law(activation, norm, dim), note=f"norm {norm:g}")
                )
    found.append(max((item for item in law if item), key=lambda item: abs(item.value - 1), default=None))
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

    Returns :math:`2 \sqrt{\mathbb{E}\, \phi'(z)^2}` with :math:`z \sim N(0, r^2 / d)`: given the slopes the Jacobian's
    rows are Gaussian, and the largest singular value is that of a square Gaussian matrix.
    """
    q = torch.tensor(norm**2 / dim, dtype=torch.float64)
    return 2 * math.sqrt(pair_expectations(activation, q, q, q).e11.item())


def alike_with_depth(trained: pd.DataFrame, depths: Sequence[int]) -> list[Any]:
    """Judge whether training changes the Jacobian less, one layer more.

    ``trained``: from a sweep of ``single_example``, of one activation. Returns for C2: the ratio of the changes
    averaged over the norms, one a criterion and pair of neighbouring depths.
    """
    trained = _at_every_norm(trained)
    per_seed = mean_changes(trained, ["seed", "depth"])
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
    """Judge whether a single pattern is an attractor, depth by depth.

    ``trained``: from a sweep of ``single_example``, of one activation. Returns for C3: what 95 % of networks stay below
    at the norm where that is largest, and the largest radius of any.
    """
    found: list[Any] = []
    for depth, part in converged(trained).groupby("depth"):
        words = f"depth {depth}"
        items = [
            quantile_evidence("radius", words, at_norm.set_index("seed")["final_radius"], note=f"norm {norm:g}")
            for norm, at_norm in part.groupby("norm")
        ]
        found.append(max((item for item in items if item), key=lambda item: item.value, default=None))
        worst = f"norm {part.loc[part['final_radius'].idxmax(), 'norm']:g}"
        found.append(largest_evidence("worst", words, part.groupby("seed")["final_radius"].max(), note=worst))
    return found


def from_each_norm(
    claim: str,
    judged: pd.DataFrame,
    judge_of: Callable[[pd.DataFrame], list[Any]],
    sigmoid: pd.DataFrame | None = None,
) -> Choice:
    """Try a verdict with the smallest norms left out, one after the other.

    ``judged``: the table that the verdict rests on, with ``norm``. Returns of the smallest norm.
    """
    norms = sorted(converged(judged)["norm"].unique().tolist())
    tried = {}
    for norm in norms:
        found, alike = (t if t is None else judge_of(t[t["norm"].ge(norm)]) for t in (judged, sigmoid))
        tried[norm] = judge_alike(claim, found or [], alike)
    return Choice("smallest norm judged", norms[0], tried)


def up_to_each_norm(
    saturating: pd.DataFrame,
    by_dimension: pd.DataFrame,
    activation: str,
    norms: Sequence[float],
    sigmoid: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> Choice:
    """Try the verdict on the untrained operator norm with the largest norms left out.

    Returns of the largest norm.
    """

    def found(name: str, at_norms: pd.DataFrame, in_dimensions: pd.DataFrame, norm: float) -> list[Any]:
        return concentration(at_norms[at_norms["norm"].le(norm)], in_dimensions, name)

    tried = {
        norm: judge_alike(
            "C1",
            found(activation, saturating, by_dimension, norm),
            None if sigmoid is None else found("sigmoid", *sigmoid, norm),
        )
        for norm in norms
    }
    return Choice("largest norm judged", norms[-1], tried)


def activation_statistics(
    activation: str, trained: pd.DataFrame, initial: pd.DataFrame, shallow: pd.DataFrame
) -> dict[str, float]:
    """Compute what the page on tanh and erf says of one of them.

    ``trained``, ``initial``, ``shallow``: from sweeps of ``single_example``, ``initial_jacobian`` and, at depth 2,
    ``limit_single_example``. Returns name to number, all but the changes and ``last_unstable`` at the smallest norm;
    the latter is the largest norm at which a network has a radius of one or more, nan where there is none, and
    ``largest`` the largest tried.
    """
    mine, untrained, exact = (
        t[t["activation"].eq(activation)] for t in (converged(trained), converged(initial), shallow)
    )
    by_depth = mean_changes(mine, ["seed", "depth"]).groupby("depth").mean()
    norm, unstable = mine["norm"].min(), mine[mine["final_radius"].ge(1)]
    return {
        "target": 2 * get_activation(activation).slope_at_zero,
        "initial": untrained.loc[untrained["norm"].eq(norm), "operator_norm"].mean(),
        "change_shallow": by_depth["jacobian_change"].iloc[0],
        "change_deep": by_depth["jacobian_change"].iloc[-1],
        "worst": mine["final_radius"].max(),
        "unstable": int(unstable["norm"].eq(norm).sum()),
        "networks": int(mine["norm"].eq(norm).sum()),
        "limit_unstable": 100 * exact.loc[exact["norm"].eq(norm), "final_radius"].explode().ge(1).mean(),
        "last_unstable": unstable["norm"].max(),
        "largest": mine["norm"].max(),
    }


def statistics_in_words(told: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """Put into words what the page on tanh and erf says of all its activations.

    ``told``: activation to what :func:`activation_statistics` computed. Returns name to words.
    """

    def attractor(t: Mapping[str, float]) -> str:
        if math.isnan(t["last_unstable"]):
            return "at every norm tried"
        return f"above norm {t['last_unstable']:g}" if t["last_unstable"] < t["largest"] else "at no norm tried"

    words: dict[str, Callable[[Mapping[str, float]], str]] = {
        "initials": lambda t: f"{t['initial']:.2f}",
        "targets": lambda t: f"{t['target']:.2f}",
        "change": lambda t: f"from {t['change_shallow']:.2f} to {t['change_deep']:.2f}",
        "unstable": lambda t: f"{t['unstable']:g} of {t['networks']:g} networks",
        "worst": lambda t: f"{t['worst']:.2f}",
        "limit_unstable": lambda t: f"{t['limit_unstable']:.0f} %",
        "attractor": attractor,
    }
    return {name: of_each({activation: say(t) for activation, t in told.items()}) for name, say in words.items()}


def over_limit(trained: pd.DataFrame, limit: pd.DataFrame, depth: int) -> float:
    """Compare how much training changes the Jacobian with how much it does at infinite width.

    ``trained``, ``limit``: from sweeps of ``single_example`` and ``limit_single_example``. Returns the ratio of the
    mean changes over all norms.
    """
    networks, exact = (t.loc[t["depth"].eq(depth), "jacobian_change"] for t in (converged(trained), limit))
    return float(networks.mean() / np.mean(exact.tolist()))


def change_statistics(per_seed: pd.DataFrame, depths: Sequence[int]) -> dict[str, float]:
    """Compute what the page says of the changes, averaged over norms and seeds.

    ``per_seed``: from :func:`mean_changes`. Returns name to number.
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
