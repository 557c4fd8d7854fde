"""Measure training time side by side in one run: the report's loop, best-step descent, dopri5, gradient flow.

Where the report's loop was run to its end, or its end predicted, its steps are those of book/report_loop.json, which
book.bench.report_loop makes; elsewhere those that cover the flow's time.

All run on one thread, which a busy machine disturbs least; the report's loop on two where that is faster. Writes
book/benchmark.json, which the page "What training takes, and why" shows. Only ratios within one run mean much.
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

import click
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
from book.bench.results import summarise
from sigae import TrainingResult

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "book" / "benchmark.json"
LOOP = ROOT / "book" / "report_loop.json"
REFERENCE_TOLERANCE = 1e-5
GRID_REFERENCE_TOLERANCE = 3e-4
EXPERIMENT_TOLERANCE = 0.03  # the step tolerance of the book's experiments 3 to 5
EQUAL_NORMS = (3, 10, 20, 30, 40, 50)  # at which descent is also run to the flow's accuracy


def relative_error(J: Tensor, reference: Tensor) -> float:
    """Return the largest Frobenius distance of a point's Jacobian from the reference, over the reference's norm."""
    return ((J - reference).flatten(1).norm(dim=1) / reference.flatten(1).norm(dim=1)).max().item()


def median_step(seconds_and_steps: Callable[[], tuple[float, int]]) -> float:
    """Return the median over five short runs of the seconds a step takes."""
    return statistics.median(seconds / steps for seconds, steps in (seconds_and_steps() for _ in range(5)))


def report_step(cell: Cell) -> float:
    """Return the seconds that one step of the report's loop takes, on one thread or two, whichever is faster."""
    count, seconds = max(5, 300_000 // cell.width), []
    for threads in (2, 1):
        torch.set_num_threads(threads)
        seconds.append(median_step(lambda: report_loop(cell, count)[:2]))
    return min(seconds)


def descent_step(cell: Cell) -> float:
    """Return the seconds that one step of the package's descent takes."""
    count = max(5, 300_000 // cell.width)

    def run() -> tuple[float, int]:
        result, _ = descent(cell, 1e-3, count)
        return result.seconds, result.steps

    return median_step(run)


def fastest_flow(cell: Cell, repeats: int = 3, **options: Any) -> tuple[TrainingResult, Tensor]:
    """Return the quickest of a few runs of gradient flow, with its Jacobians."""
    return min((trained(cell, **options) for _ in range(repeats)), key=lambda run: run[0].seconds)


def report_steps(cell: Cell, result: TrainingResult) -> tuple[float, str]:
    """Return how many steps the report's loop takes, and how that is known: measured, foreseen or by flow time."""
    recorded = json.loads(LOOP.read_text())
    for how, section in (("measured", "runs"), ("foreseen", "foreseen")):
        for row in recorded[section]:
            if all(row[name] == value for name, value in vars(cell).items()) and row.get("precision") != "float64":
                return row["steps"], how
    return result.descent_steps(REPORT_LEARNING_RATE), "flow time"


def hard_cell(cell: Cell) -> dict:
    """Measure one cell with the report's loop (time a step, times the steps) and best-step descent run to the end."""
    result, J = fastest_flow(cell)
    rate = STABLE_SHARE * largest_stable_rate(cell)
    descended, J_descent = descent(cell, rate)
    per_step = report_step(cell)
    steps, how = report_steps(cell, result)
    _, reference = trained(cell, step_tolerance=REFERENCE_TOLERANCE)
    return vars(cell) | {
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


def step_count_check(cell: Cell) -> dict:
    """Run the report's loop to its end, and compare its number of steps with the one flow time predicts."""
    seconds, steps, converged = report_loop(cell, 1_000_000)
    result, _ = trained(cell)
    return vars(cell) | {
        "steps": steps,
        "seconds": seconds,
        "converged": converged,
        "predicted_steps": result.descent_steps(REPORT_LEARNING_RATE),
    }


def against_conditioning(norms: list[float], n_points: int, width: int) -> list[dict]:
    """Measure all peers on cells from stiff (small norm) to easy (large norm)."""
    rows = []
    for norm in tqdm(norms, desc="conditioning"):
        cell = Cell(n_points, norm, width)
        row = hard_cell(cell)
        seconds, steps, converged = report_loop(cell, 1_000_000)
        row |= {"report_seconds": seconds, "report_steps": steps, "report_steps_are": "measured"}
        row["report_converged"] = converged
        result, reference = trained(cell, step_tolerance=REFERENCE_TOLERANCE)
        seconds, evaluations, J = dopri5(cell, result.flow_time, 1e-3)
        row |= {
            "dopri5_seconds": seconds,
            "dopri5_evaluations": evaluations,
            "dopri5_error": relative_error(J, reference),
        }
        rows.append(row)
    return rows


def best_step_descent(cell: Cell, **options: Any) -> tuple[float, TrainingResult, Tensor]:
    """Run descent at 90 % of its largest stable step, a tenth less wherever that diverges; return rate and result."""
    rate = STABLE_SHARE * largest_stable_rate(cell)
    for _ in range(20):  # the kernel grows in training
        result, J = descent(cell, rate, 1_000_000, **options)
        if result.converged:
            break
        rate *= 0.9
    if result.seconds < 0.5:  # as often as the flow
        result = min(result, descent(cell, rate, 1_000_000, **options)[0], key=lambda run: run.seconds)
    return rate, result, J


def equally_accurate_descent(cell: Cell, rate: float, error: float, aim: float, reference: Tensor) -> dict:
    """Shorten descent's step until its Jacobian is as near the flow's as an integrator's is."""
    # Descent is of first order, so that the error is in proportion to the rate once that is small.
    for _ in range(8):
        rate *= min(0.9, aim / error)
        result, J = descent(cell, rate, 1_000_000)
        error = relative_error(J, reference)
        if error <= 1.1 * aim:
            break
    return {"equal_seconds": result.seconds, "equal_steps": result.steps, "equal_error": error}


def experiment_three(norms: list[int], widths: list[int], points: list[int]) -> list[dict]:
    """Measure every cell of experiment 3's grid."""
    rows = []
    for width in widths:
        for n_points in points:
            sample = Cell(n_points, 10.0, width)
            per_step = report_step(sample)
            for norm in tqdm(norms, desc=f"experiment 3, n = {n_points}, m = {width}"):
                cell = Cell(n_points, float(norm), width)
                result, J = fastest_flow(cell, 2)
                _, reference = trained(cell, step_tolerance=GRID_REFERENCE_TOLERANCE)
                coarse, J_coarse = fastest_flow(cell, 2, step_tolerance=EXPERIMENT_TOLERANCE)
                single, J_single = fastest_flow(cell, 2, step_tolerance=EXPERIMENT_TOLERANCE, dtype=torch.float32)
                rate, descended, J_descent = best_step_descent(cell)
                _, descended_single, _ = best_step_descent(cell, dtype=torch.float32)
                row = vars(cell) | {
                    "flow_seconds": result.seconds,
                    "flow_steps": result.steps,
                    "flow_error": relative_error(J, reference),
                    "coarse_seconds": coarse.seconds,
                    "coarse_steps": coarse.steps,
                    "coarse_error": relative_error(J_coarse, reference),
                    "single_seconds": single.seconds,
                    "single_error": relative_error(J_single, reference),
                    "report_seconds": per_step * result.descent_steps(REPORT_LEARNING_RATE),
                    "descent_seconds": descended.seconds,
                    "descent_steps": descended.steps,
                    "descent_error": relative_error(J_descent, reference),
                    "descent_single_seconds": descended_single.seconds,
                }
                if norm in EQUAL_NORMS:
                    error, aim = row["descent_error"], row["coarse_error"]
                    same = {f"equal_{key}": row[f"descent_{key}"] for key in ("seconds", "steps", "error")}
                    row |= equally_accurate_descent(cell, rate, error, aim, reference) if error > 1.1 * aim else same
                rows.append(row)
    return rows


def against_width(widths: list[int], n_points: int, norm: float) -> list[dict]:
    """Measure gradient flow, and the time of descent's steps, over widths."""
    rows = []
    for width in tqdm(widths, desc="width"):
        cell = Cell(n_points, norm, width)
        result, _ = fastest_flow(cell, 2 if width <= 100_000 else 1)
        row = vars(cell) | {"flow_seconds": result.seconds, "flow_steps": result.steps}
        if width <= 100_000:
            steps, row["report_steps_are"] = report_steps(cell, result)
            row["report_step_seconds"] = report_step(cell)
            row["report_seconds"] = row["report_step_seconds"] * steps
            rate = STABLE_SHARE * largest_stable_rate(cell)
            row["descent_seconds"] = descent_step(cell) * result.descent_steps(rate)
        rows.append(row)
    return rows


def with_full_kernel(cell: Cell) -> dict:
    """Train once with the whole tangent kernel as the linear part, and once as the package chooses."""
    full, _ = trained(cell, linear_part="full")
    auto, _ = trained(cell)
    return vars(cell) | {
        "full_steps": full.steps,
        "full_seconds": full.seconds,
        "auto_steps": auto.steps,
        "auto_seconds": auto.seconds,
    }


@click.command()
@click.option("--quick", is_flag=True, help="A tenth of the work, to try the script; the numbers mean little.")
@click.option("--output", type=click.Path(path_type=Path), default=RESULTS, help="Where the results go.")
def main(quick: bool, output: Path) -> None:
    """Run the benchmark and print its table."""
    torch.set_num_threads(1)
    results: dict = {
        "versions": {name: version(name) for name in ("torch", "numpy", "torchdiffeq")},
        "machine": f"one thread of a {os.cpu_count()}-core {platform.machine()} machine, "
        f"Python {platform.python_version()}",
    }
    trained(Cell(2, 5.0, 1000))  # warm up
    results["headline"] = hard_cell(Cell(20, 2.0 if quick else 1.0, 1000 if quick else 10_000))
    results["steps_check"] = step_count_check(Cell(10, 10.0 if quick else 3.0, 1000))
    results["width"] = against_width([1000, 10_000] if quick else [1000, 10_000, 100_000, 1_000_000], 20, 1.0)
    results["conditioning"] = against_conditioning(
        [10.0, 50.0] if quick else [3.0, 10.0, 50.0], 10, 1000 if quick else 10_000
    )
    norms = [3, 28, 52] if quick else list(range(3, 53))
    results["grid"] = experiment_three(norms, [1000] if quick else [1000, 10_000], [2, 5, 10])
    results["full_kernel"] = with_full_kernel(Cell(10, 1.0, 50) if quick else Cell(64, 1.0, 300))
    results["summary"] = summarise(results)
    output.write_text(json.dumps(results, indent=1) + "\n")
    for key, value in results["summary"].items():
        click.echo(f"{key:26} {value if value is None else format(value, '.4g')}")
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    click.echo(f"On {results['machine']}; {versions}.")
    click.echo(f"Wrote {output}.")


if __name__ == "__main__":
    main()
