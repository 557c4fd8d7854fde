"""How a verdict on a claim is reached from measured values and their uncertainty, and how far it is from another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from book.statistics.claims import CLAIMS, Claim, Criterion
from book.statistics.evidence import Evidence, paired

__all__ = [
    "CLAIM_MIME",
    "NOT_JUDGED",
    "OUTCOMES",
    "Choice",
    "Verdict",
    "at_scale",
    "combine",
    "judge",
    "judge_again",
    "sum_up",
    "threshold_margins",
    "try_values",
]

REPRODUCED, MIXED, NOT_REPRODUCED = "reproduced", "mixed", "not reproduced"
INCONCLUSIVE, NOT_JUDGED = "inconclusive", "not judged"
OUTCOMES = (REPRODUCED, MIXED, NOT_REPRODUCED, INCONCLUSIVE, NOT_JUDGED)
WHERE = "book/statistics/claims.py"
CLAIM_MIME = "application/vnd.sigae.claim+json"  # a verdict among a notebook's outputs


@dataclass(frozen=True)
class Choice:
    """A choice that a verdict rests on, with what the verdict is under others.

    ``name`` says in words what was chosen; ``verdicts`` maps values, in their order, to the verdict; ``used`` is the
    book's own.
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
    """The judgement on a claim, or on one part of it, with everything it rests on.

    One at another ``scale`` than the report's stands beside the verdict on the claim, and does not enter it. Where
    there is a ``reference``, the sigmoid's evidence, it says whether outcomes are the same as there.
    """

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

    def of(self, criterion: str) -> tuple[Evidence, ...]:
        """Return the evidence for a criterion."""
        return tuple(item for item in self.evidence if item.criterion == criterion)

    def measurements(self) -> list[dict[str, Any]]:
        """List what was measured, a row a seed: enough to come to the verdict again.

        Returns ``claim``, ``scale``, ``part``, ``activation`` (sigmoid, where a part is compared with it),
        ``criterion``, ``decides``, ``lower`` and ``upper`` (between which it holds), ``condition``, ``statistic`` (of
        the values), ``seed``, ``value`` and ``trials`` (of a rate).
        """
        rows = []
        own = self.part.partition(",")[0]
        for activation, items in ((own, self.evidence), ("sigmoid", self.reference)):
            for item in items:
                criterion = self.claim.criteria[item.criterion]
                fixed: dict[str, Any] = {"claim": self.claim.id, "scale": self.scale, "part": self.part}
                fixed |= {"activation": activation}
                fixed |= {"criterion": item.criterion, "decides": item.criterion in self.deciding}
                fixed |= {"lower": criterion.lower, "upper": criterion.upper}
                fixed |= {"condition": item.condition, "statistic": item.statistic}
                for seed, value, trials in item.measured:
                    short = _shortened(value, criterion.lower, criterion.upper)
                    rows.append(fixed | {"seed": seed, "value": short, "trials": int(trials)})
        return rows

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for pages and JSON, numbers rounded to four digits of their distance to the threshold."""
        criteria = self.claim.criteria
        words = {name: criterion.measured(self.settings) for name, criterion in criteria.items()}
        asked = dict.fromkeys(item.criterion for item in self.evidence)
        missing = [name for name in self.criteria if name not in asked]
        rows = self._rows(self.evidence)
        data: dict[str, Any] = {
            "id": self.claim.id,
            "part": self.part,
            "statement": self.claim.statement + (f" Here: {self.part}." if self.part else ""),
            "source": self.claim.source,
            "threshold": "; ".join(f"{words[name]}: {criteria[name].threshold}" for name in self.deciding),
            "value": "; ".join(f"{item.text} ({item.condition})" for name in self.deciding for item in self.of(name)),
            "uncertainty": None,
            "verdict": self.verdict,
            "evidence": rows,
            "margins": self._margins(),
        }
        if self.reference:
            data["reference"] = self._rows(self.reference)
            alike = {(a.criterion, a.condition): self._alike(a, b) for a, b in paired(self.evidence, self.reference)}
            for row, item in zip(rows, self._sorted(self.evidence), strict=True):
                row["as_sigmoid"] = alike.get((item.criterion, item.condition))
        if self.scale:
            data["scale"] = self.scale
        if missing:
            data["missing"] = [{"quantity": words[name], "threshold": criteria[name].threshold} for name in missing]
        return data

    def _alike(self, item: Evidence, other: Evidence) -> str:
        criterion = self.claim.criteria[item.criterion]
        return _same(item.outcome(criterion), other.outcome(criterion))

    def _sorted(self, items: Iterable[Evidence]) -> list[Evidence]:
        return sorted(items, key=lambda item: self.criteria.index(item.criterion))

    def _rows(self, items: Iterable[Evidence]) -> list[dict[str, Any]]:
        rows = []
        for item in self._sorted(items):
            criterion = self.claim.criteria[item.criterion]
            bounds = (criterion.lower, criterion.upper)
            row: dict[str, Any] = {"criterion": item.criterion, "condition": item.condition, "note": item.note}
            row |= {name: _rounded(getattr(item, name), *bounds) for name in ("value", "low", "high")}
            row |= {"quantity": criterion.measured(self.settings), "threshold": criterion.threshold, "text": item.text}
            row |= {"outcome": item.outcome(criterion), "decides": item.criterion in self.deciding}
            rows.append(row | {end: _rounded(getattr(criterion, end)) for end in ("lower", "upper")})
        return rows

    def _margins(self) -> list[str]:
        """Say what would have to be different for the verdict, or its half, to be another."""
        if self.verdict == NOT_JUDGED:
            return []
        found = []
        for name in self.deciding:
            criterion, items = self.claim.criteria[name], self.of(name)
            reference = [item for item in self.reference if item.criterion == name] if self.reference else None
            half = f"{criterion.measured(self.settings)}; " if len(self.deciding) > 1 else ""
            for end, (low, high) in threshold_margins(items, criterion, reference).items():
                sides = {"below": (low, -math.inf), "above": (high, math.inf)}
                others = [
                    f"{side} {_verdict_at(items, criterion, end, math.nextafter(limit, beyond), reference)}"
                    for side, (limit, beyond) in sides.items()
                    if math.isfinite(limit)
                ]
                same = f"{half}threshold, {getattr(criterion, end):g}: the same {_between(low, high)}"
                found.append("; ".join([same, ", ".join(others)] if others else [same]))
        return found + [choice.text for choice in self.choices]


def _between(low: float, high: float) -> str:
    if math.isinf(low):
        return "wherever it lies" if math.isinf(high) else f"up to {high:.4g}"
    return f"from {low:.4g} up" if math.isinf(high) else f"from {low:.4g} to {high:.4g}"


def _same(outcome: str, other: str) -> str:
    """Say whether two outcomes are the same: holds, fails, or open where one of them is open."""
    if "open" in (outcome, other):
        return "open"
    return "holds" if outcome == other else "fails"


def _outcomes(items: Sequence[Evidence], criterion: Criterion, reference: Sequence[Evidence] | None) -> list[str]:
    if reference is None:
        return [item.outcome(criterion) for item in items]
    return [_same(item.outcome(criterion), other.outcome(criterion)) for item, other in paired(items, reference)]


def _verdict_at(
    items: Sequence[Evidence], criterion: Criterion, end: str, bound: float, reference: Sequence[Evidence] | None
) -> str:
    moved = replace(criterion, **{end: bound})  # type: ignore[arg-type]
    return sum_up(_outcomes(items, moved, reference))


def threshold_margins(
    items: Sequence[Evidence], criterion: Criterion, reference: Sequence[Evidence] | None = None
) -> dict[str, tuple[float, float]]:
    """Find how far each bound of a criterion can move before what the evidence sums up to is another verdict.

    Returns ``"lower"`` and ``"upper"``, where there is such a bound, to the ends of the interval in which it can lie.
    """
    found = {}
    for end in ("lower", "upper"):
        used = getattr(criterion, end)
        if math.isinf(used):
            continue
        # Outcomes change at the ends of the intervals alone, so one bound between any two neighbours tells of all.
        all_items = [*items, *(reference or ())]
        ends = sorted({value for item in all_items for value in (item.low, item.high) if math.isfinite(value)})
        below, above = [value for value in ends if value < used][::-1], [value for value in ends if value > used]
        limits, now = [], _verdict_at(items, criterion, end, used, reference)
        for neighbours, beyond in ((below, -math.inf), (above, math.inf)):
            limit = beyond
            for here, there in pairwise([*neighbours, beyond]):
                probe = here + math.copysign(1.0, beyond) if math.isinf(there) else (here + there) / 2
                if _verdict_at(items, criterion, end, probe, reference) != now:
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
    reference: Iterable[Evidence | None] | None = None,
    **settings: float,
) -> Verdict:
    """Judge a claim, or a part of it, by the criteria that decide; the others stand beside it.

    Parameters
    ----------
    claim_id
        ``"C1"`` to ``"C12"``.
    items
        The evidence; None, where nothing was measured or there is nothing to compare, is left out.
    part
        Name of the part that is judged, for a claim that is judged in parts.
    criteria
        Names of the criteria of that part; unless given, all that the claim has.
    choices
        What else the verdict was tried against.
    reference
        Evidence of the sigmoid, where what is judged is whether outcomes are the same as its.
    **settings
        Numbers that a criterion's words name, where they are not the book's own.

    Returns
    -------
    Verdict
        Not judged where a criterion that decides has no evidence, or none of a known uncertainty; otherwise what
        :func:`sum_up` makes of each of them, combined by :func:`combine`.

    Raises
    ------
    ValueError
        If there is no such claim, evidence for a criterion that is not asked for, or a value that is no number.
    """
    if claim_id not in CLAIMS:
        raise ValueError(f"claim is {claim_id!r}: choose one of {', '.join(CLAIMS)}, or add it to {WHERE}.")
    claim, found = CLAIMS[claim_id], tuple(item for item in items if item is not None)
    asked = tuple(claim.criteria if criteria is None else criteria)
    others = None if reference is None else tuple(item for item in reference if item is not None)
    if unknown := next((name for name in asked if name not in claim.criteria), None):
        raise ValueError(_no_criterion(claim_id, unknown, claim.criteria))
    for item in (*found, *(others or ())):
        if item.criterion not in asked:
            raise ValueError(_no_criterion(claim_id, item.criterion, asked))
        if any(math.isnan(value) for value in (item.value, item.low, item.high)):
            raise ValueError(f"{claim_id} under {item.condition} has the value nan: leave out what was not measured.")
    halves = []
    for name in claim.deciding(asked):
        on_it = [item for item in found if item.criterion == name]
        outcomes = _outcomes(on_it, claim.criteria[name], others)
        known = any(math.isfinite(item.high - item.low) for item in on_it)
        halves.append(sum_up(outcomes) if outcomes and known else NOT_JUDGED)
    verdict = NOT_JUDGED if NOT_JUDGED in halves else combine(halves)
    return Verdict(claim, part, verdict, found, asked, settings, tuple(choices), reference=others or ())


def _no_criterion(claim_id: str, name: str, known: Iterable[str]) -> str:
    return f"{claim_id} has no criterion {name!r}: choose one of {', '.join(known)}, or add it to {WHERE}."


def at_scale(verdict: Verdict, scale: str) -> Verdict:
    """Mark a verdict as one at another scale than the report's, so that it stands beside that on the claim."""
    return replace(verdict, scale=scale)


def judge_again(
    claim_id: str,
    items: Iterable[Evidence | None],
    activation: str,
    sigmoid: Iterable[Evidence | None],
    *,
    choices: Iterable[Choice] = (),
    **settings: float,
) -> Verdict:
    """Judge whether a claim on the sigmoid fares alike for another activation, by the same criteria: a part of C9.

    Of ``"C1"`` to ``"C5"``, with evidence of both under the same conditions. The part is called ``"tanh, C1"``, and is
    reproduced where it holds and fails under the same conditions as for the sigmoid.
    """
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
) -> Choice:
    """Come to a verdict again with other values of a choice.

    ``evidence_of`` makes evidence for the claim of what was ``measured`` and a value; where the sigmoid's measurements
    are given, what is judged is whether outcomes are the same as theirs, as in :func:`judge_again`.
    """
    verdicts = {}
    for value in values:
        found = evidence_of(measured, value)
        judged = (
            judge(claim_id, found) if sigmoid is None else judge_again(claim_id, found, "", evidence_of(sigmoid, value))
        )
        verdicts[value] = judged.verdict
    return Choice(name, used, verdicts)


def sum_up(outcomes: list[str]) -> str:
    """Sum up the outcomes of all evidence for one criterion.

    Of ``"holds"``, ``"fails"`` and ``"open"``, at least one: reproduced when all hold, mixed when some hold and some
    fail, not reproduced when some fail and none holds, inconclusive when none fails and some are open.
    """
    if "fails" in outcomes:
        return MIXED if "holds" in outcomes else NOT_REPRODUCED
    return INCONCLUSIVE if "open" in outcomes else REPRODUCED


def combine(verdicts: Iterable[str]) -> str:
    """Combine the verdicts on a claim's halves or parts: the one they share, or else what they add up to.

    Mixed where one is mixed, or one reproduced and one not; not reproduced where one is not and none is
    reproduced; inconclusive where parts are reproduced, inconclusive or not judged.
    """
    distinct = set(verdicts)
    if len(distinct) == 1:
        return distinct.pop()
    if MIXED in distinct or {REPRODUCED, NOT_REPRODUCED} <= distinct:
        return MIXED
    return NOT_REPRODUCED if NOT_REPRODUCED in distinct else INCONCLUSIVE


def _shortened(value: float, *bounds: float) -> float:
    """Round to four significant digits of the value, or of its distance to a bound that is nearer; seven at most."""
    near = min((abs(value - end) for end in (0.0, *bounds) if math.isfinite(end) and end != value), default=1.0)
    return round(value, min(3 - math.floor(math.log10(near)), 7))


def _rounded(value: float, *bounds: float) -> float | None:
    """Round to four significant digits of the distance to the nearest bound, of seven at most; None for infinity."""
    if not math.isfinite(value):
        return None
    near = min(filter(math.isfinite, bounds), key=lambda bound: abs(value - bound), default=0.0)
    return float(f"{near + float(f'{value - near:.4g}'):.7g}")
