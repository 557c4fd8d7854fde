"""Gradient flow on the mean squared error by an exponential integrator.

theta' = -J_theta^T r drives the residual by r' = -K r, K = J_theta J_theta^T the tangent kernel, whose
eigenvalues span many decades. A step treats exp(-h T) of a cheap kernel T near K exactly and the remainder to
second order: ETD2RK (Cox & Matthews 2002, section 2.2; Hochbruck & Ostermann 2010, section 2.3), with the weights
as the unknown, so that the result is consistent for any T.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator

import torch
from torch import Tensor

from sigae.training.linear_part import FULL_LIMIT, build_linear_part
from sigae.training.objective import Objective, State
from sigae.training.weight import Weight

__all__ = ["STEP_TOLERANCE", "gradient_flow"]

STEP_TOLERANCE = 0.003
AIM = 0.95  # the last step aims at this fraction of the tolerance, to land under it
FIRST_STEP = 2.0  # in units of 1 / (largest eigenvalue)
RESIDUAL_GUARD = 0.5  # bound on the residual's error over the residual, for stability
SLOPE_GUARD = 3.0  # bound on the relative error of phi' in a step, over the step tolerance
PATIENCE = 100  # steps, after which a linear part is given up if too many are predicted for what another would cost
SMALL = 130  # entries n d, up to which the full kernel costs no more than a step
SMALLEST_STEP = 1e-9  # in units of 1 / (largest eigenvalue)


def _moments(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return e^-z, int_0^1 e^-zs ds and int_0^1 s e^-zs ds for z >= 0."""
    # The last is P(2, z) / z^2 with the incomplete gamma function P, which keeps its digits at small z.
    z = z.clamp_min(1e-100)
    return torch.exp(-z), torch.expm1(-z).div_(-z), torch.special.gammainc(z.new_tensor(2.0), z).div_(z * z)


def _time_to(target: float, squares: Tensor, rates: Tensor) -> float:
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


def _predicted(objective: Objective, state: State, v: Tensor) -> Iterator[tuple[Tensor, list[Weight]]]:
    """Yield each block's weights - J_theta(state)^T v, for a pass forth and one back."""
    for here in state.blocks:
        yield here.minus(objective.pullback(here, v), fleeting=True)


def _corrected(
    objective: Objective, state: State, v: Tensor, ahead: State, w: Tensor, errors: list[Tensor]
) -> Iterator[tuple[Tensor, list[Weight]]]:
    """Yield each block's weights ahead - J_theta(state)^T v - J_theta(ahead)^T w."""
    # The squared norm of each block's correction, which is the predictor's error, goes to `errors`.
    for here, there in zip(state.blocks, ahead.blocks, strict=True):
        correction = objective.pullback(there, w, beside=objective.pullback(here, v))
        errors.append(objective.squared_norm(correction))
        yield there.minus(correction)


def gradient_flow(
    objective: Objective, *, tolerance: float, step_tolerance: float = STEP_TOLERANCE, linear_part: str = "auto"
) -> Generator[tuple[State, float, float], None, str]:
    """Integrate theta' = -J_theta^T r.

    Parameters
    ----------
    objective
        The loss to descend.
    tolerance
        The loss at which the caller means to stop; the last step lands just under it.
    step_tolerance
        Bound on a step's error in the weights, over the distance the weights travel in all; three times as much is
        the bound on its error in phi', relative, without which saturated units could flip unseen. The error of a
        trained Jacobian is proportional to it.
    linear_part
        The kernel treated exactly: see :func:`sigae.training.linear_part.build_linear_part`.

    Yields
    ------
    tuple of State, float and float
        The state before the first and after every accepted step, its flow time, and the root of the summed squares
        of the steps' relative changes of phi' from predictor to corrector.

    Returns
    -------
    str
        Why it cannot go on: the step shrank to nothing, or the kernel has no eigenvalues that can be computed.
    """
    state, time = objective.initial_state(), 0.0
    target = AIM * tolerance * objective.n_points * objective.dim
    distance, h = math.nan, math.nan
    steps, entries, changes, before = 0, objective.n_points * objective.dim, 0.0, math.inf
    while True:
        yield state, time, math.sqrt(changes)
        try:
            part = build_linear_part(objective, state, linear_part)
        except (FloatingPointError, torch.linalg.LinAlgError) as fault:
            return f"The flow cannot be followed beyond flow time {time:.3g}: {fault}."
        rates = part.eigenvalues
        c = part.to_modes(state.residual)  # (n, d)
        squares, fastest = c.square(), rates.max().item()
        if steps == 0:
            distance = math.sqrt((squares / rates.clamp_min(1e-12 * fastest)).sum().item())
            h = FIRST_STEP / fastest
        while True:
            if not h * fastest > SMALLEST_STEP:  # also true of nan
                return f"The step shrank to {h:.3g} at flow time {time:.3g}: the flow cannot be followed further."
            step = h
            decay, zeroth, first = _moments(step * rates)
            final = (squares * decay.square()).sum().item() <= target
            if final:
                step = _time_to(target, squares, rates)
                decay, zeroth, first = _moments(step * rates)
            # Predictor: the residual decays by T alone.
            euler = part.from_modes((step * zeroth) * c)
            ahead = objective.evaluate(_predicted(objective, state, euler))
            # Corrector: the residual's defect and the change of J_theta, both linear over the step; less the predictor.
            defect = part.to_modes(ahead.residual).addcmul_(decay, c, value=-1)
            turned = (first * c).mul_(step)
            start = part.from_modes(torch.sub(defect, turned, alpha=6 / step).mul_(step / 6))
            end = part.from_modes(turned.add_(defect, alpha=step / 3))
            errors: list[Tensor] = []
            reached = objective.evaluate(_corrected(objective, state, start, ahead, end, errors))
            squared = sum(errors[1:], errors[0]).item()
            error = math.sqrt(max(squared, 0.0)) / (step_tolerance * distance)
            size = math.sqrt(state.loss * squares.numel())
            guard = torch.dist(reached.residual, ahead.residual).item() / (RESIDUAL_GUARD * size)
            change = objective.slope_change(ahead, reached)
            rise = (reached.loss / state.loss - 1) / step_tolerance  # the flow lowers the loss
            bounds = (error, guard, change / (SLOPE_GUARD * step_tolerance), rise)
            error = max(bounds) if all(map(math.isfinite, bounds)) else math.inf
            del ahead  # before the next one is made
            if error <= 1:
                break
            del reached
            # Far above the tolerance the error grows in proportion to the step; not a number counts as far.
            h = step * max(0.05, 0.9 / error)
        # Below it the error is of second order. A last step cut short tells nothing about how large the next may be.
        factor = min(5.0, 0.9 / math.sqrt(error + 1e-30))
        h = h if final and factor >= 1 else step * factor
        state, time, steps, changes = reached, time + step, steps + 1, changes + change**2
        unfinished = steps % PATIENCE == 0 and state.loss >= tolerance
        if unfinished and linear_part == "auto" and entries <= FULL_LIMIT:
            to_come, paid = _time_to(target, squares, rates) / h, max(1.0, (entries / SMALL) ** 2)
            pace, before = PATIENCE / max(math.log(before / state.loss), 1e-9), state.loss  # steps for a fall by e
            if to_come > 10 * paid * steps or (paid == 1 and pace * math.log(state.loss / tolerance) > steps):
                linear_part = "full"  # a few units between their two limits give every output rates of its own
