"""Run the report's training loop to its end, in single and in double precision, and see what rounding does to it.

It takes hours, so the benchmark only reads what this wrote to book/report_loop.json. A run keeps its state in
_build/report_loop and goes on where it was stopped.
"""

from __future__ import annotations

import copy
import json
import math
import time
from itertools import islice
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from scipy.integrate import cumulative_trapezoid
from torch import Tensor

import sigae
from book.bench.peers import REPORT_LEARNING_RATE, Cell, largest_stable_rate, loop_steps

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "book" / "report_loop.json"
STATES = ROOT / "_build" / "report_loop"
TOLERANCE = 1e-7
DTYPES = {"float32": torch.float32, "float64": torch.float64}
KEPT = 20_000  # steps between states on the disk
SETTLED = 100
LOSSES = [10 ** (-exponent / 4) for exponent in range(4, 29)]  # 0.1 to 1e-7, at which the flow is stopped


def rounding(model: sigae.Autoencoder, points: Tensor) -> dict[str, float]:
    r"""Compare what the weights take in of the loop's next step with that step in exact arithmetic.

    Returns
    -------
    dict
        ``moved``, the share of the weights that change at all, and ``progress``,
        :math:`\langle \Delta_\mathrm{stored}, \Delta \rangle / \lVert \Delta \rVert^2`: what the loss falls by, to
        first order, over what it would by the exact step.
    """
    exact, after = copy.deepcopy(model).double(), copy.deepcopy(model)
    torch.nn.functional.mse_loss(exact(points.double()), points.double()).backward()
    next(loop_steps(after, points))
    moved = dot = square = count = 0.0
    for new, old in zip(after.weights, exact.weights, strict=True):
        assert old.grad is not None
        stored, step = new.detach().double() - old.detach(), old.grad * -REPORT_LEARNING_RATE
        moved += (stored != 0).sum().item()
        dot += (stored * step).sum().item()
        square += step.square().sum().item()
        count += stored.numel()
    return {"moved": moved / count, "progress": dot / square}


def _marked(step: int) -> bool:
    """Tell whether a step is one of the curve's, of which there are some twenty-five to a decade."""
    return step == 1 or math.floor(25 * math.log10(step)) > math.floor(25 * math.log10(step - 1))


def run_to_its_end(cell: Cell, precision: str) -> dict[str, Any]:
    """Run the loop until the loss is below the tolerance, with its curve.

    Returns
    -------
    dict
        The cell, ``precision``, ``steps``, ``seconds``, and ``curve``: steps taken, loss, and :func:`rounding`.
    """
    path = STATES / f"n{cell.n_points}-norm{cell.norm:g}-m{cell.width}-seed{cell.seed}-{precision}.pt"
    model, points = cell.model(DTYPES[precision]), cell.points(DTYPES[precision])
    step, seconds, curve, loss = 0, 0.0, [], math.inf
    if path.exists():
        kept = torch.load(path)
        step, seconds, curve, loss = (kept[name] for name in ("step", "seconds", "curve", "loss"))
        model.load_state_dict(kept["model"])
    while not loss < TOLERANCE:
        started = time.perf_counter()
        for found in islice(loop_steps(model, points), KEPT - step % KEPT):
            step += 1
            loss = found.item()
            if loss < TOLERANCE:
                break
            if _marked(step):
                curve.append({"steps": step, "loss": loss} | rounding(model, points))
        seconds += time.perf_counter() - started
        state = {"step": step, "seconds": seconds, "curve": curve, "loss": loss, "model": model.state_dict()}
        part = path.with_suffix(".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, part)
        part.replace(path)
        click.echo(f"{path.stem}: {step:,} steps, loss {loss:.3g}, {seconds:,.0f} s")
    curve.append({"steps": step, "loss": loss} | rounding(model, points))
    return vars(cell) | {"precision": precision, "steps": step, "seconds": seconds, "curve": curve}


def along_the_flow(cell: Cell) -> list[dict[str, float]]:
    """Follow the flow in double precision, and see at points of its way what a step in single precision would do.

    Returns
    -------
    list of dict
        ``loss``, ``steps`` of the loop that cover the flow's time up to there, and :func:`rounding`.
    """
    rows, rate = [], largest_stable_rate(cell) / 2
    for tolerance in LOSSES:
        model, points = cell.model(), cell.points()
        result = sigae.train(model, points, tolerance=tolerance, step_tolerance=3e-4)
        # The flow's last step leaves errors in what decays fast, which the loop has none of.
        settled = sigae.train(
            model, points, method="gradient_descent", learning_rate=rate, max_steps=SETTLED, tolerance=1e-12
        )
        steps = result.descent_steps(REPORT_LEARNING_RATE) + settled.descent_steps(REPORT_LEARNING_RATE)
        rows.append({"loss": settled.loss, "steps": steps} | rounding(model.float(), cell.points(torch.float32)))
    return rows


def forecast(rows: list[dict[str, float]]) -> tuple[float, float]:
    """Return the loop's steps to the tolerance: in exact arithmetic, and if each gets on by ``progress`` only."""
    passed = np.array([row["steps"] for row in rows])
    slowness = np.array([1 / row["progress"] for row in rows])
    taken = passed[0] * slowness[0] + cumulative_trapezoid(slowness, passed, initial=0)
    # Between the marks the logarithm of the loss falls evenly.
    fallen = [-math.log(row["loss"]) for row in rows]
    exact, slowed = (float(np.interp(-math.log(TOLERANCE), fallen, steps)) for steps in (passed, taken))
    return exact, slowed


@click.command()
@click.option("--width", "widths", type=int, multiple=True, default=(1_000, 10_000), help="Width to run the loop at.")
@click.option("--precision", "precisions", type=click.Choice(list(DTYPES)), multiple=True, default=tuple(DTYPES))
@click.option("--foreseen", "foreseen", type=int, multiple=True, default=(1_000, 10_000, 100_000))
@click.option("--n-points", default=20, help="Patterns.")
@click.option("--norm", default=1.0, help="Their norm.")
@click.option("--output", type=click.Path(path_type=Path), default=RESULTS, help="Where the results go.")
def main(
    widths: tuple[int, ...],
    precisions: tuple[str, ...],
    foreseen: tuple[int, ...],
    n_points: int,
    norm: float,
    output: Path,
) -> None:
    """Run the loop to its end, and foresee its end; results of other widths and precisions are kept."""
    torch.set_num_threads(1)
    record: dict[str, Any] = {"runs": [], "foreseen": []}
    if output.exists():
        record = json.loads(output.read_text())

    def keep(section: str, row: dict[str, Any], *key: str) -> None:
        others = [old for old in record[section] if any(old[name] != row[name] for name in key)]
        record[section] = sorted([*others, row], key=lambda row: tuple(row[name] for name in key))
        rounded = json.loads(json.dumps(record), parse_float=lambda text: float(f"{float(text):.6g}"))
        output.write_text(json.dumps(rounded, indent=1) + "\n")

    for width in foreseen:
        cell = Cell(n_points, norm, width)
        rows = along_the_flow(cell)
        exact, steps = forecast(rows)
        click.echo(f"width {width}: {steps:,.0f} steps foreseen, {exact:,.0f} of them in exact arithmetic")
        keep("foreseen", vars(cell) | {"exact_steps": exact, "steps": steps, "curve": rows}, "width")
    for width in widths:
        for precision in precisions:
            run = run_to_its_end(Cell(n_points, norm, width), precision)
            click.echo(f"width {width}, {precision}: {run['steps']:,} steps, {run['seconds']:,.0f} s")
            keep("runs", run, "width", "precision")


if __name__ == "__main__":
    main()
