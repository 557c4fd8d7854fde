"""Gradient flow on the mean squared error by an exponential integrator.

theta' = -J_theta^T r drives the residual by r' = -K r, K = J_theta J_theta^T the tangent kernel, whose
eigenvalues span many decades. A step treats exp(-h T) of a cheap kernel T near K exactly and the remainder to
second order: ETD2RK (Cox & Matthews 2002, section 2.2; Hochbruck & Ostermann 2010, section 2.3), with the weights
as the unknown, so that the result is consistent for any T.
"""

import math
from collections.abc import Callable, Generator
from typing import NamedTuple

import torch
from torch import Tensor

from sigae.training.linear_part import LinearPart
from sigae.training.matrix_free import MatrixFree
from sigae.training.objective import Objective, State
from sigae.training.tangent_kernel import averaged_kernel, full_kernel, kernel_product

__all__ = ["LINEAR_PARTS", "STEP_TOLERANCE", "Path", "gradient_flow", "linear_part_at", "time_to"]

Path = Generator[tuple[State, float, float, Callable[[], float]], None, str]

LINEAR_PARTS = ("auto", "averaged", "matrix-free", "full")
STEP_TOLERANCE = 0.003
AIM = 0.95  # the last step aims at this fraction of the tolerance, to land under it
FIRST_STEP = 2.0  # in units of 1 / (largest eigenvalue)
RESIDUAL_GUARD = 0.5  # bound on the residual's error over the residual, for stability
SLOPE_GUARD = 3.0  # bound on the relative error of phi' in a step, over the step tolerance
# A path of more steps than this, of no more entries n d, takes the full kernel: a unit held between its limits gives it
# an eigenvalue a thousand times the others, along a residual that is nearly zero and so in no space of few.
PATIENCE, SMALL = 200, 256
# Two layers begin with the averaged kernel T where it is near the full one, |K r - T r| < NEAR |K r|: a step costs
# less, and there are few. A path of more steps than FEW shows that it is not so near.
NEAR, FEW = 0.1, 50
SMALLEST_STEP = 1e-9  # in units of 1 / (largest eigenvalue)


def time_to(target: float, squares: Tensor, rates: Tensor) -> float:
    """Return the time h at which sum(squares * exp(-2 h rates)) has fallen to the target."""
    # Newton on the logarithm of the sum, which is convex in h, so the iterates rise to the root.
    h = 0.0
    for _ in range(100):
        terms = squares * torch.exp(-2 * h * rates)
        total = terms.sum()
        excess = torch.log(total / target)
        slope = 2 * (terms * rates).sum() / total
        step = (excess / slope).item()
        if not step > 1e-3 * h:  # also ends on nan
            break
        h += step
    return h


class _Step(NamedTuple):
    """What a step leads to, its error over what is allowed, and the relative change of phi' from its predictor."""

    state: State
    error: float
    change: float


def _take_step(
    objective: Objective, state: State, part: LinearPart, h: float, step_tolerance: float, distance: float
) -> _Step:
    """Step by h of flow time."""
    # Predictor: the residual decays by the linear part alone.
    euler = part.predictor(h)
    ahead = objective.evaluate(block.minus(objective.pullback(block, euler)) for block in state.blocks)
    # Corrector: the residual's defect and the change of J_theta, both linear over the step; less the predictor.
    start, end = part.corrector(h, ahead.residual)
    corrected, squares = [], []
    for here, there in zip(state.blocks, ahead.blocks, strict=True):
        correction = objective.pullback(here, start) + objective.pullback(there, end)
        squares.append(objective.squared_norm(correction).item())
        corrected.append(there.minus(correction))
    new = objective.evaluate(corrected)
    # The predictor's error: in the weights, the residual, the slopes; and the flow lowers the loss.
    change = objective.slope_change(ahead, new)
    errors = (
        math.sqrt(max(sum(squares), 0.0)) / (step_tolerance * distance),
        torch.dist(new.residual, ahead.residual).item() / (RESIDUAL_GUARD * state.residual.norm().item()),
        change / (SLOPE_GUARD * step_tolerance),
        (new.loss / state.loss - 1) / step_tolerance,
    )
    error = max(errors) if all(map(math.isfinite, errors)) else math.inf
    return _Step(new, error, change)


def linear_part_at(objective: Objective, state: State, kind: str, step_tolerance: float) -> LinearPart:
    """Diagonalise a kernel at a state.

    It is, by ``kind``: ``"averaged"``, T (x) I with T the output-averaged tangent kernel, one n x n eigenproblem;
    ``"matrix-free"``, the full kernel projected on a few residuals, with T; ``"full"``, the n d x n d tangent kernel.
    """
    entries, r = state.residual.numel(), state.residual
    if kind == "full":
        return LinearPart(full_kernel(objective, state).reshape(entries, entries), r)
    averaged = LinearPart(averaged_kernel(objective, state), r)
    return averaged if kind == "averaged" else MatrixFree(objective, state, averaged, step_tolerance)


def _first_part(objective: Objective, state: State) -> str:
    """Return which kernel a path of linear part "auto" begins with."""
    if len(objective.scales) > 2:  # where averaging over outputs costs d passes
        return "matrix-free"
    full = kernel_product(objective, state, state.residual)
    distance = torch.dist(full, averaged_kernel(objective, state) @ state.residual)
    return "averaged" if distance < NEAR * full.norm() else "matrix-free"


def gradient_flow(
    objective: Objective, *, tolerance: float, step_tolerance: float = STEP_TOLERANCE, linear_part: str = "auto"
) -> Path:
    """Integrate theta' = -J_theta^T r until the caller stops; the last step lands just under the tolerance.

    ``step_tolerance`` bounds a step's error in the weights, over the distance that they travel in all; three times as
    much bounds its error in phi', relative, without which saturated units could flip unseen. ``linear_part`` is of
    :func:`linear_part_at`; or ``"auto"``: of two layers the averaged kernel for up to 50 steps where it is near the
    full one at the start, else the matrix-free one, and the full one after 200 steps where n d is at most 256.

    Yields the state before the first and after every accepted step, its flow time, the root of the summed squares of
    the steps' relative changes of phi' from predictor to corrector, and a function that predicts, after a step, the
    number of steps to come. Returns why it cannot go on.
    """
    state, time, kind = objective.initial_state(), 0.0, linear_part
    target = AIM * tolerance * objective.n_points * objective.dim
    distance, h = math.nan, math.nan
    steps, changes = 0, 0.0

    def to_come() -> float:
        return time_to(target, part.coefficients.square(), part.eigenvalues) / h

    while True:
        yield state, time, math.sqrt(changes), to_come
        state.settle()
        try:
            if linear_part == "auto":
                if steps == 0:
                    kind = _first_part(objective, state)
                elif steps == FEW:
                    kind = "matrix-free"
                elif steps == PATIENCE and state.residual.numel() <= SMALL:
                    kind = "full"
            part = linear_part_at(objective, state, kind, step_tolerance)
            if steps == 0:
                largest, distance = part.scales()
                h = FIRST_STEP / largest
            while True:
                part.prepare(h)
                rates, squares = part.eigenvalues, part.coefficients.square()
                if not h * rates.max().item() > SMALLEST_STEP:  # also true of nan
                    return f"The step shrank to {h:.3g} at flow time {time:.3g}: the flow cannot be followed further."
                last = (squares * torch.exp(-2 * h * rates)).sum().item() <= target
                step = time_to(target, squares, rates) if last else h
                taken = _take_step(objective, state, part, step, step_tolerance, distance)
                if taken.error <= 1:
                    break
                # Far above the tolerance the error grows in proportion to the step; not a number counts as far.
                h = step * max(0.05, 0.9 / taken.error)
                del taken  # before the next one is made
        except (FloatingPointError, torch.linalg.LinAlgError) as fault:
            return f"The flow cannot be followed beyond flow time {time:.3g}: {fault}."
        # Below it the error is of second order. A last step cut short tells nothing about how large the next may be.
        factor = min(5.0, 0.9 / math.sqrt(taken.error + 1e-30))
        h = h if last and factor >= 1 else step * factor
        state, time, steps, changes = taken.state, time + step, steps + 1, changes + taken.change**2
