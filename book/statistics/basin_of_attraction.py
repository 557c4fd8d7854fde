"""The tables behind the page on basins of attraction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.evidence import evidence, rate_evidence
from book.statistics.summaries import converged, holds_from
from book.statistics.verdicts import Choice, judge
from book.typeset import from_norm_on, number

__all__ = [
    "ALONE",
    "REPORT",
    "attractor_share",
    "from_each_norm",
    "recall_and_attraction",
    "recall_rates",
    "attractor_statistics",
    "noise_statistics",
    "path_statistics",
    "rate_statistics",
    "report_statistics",
    "small_norm_statistics",
]

ALONE, REPORT = "each cue alone", "the report's: whole batches"


def recall_rates(swept: pd.DataFrame) -> pd.DataFrame:
    """Tabulate how many cues come home, by both criteria.

    ``swept``: from a sweep of ``basin``; rows that failed are left out. Returns ``criterion`` (:data:`ALONE` or
    :data:`REPORT`), ``norm``, ``noise``, the counts ``recalled`` and ``cues``, and ``mean`` with ``low`` and ``high``,
    the range over seeds.
    """
    cues = converged(swept).explode(["noises", "cues", "recalled", "report_rate"]).rename(columns={"noises": "noise"})
    cues = cues.astype({"report_rate": float}).assign(rate=(cues["recalled"] / cues["cues"]).astype(float))
    groups = cues.groupby(["norm", "noise"], sort=False)
    counts = groups[["recalled", "cues"]].sum()
    alone = groups["rate"].agg(mean="mean", low="min", high="max").join(counts).reset_index().assign(criterion=ALONE)
    report = groups["report_rate"].agg(mean="mean", low="min", high="max").reset_index().assign(criterion=REPORT)
    columns = ["criterion", "norm", "noise", "recalled", "cues", "mean", "low", "high"]
    return pd.concat([alone, report], ignore_index=True)[columns]


def attractor_share(criterion: str, condition: str, part: pd.DataFrame) -> Any:
    """Count the patterns of some networks, one a seed, that are attractors.

    ``part``: from a sweep of ``basin``; one row a seed. Returns their share.
    """
    radii = part.set_index("seed")["radii"]
    return rate_evidence(criterion, condition, radii.map(lambda r: sum(radius < 1 for radius in r)), radii.map(len))


def recall_and_attraction(swept: pd.DataFrame, smallest: float, tighter: pd.DataFrame | None = None) -> list[Any]:
    """Judge what small norms and noise do to attractors and recall.

    ``swept``: from a sweep of ``basin``. Returns for C7: the share of attractors at the smallest norm; and, seed by
    seed, the recall rate under most noise less that under least, over all norms; by the report's criterion the same at
    the largest norm. None of a comparison where a single norm, or a single noise, leaves nothing to compare.
    """
    trained = converged(swept)
    good = trained[trained["norm"].ge(smallest)]
    norms, noises = sorted(good["norm"].unique()), good["noises"].iloc[0] if len(good) else []
    found: list[Any] = []
    if len(norms) > 1:
        first, words = good[good["norm"].eq(norms[0])], f"norm {norms[0]:g}"
        found.append(attractor_share("attractors", words, first))
        found.append(evidence("radius", words, first.set_index("seed")["radius_mean"]))
        for table in (
            trained[trained["norm"].lt(smallest)],
            converged(tighter) if tighter is not None else trained[:0],
        ):
            for (norm, tolerance), part in table.groupby(["norm", "tolerance"]):
                found.append(attractor_share("beside", f"norm {norm:g}, trained to {tolerance:g}", part))
        of_first = first.set_index("seed")
        for k, noise in enumerate(noises):
            recalled, cues = (of_first[name].str[k] for name in ("recalled", "cues"))
            found.append(rate_evidence("recall", f"{words}, t = {noise:g}", recalled, cues))
    if len(noises) > 1:
        rates = _by_seed(good, "recalled")
        words = f"t = {noises[-1]:g} against {noises[0]:g}, norms {norms[0]:g} to {norms[-1]:g}"
        found.append(evidence("noise", words, rates.iloc[:, -1] - rates.iloc[:, 0]))
        at_last = _by_seed(good[good["norm"].eq(norms[-1])], "report_rate")
        for k, noise in enumerate(noises[1:], start=1):
            words = f"t = {noise:g} against {noises[0]:g}, norm {norms[-1]:g}"
            found.append(evidence("whole", words, at_last.iloc[:, k] - at_last.iloc[:, 0]))
    return found


def _by_seed(good: pd.DataFrame, name: str) -> pd.DataFrame:
    """Average recall over the norms: one row a seed, one column a noise."""
    rates = [
        np.divide(row.recalled, row.cues) if name == "recalled" else np.asarray(row.report_rate, dtype=float)
        for row in good.itertuples()
    ]
    return pd.DataFrame(rates, index=good["seed"]).groupby("seed").mean()


def from_each_norm(swept: pd.DataFrame, smallest: float) -> Choice:
    """Try the verdict with other smallest norms.

    Returns of the smallest norm.
    """
    norms = sorted(converged(swept)["norm"].unique().tolist())
    tried = {
        r: judge("C7", recall_and_attraction(swept, r)).verdict for r in sorted({*(norms[:-1] or norms), smallest})
    }
    return Choice("smallest norm judged", smallest, tried)


def attractor_statistics(trained: pd.DataFrame, norm: float) -> dict[str, float]:
    """Compute what the page says of attractors at one norm.

    ``trained``: from a sweep of ``basin``; rows that failed are left out. Returns their share in per cent, and the mean
    and the worst spectral radius; nan where nothing was trained.
    """
    at_norm = converged(trained).query("norm == @norm")
    return {
        "attractors_patient": 100 * at_norm["radii"].explode().lt(1).mean(),
        "radius_patient": at_norm["radius_mean"].mean(),
        "worst_patient": at_norm["radius_worst"].max(),
    }


def report_statistics(swept: pd.DataFrame, smallest: float) -> dict[str, float]:
    """Say how many patterns are attractors at the report's smallest norm.

    Returns their share in per cent.
    """
    good = converged(swept)
    norms = good.loc[good["norm"].ge(smallest), "norm"]
    return {"attractors_report": 100 * good.loc[good["norm"].eq(norms.min()), "radii"].explode().lt(1).mean()}


def small_norm_statistics(swept: pd.DataFrame, tighter: pd.DataFrame) -> dict[str, float]:
    """Compute what the page says of attractors at the smallest norm.

    ``swept``, ``tighter``: from sweeps of ``basin``, the second with more training. Returns that norm; and of each the
    share of attractors there in per cent, and by how much the mean radius is off one.
    """
    tables = {"loose": converged(swept), "tight": converged(tighter)}
    first = min(table["norm"].min() for table in tables.values())
    told = {"small_first": first}
    for name, table in tables.items():
        part = table[table["norm"].eq(first)]
        told |= {
            f"share_{name}": 100 * part["radii"].explode().lt(1).mean(),
            f"off_{name}": part["radius_mean"].mean() - 1,
        }
    return told


def noise_statistics(found: list[Any], dim: int, noises: Sequence[float]) -> dict[str, Any]:
    """Compute what the page says of noise.

    ``found``: from :func:`recall_and_attraction`. Returns ``noise_change``, of the recall rate over the norms;
    ``whole_change``, the first of those by the report's criterion at the largest norm; and the norms of the least and
    the most noise.
    """
    texts = {item.criterion: item.text for item in reversed(found) if item}
    return {
        "noise_change": texts.get("noise", "unknown"),
        "whole_change": texts.get("whole", "unknown"),
        "least_noise_norm": math.sqrt(noises[0] * dim),
        "most_noise_norm": math.sqrt(noises[-1] * dim),
    }


def path_statistics(paths: pd.DataFrame, noises: Sequence[float], threshold: float) -> dict[str, Any]:
    """Compute what the page says of cues on their way under the least noise, at the smallest and at the largest norm.

    ``paths``: from a sweep of ``recall_errors``, of one activation. Returns the noise, how many cues there are, and of
    each end (``first``, ``last``) the norm, the median error at the start and in the end, and how many are recalled.
    """
    least, rows = int(np.argmin(noises)), paths.set_index("norm")["errors"].sort_index()
    told: dict[str, Any] = {"path_noise": noises[least], "path_cues": len(rows.iloc[0][least])}
    for name, (norm, errors) in zip(("first", "last"), [*rows.items()][:: max(1, len(rows) - 1)] * 2, strict=False):
        start, *_, end = np.array(errors[least]).T  # (iterations + 1, cues)
        medians = [number(float(np.median(error)), 2) for error in (start, end)]
        told |= {f"path_{name}_norm": norm, f"path_{name}_recalled": int((end < threshold).sum())}
        told |= dict(zip((f"path_{name}_start", f"path_{name}_end"), medians, strict=True))
    return told


def rate_statistics(rates: pd.DataFrame, patient: pd.DataFrame, norm: float) -> dict[str, float | str]:
    """Compute what the page says of recall rates, in per cent.

    ``rates``: from :func:`recall_rates`. ``patient``: from a sweep of ``basin`` with the least noise and many
    iterations. Returns name to number, nan where no network was trained at that norm; ``complete`` in words, from which
    norm on every cue is recalled.
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
        "complete": from_norm_on(holds_from(alone.groupby("norm")["mean"].min().eq(1))),
        "report_last": 100 * at_last[REPORT],
        "alone_last": 100 * at_last[ALONE],
    }
