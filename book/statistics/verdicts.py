"""How a verdict on a claim follows from measured values and their uncertainty, and what else it was tried against."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from book.statistics.claims import CLAIMS, Claim, Criterion
from book.statistics.evidence import Evidence

REPRODUCED, MIXED, NOT_REPRODUCED = "reproduced", "mixed", "not reproduced"
INCONCLUSIVE, NOT_JUDGED = "inconclusive", "not judged"
OUTCOMES = (REPRODUCED, MIXED, NOT_REPRODUCED, INCONCLUSIVE, NOT_JUDGED)
WHERE = "book/statistics/claims.py"
CLAIM_MIME = "application/vnd.sigae.claim+json"  # a verdict among a notebook's outputs


@dataclass(frozen=True)
class Choice:
    """A choice that a verdict rests on, in words, with the value that the book uses and the verdict under others."""

    name: str
    used: float
    verdicts: Mapping[float, str]


@dataclass(frozen=True)
class Verdict:
    """The judgement on a claim, or on one part of it, with everything it rests on; ``reference`` is the sigmoid's."""

    claim: Claim
    part: str
    verdict: str
    evidence: tuple[Evidence, ...]
    criteria: tuple[str, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    scale: str = ""
    reference: tuple[Evidence, ...] = ()

    @property
    def deciding(self) -> list[str]:
        """The criteria that decide."""
        return self.claim.deciding(self.criteria)


def judge(
    claim_id: str,
    items: Iterable[Evidence | None],
    *,
    part: str = "",
    criteria: Sequence[str] | None = None,
    choices: Iterable[Choice] = (),
    reference: Iterable[Evidence | None] | None = None,
    scale: str = "",
    **settings: float,
) -> Verdict:
    """Judge a claim, or a part of it, by ``criteria``, or all it has; for C9, against the sigmoid's ``reference``.

    The verdict does not count for the claim where it has a ``scale``, another than the report's.
    """
    if claim_id not in CLAIMS:
        raise ValueError(f"claim is {claim_id!r}: choose one of {', '.join(CLAIMS)}, or add it to {WHERE}.")
    claim, found = CLAIMS[claim_id], tuple(item for item in items if item is not None)
    asked = tuple(claim.criteria if criteria is None else criteria)
    others = None if reference is None else tuple(item for item in reference if item is not None)
    for item in (*found, *(others or ())):
        if item.criterion not in asked or item.criterion not in claim.criteria:
            raise ValueError(
                f"{claim_id} has no criterion {item.criterion!r}: choose one of {', '.join(asked)}, "
                f"or add it to {WHERE}."
            )
        if any(math.isnan(value) for value in (item.value, item.low, item.high)):
            raise ValueError(f"{claim_id} under {item.condition} has the value nan: leave out what was not measured.")
    halves = []
    for name in claim.deciding(asked):
        on_it = [item for item in found if item.criterion == name]
        agreed = outcomes(on_it, claim.criteria[name], others)
        known = any(math.isfinite(item.high - item.low) for item in on_it)
        halves.append(sum_up(agreed) if agreed and known else NOT_JUDGED)
    verdict = NOT_JUDGED if NOT_JUDGED in halves else combine(halves)
    return Verdict(claim, part, verdict, found, asked, settings, tuple(choices), scale, others or ())


def judge_again(
    claim_id: str,
    items: Iterable[Evidence | None],
    activation: str,
    sigmoid: Iterable[Evidence | None],
    *,
    choices: Iterable[Choice] = (),
    **settings: Any,
) -> Verdict:
    """Judge whether a claim holds and fails under the same conditions as for the sigmoid, by its criteria, for C9."""
    criteria = [f"{claim_id} {name}" for name in CLAIMS[claim_id].criteria]
    again, reference = (
        [item and replace(item, criterion=f"{claim_id} {item.criterion}") for item in found]
        for found in (items, sigmoid)
    )
    part = f"{activation}, {claim_id}"
    return judge("C9", again, part=part, criteria=criteria, choices=choices, reference=reference, **settings)


def try_values(
    name: str,
    used: float,
    values: Iterable[float],
    claim_id: str,
    evidence_of: Callable[[Any, float], Iterable[Evidence | None]],
    measured: Any,
    sigmoid: Any = None,
    **options: Any,
) -> Choice:
    """Come to a verdict again, or with the sigmoid's measurements to that of judge_again, with each of some values."""

    def judged(value: float) -> Verdict:
        found = evidence_of(measured, value)
        if sigmoid is None:
            return judge(claim_id, found, **options)
        return judge_again(claim_id, found, "", evidence_of(sigmoid, value))

    return Choice(name, used, {value: judged(value).verdict for value in values})


def same_outcome(outcome: str, other: str) -> str:
    """Say whether two outcomes are the same: holds, fails, or open where one of them is open."""
    if "open" in (outcome, other):
        return "open"
    return "holds" if outcome == other else "fails"


def outcomes(items: Sequence[Evidence], criterion: Criterion, reference: Sequence[Evidence] | None = None) -> list[str]:
    """List the outcomes of evidence for a criterion; with a reference, whether they are the same as its."""
    if reference is None:
        return [item.outcome(criterion) for item in items]
    theirs = {(item.criterion, item.condition): item.outcome(criterion) for item in reference}
    found = ((item.outcome(criterion), theirs.get((item.criterion, item.condition))) for item in items)
    return [same_outcome(mine, other) for mine, other in found if other is not None]


def sum_up(outcomes: Sequence[str]) -> str:
    """Sum up the outcomes of all evidence for one criterion: at least one of ``holds``, ``fails`` and ``open``."""
    if "fails" in outcomes:
        return MIXED if "holds" in outcomes else NOT_REPRODUCED
    return INCONCLUSIVE if "open" in outcomes else REPRODUCED


def combine(verdicts: Iterable[str]) -> str:
    """Combine the verdicts on a claim's halves or parts: what all share, or else mixed, not reproduced or open."""
    distinct = set(verdicts)
    if len(distinct) == 1:
        return distinct.pop()
    if MIXED in distinct or {REPRODUCED, NOT_REPRODUCED} <= distinct:
        return MIXED
    return NOT_REPRODUCED if NOT_REPRODUCED in distinct else INCONCLUSIVE
