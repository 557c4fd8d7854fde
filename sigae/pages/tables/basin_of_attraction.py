"""The tables behind the page on basins of attraction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sigae.pages.evidence import evidence, rate_evidence
from sigae.pages.tables.summaries import from_which_on, usable
from sigae.pages.typeset import from_norm_on, number
from sigae.pages.verdicts import Choice, judge

__all__ = [
    "ALONE",
    "REPORT",
    "from_each_norm",
    "other_tolerances",
    "recall_and_attraction",
    "recall_rates",
    "told_of_attractors",
    "told_of_paths",
    "told_of_rates",
    "told_of_small_norms",
]

ALONE, REPORT = "each cue alone", "the report's: whole batches"


def recall_rates(swept: pd.DataFrame) -> pd.DataFrame:
    """Tabulate how many cues come home, by both criteria.

    Parameters
    ----------
    swept
        From a sweep of ``basin``; rows that failed are left out.

    Returns
    -------
    pandas.DataFrame
        ``criterion`` (:data:`ALONE` or :data:`REPORT`), ``norm``, ``noise``, the counts ``recalled`` and ``cues``, and
        ``mean`` with ``low`` and ``high``, the range over seeds.
    """
    cues = usable(swept).explode(["noises", "cues", "recalled", "report_rate"]).rename(columns={"noises": "noise"})
    cues = cues.astype({"report_rate": float}).assign(rate=(cues["recalled"] / cues["cues"]).astype(float))
    groups = cues.groupby(["norm", "noise"], sort=False)
    counts = groups[["recalled", "cues"]].sum()
    alone = groups["rate"].agg(mean="mean", low="min", high="max").join(counts).reset_index().assign(criterion=ALONE)
    report = groups["report_rate"].agg(mean="mean", low="min", high="max").reset_index().assign(criterion=REPORT)
    columns = ["criterion", "norm", "noise", "recalled", "cues", "mean", "low", "high"]
    return pd.concat([alone, report], ignore_index=True)[columns]


def recall_and_attraction(judged: pd.DataFrame) -> list[Any]:
    """Judge what small norms and noise do to attractors and recall.

    Parameters
    ----------
    judged
        From a sweep of ``basin``.

    Returns
    -------
    list of Evidence or None
        For C7: the share of attractors and the radius at the smallest norm; and, seed by seed, the recall there less
        that at the largest, and that under most noise less that under least. None of a comparison where a single norm,
        or a single noise, leaves nothing to compare.
    """
    good = usable(judged)
    norms = sorted(good["norm"].unique())
    found: list[Any] = []
    first = good[good["norm"].eq(norms[0])] if norms else good
    if len(norms) > 1:
        words = f"norm {norms[0]:g}"
        attractors = [sum(radius < 1 for radius in radii) for radii in first["radii"]]
        found.append(rate_evidence("attractors", words, attractors, [len(radii) for radii in first["radii"]]))
        found.append(evidence("radius", words, first["radius_mean"]))
        rates = good.assign(rate=good["recalled"].map(sum) / good["cues"].map(sum)).set_index("seed")
        ends = [rates[rates["norm"].eq(norm)]["rate"] for norm in (norms[0], norms[-1])]
        found.append(evidence("small", f"{words} against {norms[-1]:g}", (ends[0] - ends[1]).dropna()))
    noises = good["noises"].iloc[0] if len(good) else []
    if len(noises) > 1:
        totals = good.groupby("seed")[["recalled", "cues"]].agg(lambda counts: list(np.sum(counts.tolist(), axis=0)))
        rate = np.array(totals["recalled"].tolist()) / np.array(totals["cues"].tolist())  # (seeds, noises)
        found.append(evidence("noise", f"t = {noises[-1]:g} against {noises[0]:g}", rate[:, -1] - rate[:, 0]))
    return found


def from_each_norm(judged: pd.DataFrame) -> Choice:
    """Try the verdict with the smallest norms left out.

    Parameters
    ----------
    judged
        As in :func:`recall_and_attraction`.

    Returns
    -------
    Choice
        Of the smallest norm.
    """
    norms = sorted(usable(judged)["norm"].unique().tolist())
    tried = {r: judge("C7", recall_and_attraction(judged[judged["norm"].ge(r)])).verdict for r in norms[:-1] or norms}
    return Choice("smallest norm judged", norms[0], tried)


def other_tolerances(judged: Mapping[float, pd.DataFrame], used: float) -> Choice:
    """Try the verdict with networks that were trained less, or more.

    Parameters
    ----------
    judged
        Training's tolerance to the table.
    used
        The tolerance that the verdict uses.

    Returns
    -------
    Choice
        Of the tolerance.
    """
    tried = {t: judge("C7", recall_and_attraction(judged[t])).verdict for t in sorted(judged)}
    return Choice("mean squared error at which training ends", used, tried)


def told_of_attractors(trained: pd.DataFrame, norm: float) -> dict[str, float]:
    """Compute what the page says of attractors at one norm.

    Parameters
    ----------
    trained
        From a sweep of ``basin``; rows that failed are left out.
    norm
        That norm.

    Returns
    -------
    dict
        Their share in per cent, and the mean and the worst spectral radius; nan where nothing was trained.
    """
    at_norm = usable(trained).query("norm == @norm")
    return {
        "attractors_patient": 100 * at_norm["radii"].explode().lt(1).mean(),
        "radius_patient": at_norm["radius_mean"].mean(),
        "worst_patient": at_norm["radius_worst"].max(),
    }


def told_of_small_norms(judged: pd.DataFrame, looser: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of attractors at small norms.

    Parameters
    ----------
    judged, looser
        From sweeps of ``basin``, the second with less training.

    Returns
    -------
    dict
        The first and the third norm, or the last where there are fewer; the shares of attractors there in per
        cent; and by how much the mean radius at the smallest norm is off one.
    """
    tight, loose = (usable(table) for table in (judged, looser))
    norms = sorted(tight["norm"].unique())
    first, last = norms[0], norms[min(2, len(norms) - 1)]
    shares = {r: 100 * part["radii"].explode().lt(1).mean() for r, part in tight.groupby("norm")}
    loosely = loose[loose["norm"].eq(first)]
    return {
        "small_first": first,
        "small_last": last,
        "share_first": shares[first],
        "share_last": shares[last],
        "share_loose": 100 * loosely["radii"].explode().lt(1).mean(),
        "off_tight": tight.loc[tight["norm"].eq(first), "radius_mean"].mean() - 1,
        "off_loose": loosely["radius_mean"].mean() - 1,
    }


def told_of_paths(paths: pd.DataFrame, noises: Sequence[float], threshold: float) -> dict[str, Any]:
    """Compute what the page says of cues on their way under the least noise, at the smallest and at the largest norm.

    Parameters
    ----------
    paths
        From a sweep of ``recall_errors``, of one activation.
    noises, threshold
        As in it: noise variances, and the mean squared error below which a cue counts as recalled.

    Returns
    -------
    dict
        The noise, how many cues there are, and of each end (``first``, ``last``) the norm, the median error at the
        start and in the end, and how many are recalled.
    """
    least, rows = int(np.argmin(noises)), paths.set_index("norm")["errors"].sort_index()
    told: dict[str, Any] = {"path_noise": noises[least], "path_cues": len(rows.iloc[0][least])}
    for name, (norm, errors) in zip(("first", "last"), [*rows.items()][:: max(1, len(rows) - 1)] * 2, strict=False):
        start, *_, end = np.array(errors[least]).T  # (iterations + 1, cues)
        medians = [number(float(np.median(error)), 2) for error in (start, end)]
        told |= {f"path_{name}_norm": norm, f"path_{name}_recalled": int((end < threshold).sum())}
        told |= dict(zip((f"path_{name}_start", f"path_{name}_end"), medians, strict=True))
    return told


def told_of_rates(rates: pd.DataFrame, patient: pd.DataFrame, norm: float) -> dict[str, float | str]:
    """Compute what the page says of recall rates, in per cent.

    Parameters
    ----------
    rates
        From :func:`recall_rates`.
    patient
        From a sweep of ``basin`` with the least noise and many iterations.
    norm
        At which they are told.

    Returns
    -------
    dict
        Name to number, nan where no network was trained at that norm; ``complete`` in words, from which norm on every
        cue is recalled.
    """
    last = rates["norm"].max()
    alone = rates[rates["criterion"].eq(ALONE)]
    at_norm = alone[alone["norm"].eq(norm)].set_index("noise")["mean"]
    recalled, cues = (sum(patient[column].str[0]) for column in ("recalled", "cues"))
    at_last = rates[rates["norm"].eq(last)].groupby("criterion")["mean"].mean()
    return {
        "rate_first_least": 100 * at_norm.get(at_norm.index.min(), math.nan),
        "rate_first_most": 100 * at_norm.get(at_norm.index.max(), math.nan),
        "patient_rate": 100 * recalled / cues,
        "patient_cues": int(cues),
        "complete": from_norm_on(from_which_on(alone.groupby("norm")["mean"].min().eq(1))),
        "report_last": 100 * at_last[REPORT],
        "alone_last": 100 * at_last[ALONE],
    }
