"""The page that sets the report's words beside this book's numbers, statement by statement."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from nbformat import NotebookNode

from book.build.outputs import glued
from book.build.page import table
from book.statistics.verdicts import NOT_JUDGED, NOT_REPRODUCED, combine
from book.typeset import symbols

AGREES = {"reproduced": "yes", NOT_REPRODUCED: "no"}  # other verdicts stand as they are
UNKNOWN = "not judged: the paper's figures are not at hand"
LINEAR = 5.0  # per cent by which Jacobians of a network that counts as linear differ at most

FIGURES = {
    1: "the difference of the largest eigenvalue norms before and after training, for depths 2, 3 and 4",
    2: "histograms of the eigenvalue norms, for 2, 5 and 8 patterns",
    3: "the largest eigenvalue norm against the norm, for 2, 5 and 10 patterns and two widths, with a line at 1/2",
    4: "bars of the recall rate against the norm, for three noises",
    5: "the largest eigenvalue norm against the norm, for sigmoid, tanh and erf",
}


@dataclass(frozen=True)
class Statement:
    """What the report says, and what this book has to say to it."""

    experiment: int  # 0 for the extension that the report proposes
    words: str
    figure: str  # where the answer is seen
    ours: str  # with the numbers that the experiment's page glued by name
    answer: str | Callable[[Mapping[str, Any]], str]  # the claim whose verdict says whether the two agree, or what does


def conclusion(numbers: Mapping[str, Any]) -> str:
    """Judge the conclusion from eigenvalues of norm one to a linear network: whether it is true, and follows."""
    true, follows = _yes(numbers["spread_here"], LINEAR), _yes(numbers["still_spread"], LINEAR)
    return f"the conclusion: {true} (limit {LINEAR:g} %); that it follows: {follows}"


def few_attractors(numbers: Mapping[str, Any]) -> str:
    """Judge whether at most half of the patterns are attractors at the report's smallest norm."""
    return _yes(numbers["bars_first_attractors"], 50)


def bars(numbers: Mapping[str, Any]) -> str:
    """Judge whether most patterns behind bars without recall are no attractors."""
    return _yes(numbers["bars_attractors"], 50)


def _yes(value: float, most: float) -> str:
    return NOT_JUDGED if math.isnan(value) else "yes" if value <= most else "no"


def paper_unknown(numbers: Mapping[str, Any]) -> str:
    """Say why a comparison with the paper's figures is not judged."""
    return UNKNOWN


PAGES = {
    0: "08_beyond_linear_region_tanh_erf",
    1: "01_single_example",
    2: "02_linear_region",
    3: "03_beyond_linear_region",
    4: "04_basin_of_attraction",
    5: "05_activations",
}

STATEMENTS = (
    Statement(
        1,
        "the largest (Operator) norm of initial Jacobian for 2 layer sigmoid network is concentrated around 1/2",
        "fig-single-initial-norm",
        "{operator_norm_first:.3f} ± {operator_norm_error:.3f} at norm {first_norm:g}, "
        "{operator_norm_last:.2f} at norm {last_norm:g}",
        "C1",
    ),
    Statement(
        1,
        "the initial and final Jacobians are very similar (almost equal) as the number of layers are increased",
        "fig-single-change",
        "The largest eigenvalue norms differ by {radius_change_shallow:.3f} at depth {shallowest:g} and by "
        "{radius_change_deep:.5f} at depth {deepest:g}, averaged over the norms; at that depth the Jacobians by "
        "{relative_change_deep:.2f} of the initial operator norm",
        "C2",
    ),
    Statement(
        1,
        "the results for 3 and 4 layers are the same as in the paper",
        "fig-single-change",
        "Not compared",
        paper_unknown,
    ),
    Statement(
        2,
        "10%,40% and 70% of all eigenvalues are near 1",
        "fig-linear-spectrum",
        "{share_first:.0f} %, {share_middle:.0f} % and {share_last:.0f} % for n = {fewest:g}, {middle:g} and {most:g}",
        "C4",
    ),
    Statement(
        2,
        "Since there is eigenvalues with norm 1, it can also be concluded that network operates in linear region",
        "fig-linear-or-not",
        "At norm {linear_norm:g} the Jacobians at a network's patterns differ from their mean by at most "
        "{spread_here:.1f} %. At norm {still_norm:g} with n = {still_points:g} every pattern still has an eigenvalue "
        "norm near one, and they differ by {still_spread:.0f} %",
        conclusion,
    ),
    Statement(
        3,
        "results could not be reproduced exactly, however, similar behavior can be observed",
        "fig-beyond-radius",
        "With n = {most:g} and width {widest:.0f} the mean radius goes from {radius_first:.3f} at norm {first_norm:g} "
        "to {radius_last:.2f} at norm {last_norm:g}",
        paper_unknown,
    ),
    Statement(
        3,
        "",
        "fig-beyond-limit",
        "With n = {most:g} the infinite-width limit is at {limit_last:.2f} at norm {last_norm:g}; with all n it is "
        "between {limit_far_low:.3f} and {limit_far_high:.3f} at norm {far_norm:g}",
        "C6",
    ),
    Statement(
        4,
        "attractor formulation in small norms fails",
        "fig-basin-radius",
        "At norm {bars_norm:g}, the report's smallest, {bars_first_attractors:.0f} % of the patterns are attractors",
        few_attractors,
    ),
    Statement(
        4,
        "this can also be observed in the following diagrams",
        "fig-basin-rates",
        "Behind the {bars_empty:.0f} bars without any recall by the report's criterion, {bars_attractors:.0f} % of the "
        "patterns are attractors",
        bars,
    ),
    Statement(
        5,
        "Results are very similar to the ones in figure 5. in the paper",
        "fig-activations-radius",
        "Not compared",
        paper_unknown,
    ),
    Statement(
        5,
        "erf and tanh have eigenalues bigger than 1.0 at small input norms",
        "fig-activations-radius",
        "With n = {equal_points:g} at norm {first_norm:g} the mean radius is {first_radii}",
        "C8",
    ),
    Statement(
        0,
        "authors argue that same/similar results can be obtained if tanh/erf functions are used for above experiments",
        "fig-beyond-radius-tanh-erf",
        "Of {parts} parts, two activations by five claims: {held} reproduced, {failed} not reproduced, "
        "{others} with another verdict",
        "C9",
    ),
)


def statements_tables(executed: Mapping[str, NotebookNode], found: Mapping[str, list[dict[str, Any]]]) -> str:
    """Lay out every statement of the report with what was found, a table an experiment."""
    parts = [part["verdict"] for part in found["C9"]]
    counts = {"parts": len(parts), "held": parts.count("reproduced"), "failed": parts.count(NOT_REPRODUCED)}
    counts["others"] = counts["parts"] - counts["held"] - counts["failed"]
    sections = []
    for experiment, statements in groupby(STATEMENTS, lambda item: item.experiment):
        if PAGES[experiment] not in executed:
            continue
        numbers = glued(executed[PAGES[experiment]]) | counts
        rows = [(_words(item), _ours(item, numbers), _agrees(item, numbers, found)) for item in statements]
        head = (
            f"Experiment {experiment}\n\nIts figure: {FIGURES[experiment]}." if experiment else "The proposed extension"
        )
        sections.append(f"## {head}\n\n" + table(("The report's words", "Here", "Do they agree?"), rows))
    return "\n".join(sections)


def _words(item: Statement) -> str:
    return f"“{item.words}”" if item.words else "none: the line alone"


def _ours(item: Statement, numbers: Mapping[str, Any]) -> str:
    return f"{_set(item.ours, numbers)} ({{numref}}`{item.figure}`)"


def _agrees(item: Statement, numbers: Mapping[str, Any], found: Mapping[str, list[dict[str, Any]]]) -> str:
    if callable(item.answer):
        return item.answer(numbers)
    verdict = combine([part["verdict"] for part in found[item.answer]] or [NOT_JUDGED])
    return f"{AGREES.get(verdict, verdict)} ({{ref}}`{item.answer} <{item.answer.lower()}>`)"


def _set(words: str, numbers: Mapping[str, Any]) -> str:
    """Put the numbers into the words, and set letters and units as on every page."""
    return symbols(words.format(**numbers)).replace(" %", "\N{NO-BREAK SPACE}%")


# Of each experiment, by how much descent and flow differ; Jacobians in Frobenius norm.
DESCENTS = {
    1: "Jacobians by {descent_difference_percent:.1f} % at most",
    2: "eigenvalue norms by {descent_off:.4f} at most",
    3: "mean radii by {descent_radius_wide:.4f} at most, Jacobians by {descent_wide_first:.2f} % at norm "
    "{descent_first_norm:g} and {descent_wide_last:.1f} % at norm {descent_last_norm:g}, at width {widest:.0f}; "
    "at width {narrowest:.0f} Jacobians by {descent_narrow_last:.0f} % at norm {descent_last_norm:g}",
    4: "radii by {descent_off:.4f} at most, cues recalled by {descent_cues_off:.0f} of {descent_cues:.0f} at most",
    5: "mean radii by {descent_off:.4f} at most, Jacobians by {descent_difference:.0f} % at most",
}


def descents_table(executed: Mapping[str, NotebookNode]) -> str:
    """Lay out how descent at the report's learning rates compares with the gradient flow."""
    rows = []
    for experiment, words in DESCENTS.items():
        if (name := PAGES[experiment]) in executed:
            found = glued(executed[name])
            rows.append((str(experiment), f"{found['learning_rate']:g}", _set(words, found)))
    return table(("Experiment", "Learning rate", "Descent and flow differ in"), rows)
