"""How a verdict on a claim is reached from measured values and their uncertainty, and how far it is from another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any

from sigae.pages.claims import CLAIMS, Claim, Criterion
from sigae.pages.evidence import Evidence

__all__ = [
    "CLAIM_MIME",
    "NOT_JUDGED",
    "Choice",
    "Verdict",
    "at_scale",
    "combine",
    "judge",
    "judge_again",
    "sum_up",
    "threshold_margins",
]

REPRODUCED, PARTLY, NOT_REPRODUCED, NOT_JUDGED = "reproduced", "partly", "not reproduced", "not judged"
CLAIM_MIME = "application/vnd.sigae.claim+json"  # a verdict among a notebook's outputs


@dataclass(frozen=True)
class Choice:
    """A choice that a verdict rests on, with what the verdict is under others.

    Attributes
    ----------
    name
        What was chosen, in words.
    used
        The value that the book uses, as a key of ``verdicts``.
    verdicts
        Value to verdict, in the order of the values.
    """

    name: str
    used: float
    verdicts: Mapping[float, str]

    @property
    def text(self) -> str:
        """Say how far the choice can move before the verdict changes."""
        values, verdict = list(self.verdicts), self.verdicts[self.used]
        first = last = values.index(self.used)
        while first > 0 and self.verdicts[values[first - 1]] == verdict:
            first -= 1
        while last + 1 < len(values) and self.verdicts[values[last + 1]] == verdict:
            last += 1
        if len(values) == 1:
            return f"{self.name}, {self.used:g}: no other was tried"
        neighbours = values[first - 1 : first] + values[last + 1 : last + 2]
        others = [f"at {value:g} {self.verdicts[value]}" for value in neighbours]
        reach = "here alone" if first == last else f"the same from {values[first]:g} to {values[last]:g}"
        same = f"{self.name}, {self.used:g}: {reach}"
        return f"{same}; {', '.join(others)}" if others else f"{same}, all that were tried"


@dataclass(frozen=True)
class Verdict:
    """The judgement on a claim, or on one part of it, with everything it rests on; the first criterion decides.

    One at another ``scale`` than the report's stands beside the verdict on the claim, and does not enter it.
    """

    claim: Claim
    part: str
    verdict: str
    evidence: tuple[Evidence, ...]
    criteria: tuple[str, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    scale: str = ""

    @property
    def deciding(self) -> tuple[Evidence, ...]:
        """The evidence for the first criterion."""
        return tuple(item for item in self.evidence if item.criterion == self.criteria[0])

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for pages and JSON, numbers rounded to four digits of their distance to the threshold."""
        criteria, rows = self.claim.criteria, []
        words = {name: criterion.measured(self.settings) for name, criterion in criteria.items()}
        for item in sorted(self.evidence, key=lambda item: self.criteria.index(item.criterion)):
            criterion = criteria[item.criterion]
            bounds = (criterion.lower, criterion.upper)
            row = asdict(item) | {name: _rounded(getattr(item, name), *bounds) for name in ("value", "low", "high")}
            row |= {"quantity": words[item.criterion], "threshold": criterion.threshold, "text": item.text}
            row |= {"outcome": item.outcome(criterion), "decides": item.criterion == self.criteria[0]}
            row |= {end: _rounded(getattr(criterion, end)) for end in ("lower", "upper")}
            rows.append(row)
        asked = dict.fromkeys(item.criterion for item in self.evidence)
        missing = [name for name in self.criteria if name not in asked]
        first = self.criteria[0]
        data = {
            "id": self.claim.id,
            "part": self.part,
            "statement": self.claim.statement + (f" Here: {self.part}." if self.part else ""),
            "source": self.claim.source,
            "threshold": f"{words[first]}: {criteria[first].threshold}",
            "value": "; ".join(f"{item.text} ({item.condition})" for item in self.deciding),
            "uncertainty": None,
            "verdict": self.verdict,
            "evidence": rows,
            "margins": self._margins(),
        }
        if self.scale:
            data["scale"] = self.scale
        if missing:
            data["missing"] = [{"quantity": words[name], "threshold": criteria[name].threshold} for name in missing]
        return data

    def _margins(self) -> list[str]:
        """Say what would have to be different for the verdict to be another."""
        if self.verdict == NOT_JUDGED:
            return []
        criterion, found = self.claim.criteria[self.criteria[0]], []
        for end, (low, high) in threshold_margins(self.deciding, criterion).items():
            sides = {"below": (low, -math.inf), "above": (high, math.inf)}
            others = [
                f"{side} {_verdict_at(self.deciding, criterion, end, math.nextafter(limit, beyond))}"
                for side, (limit, beyond) in sides.items()
                if math.isfinite(limit)
            ]
            same = f"threshold, {getattr(criterion, end):g}: the same {_between(low, high)}"
            found.append("; ".join([same, ", ".join(others)] if others else [same]))
        return found + [choice.text for choice in self.choices]


def _between(low: float, high: float) -> str:
    if math.isinf(low):
        return "wherever it lies" if math.isinf(high) else f"up to {high:.4g}"
    return f"from {low:.4g} up" if math.isinf(high) else f"from {low:.4g} to {high:.4g}"


def _verdict_at(items: Sequence[Evidence], criterion: Criterion, end: str, bound: float) -> str:
    moved = replace(criterion, **{end: bound})  # type: ignore[arg-type]
    return sum_up([item.outcome(moved) for item in items])


def threshold_margins(items: Sequence[Evidence], criterion: Criterion) -> dict[str, tuple[float, float]]:
    """Find how far each bound of a criterion can move before what the evidence sums up to is another verdict.

    Parameters
    ----------
    items
        Evidence for that criterion, at least one piece.
    criterion
        With the bounds as they are.

    Returns
    -------
    dict
        ``"lower"`` and ``"upper"``, where there is such a bound, to the ends of the interval in which it can lie.
    """
    found = {}
    for end in ("lower", "upper"):
        used = getattr(criterion, end)
        if math.isinf(used):
            continue
        # Outcomes change at the ends of the intervals alone, so one bound between any two neighbours tells of all.
        ends = sorted({value for item in items for value in (item.low, item.high) if math.isfinite(value)})
        below, above = [value for value in ends if value < used][::-1], [value for value in ends if value > used]
        limits = []
        for neighbours, beyond in ((below, -math.inf), (above, math.inf)):
            limit = beyond
            for here, there in pairwise([*neighbours, beyond]):
                probe = here + math.copysign(1.0, beyond) if math.isinf(there) else (here + there) / 2
                if _verdict_at(items, criterion, end, probe) != _verdict_at(items, criterion, end, used):
                    limit = here
                    break
            limits.append(limit)
        found[end] = (limits[0], limits[1])
    return found


def judge(
    claim_id: str,
    items: Iterable[Evidence | None],
    *,
    part: str = "",
    criteria: Sequence[str] | None = None,
    choices: Iterable[Choice] = (),
    **settings: float,
) -> Verdict:
    """Judge a claim, or a part of it: the first criterion decides, the others stand beside it.

    Parameters
    ----------
    claim_id
        ``"C1"`` to ``"C12"``.
    items
        The evidence; None, where nothing was measured or there is nothing to compare, is left out.
    part
        Name of the part that is judged, for a claim that is judged in parts.
    criteria
        Names of the criteria of that part, that which decides first; unless given, all that the claim has.
    choices
        What else the verdict was tried against.
    **settings
        Numbers that a criterion's words name, where they are not the book's own.

    Returns
    -------
    Verdict
        Not judged where the first criterion has no evidence, or none of a known uncertainty. Otherwise reproduced when
        all its evidence holds, not reproduced when some fails and none holds, partly in between.

    Raises
    ------
    ValueError
        If there is no such claim, evidence for a criterion that is not asked for, or a value that is no number.
    """
    if claim_id not in CLAIMS:
        raise ValueError(f"claim is {claim_id!r}: choose one of {', '.join(CLAIMS)}.")
    claim, found = CLAIMS[claim_id], tuple(item for item in items if item is not None)
    asked = tuple(claim.criteria if criteria is None else criteria)
    for name in asked:
        if name not in claim.criteria:
            raise ValueError(f"{claim_id} has no criterion {name!r}: choose one of {', '.join(claim.criteria)}.")
    for item in found:
        if item.criterion not in asked:
            raise ValueError(f"{claim_id} has no criterion {item.criterion!r}: choose one of {', '.join(asked)}.")
        if any(math.isnan(value) for value in (item.value, item.low, item.high)):
            raise ValueError(f"{claim_id} under {item.condition} has the value nan: leave out what was not measured.")
    deciding = [item for item in found if item.criterion == asked[0]]
    if all(math.isinf(item.high - item.low) for item in deciding):  # also where there is none
        verdict = NOT_JUDGED
    else:
        verdict = sum_up([item.outcome(claim.criteria[asked[0]]) for item in deciding])
    return Verdict(claim, part, verdict, found, asked, settings, tuple(choices))


def at_scale(verdict: Verdict, scale: str) -> Verdict:
    """Mark a verdict as one at another scale than the report's, so that it stands beside that on the claim.

    Parameters
    ----------
    verdict
        From :func:`judge`.
    scale
        Its name, as in ``"the paper's scale"``.

    Returns
    -------
    Verdict
        The same, with its scale.
    """
    return replace(verdict, scale=scale)


def judge_again(
    claim_id: str,
    items: Iterable[Evidence | None],
    activation: str,
    *,
    choices: Iterable[Choice] = (),
    **settings: float,
) -> Verdict:
    """Judge a claim on the sigmoid again for another activation, by the same criteria: a part of C9.

    Parameters
    ----------
    claim_id
        ``"C1"`` to ``"C5"``.
    items, choices, **settings
        As in :func:`judge`, for that claim.
    activation
        Its name.

    Returns
    -------
    Verdict
        On the part ``"tanh, C1"`` of C9.
    """
    criteria = [f"{claim_id} {name}" for name in CLAIMS[claim_id].criteria]
    again = [item and replace(item, criterion=f"{claim_id} {item.criterion}") for item in items]
    return judge("C9", again, part=f"{activation}, {claim_id}", criteria=criteria, choices=choices, **settings)


def sum_up(outcomes: list[str]) -> str:
    """Sum up the outcomes of all evidence for one criterion.

    Parameters
    ----------
    outcomes
        ``"holds"``, ``"fails"`` or ``"open"``, at least one.

    Returns
    -------
    str
        Reproduced when all hold, not reproduced when some fail and none holds, partly in between.
    """
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


def _rounded(value: float, *bounds: float) -> float | None:
    """Round to four significant digits of the distance to the nearest bound, of seven at most; None for infinity."""
    if not math.isfinite(value):
        return None
    near = min(filter(math.isfinite, bounds), key=lambda bound: abs(value - bound), default=0.0)
    return float(f"{near + float(f'{value - near:.4g}'):.7g}")
