"""Measure training time side by side in one run: the report's loop, best-step descent, dopri5, gradient flow.

All run on one thread, the report's loop on two where that is faster. Only ratios within one run mean much.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from book.bench.peers import (
    REPORT_LEARNING_RATE,
    STABLE_SHARE,
    Cell,
    descent,
    dopri5,
    largest_stable_rate,
    report_loop,
    trained,
)
from sigae import TrainingResult

RESULTS = Path(__file__).resolve().parents[1] / "benchmark.json"
LOOP = RESULTS.with_name("report_loop.json")
REFERENCE_TOLERANCE = 1e-5
GRID_REFERENCE_TOLERANCE = 3e-4
EXPERIMENT_TOLERANCE = 0.03  # the step tolerance of the book's experiments 3 to 5
EQUAL_NORMS = (3, 10, 20, 30, 40, 50)  # at which descent is also run to the flow's accuracy


def relative_error(J: Tensor, reference: Tensor) -> float:
    """Return the largest Frobenius distance of a point's Jacobian from the reference, over the reference's norm."""
    return (torch.linalg.matrix_norm(J - reference) / torch.linalg.matrix_norm(reference)).max().item()


def seconds_a_step(cell: Cell, run: Callable[[int], tuple[float, int]]) -> float:
    """Return the median over five short runs of the seconds a step takes."""
    count = max(5, 300_000 // cell.width)
    return statistics.median(seconds / steps for seconds, steps in (run(count) for _ in range(5)))


def report_step(cell: Cell) -> float:
    """Return the seconds that one step of the report's loop takes, on one thread or two, whichever is faster."""
    seconds = []
    for threads in (2, 1):
        torch.set_num_threads(threads)
        seconds.append(seconds_a_step(cell, lambda count: report_loop(cell, count)[:2]))
    return min(seconds)


def report_steps(cell: Cell, result: TrainingResult) -> tuple[float, str]:
    """Return how many steps the report's loop takes, and how that is known: measured, predicted or by flow time."""
    recorded = json.loads(LOOP.read_text())
    for how, section in (("measured", "runs"), ("predicted", "predicted")):
        for row in recorded[section]:
            if all(row[name] == value for name, value in vars(cell).items()) and row.get("precision") != "float64":
                return row["steps"], how
    return result.descent_steps(REPORT_LEARNING_RATE), "flow time"


def fastest_flow(cell: Cell, repeats: int = 3, **options: Any) -> tuple[TrainingResult, Tensor]:
    """Return the quickest of a few runs of gradient flow, with its Jacobians."""
    return min((trained(cell, **options) for _ in range(repeats)), key=lambda run: run[0].seconds)


def best_step_descent(cell: Cell, **options: Any) -> tuple[float, TrainingResult, Tensor]:
    """Run descent at 90 % of its largest stable step, a tenth less wherever that diverges; return rate and result."""
    rate = STABLE_SHARE * largest_stable_rate(cell)
    for _ in range(20):  # the kernel grows in training
        result, J = descent(cell, rate, **options)
        if result.converged:
            break
        rate *= 0.9
    if result.seconds < 0.5:  # as often as the flow
        result = min(result, descent(cell, rate, **options)[0], key=lambda run: run.seconds)
    return rate, result, J


def equally_accurate_descent(cell: Cell, rate: float, row: dict, reference: Tensor) -> dict:
    """Shorten descent's step until its Jacobian is as near the flow's as a coarser integrator's is."""
    seconds, error, aim = row["descent_seconds"], row["descent_error"], row["coarse_error"]
    for _ in range(8):
        if error <= 1.1 * aim:
            break
        rate *= min(0.9, aim / error)  # descent is of first order: for small rates the error is in proportion to them
        result, J = descent(cell, rate)
        seconds, error = result.seconds, relative_error(J, reference)
    return {"equal_seconds": seconds, "equal_error": error}


def hard_cell(cell: Cell, *, all_peers: bool = False) -> dict:
    """Measure one cell with best-step descent and the report's loop, by its step unless it is run, with dopri5, too."""
    result, J = fastest_flow(cell)
    rate, descended, J_descent = best_step_descent(cell)
    per_step, (steps, how) = report_step(cell), report_steps(cell, result)
    fine, reference = trained(cell, step_tolerance=REFERENCE_TOLERANCE)
    row = vars(cell) | {
        "flow_seconds": result.seconds,
        "flow_steps": result.steps,
        "flow_error": relative_error(J, reference),
        "report_step_seconds": per_step,
        "report_steps": steps,
        "report_steps_are": how,
        "equivalent_steps": result.descent_steps(REPORT_LEARNING_RATE),
        "report_seconds": per_step * steps,
        "descent_rate": rate,
        "descent_seconds": descended.seconds,
        "descent_steps": descended.steps,
        "descent_converged": descended.converged,
        "descent_error": relative_error(J_descent, reference),
    }
    if all_peers:
        seconds, steps, converged = report_loop(cell, 1_000_000)
        row |= {"report_seconds": seconds, "report_steps": steps, "report_steps_are": "measured"}
        seconds, evaluations, J = dopri5(cell, fine.flow_time, 1e-3)
        row |= {"report_converged": converged, "dopri5_seconds": seconds, "dopri5_evaluations": evaluations}
        row["dopri5_error"] = relative_error(J, reference)
    return row


def grid_cell(cell: Cell) -> dict:
    """Measure one cell of experiment 3: gradient flow, as accurate as there too, and best-step descent."""
    runs = {"flow": fastest_flow(cell, 2), "coarse": fastest_flow(cell, 2, step_tolerance=EXPERIMENT_TOLERANCE)}
    rate, *runs["descent"] = best_step_descent(cell)  # type: ignore[assignment]
    _, reference = trained(cell, step_tolerance=GRID_REFERENCE_TOLERANCE)
    row: dict = {**vars(cell)}
    for name, (result, J) in runs.items():
        row |= {f"{name}_seconds": result.seconds, f"{name}_error": relative_error(J, reference)}
    return row | (equally_accurate_descent(cell, rate, row, reference) if cell.norm in EQUAL_NORMS else {})


def at_width(cell: Cell) -> dict:
    """Measure gradient flow, and up to width 100,000 the time of descent's steps."""
    result, _ = fastest_flow(cell, 2 if cell.width <= 100_000 else 1)
    row = vars(cell) | {"flow_seconds": result.seconds, "flow_steps": result.steps}
    if cell.width > 100_000:
        return row
    steps, how = report_steps(cell, result)
    per_step = report_step(cell)

    def run(count: int) -> tuple[float, int]:
        found, _ = descent(cell, 1e-3, count)
        return found.seconds, found.steps

    rate = STABLE_SHARE * largest_stable_rate(cell)
    return row | {
        "report_steps_are": how,
        "report_step_seconds": per_step,
        "report_seconds": per_step * steps,
        "descent_seconds": seconds_a_step(cell, run) * result.descent_steps(rate),
    }


def main() -> None:
    """Measure all of it."""
    torch.set_num_threads(1)
    trained(Cell(2, 5.0, 1000))  # warm up
    headline = hard_cell(Cell(20, 1.0, 10_000))
    by_width = [at_width(Cell(20, 1.0, width)) for width in tqdm([1000, 10_000, 100_000, 1_000_000], desc="width")]
    norms = tqdm([3.0, 10.0, 50.0], desc="conditioning")
    conditioning = [hard_cell(Cell(10, norm, 10_000), all_peers=True) for norm in norms]
    cells = [Cell(n, float(norm), m) for m in (1000, 10_000) for n in (2, 5, 10) for norm in range(3, 53)]
    grid = [grid_cell(cell) for cell in tqdm(cells, desc="experiment 3")]
    found = {
        "versions": {name: version(name) for name in ("torch", "numpy", "torchdiffeq")},
        "machine": f"one thread of a {os.cpu_count()}-core {platform.machine()} machine, "
        f"Python {platform.python_version()}",
        "headline": headline,
        # what was measured as the headline, too, stands as it does there
        "width": [{k: headline[k] for k in row} if row["width"] == headline["width"] else row for row in by_width],
        "conditioning": conditioning,
        "grid": grid,
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
