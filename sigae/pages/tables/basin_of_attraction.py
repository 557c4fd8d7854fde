"""The tables behind the page on basins of attraction."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sigae.pages.tables.intervals import wilson
from sigae.pages.tables.summaries import from_which_on, usable
from sigae.pages.verdicts import evidence, rate_difference

__all__ = ["ALONE", "REPORT", "recall_and_attraction", "recall_rates", "told_of_attractors", "told_of_rates"]

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
        ``mean`` with ``low`` and ``high``: Wilson's interval of all cues, or the range of the report's rate over seeds.
    """
    cues = usable(swept).explode(["noises", "cues", "recalled", "report_rate"]).rename(columns={"noises": "noise"})
    groups = cues.groupby(["norm", "noise"], sort=False)
    counts = groups[["recalled", "cues"]].sum()
    ends = [wilson(row.recalled, row.cues) for row in counts.itertuples()]
    alone = counts.reset_index().assign(
        criterion=ALONE,
        mean=(counts["recalled"] / counts["cues"]).to_numpy(dtype=float),
        low=[low for low, _ in ends],
        high=[high for _, high in ends],
    )
    rates = cues.astype({"report_rate": float}).groupby(["norm", "noise"], sort=False)["report_rate"]
    report = rates.agg(mean="mean", low="min", high="max").reset_index().assign(criterion=REPORT)
    columns = ["criterion", "norm", "noise", "recalled", "cues", "mean", "low", "high"]
    return pd.concat([alone, report], ignore_index=True)[columns]


def recall_and_attraction(trained: pd.DataFrame, rates: pd.DataFrame) -> list[Any]:
    """Judge what small norms and noise do to attractors and recall.

    Parameters
    ----------
    trained
        From a sweep of ``basin``.
    rates
        From :func:`recall_rates`.

    Returns
    -------
    list of Evidence or None
        The radius at the smallest norm, the recall there less that at the largest, and that under most noise less that
        under least; none of a comparison where a single norm, or a single noise, leaves nothing to compare.
    """
    alone = rates[rates["criterion"].eq(ALONE)]
    by_norm, by_noise = (alone.groupby(name, sort=False)[["recalled", "cues"]].sum() for name in ("norm", "noise"))
    found: list[Any] = []
    if len(by_norm) > 1:
        (first, at_first), (last, at_last) = list(by_norm.iterrows())[:: len(by_norm) - 1]
        radii = usable(trained).query("norm == @first")["radius_mean"]
        found.append(evidence("radius", f"norm {first:g}", radii))
        found.append(rate_difference("small", f"norm {first:g} against {last:g}", at_first.tolist(), at_last.tolist()))
    if len(by_noise) > 1:
        (least, at_least), (most, at_most) = list(by_noise.iterrows())[:: len(by_noise) - 1]
        found.append(rate_difference("noise", f"t = {most:g} against {least:g}", at_most.tolist(), at_least.tolist()))
    return found


def told_of_attractors(trained: pd.DataFrame, radii: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of attractors at the smallest norm.

    Parameters
    ----------
    trained
        From a sweep of ``basin``.
    radii
        ``norm``, ``mean`` and ``worst``.

    Returns
    -------
    dict
        Their share in per cent, and the mean and the worst spectral radius.
    """
    first = radii["norm"].min()
    return {
        "attractors_first": 100 * trained.loc[trained["norm"].eq(first), "radii"].explode().lt(1).mean(),
        "radius_first": radii.loc[radii["norm"].eq(first), "mean"].iloc[0],
        "worst_first": radii.loc[radii["norm"].eq(first), "worst"].iloc[0],
    }


def told_of_rates(rates: pd.DataFrame, patient: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of recall rates, in per cent.

    Parameters
    ----------
    rates
        From :func:`recall_rates`.
    patient
        From a sweep of ``basin`` with the least noise and many iterations.

    Returns
    -------
    dict
        Name to number.
    """
    first, last = rates["norm"].min(), rates["norm"].max()
    alone = rates[rates["criterion"].eq(ALONE)]
    at_first = alone[alone["norm"].eq(first)].set_index("noise")["mean"]
    recalled, cues = (sum(patient[column].str[0]) for column in ("recalled", "cues"))
    at_last = rates[rates["norm"].eq(last)].groupby("criterion")["mean"].mean()
    return {
        "rate_first_least": 100 * at_first.loc[at_first.index.min()],
        "rate_first_most": 100 * at_first.loc[at_first.index.max()],
        "patient_rate": 100 * recalled / cues,
        "patient_cues": int(cues),
        "complete": from_which_on(alone.groupby("norm")["mean"].min().eq(1)),
        "report_last": 100 * at_last[REPORT],
        "alone_last": 100 * at_last[ALONE],
    }
