"""What reproduced, at a glance: what the report shows beside what this book finds, experiment by experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from book.build.outputs import glued
from book.build.page import table
from book.statistics.verdicts import MIXED, NOT_JUDGED, NOT_REPRODUCED, REPRODUCED, combine, sum_up
from book.typeset import listed, symbols

AGREEMENT = {REPRODUCED: "yes", NOT_REPRODUCED: "no"}  # the other verdicts are words already


@dataclass(frozen=True)
class Comparison:
    """One thing that the report shows or says, and the measurements of this book that it is held against.

    ``ours`` names what a criterion of the ``claim`` measured; without a criterion all that decide count. ``why``
    explains one ``verdict``, and is left out where another is found.
    """

    experiment: str
    report: str
    ours: str
    claim: str
    verdict: str
    why: str
    criterion: str = ""


COMPARISONS = (
    Comparison(
        "Experiment 1",
        "Its text: the operator norm of the initial Jacobian “is concentrated around 1/2”",
        "Operator norm over 2 phi'(0)",
        "C1",
        MIXED,
        "At larger norms hidden units saturate, and the operator norm falls",
    ),
    Comparison(
        "Experiment 1",
        "Curves of how much training changes the largest eigenvalue norm: less with more layers",
        "Ratio of the change with one layer more to one less",
        "C2",
        REPRODUCED,
        "Every further sigmoid layer shrinks the Jacobian, and its change",
    ),
    Comparison(
        "Experiment 2",
        "Histograms of eigenvalue norms: 10 %, 40 % and 70 % are near one for n = 2, 5 and 8",
        "Share near one, minus (n - 1)/d",
        "C4",
        REPRODUCED,
        "A plane through n points has n - 1 directions",
    ),
    Comparison(
        "Experiment 3",
        "Curves of the largest eigenvalue norm against the input norm: they fall below one",
        "Bound that 95 % of networks stay below at the largest norm",
        "C5",
        REPRODUCED,
        "Slopes shrink at the patterns as hidden units saturate",
    ),
    Comparison(
        "Experiment 3",
        "A line at 1/2 in the same figure",
        "Mean rho of the infinite-width limit at the largest norm",
        "C6",
        REPRODUCED,
        "The limit tends to 1/2, which is proved",
        "limit",
    ),
    Comparison(
        "Experiment 4",
        "Its text: “attractor formulation in small norms fails”",
        "Share of attractors among the patterns at the report's smallest norm",
        "C7",
        NOT_REPRODUCED,
        "The patterns are attractors there, with small basins",
        "attractors",
    ),
    Comparison(
        "Experiment 4",
        "Bars of the recall rate against the norm, for three noises",
        "Recall rate with the most noise, minus that with the least",
        "C7",
        REPRODUCED,
        "A noisier initial state is further from its pattern",
        "noise",
    ),
    Comparison(
        "Experiment 5",
        "Curves for three activations: tanh and erf exceed one “at small input norms”",
        "Mean rho at the smallest norm",
        "C8",
        REPRODUCED,
        "Directions that training leaves alone keep a slope near phi'(0), which is at least one",
    ),
    Comparison(
        "Extension",
        "Experiments 1 to 3 with tanh and erf: “same/similar results”",
        "Ten comparisons, two activations by claims C1 to C5",
        "C9",
        MIXED,
        "Without the sigmoid's constant, tanh and erf keep one more eigenvalue near one",
    ),
)
# Two conclusions that the report draws from its own figures: per cent up to which the first premise holds.
LINEAR, MOST = 5.0, 50.0


def comparison_table(executed: Mapping[str, NotebookNode], found: Mapping[str, list[dict[str, Any]]]) -> str:
    """Lay out every comparison that has been judged."""
    rows = [_row(item, found[item.claim]) for item in COMPARISONS if found[item.claim]]
    return table(("The report", "This book", "Do they agree?"), rows)


def _row(item: Comparison, parts: Sequence[dict[str, Any]]) -> tuple[str, str, str]:
    measured = ""
    if parts[0]["part"]:  # what counts of a claim in parts are the verdicts on them
        outcomes = [part["verdict"] for part in parts]
        verdict = combine(outcomes)
    else:
        wanted = {"criterion": item.criterion} if item.criterion else {"decides": True}
        rows = [row for part in parts for row in part["evidence"] if wanted.items() <= row.items()]
        outcomes = [row["outcome"] for row in rows]
        verdict = sum_up(outcomes) if outcomes else NOT_JUDGED
        shown = rows if len(rows) <= 3 else [rows[0], rows[-1]]
        measured = ": " + listed(f"{row['value']:.3g} ({row['condition']})" for row in shown)
    page, figure = (parts[0].get(name, "") for name in ("notebook", "figure"))
    agree = sum(outcome in ("holds", REPRODUCED) for outcome in outcomes)
    why = f". {item.why}" if verdict == item.verdict else ""
    return (
        f"[{item.experiment}](executed/{page}.ipynb). {symbols(item.report)}",
        symbols(item.ours + measured) + (f" ({{numref}}`{figure}`)" if figure else ""),
        f"**{AGREEMENT.get(verdict, verdict)}**{symbols(why)} ({item.claim}: {agree} of {len(outcomes)})",
    )


def conclusions(executed: Mapping[str, NotebookNode]) -> str:
    """Hold two conclusions of the report against the numbers that the pages of its experiments 2 and 4 glued."""
    found = {name: value for notebook in executed.values() for name, value in glued(notebook).items()}
    said = []
    if "spread_here" in found:
        said.append(
            "- *“It can also be concluded that network operates in linear region”*, from eigenvalues of norm one. "
            "Jacobians at a network's patterns differ from their mean by at most {spread_here:.1f} % at norm "
            "{linear_norm:g}. At norm {still_norm:g} with {still_points:g} patterns every pattern still has an "
            "eigenvalue norm near one, and they differ by {still_spread:.0f} %. "
            f"The conclusion: **{_holds(found['spread_here'], LINEAR)}**. That it follows: "
            f"**{_holds(found['still_spread'], LINEAR)}**. Networks count as linear up to {LINEAR:g} %.\n"
        )
    if "bars_attractors" in found:
        said.append(
            "- *“This can also be observed in the following diagrams”*, of failing attractors. Behind the "
            "{bars_empty:.0f} bars without any recall {bars_attractors:.0f} % of the patterns are attractors. "
            f"The diagrams show it: **{_holds(found['bars_attractors'], MOST)}**. They do if these are at most half.\n"
        )
    return "".join(said).format(**found).replace(" %", "\N{NO-BREAK SPACE}%")


def _holds(value: Any, most: float) -> str:
    return NOT_JUDGED if value != value else "yes" if value <= most else "no"
