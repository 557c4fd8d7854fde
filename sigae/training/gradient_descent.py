"""Full-batch gradient descent on the mean squared error: the reference method."""

import math

from sigae.training.gradient_flow import Path
from sigae.training.objective import Objective

__all__ = ["gradient_descent"]


def gradient_descent(objective: Objective, *, learning_rate: float) -> Path:
    """Take steps theta <- theta - eta grad L, L the mean over the n d entries of r^2."""
    step = 2 * learning_rate / (objective.n_points * objective.dim)
    state, k = objective.initial_state(), 0
    while True:
        yield state, k * step, math.nan, lambda: math.nan
        state.settle()
        force = step * state.residual
        moved = (block.minus(objective.pullback(block, force)) for block in state.blocks)
        state, k = objective.evaluate(moved), k + 1
