"""The claims on trial, each with the criteria that decide on it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Criterion:
    """A measured quantity, in words, and the interval it must lie in for the claim to hold."""

    quantity: str
    lower: float = -math.inf
    upper: float = math.inf
    decides: bool = False

    def measured(self, settings: Mapping[str, float]) -> str:
        """Say what is measured, with the numbers that were set; the book's own where none was."""
        return self.quantity.format(**{**SETTINGS, **settings})

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
    """A statement, its source, and its criteria by name, of which those marked so decide, or else the first does."""

    id: str
    title: str  # for text in which the id would read as code
    statement: str
    source: str
    criteria: Mapping[str, Criterion]

    @property
    def own(self) -> bool:
        """Whether this book makes the claim itself, beside those that it was made to check."""
        return self.source == OWN

    def deciding(self, asked: Sequence[str]) -> list[str]:
        """Say which of some of its criteria decide."""
        return [name for name in asked if self.criteria[name].decides] or list(asked[:1])


OWN = "this book"
SETTINGS = {"around": 0.1, "close": 0.05, "best": 8}  # the numbers in criteria that a page may set otherwise
_CHANGE = "mean change with one layer more, divided by that with one less"
_BELOW = "rho that 95 % of networks stay below"


def _claim(id: str, title: str, statement: str, source: str, **criteria: Criterion) -> Claim:
    return Claim(id, title, statement, source, criteria)


_REPORTED = (
    _claim(
        "C1",
        "operator norm near 1/2",
        "The operator norm of the untrained two-layer sigmoid network's Jacobian concentrates around 1/2.",
        "report, experiment 1, of the paper's figure 2",
        value=Criterion("mean operator norm of the initial Jacobian over 2 phi'(0)", 0.9, 1.1),
        wide=Criterion("mean operator norm over 2 phi'(0), at norm 1 in the largest dimension", 0.9, 1.1),
        law=Criterion("mean operator norm over 2 sqrt(E phi'^2), where that is furthest from one", 0.9, 1.1),
        spread=Criterion("exponent of the dimension in the operator norm's relative spread over seeds", upper=0),
    ),
    _claim(
        "C2",
        "change against depth",
        "Initial and final Jacobians grow more alike with depth.",
        "report, experiment 1, of the paper's figure 2",
        radius=Criterion(f"|rho(J_T) - rho(J_0)|, as in the report: {_CHANGE}", upper=1),
        jacobian=Criterion(f"||J_T - J_0||: {_CHANGE}", upper=1),
        relative=Criterion(f"||J_T - J_0|| / ||J_0||: {_CHANGE}", upper=1),
    ),
    _claim(
        "C3",
        "a single example",
        "A single training example is an attractor at every input norm tried.",
        "paper, abstract: attractors exist for a single example, under certain conditions; for every norm, this book",
        radius=Criterion(f"{_BELOW}, at the norm where that is largest", upper=1),
        worst=Criterion("largest rho of any trained network, over all norms and seeds", upper=1),
    ),
    _claim(
        "C4",
        "eigenvalues near one",
        "In the linear region n - 1 eigenvalue norms are around one: 10 %, 40 % and 70 % of them for d = 10.",
        "report, experiment 2, which cites the paper's section 5.3 and lemma 4",
        count=Criterion("share of eigenvalue norms within {around:g} of one, minus (n - 1)/d", -0.02, 0.02),
        nearest=Criterion(
            "distance from one to the (n - 1)th nearest eigenvalue norm: value that 95 % of networks stay below",
            upper=0.1,
        ),
        gap=Criterion("distance from one to the next nearest: smallest in each network, mean over seeds", lower=0.1),
    ),
    _claim(
        "C5",
        "radius below one",
        "For several examples the largest eigenvalue norm drops below one with increasing input norm.",
        "paper, abstract; report, experiment 3, of the paper's figure 3",
        last=Criterion(f"{_BELOW}, at the worst training point and largest norm", upper=1),
        drop=Criterion("mean rho, at the largest norm minus at the smallest", upper=0),
        crossing=Criterion("norm at which the worst rho falls below one, divided by the smallest norm", lower=1),
        never=Criterion("largest rho at any norm, where it is never above one and so cannot drop", upper=1),
    ),
)

_FURTHER = (
    _claim(
        "C6",
        "width and the limit",
        "Wider networks follow the infinite-width limit to larger norms, and that limit tends to rho = 1/2.",
        "this book's reading of the line at 1/2 in the figure of the report's experiment 3; not in its text",
        reach=Criterion(
            "norm at which mean rho deviates from the limit by {close:g}, ratio of wide to narrow networks",
            lower=1,
            decides=True,
        ),
        limit=Criterion("mean rho of the limit at the largest norm evaluated", 0.45, 0.55, decides=True),
        width=Criterion("exponent of the width in the distance from the limit, at the largest norm", upper=0),
        approach=Criterion("exponent of the norm in |rho - 1/2| of the limit's mean Jacobian", -1.1, -0.9),
    ),
    _claim(
        "C7",
        "small norms and noise",
        "Attractors fail to form at small norms, and more noise lowers the recall rate.",
        "report, experiment 4, of the paper's section 5.4, for the small norms; for the noise, this book's reading "
        "of the report's figures",
        attractors=Criterion(
            "share of patterns with rho below one, at the report's smallest norm", upper=0.5, decides=True
        ),
        noise=Criterion("recall rate over the report's norms, most noise minus least noise", upper=0, decides=True),
        whole=Criterion(
            "all-or-nothing recall rate as in the report, at the largest norm, more noise minus least", upper=0
        ),
        beside=Criterion("share of patterns with rho below one, at other norms and tolerances", upper=0.5),
        recall=Criterion("recall rate at the report's smallest norm", upper=0.5),
        radius=Criterion("mean rho at the training points, at the report's smallest norm", lower=1),
    ),
    _claim(
        "C8",
        "tanh and erf above one",
        "With tanh and erf the largest eigenvalue norm exceeds one at small norms.",
        "report, experiment 5, of the paper's section 5.5 and figure 5",
        radius=Criterion("mean rho at the training points, at the smallest norm", lower=1),
        difference=Criterion("mean rho minus that of the sigmoid with as many patterns", lower=0),
    ),
    _claim(
        "C9",
        "tanh and erf, too",
        "The same or similar results hold for tanh and erf in experiments 1, 2 and 3.",
        "report, its possible extension",
        **{f"{claim.id} {name}": criterion for claim in _REPORTED for name, criterion in claim.criteria.items()},
    ),
    _claim(
        "C10",
        "radius against recall",
        "At infinite width a smaller largest eigenvalue norm does not mean better recall: at large norm both fall.",
        OWN,
        recall=Criterion(
            "recall rate of damaged pictures, at the largest norm minus at norm {best:g}", upper=0, decides=True
        ),
        radius=Criterion("mean rho at the memories, at the largest norm minus at norm {best:g}", upper=0, decides=True),
    ),
    _claim(
        "C11",
        "recall at large norm",
        "Finite networks go on recalling at large norms where the infinite-width limit no longer does.",
        OWN,
        recall=Criterion("recall rate of networks minus that of the limit, at the largest norm", lower=0),
    ),
    _claim(
        "C12",
        "random cues",
        "At large norm and infinite width no random cue converges to a memory of return factor below one.",
        OWN,
        weak=Criterion("share of random initial states that converge to memories of factor below one", upper=0.1),
        strong=Criterion("share that converges to the other memories", lower=0.1),
    ),
    _claim(
        "C13",
        "all digits at once",
        "At infinite width all 1,797 digits become attractors at once, many more than they have dimensions.",
        OWN,
        radius=Criterion("largest rho of the mean network at any digit, at the largest norm", upper=1),
    ),
    _claim(
        "C14",
        "boundary of pictures",
        "Real pictures become attractors of single wide networks at the norm that is critical for random patterns.",
        OWN,
        digits=Criterion(
            "norm at which mean rho falls through one, over the critical one: digits", 0.9, 1.1, decides=True
        ),
        patches=Criterion("the same for patches of photographs", 0.9, 1.1, decides=True),
        random=Criterion("the same for random patterns of this dimension", 0.9, 1.1),
    ),
    _claim(
        "C15",
        "recall of many",
        "At infinite width the recall of pictures whose lower half is missing falls with their number, at any norm.",
        OWN,
        recall=Criterion("best recall rate at any norm, of many digits minus that of few", upper=0),
    ),
    _claim(
        "C16",
        "networks of many",
        "Finite networks that store hundreds of pictures recall more of them than the limit does at the same norm.",
        OWN,
        recall=Criterion("recall rate over all damages, of networks minus that of the limit", lower=0),
    ),
    _claim(
        "C17",
        "rate of a cycle",
        "At infinite width a cycle of digits contracts faster than the slowest of the same digits stored singly.",
        OWN,
        rate=Criterion("rate of the cycle minus the largest rho of the digits stored singly", upper=0),
    ),
    _claim(
        "C18",
        "recall of a cycle",
        "At large norm the infinitely wide network recalls more halved digits as a cycle than as single memories.",
        OWN,
        recall=Criterion("recall rate of the cycle minus that of the same digits stored singly", lower=0),
    ),
    _claim(
        "C19",
        "which activations",
        "At large norm networks make all patterns attractors if their activation's slope vanishes at infinity, and else"
        " do not.",
        OWN,
        vanishing=Criterion(
            "largest rho at the patterns, of activations whose slope vanishes", upper=0.99, decides=True
        ),
        lasting=Criterion("the same, of activations whose slope does not vanish", lower=0.99, decides=True),
    ),
    _claim(
        "C20",
        "biases of ReLUs",
        "With biases networks of ReLUs make one pattern an attractor, and not as many as there are dimensions.",
        OWN,
        one=Criterion("rho at a single pattern", upper=1, decides=True),
        many=Criterion("largest rho at as many patterns as dimensions", lower=1, decides=True),
    ),
)

CLAIMS = {claim.id: claim for claim in (*_REPORTED, *_FURTHER)}
"""The claims by id: nine that the book was made to check, then its own."""
