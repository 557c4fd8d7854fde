"""How a verdict on a claim is reached from measured values and their uncertainty."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from sigae.pages.claims import CLAIMS, Claim, Criterion
from sigae.pages.tables.intervals import half_width, wilson

__all__ = [
    "CLAIM_MIME",
    "NOT_JUDGED",
    "Evidence",
    "Verdict",
    "combine",
    "evidence",
    "judge",
    "rate_difference",
]

REPRODUCED, PARTLY, NOT_REPRODUCED, NOT_JUDGED = "reproduced", "partly", "not reproduced", "not judged"
CLAIM_MIME = "application/vnd.sigae.claim+json"  # a verdict among a notebook's outputs


@dataclass(frozen=True)
class Evidence:
    """One value put to one criterion under one condition; ``uncertainty`` is the half width of its 95 % interval."""

    criterion: str
    condition: str
    value: float
    uncertainty: float = 0.0

    @property
    def text(self) -> str:
        """Write the value with its uncertainty, both cut where the second digit of the uncertainty stands."""
        if math.isinf(self.uncertainty):
            return f"{self.value:.3g} ± unknown"
        if self.uncertainty == 0:
            return f"{self.value:.3g}"
        places = max(0, 1 - math.floor(math.log10(self.uncertainty)))
        return f"{self.value:.{places}f} ± {self.uncertainty:.{places}f}"

    def outcome(self, criterion: Criterion) -> str:
        """Return ``"holds"``, ``"fails"``, or ``"open"`` when the interval reaches across a bound."""
        low, high = self.value - self.uncertainty, self.value + self.uncertainty
        if criterion.lower < low and high < criterion.upper:
            return "holds"
        return "fails" if high <= criterion.lower or criterion.upper <= low else "open"


@dataclass(frozen=True)
class Verdict:
    """The judgement on a claim, or on one part of it, with everything it rests on."""

    claim: Claim
    part: str
    verdict: str
    evidence: tuple[Evidence, ...]
    criteria: tuple[str, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, numbers rounded to four significant digits, for pages and JSON."""
        criteria, rows = self.claim.criteria, []
        words = {name: criterion.measured(self.settings) for name, criterion in criteria.items()}
        for item in self.evidence:
            criterion = criteria[item.criterion]
            row = asdict(item) | {"value": _rounded(item.value), "uncertainty": _rounded(item.uncertainty)}
            row |= {"quantity": words[item.criterion], "threshold": criterion.threshold, "text": item.text}
            rows.append(row | {"outcome": item.outcome(criterion)})
        asked = dict.fromkeys(item.criterion for item in self.evidence)
        missing = [name for name in self.criteria if name not in asked]
        data = {
            "id": self.claim.id,
            "part": self.part,
            "statement": self.claim.statement + (f" Here: {self.part}." if self.part else ""),
            "source": self.claim.source,
            "threshold": "; ".join(f"{words[name]}: {criteria[name].threshold}" for name in asked),
            "value": "; ".join(f"{item.text} ({item.condition})" for item in self.evidence),
            "uncertainty": None,
            "verdict": self.verdict,
            "evidence": rows,
        }
        if missing:
            data["missing"] = [{"quantity": words[name], "threshold": criteria[name].threshold} for name in missing]
        return data


def evidence(criterion: str, condition: str, values: Sequence[float] | float) -> Evidence | None:
    """Turn independent measurements, one a seed, into evidence: their mean and its 95 % interval.

    Parameters
    ----------
    criterion
        Name of the claim's criterion.
    condition
        Under which the values were measured, in words.
    values
        One value a seed, nan where a network failed; a plain number is exact.

    Returns
    -------
    Evidence
        With the mean and its half width; None where there is no value.
    """
    if not isinstance(values, Iterable):
        return Evidence(criterion, condition, float(values))
    values = [value for value in values if not math.isnan(value)]
    if not values:
        return None
    return Evidence(criterion, condition, float(np.mean(values)), half_width(values))


def rate_difference(criterion: str, condition: str, one: Sequence[int], other: Sequence[int]) -> Evidence:
    """Turn two recall counts into evidence: the difference of their rates, by Newcombe's (1998) method 10.

    Parameters
    ----------
    criterion, condition
        As in :func:`evidence`.
    one, other
        Successes and trials; the second rate is taken from the first.

    Returns
    -------
    Evidence
        With the larger of the two half widths of the interval.
    """
    p, q = one[0] / one[1], other[0] / other[1]
    (p_low, p_high), (q_low, q_high) = wilson(one[0], one[1]), wilson(other[0], other[1])
    below, above = math.hypot(p - p_low, q_high - q), math.hypot(p_high - p, q - q_low)
    return Evidence(criterion, condition, p - q, max(below, above))


def judge(
    claim_id: str,
    items: Iterable[Evidence | None],
    *,
    part: str = "",
    criteria: Sequence[str] | None = None,
    **settings: float,
) -> Verdict:
    """Judge a claim.

    Parameters
    ----------
    claim_id
        ``"C1"`` to ``"C9"``.
    items
        The evidence; None, where nothing was measured or there is nothing to compare, is left out.
    part
        Name of the part that is judged, for a claim that is judged in parts.
    criteria
        Names of the criteria that decide on that part; unless given, all that the claim has.
    **settings
        Numbers that a criterion's words name, where they are not the book's own.

    Returns
    -------
    Verdict
        Not judged where a criterion has no evidence, or no evidence has a known uncertainty. Otherwise reproduced when
        every piece of evidence holds, not reproduced when some fail and none holds, partly in between.

    Raises
    ------
    ValueError
        If there is no such claim, evidence for a criterion that the claim does not have, or a value that is no number.
    """
    if claim_id not in CLAIMS:
        raise ValueError(f"claim is {claim_id!r}: choose one of {', '.join(CLAIMS)}.")
    claim, found = CLAIMS[claim_id], tuple(item for item in items if item is not None)
    asked = tuple(claim.criteria if criteria is None else criteria)
    for name in [*asked, *(item.criterion for item in found)]:
        if name not in claim.criteria:
            raise ValueError(f"{claim_id} has no criterion {name!r}: choose one of {', '.join(claim.criteria)}.")
    for item in found:
        if math.isnan(item.value) or math.isnan(item.uncertainty):
            raise ValueError(f"{claim_id} under {item.condition} has the value nan: leave out what was not measured.")
    if not found or {*asked} - {item.criterion for item in found} or all(math.isinf(i.uncertainty) for i in found):
        verdict = NOT_JUDGED
    else:
        verdict = _sum_up([item.outcome(claim.criteria[item.criterion]) for item in found])
    return Verdict(claim, part, verdict, found, asked, settings)


def _sum_up(outcomes: list[str]) -> str:
    if set(outcomes) == {"holds"}:
        return REPRODUCED
    return NOT_REPRODUCED if "fails" in outcomes and "holds" not in outcomes else PARTLY


def combine(verdicts: Iterable[str]) -> str:
    """Combine the verdicts on a claim's parts: the one they share, or else what those judged leave possible.

    Parameters
    ----------
    verdicts
        One a part.

    Returns
    -------
    str
        Parts that were not judged cannot make a claim reproduced, nor partly so where all others are not reproduced.
    """
    distinct = set(verdicts)
    if len(distinct) > 1 and distinct <= {NOT_REPRODUCED, NOT_JUDGED}:
        return NOT_REPRODUCED
    return distinct.pop() if len(distinct) == 1 else PARTLY


def _rounded(value: float) -> float | None:
    """Round to four significant digits; None, which JSON has, for infinity."""
    return float(f"{value:.4g}") if math.isfinite(value) else None
