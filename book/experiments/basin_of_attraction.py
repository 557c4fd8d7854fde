"""How much noise a memory is recalled from (the report's experiment 4)."""

import math
from typing import Any

import torch
from torch import Tensor

from book.experiments.setting import set_up, summed_up, train_on
from sigae.jacobians import eigenvalue_norms, jacobian
from sigae.patterns import NOISE_STREAM, normal_draws
from sigae.recall import iterate

REPORT_APPLICATIONS = 51  # the report's loop runs over range(0, 51)


def basin(
    *,
    seed: int,
    noises: list[float],
    draws: int = 20,
    iterations: int = 50,
    threshold: float = 1e-2,
    tolerance: float = 1e-7,
    step_tolerance: float | None = None,
    learning_rate: float | None = None,
    **network: Any,
) -> dict[str, Any]:
    r"""Train a network once, by descent if there is a learning rate, and try to recall every point from noisy cues.

    A cue is :math:`x + \sqrt t \, N(0, I)`, t a noise variance. Returns how training ended; the spectral radii at the
    points; and lists with one entry a noise variance: ``cues``, how many; ``recalled``, how many of them are within
    ``threshold`` in mean squared error after ``iterations`` applications, each judged alone; ``report_rate``, the
    report's criterion averaged over the draws: the share of a batch of n cues within the threshold at the first of 51
    iterations at which the batch's mean error is, and zero for a batch that never gets there.
    """
    points, model = set_up(seed=seed, **network)
    record = train_on(model, points, tolerance=tolerance, step_tolerance=step_tolerance, learning_rate=learning_rate)
    record |= {"cues": [], "recalled": [], "report_rate": []}
    g = normal_draws((draws, *points.shape), stream=NOISE_STREAM, seed=seed).to(points)
    for variance in noises:
        path = iterate(model, points + math.sqrt(variance) * g, steps=max(iterations, REPORT_APPLICATIONS))
        errors = (path - points).square().mean(dim=-1)  # (applications + 1, draws, n)
        record["cues"].append(draws * len(points))
        record["recalled"].append(int((errors[iterations] < threshold).sum()))
        record["report_rate"].append(_report_rate(errors[1 : REPORT_APPLICATIONS + 1], threshold))
    return record | summed_up(eigenvalue_norms(jacobian(model, points)))


def _report_rate(errors: Tensor, threshold: float) -> float:
    """Apply the report's all-or-nothing criterion to errors (iterations, draws, n)."""
    success = errors.mean(dim=-1) < threshold  # (iterations, draws)
    first = success.to(torch.int8).argmax(dim=0)
    share = (errors < threshold).to(errors.dtype).mean(dim=-1)  # (iterations, draws)
    at_first = share.gather(0, first[None])[0]
    return torch.where(success.any(dim=0), at_first, 0.0).mean().item()
