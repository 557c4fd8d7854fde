"""Run the report's training loop to its end, in both precisions, and see what rounding does to it: over an hour."""

import copy
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.integrate import cumulative_trapezoid
from torch import Tensor

import sigae
from book.bench.peers import REPORT_LEARNING_RATE, Cell, largest_stable_rate, loop_steps

RESULTS = Path(__file__).resolve().parents[1] / "report_loop.json"
TOLERANCE = 1e-7
SETTLED = 100
LOSSES = [10 ** (-exponent / 4) for exponent in range(4, 29)]  # 0.1 to 1e-7, at which the flow is stopped


def rounding(model: sigae.Autoencoder, points: Tensor) -> dict[str, float]:
    """Compare what the weights take in of the loop's next step with that step: share that moves, and progress on it."""
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


def run_to_its_end(cell: Cell, precision: str) -> dict[str, Any]:
    """Run the loop until the loss is below the tolerance; return steps, seconds, and the curve with ``rounding``."""
    dtype = getattr(torch, precision)
    model, points = cell.model(dtype), cell.points(dtype)
    curve: list[dict[str, float]] = []
    started = time.perf_counter()
    for step, loss in enumerate(loop_steps(model, points), 1):
        at_mark = math.floor(25 * math.log10(step)) > math.floor(25 * math.log10(step - 1)) if step > 1 else True
        if at_mark or loss < TOLERANCE:  # some twenty-five marks to a decade, and the end
            curve.append({"steps": step, "loss": loss.item()} | rounding(model, points))
        if loss < TOLERANCE:
            break
    seconds = time.perf_counter() - started
    print(f"{cell}, {precision}: {step:,} steps, {seconds:,.0f} s")
    return vars(cell) | {"precision": precision, "steps": step, "seconds": seconds, "curve": curve}


def along_the_flow(cell: Cell) -> list[dict[str, float]]:
    """Follow the flow in double precision, and see at points of its way what a step in single precision would do."""
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


def measure(runs: Sequence[tuple[Cell, str]], predicted: Sequence[Cell]) -> dict[str, Any]:
    """Predict the loop's end at some cells, and run it to its end at some, each in one precision."""
    record: dict[str, Any] = {"runs": [], "predicted": []}
    for cell in predicted:
        rows = along_the_flow(cell)
        exact, steps = forecast(rows)
        print(f"{cell}: {steps:,.0f} steps predicted, {exact:,.0f} in exact arithmetic")
        record["predicted"].append(vars(cell) | {"exact_steps": exact, "steps": steps, "curve": rows})
    record["runs"] = [run_to_its_end(cell, precision) for cell, precision in runs]
    return json.loads(json.dumps(record), parse_float=lambda text: float(f"{float(text):.6g}"))


if __name__ == "__main__":
    torch.set_num_threads(1)
    narrow, wide, widest = (Cell(20, 1.0, width) for width in (1_000, 10_000, 100_000))
    found = measure([(narrow, "float32"), (narrow, "float64"), (wide, "float32")], [narrow, wide, widest])
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
