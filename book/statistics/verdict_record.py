"""A verdict as plain data: what a notebook records of it, and the measurements from which anybody comes to it again."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

from book.statistics.claims import Criterion
from book.statistics.evidence import Evidence
from book.statistics.verdicts import NOT_JUDGED, Choice, Verdict, outcomes, same_outcome, sum_up


def record(verdict: Verdict) -> dict[str, Any]:
    """Return plain data for pages and JSON, numbers rounded to four digits of their distance to the threshold."""
    claim = verdict.claim
    data: dict[str, Any] = {
        "id": claim.id,
        "part": verdict.part,
        "statement": claim.statement + (f" Here: {verdict.part}." if verdict.part else ""),
        "source": claim.source,
        "verdict": verdict.verdict,
        "evidence": _rows(verdict, verdict.evidence),
        "margins": _margins(verdict) if verdict.verdict != NOT_JUDGED else [],
    }
    if verdict.reference:
        data["reference"] = _rows(verdict, verdict.reference)
        theirs = {(row["criterion"], row["condition"]): row["outcome"] for row in data["reference"]}
        for row in data["evidence"]:
            other = theirs.get((row["criterion"], row["condition"]))
            row["as_sigmoid"] = other and same_outcome(row["outcome"], other)
    if verdict.scale:
        data["scale"] = verdict.scale
    return data


def measurements(verdict: Verdict) -> list[dict[str, Any]]:
    """List what was measured, a row a seed: enough to come to the verdict again."""
    rows = []
    for activation, items in ((verdict.part.partition(",")[0], verdict.evidence), ("sigmoid", verdict.reference)):
        for item in items:
            criterion = verdict.claim.criteria[item.criterion]
            bounds = {"lower": criterion.lower, "upper": criterion.upper}
            for seed, value, trials in item.measured:
                row: dict[str, Any] = {"claim": verdict.claim.id, "scale": verdict.scale, "part": verdict.part}
                row |= {"activation": activation, "criterion": item.criterion}
                row |= {"decides": item.criterion in verdict.deciding} | bounds
                row |= {"condition": item.condition, "statistic": item.statistic, "seed": seed}
                row |= {"value": _shortened(value, *bounds.values()), "trials": int(trials)}
                rows.append(row)
    return rows


def threshold_range(
    items: Sequence[Evidence], criterion: Criterion, bound: str, reference: Sequence[Evidence] | None = None
) -> tuple[float, float, str, str]:
    """Find between what a bound of a criterion can lie for the same verdict, and the verdicts below and above that."""

    def verdict_at(value: float) -> str:
        return sum_up(outcomes(items, replace(criterion, **{bound: value}), reference))  # type: ignore[arg-type]

    # Outcomes change at the ends of the intervals alone, so one bound between any two neighbours stands for all.
    ends = sorted({end for item in (*items, *(reference or ())) for end in (item.low, item.high) if math.isfinite(end)})
    between = [ends[0] - 1, *((low + high) / 2 for low, high in pairwise(ends)), ends[-1] + 1]
    pieces = list(zip([-math.inf, *ends], [*ends, math.inf], map(verdict_at, between), strict=True))
    used = getattr(criterion, bound)
    other = [piece for piece in pieces if piece[2] != verdict_at(used)]
    low, below = next(((high, verdict) for _, high, verdict in other[::-1] if high <= used), (-math.inf, ""))
    high, above = next(((low, verdict) for low, _, verdict in other if low >= used), (math.inf, ""))
    return low, high, below, above


def _margins(verdict: Verdict) -> list[str]:
    """Say for which thresholds and other choices the verdict, or its half, is the same."""
    found = []
    for name in verdict.deciding:
        criterion = verdict.claim.criteria[name]
        items = [item for item in verdict.evidence if item.criterion == name]
        reference = [item for item in verdict.reference if item.criterion == name] if verdict.reference else None
        half = f"{criterion.measured(verdict.settings)}: " if len(verdict.deciding) > 1 else ""
        bounds = {bound: used for bound in ("lower", "upper") if math.isfinite(used := getattr(criterion, bound))}
        for bound, used in bounds.items():
            low, high, below, above = threshold_range(items, criterion, bound, reference)
            which = f"{bound} thresholds" if len(bounds) > 1 else "thresholds"
            said = f"{half}verdict unchanged for {which} {_between(low, high)} ({used:g} is used)"
            said += f"; {below} below" if below else ""
            found.append(said + (f"; {above} above" if above else ""))
    return found + [choice_in_words(choice) for choice in verdict.choices]


def _between(low: float, high: float) -> str:
    if math.isinf(low):
        return "of any size" if math.isinf(high) else f"up to {high:.4g}"
    return f"from {low:.4g} up" if math.isinf(high) else f"from {low:.4g} to {high:.4g}"


def choice_in_words(choice: Choice) -> str:
    """Say the verdict under every value of a choice that was tried, those that share it together."""
    found = []
    for verdict, run in groupby(choice.verdicts, key=choice.verdicts.__getitem__):
        values = [f"{value:g}" for value in run]
        found.append(f"{verdict} at {values[0]}" if len(values) == 1 else f"{verdict} from {values[0]} to {values[-1]}")
    return f"{choice.name} ({choice.used:g} is used): {', '.join(found)}"


def _rows(verdict: Verdict, items: Iterable[Evidence]) -> list[dict[str, Any]]:
    rows = []
    for item in sorted(items, key=lambda item: verdict.criteria.index(item.criterion)):
        criterion = verdict.claim.criteria[item.criterion]
        row: dict[str, Any] = {"criterion": item.criterion, "condition": item.condition, "note": item.note}
        for name in ("value", "low", "high"):
            row[name] = _shortened(getattr(item, name), criterion.lower, criterion.upper)
        row |= {"quantity": criterion.measured(verdict.settings), "threshold": criterion.threshold, "text": item.text}
        row |= {"outcome": item.outcome(criterion), "decides": item.criterion in verdict.deciding}
        row |= {"lower": _shortened(criterion.lower), "upper": _shortened(criterion.upper)}
        rows.append(row)
    return rows


def _shortened(value: float, *bounds: float) -> float | None:
    """Round to four digits of the value, or of its distance to a bound that is nearer; None for infinity."""
    if not math.isfinite(value):
        return None
    near = min((abs(value - end) for end in (0.0, *bounds) if math.isfinite(end) and end != value), default=1.0)
    return round(float(value), min(3 - math.floor(math.log10(near)), 7))
