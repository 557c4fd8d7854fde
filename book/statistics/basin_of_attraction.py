"""The tables behind the page on basins of attraction."""

from typing import Any

import pandas as pd

from book.statistics.evidence import evidence, rate_evidence
from book.statistics.summaries import converged
from book.statistics.verdicts import Choice, try_values

ALONE, REPORT = "each cue alone", "the report's: whole batches"


def _by_noise(swept: pd.DataFrame) -> pd.DataFrame:
    """List what a sweep of ``basin`` found, a row a network and noise, with the ``rate`` of cues that are recalled."""
    cues = converged(swept).explode(["noises", "cues", "recalled", "report_rate"]).rename(columns={"noises": "noise"})
    return cues.astype({"report_rate": float}).assign(rate=(cues["recalled"] / cues["cues"]).astype(float))


def recall_rates(swept: pd.DataFrame) -> pd.DataFrame:
    """Tabulate how many cues of a sweep of ``basin`` are recalled, by both criteria: mean, and range over seeds."""
    groups = _by_noise(swept).groupby(["norm", "noise"], sort=False)
    alone, report = (
        groups[rate].agg(mean="mean", low="min", high="max").reset_index().assign(criterion=criterion)
        for rate, criterion in (("rate", ALONE), ("report_rate", REPORT))
    )
    alone = alone.join(groups[["recalled", "cues"]].sum(), on=["norm", "noise"])
    columns = ["criterion", "norm", "noise", "recalled", "cues", "mean", "low", "high"]
    return pd.concat([alone, report], ignore_index=True)[columns]


def recall_and_attraction(swept: pd.DataFrame, smallest: float, tighter: pd.DataFrame | None = None) -> list[Any]:
    """Judge C7 at the norms from the ``smallest`` on, beside smaller ones and training further (``tighter``)."""
    trained = converged(swept)
    good = trained[trained["norm"].ge(smallest)]
    norms, noises = sorted(good["norm"].unique()), good["noises"].iloc[0] if len(good) else []
    found: list[Any] = []
    if len(norms) > 1:
        first, words = good[good["norm"].eq(norms[0])].set_index("seed"), f"norm {norms[0]:g}"
        found.append(_attractor_share("attractors", words, first))
        found.append(evidence("radius", words, first["radius_mean"]))
        for table in (trained[trained["norm"].lt(smallest)], *([] if tighter is None else [converged(tighter)])):
            for (norm, tolerance), part in table.groupby(["norm", "tolerance"]):
                words_there = f"norm {norm:g}, trained to {tolerance:g}"
                found.append(_attractor_share("beside", words_there, part.set_index("seed")))
        for k, noise in enumerate(noises):
            recalled, cues = (first[name].str[k] for name in ("recalled", "cues"))
            found.append(rate_evidence("recall", f"{words}, t = {noise:g}", recalled, cues))
    if len(noises) > 1:
        rates = _by_noise(good)
        alone = rates.pivot_table("rate", "seed", "noise")  # a mean over the norms
        change = alone[noises[-1]] - alone[noises[0]]
        words = f"t = {noises[-1]:g} against {noises[0]:g}, norms {norms[0]:g} to {norms[-1]:g}"
        found.append(evidence("noise", words, change))
        whole = rates[rates["norm"].eq(norms[-1])].pivot_table("report_rate", "seed", "noise")
        for noise in noises[1:]:
            words = f"t = {noise:g} against {noises[0]:g}, norm {norms[-1]:g}"
            found.append(evidence("whole", words, whole[noise] - whole[noises[0]]))
    return found


def _attractor_share(criterion: str, condition: str, part: pd.DataFrame) -> Any:
    """Count the patterns of some networks, one a seed, that are attractors."""
    radii = part["radii"]
    return rate_evidence(criterion, condition, radii.map(lambda r: sum(radius < 1 for radius in r)), radii.map(len))


def from_each_norm(swept: pd.DataFrame, smallest: float) -> Choice:
    """Try the verdict with other smallest norms."""
    norms = sorted(converged(swept)["norm"].unique().tolist())
    values = sorted({*(norms[:-1] or norms), smallest})
    return try_values("smallest norm judged", smallest, values, "C7", recall_and_attraction, swept)
