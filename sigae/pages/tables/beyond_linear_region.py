"""The tables behind the pages on the spectral radius beyond the linear region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sigae.pages.tables.summaries import (
    at_extreme_norms,
    change_over_norms,
    from_which_on,
    last_norm_within,
    usable,
)
from sigae.pages.verdicts import evidence

__all__ = [
    "all_attractors_from",
    "drop_below_one",
    "following_the_limit",
    "half_at_the_end",
    "reach_of_the_limit",
    "told_of_descent",
    "told_of_each",
    "told_of_radii",
    "told_of_reach",
]


def reach_of_the_limit(trained: pd.DataFrame, limit: pd.DataFrame, close: float) -> pd.DataFrame:
    """Find up to which norm networks follow the infinite-width limit, seed by seed.

    Parameters
    ----------
    trained, limit
        From sweeps of ``trained_spectrum`` and ``limit_spectrum``, of one activation.
    close
        Distance of the mean radii up to which one follows the other.

    Returns
    -------
    pandas.DataFrame
        ``n_points``, ``seed``, ``width`` and ``reach``.
    """
    exact = limit.pivot_table(index="norm", columns=["n_points", "seed"], values="radius_mean")
    groups = usable(trained).groupby(["n_points", "seed", "width"])
    return pd.DataFrame(
        [
            (n, seed, width, last_norm_within(part.set_index("norm")["radius_mean"], exact[n, seed], close))
            for (n, seed, width), part in groups
        ],
        columns=["n_points", "seed", "width", "reach"],
    )


def all_attractors_from(radii: pd.DataFrame) -> float:
    """Find the norm from which on every pattern of every network is an attractor.

    Parameters
    ----------
    radii
        ``norm`` and ``worst``, the largest spectral radius.

    Returns
    -------
    float
        The norm; nan where there is none.
    """
    return from_which_on(radii.groupby("norm")["worst"].max().lt(1))


def drop_below_one(trained: pd.DataFrame, *, last: str = "last", drop: str = "drop") -> list[Any]:
    """Judge whether the radius of several patterns drops below one as the norm grows.

    Parameters
    ----------
    trained
        From a sweep of ``trained_spectrum``, of one activation.
    last, drop
        Names of the two criteria.

    Returns
    -------
    list of Evidence or None
        For each number of patterns and width: the worst radius at the largest norm, and the change of the mean.
    """
    several, curves = trained[trained["n_points"].gt(1)], ["n_points", "width"]
    _, at_last = at_extreme_norms(several, curves)
    change = change_over_norms(several, "radius_mean", curves)
    return [
        evidence(criterion, f"n = {n}, m = {m}", part)
        for criterion, values in [(last, at_last["radius_worst"]), (drop, change)]
        for (n, m), part in values.groupby(curves)
    ]


def following_the_limit(reach: pd.DataFrame, norms: Sequence[float]) -> list[Any]:
    """Judge whether wider networks follow the limit to larger norms.

    Parameters
    ----------
    reach
        From :func:`reach_of_the_limit`.
    norms
        Those at which networks and limit were compared.

    Returns
    -------
    list of Evidence or None
        The reach of one width less that of the next narrower one, where that one does not reach the last norm and leave
        nothing to exceed; none where a single norm was compared.
    """
    by_width = reach.pivot_table(index=["n_points", "seed"], columns="width", values="reach")
    widths = list(by_width.columns)
    return [
        evidence(
            "reach", f"n = {n}, m = {wide} against {narrow}", (part[wide] - part[narrow])[part[narrow] < norms[-1]]
        )
        for narrow, wide in zip(widths[:-1], widths[1:], strict=True)
        for n, part in by_width.groupby("n_points")
        if len(norms) > 1
    ]


def half_at_the_end(limit: pd.DataFrame) -> list[Any]:
    """Judge whether the limit's radius tends to one half.

    Parameters
    ----------
    limit
        From a sweep of ``limit_spectrum``.

    Returns
    -------
    list of Evidence or None
        The mean radius at the largest norm, one a number of patterns.
    """
    norm = limit["norm"].max()
    at_last = limit[limit["norm"].eq(norm)]
    return [
        evidence("limit", f"n = {n}, norm {norm:g}", part["radius_mean"]) for n, part in at_last.groupby("n_points")
    ]


def told_of_radii(radii: pd.DataFrame, exact: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of networks and of the limit.

    Parameters
    ----------
    radii, exact
        ``n_points``, ``norm`` and ``mean`` of both, and of the networks ``width`` and ``worst``.

    Returns
    -------
    dict
        Name to number: of the largest number of patterns in the widest networks, and of the limit.
    """
    most, last, far = radii["n_points"].max(), radii["norm"].max(), exact["norm"].max()
    many = radii.loc[radii["n_points"].eq(most) & radii["width"].eq(radii["width"].max()), "mean"]
    return {
        "far_norm": far,
        "all_below": max(all_attractors_from(part) for _, part in radii.groupby("n_points")),
        "radius_first": many.iloc[0],
        "radius_last": many.iloc[-1],
        "limit_last": exact.loc[exact["n_points"].eq(most) & exact["norm"].le(last), "mean"].iloc[-1],
        "limit_far_low": exact.loc[exact["norm"].eq(far), "mean"].min(),
        "limit_far_high": exact.loc[exact["norm"].eq(far), "mean"].max(),
        "limit_lowest": exact["mean"].min(),
    }


def told_of_descent(descent: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of gradient descent beside the flow.

    Parameters
    ----------
    descent
        From a sweep of ``flow_and_descent``.

    Returns
    -------
    dict
        The first and last norm that trained, and the relative distance of the Jacobians there, in per cent.
    """
    followed = usable(descent)
    return {
        "descent_points": descent["n_points"].iloc[0],
        "descent_first_norm": followed["norm"].iloc[0],
        "descent_last_norm": followed["norm"].iloc[-1],
        "descent_first": 100 * followed["difference"].iloc[0],
        "descent_last": 100 * followed["difference"].iloc[-1],
    }


def told_of_each(radii: pd.DataFrame, activations: Sequence[str]) -> dict[str, float]:
    """Compute what the page on tanh and erf says of each activation.

    Parameters
    ----------
    radii
        ``activation``, ``n_points``, ``width``, ``norm``, ``mean`` and ``worst``.
    activations
        Those that were trained; the prose names tanh and erf, and has no number for one left out.

    Returns
    -------
    dict
        ``first_``, ``last_`` and ``below_`` of each: the mean radius at the smallest and at the largest norm, and the
        norm from which on every pattern is an attractor.
    """
    names, first, last = list(dict.fromkeys([*activations, "tanh", "erf"])), radii["norm"].min(), radii["norm"].max()
    most, widest = radii["n_points"].max(), radii["width"].max()
    many = radii[radii["n_points"].eq(most) & radii["width"].eq(widest)].set_index(["activation", "norm"])["mean"]
    return {
        **{f"first_{name}": many.get((name, first), math.nan) for name in names},
        **{f"last_{name}": many.get((name, last), math.nan) for name in names},
        **{f"below_{name}": all_attractors_from(radii[radii["activation"].eq(name)]) for name in names},
    }


def told_of_reach(reach: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of how far networks follow the limit.

    Parameters
    ----------
    reach
        From :func:`reach_of_the_limit`.

    Returns
    -------
    dict
        ``reach_narrow`` and ``reach_wide``, of the narrowest and the widest networks, averaged over patterns and seeds.
    """
    means = reach.groupby("width")["reach"].mean()
    return {"reach_narrow": means.iloc[0], "reach_wide": means.iloc[-1]}
