"""The claims on trial, each with the criteria that decide on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["CLAIMS", "Claim", "Criterion"]


@dataclass(frozen=True)
class Criterion:
    """A measured quantity and the interval it must lie in for the claim to hold.

    The quantity is said in words; a number in it that a reader may set stands there by name, as ``{around:g}``, with
    the book's own value in ``settings``.
    """

    quantity: str
    lower: float = -math.inf
    upper: float = math.inf
    settings: Mapping[str, float] = field(default_factory=dict)

    def measured(self, settings: Mapping[str, float]) -> str:
        """Say what is measured, with the numbers that were set; the book's own where none was."""
        return self.quantity.format(**{**self.settings, **settings})

    @property
    def threshold(self) -> str:
        """Say what is asked of the quantity."""
        if math.isinf(self.lower):
            return f"below {self.upper:g}"
        if math.isinf(self.upper):
            return f"above {self.lower:g}"
        return f"between {self.lower:g} and {self.upper:g}"


@dataclass(frozen=True)
class Claim:
    """A statement, where it stands, and the criteria that decide on it, by name."""

    id: str
    statement: str
    source: str
    criteria: Mapping[str, Criterion]


_CHANGE = "ratio of the mean change over all norms, one layer more to one less"
_COUNT = Criterion("share of eigenvalue norms within {around:g} of one, less (n - 1)/d", -0.02, 0.02, {"around": 0.1})
_LAST = "rho at the worst training point, largest norm"
_DROP = "mean rho at the largest norm, less that at the smallest"
_RHO = "largest rho of any trained network, over all norms and seeds"

CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in (
        Claim(
            "C1",
            "The operator norm of the untrained two-layer sigmoid network's Jacobian concentrates around 1/2.",
            "report, experiment 1; paper, figure 2",
            {"operator_norm": Criterion("operator norm of the initial Jacobian over 2 phi'(0)", 0.9, 1.1)},
        ),
        Claim(
            "C2",
            "Initial and final Jacobians grow more alike with depth.",
            "report, experiment 1; paper, figure 2",
            {
                "radius": Criterion(f"|rho(J_T) - rho(J_0)|: {_CHANGE}", upper=1),
                "jacobian": Criterion(f"||J_T - J_0||: {_CHANGE}", upper=1),
                "relative": Criterion(f"||J_T - J_0|| / ||J_0||: {_CHANGE}", upper=1),
            },
        ),
        Claim(
            "C3",
            "A single training example is an attractor at every input norm tried.",
            "report, experiment 1; paper, abstract",
            {"radius": Criterion(_RHO, upper=1)},
        ),
        Claim(
            "C4",
            "In the linear region n - 1 eigenvalue norms are around one: 10 %, 40 % and 70 % of them for d = 10.",
            "report, experiment 2; paper, section 5.3 and lemma 4",
            {"count": _COUNT},
        ),
        Claim(
            "C5",
            "For several examples the largest eigenvalue norm drops below one with increasing input norm.",
            "report, experiment 3; paper, abstract and figure 3",
            {"last": Criterion(_LAST, upper=1), "drop": Criterion(_DROP, upper=0)},
        ),
        Claim(
            "C6",
            "Wider networks follow the infinite-width limit to larger norms, and that limit tends to rho = 1/2.",
            "report, experiment 3; paper, figure 3",
            {
                "reach": Criterion(
                    "norm up to which mean rho is within {close:g} of the limit, wide less narrow",
                    lower=0,
                    settings={"close": 0.05},
                ),
                "limit": Criterion("mean rho of the limit at the largest norm evaluated", 0.45, 0.55),
            },
        ),
        Claim(
            "C7",
            "Attractors fail to form at small norms, and more noise lowers the recall rate.",
            "report, experiment 4; paper, section 5.4",
            {
                "radius": Criterion("mean rho at the training points, smallest norm", lower=1),
                "small": Criterion("recall rate at the smallest norm, less that at the largest", upper=0),
                "noise": Criterion("recall rate over all norms, most noise less least noise", upper=0),
            },
        ),
        Claim(
            "C8",
            "With tanh and erf the largest eigenvalue norm exceeds one at small norms.",
            "report, experiment 5; paper, section 5.5 and figure 5",
            {"radius": Criterion("mean rho at the training points, smallest norm", lower=1)},
        ),
        Claim(
            "C9",
            "The same or similar results hold for tanh and erf in experiments 1, 2 and 3.",
            "report, possible extension; paper, section 5.5",
            {
                "C1": Criterion("operator norm of the initial Jacobian over 2 phi'(0), smallest norm", 0.9, 1.1),
                "C2": Criterion(f"||J_T - J_0||: {_CHANGE}", upper=1),
                "C3": Criterion(_RHO, upper=1),
                "C4": _COUNT,
                "C5 last": Criterion(_LAST, upper=1),
                "C5 drop": Criterion(_DROP, upper=0),
            },
        ),
    )
}
"""The nine claims by id."""
