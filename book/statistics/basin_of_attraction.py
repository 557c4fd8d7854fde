"""The tables behind the page on basins of attraction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from book.statistics.evidence import evidence, rate_evidence
from book.statistics.summaries import converged, holds_from
from book.statistics.verdicts import Choice, try_values
from book.typeset import from_norm_on, number

ALONE, REPORT = "each cue alone", "the report's: whole batches"


def recall_rates(swept: pd.DataFrame) -> pd.DataFrame:
    """Tabulate how many cues of a sweep of ``basin`` are recalled, by both criteria: the column ``criterion``.

    ``norm``, ``noise``, the counts ``recalled`` and ``cues``, and ``mean`` with ``low`` and ``high``, the range over
    seeds.
    """
    cues = converged(swept).explode(["noises", "cues", "recalled", "report_rate"]).rename(columns={"noises": "noise"})
    cues = cues.astype({"report_rate": float}).assign(rate=(cues["recalled"] / cues["cues"]).astype(float))
    groups = cues.groupby(["norm", "noise"], sort=False)
    alone, report = (
        groups[rate].agg(mean="mean", low="min", high="max").reset_index().assign(criterion=criterion)
        for rate, criterion in (("rate", ALONE), ("report_rate", REPORT))
    )
    alone = alone.join(groups[["recalled", "cues"]].sum(), on=["norm", "noise"])
    columns = ["criterion", "norm", "noise", "recalled", "cues", "mean", "low", "high"]
    return pd.concat([alone, report], ignore_index=True)[columns]


def _attractor_share(criterion: str, condition: str, part: pd.DataFrame) -> Any:
    """Count the patterns of some networks, one a seed, that are attractors."""
    radii = part.set_index("seed")["radii"]
    return rate_evidence(criterion, condition, radii.map(lambda r: sum(radius < 1 for radius in r)), radii.map(len))


def recall_and_attraction(swept: pd.DataFrame, smallest: float, tighter: pd.DataFrame | None = None) -> list[Any]:
    """Judge C7: what small norms and noise do to attractors and recall, at the norms from the ``smallest`` on.

    The share of attractors at that norm; and, seed by seed, the recall rate under most noise less that under least,
    over all norms; by the report's criterion the same at the largest norm. Networks of smaller norms, and those trained
    further (``tighter``), stand beside. None of a comparison where a single norm, or a single noise, leaves nothing to
    compare.
    """
    trained = converged(swept)
    good = trained[trained["norm"].ge(smallest)]
    norms, noises = sorted(good["norm"].unique()), good["noises"].iloc[0] if len(good) else []
    found: list[Any] = []
    if len(norms) > 1:
        first, words = good[good["norm"].eq(norms[0])], f"norm {norms[0]:g}"
        found.append(_attractor_share("attractors", words, first))
        found.append(evidence("radius", words, first.set_index("seed")["radius_mean"]))
        for table in (
            trained[trained["norm"].lt(smallest)],
            converged(tighter) if tighter is not None else trained[:0],
        ):
            for (norm, tolerance), part in table.groupby(["norm", "tolerance"]):
                found.append(_attractor_share("beside", f"norm {norm:g}, trained to {tolerance:g}", part))
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
    """Try the verdict with other smallest norms."""
    norms = sorted(converged(swept)["norm"].unique().tolist())
    values = sorted({*(norms[:-1] or norms), smallest})
    return try_values("smallest norm judged", smallest, values, "C7", recall_and_attraction, swept)


def _percent_attractors(part: pd.DataFrame) -> float:
    return 100 * part["radii"].explode().lt(1).mean() if len(part) else math.nan


def attractor_statistics(trained: pd.DataFrame, norm: float) -> dict[str, float]:
    """Say which share in per cent of the patterns of one norm are attractors, with the mean and the worst radius."""
    at_norm = converged(trained).query("norm == @norm")
    return {
        "attractors_patient": _percent_attractors(at_norm),
        "radius_patient": at_norm["radius_mean"].mean(),
        "worst_patient": at_norm["radius_worst"].max(),
    }


def small_norm_statistics(swept: pd.DataFrame, tighter: pd.DataFrame, smallest: float) -> dict[str, float]:
    """Say which share in per cent of patterns are attractors at the report's smallest norm, and at the smallest of all.

    There also of networks trained further (``tighter``), with how far the mean radius is from one.
    """
    tables = {"loose": converged(swept), "tight": converged(tighter)}
    norms, first = tables["loose"]["norm"], pd.concat(tables)["norm"].min()
    reports = tables["loose"][norms.eq(norms[norms.ge(smallest)].min())]
    found = {"attractors_report": _percent_attractors(reports), "small_first": first}
    for name, table in tables.items():
        part = table[table["norm"].eq(first)]
        found |= {f"share_{name}": _percent_attractors(part), f"off_{name}": part["radius_mean"].mean() - 1}
    return found


def noise_statistics(found: list[Any], dim: int, noises: Sequence[float]) -> dict[str, Any]:
    """Say how noise changes recall, by what :func:`recall_and_attraction` found, and how long it is.

    ``whole_change`` is the first of those by the report's criterion at the largest norm.
    """
    texts = {item.criterion: item.text for item in reversed(found) if item}
    return {
        "noise_change": texts.get("noise", "unknown"),
        "whole_change": texts.get("whole", "unknown"),
        "least_noise_norm": math.sqrt(noises[0] * dim),
        "most_noise_norm": math.sqrt(noises[-1] * dim),
    }


def path_statistics(paths: pd.DataFrame, noises: Sequence[float], threshold: float) -> dict[str, Any]:
    """Say how far cues of a sweep of ``recall_errors`` come under the least noise, at the smallest and largest norm.

    The median error at the start and in the end, and how many end below the threshold.
    """
    least, rows = int(np.argmin(noises)), paths.set_index("norm")["errors"].sort_index()
    found: dict[str, Any] = {"path_noise": noises[least], "path_cues": len(rows.iloc[0][least])}
    for name, (norm, errors) in zip(("first", "last"), [*rows.items()][:: max(1, len(rows) - 1)] * 2, strict=False):
        start, *_, end = np.array(errors[least]).T  # (iterations + 1, cues)
        medians = [number(float(np.median(error)), 2) for error in (start, end)]
        found |= {f"path_{name}_norm": norm, f"path_{name}_recalled": int((end < threshold).sum())}
        found |= dict(zip((f"path_{name}_start", f"path_{name}_end"), medians, strict=True))
    return found


def rate_statistics(rates: pd.DataFrame, patient: pd.DataFrame, norm: float) -> dict[str, float | str]:
    """Sum up recall rates in per cent: at one norm, there with more iterations (``patient``), and at the last norm.

    ``complete`` says from which norm on every cue is recalled.
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
