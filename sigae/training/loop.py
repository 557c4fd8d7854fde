"""Training a network on its patterns: one function, two methods, one result record."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from sigae.autoencoder import Autoencoder
from sigae.checks import check_positive, check_whole
from sigae.jacobians import own_jacobian
from sigae.training.gradient_descent import gradient_descent
from sigae.training.gradient_flow import LINEAR_PARTS, STEP_TOLERANCE, Path, gradient_flow
from sigae.training.memory import check_run_fits
from sigae.training.objective import Objective, State
from sigae.training.result import COARSER, TrainingResult, sensitivity

__all__ = ["train"]

METHODS = ("gradient_flow", "gradient_descent")
MAX_STEPS = {"gradient_flow": 10_000, "gradient_descent": 10_000_000}
HISTORY_LENGTH = 1_000
# For 95 of 100 random networks the Jacobians' error is below this times the accumulated change of phi' plus that times
# the step tolerance.
CHANGE_TO_ERROR, TOLERANCE_TO_ERROR = 0.4, 0.2
ROUNDINGS = 32.0  # squared, of an output: below them losses in single and double precision differed by a tenth
VOUCHED = 0.03  # an error up to which that is enough; above, a second run tells


class _Run:
    """A network on its way to the tolerance, and how far it has come."""

    def __init__(self) -> None:
        self.history: list[tuple[float, float]] = []
        self.stride = 1  # steps from one entry to the next
        self.state: State | None = None
        self.flow_time, self.change = 0.0, math.nan
        self.steps, self.converged, self.reason = -1, False, ""

    def follow(self, path: Path, tolerance: float, limit: int, bar: tqdm[Any]) -> None:
        while True:
            try:
                self.state, self.flow_time, self.change, to_come = next(path)
            except StopIteration as stop:
                self.reason = stop.value
                return
            self.steps += 1
            if self.steps % self.stride == 0:
                if len(self.history) == HISTORY_LENGTH:
                    self.history, self.stride = self.history[::2], 2 * self.stride
                self.history.append((self.flow_time, self.state.loss))
            bar.update()
            if not bar.disable and self.steps:
                bar.set_postfix_str(f"loss {self.state.loss:.2g}", refresh=False)
                if math.isfinite(to_come()):
                    bar.total = self.steps + math.ceil(to_come())  # from which it estimates the time left
            if self.state.loss < tolerance:
                self.converged, self.reason = True, f"The loss fell below {tolerance:g}."
                return
            if not math.isfinite(self.state.loss):
                self.reason = f"The loss was not finite after {self.steps} steps: the step is too large for the kernel."
                return
            if self.steps >= limit:
                self.reason = f"The loss was still {self.state.loss:.3g} after max_steps = {limit} steps."
                return


def _coarse_distance(
    model: Autoencoder,
    start: list[Tensor],
    points: Tensor,
    targets: Tensor | None,
    options: dict[str, Any],
    limit: int,
    bar: tqdm[Any],
) -> float:
    """Train again from the start by coarser steps; return how far the Jacobians then are, relative to the model's."""
    J, reached = model.input_jacobian(points), [w.clone() for w in model.weights]
    run = _Run()
    try:
        _set_weights(model, start)
        start.clear()  # its memory serves the run
        objective = Objective(model, points, targets)
        run.follow(gradient_flow(objective, **options), options["tolerance"], limit, bar)
        if not run.converged or run.state is None:
            return math.inf
        objective.write_back(run.state)
        return (torch.dist(model.input_jacobian(points), J) / J.norm()).item()
    finally:
        _set_weights(model, reached)


def _set_weights(model: Autoencoder, weights: list[Tensor]) -> None:
    for weight, value in zip(model.weights, weights, strict=True):
        weight.copy_(value)


def _loss_in_double(model: Autoencoder, points: Tensor, targets: Tensor) -> float:
    h = points.double()
    for layer, (weight, fan_in) in enumerate(zip(model.weights, model.fan_in, strict=True)):
        h = model.extended(model.activation(h) if layer else h, weight) / math.sqrt(fan_in)
        h = torch.cat([h @ rows.double().mT for rows in weight.split(256)], dim=1)  # a copy of few rows at a time
    return (h - targets.double()).square().mean().item()


def _check_model(model: Autoencoder) -> None:
    """Check that what is trained is the network that the model maps by."""
    if not isinstance(model, Autoencoder):
        raise TypeError(f"model is of type {type(model).__name__}: give a sigae.Autoencoder.")
    if own_jacobian(model) is None:
        raise ValueError(
            "the model has a forward or hooks of its own, and train knows an Autoencoder's map alone: remove them, or "
            "train with torch.optim."
        )
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            raise ValueError(f"{name} has requires_grad = False, but train moves all weights: set it to True.")


def _check_tolerance(tolerance: float, targets: Tensor) -> None:
    """Check that a loss of that size can be told from the rounding of the network's outputs."""
    floor = ROUNDINGS * torch.finfo(targets.dtype).eps ** 2 * (1 + targets.double().square().mean().item())
    if not tolerance > floor:
        raise ValueError(
            f"tolerance is {tolerance:g}, but rounding alone makes a loss of about {floor:.1g} in "
            f"{str(targets.dtype).removeprefix('torch.')} at these norms: give a larger tolerance"
            + (", or use dtype=torch.float64." if targets.dtype == torch.float32 else ", or smaller norms.")
        )


@torch.inference_mode()
def train(
    model: Autoencoder,
    points: Tensor,
    targets: Tensor | None = None,
    *,
    method: str = "gradient_flow",
    tolerance: float = 1e-7,
    learning_rate: float | None = None,
    step_tolerance: float | None = None,
    linear_part: str | None = None,
    max_steps: int | None = None,
    progress: bool | None = None,
) -> TrainingResult:
    r"""Train a network, in place, to reproduce its patterns, or to map each to a target.

    Parameters
    ----------
    model
        The network.
    points
        Patterns, shape (n, d), of the model's dtype and device.
    targets
        What each pattern is mapped to, shape (n, d): the patterns themselves unless given. A sequence is stored by
        giving each pattern's successor.
    method
        ``"gradient_flow"`` integrates :math:`\dot\theta = -J_\theta^\top r` by an exponential integrator;
        ``"gradient_descent"`` takes full-batch steps on the mean squared error.
    tolerance
        Training ends when the mean squared error is below it.
    learning_rate
        Step of gradient descent on the mean squared error, as in ``torch.optim.SGD``; it has no default.
    step_tolerance
        Of gradient flow, the error allowed in a step, a number above 0, relative; 0.003 unless given. The Jacobians'
        error is proportional to it, and was below 3 % for 96 of 100 random narrow networks
        (``book/random_networks.csv``).
    linear_part
        Of gradient flow, the tangent kernel treated exactly: ``"full"``, n d x n d; ``"matrix-free"``, that projected
        on a few residuals; ``"averaged"`` over the outputs, n x n; or ``"auto"``, the default: averaged where that is
        near, else matrix-free, but full for small problems on long paths. It changes how many steps are needed, and
        the result within the step tolerance alone.
    max_steps
        Bound on the number of steps; 10,000 for gradient flow and 10,000,000 for descent unless given.
    progress
        Show a progress bar: True, False, or None for runs over two seconds on a terminal.

    Returns
    -------
    TrainingResult
        Whether it converged, and if not, why. A run that fails is told so there, not raised.

    Warns
    -----
    RuntimeWarning
        If the path is too sensitive to be followed, so that the Jacobians are not those of the flow.

    Raises
    ------
    ValueError
        If an argument is out of range or does not belong to the method; if the points do not fit the network or the
        targets the points, or the tolerance is below the rounding of its outputs; or if the model's map or hooks are
        not an :class:`sigae.Autoencoder`'s own, or some of its weights are frozen.
    TypeError
        If the model is no :class:`sigae.Autoencoder`, or ``points`` or ``targets`` no tensor of float64 or float32.
    MemoryError
        If the run would not fit in the memory that is free.
    KeyboardInterrupt
        If interrupted; the model then keeps the weights reached.

    Examples
    --------
    >>> import sigae
    >>> points = sigae.sphere_points(2, 4, norm=3.0, seed=1)
    >>> model = Autoencoder(4, 100, seed=1)
    >>> result = train(model, points)
    >>> result.converged, bool((model(points) - points).square().mean() < 1e-7)
    (True, True)
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}: choose one of {', '.join(METHODS)}.")
    tolerance = check_positive("tolerance", tolerance)
    given = {"learning_rate": learning_rate, "step_tolerance": step_tolerance, "linear_part": linear_part}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    for name, value in options.items():
        if (name == "learning_rate") != (method == "gradient_descent"):
            raise ValueError(f"{name} is {value!r} but {method} has no such option: leave it out.")
    if method == "gradient_descent":
        options["learning_rate"] = check_positive("learning_rate", learning_rate)
    else:
        options["tolerance"] = tolerance
        check_positive("step_tolerance", options.get("step_tolerance", STEP_TOLERANCE))
        if linear_part not in (None, *LINEAR_PARTS):
            raise ValueError(f"linear_part is {linear_part!r}: choose one of {', '.join(LINEAR_PARTS)}.")
    limit = check_whole("max_steps", MAX_STEPS[method] if max_steps is None else max_steps)

    started = time.perf_counter()
    _check_model(model)
    exact = torch.autocast(model.weights[0].device.type, enabled=False)
    with exact:
        objective = Objective(model, points, targets)
    _check_tolerance(tolerance, objective.targets)
    check_run_fits(model, points)
    # disable=None shows the bar on a terminal only, delay only for long runs.
    bar = tqdm(desc=method, unit=" steps", delay=2, disable=None if progress is None else not progress)
    stepper: Callable[..., Path] = gradient_descent if method == "gradient_descent" else gradient_flow
    start = [w.clone() for w in model.weights] if stepper is gradient_flow else []
    with bar, exact:
        run, error = _Run(), math.nan
        try:
            run.follow(stepper(objective, **options), tolerance, limit, bar)
        finally:
            if run.state is not None:
                objective.write_back(run.state)
        assert run.state is not None  # the first one comes before any step
        loss = run.state.loss
        del objective, run.state  # their memory serves the second run
        if points.dtype == torch.float32:  # of the weights as they were rounded
            loss = _loss_in_double(model, points, points if targets is None else targets)
            if run.converged and not loss < tolerance:
                run.converged = False
                run.reason = f"The loss is {loss:.3g}, not below {tolerance:g}, in double precision: use that."
        if run.converged and start:
            tolerated = options.setdefault("step_tolerance", STEP_TOLERANCE)
            error = CHANGE_TO_ERROR * run.change + TOLERANCE_TO_ERROR * tolerated
            if error > VOUCHED:
                coarse = options | {"step_tolerance": COARSER * tolerated}
                error = _coarse_distance(model, start, points, targets, coarse, limit, bar)
    result = TrainingResult(
        method=method,
        converged=run.converged,
        reason=run.reason + sensitivity(error),
        loss=loss,
        steps=run.steps,
        seconds=time.perf_counter() - started,
        flow_time=run.flow_time,
        jacobian_error=error,
        n_entries=points.numel(),
        history=run.history,
    )
    if not result.accurate:
        warnings.warn(result.reason, RuntimeWarning, stacklevel=3)
    return result
