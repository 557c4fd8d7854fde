"""The ways to train that the benchmark sets side by side."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
import torchdiffeq
from torch import Tensor

import sigae
from sigae.training.objective import Objective
from sigae.training.tangent_kernel import full_kernel

REPORT_LEARNING_RATE = 5.0
STABLE_SHARE = 0.9  # of the largest stable step


@dataclass(frozen=True)
class Cell:
    """A problem: n points of one norm, a width; d = 32, sigmoid, two layers."""

    n_points: int
    norm: float
    width: int
    seed: int = 0
    dim: int = 32

    def points(self, dtype: torch.dtype = torch.float64) -> Tensor:
        """Return the patterns."""
        return sigae.sphere_points(self.n_points, self.dim, norm=self.norm, seed=self.seed, dtype=dtype)

    def model(self, dtype: torch.dtype = torch.float64) -> sigae.Autoencoder:
        """Return the untrained network."""
        return sigae.Autoencoder(self.dim, self.width, seed=self.seed, dtype=dtype)


def loop_steps(model: sigae.Autoencoder, points: Tensor) -> Iterator[Tensor]:
    """Take steps of the report's training loop: autograd and torch.optim.SGD; yield the loss before each of them."""
    optimizer = torch.optim.SGD(params=model.parameters(), lr=REPORT_LEARNING_RATE)
    loss_function = torch.nn.MSELoss()
    while True:
        loss = loss_function(model(points), points)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.detach()


def report_loop(cell: Cell, max_steps: int, tolerance: float = 1e-7) -> tuple[float, int, bool]:
    """Run the report's training loop, float32, every loss kept; return seconds, steps, and whether it converged."""
    losses = []
    started = time.perf_counter()
    for loss in islice(loop_steps(cell.model(torch.float32), cell.points(torch.float32)), max_steps):
        losses.append(loss.numpy())
        if loss < tolerance:
            return time.perf_counter() - started, len(losses), True
    return time.perf_counter() - started, max_steps, False


def largest_stable_rate(cell: Cell) -> float:
    """Return the learning rate n d / lambda_max beyond which descent on the untrained network's kernel diverges."""
    objective = Objective(cell.model(), cell.points())
    K = full_kernel(objective, objective.initial_state())
    entries = cell.n_points * cell.dim
    return entries / torch.linalg.eigvalsh(K.reshape(entries, entries))[-1].item()


def trained(cell: Cell, *, dtype: torch.dtype = torch.float64, **options: Any) -> tuple[sigae.TrainingResult, Tensor]:
    """Train with the package, by gradient flow unless options say otherwise; return the result and the Jacobians."""
    model, points = cell.model(dtype), cell.points(dtype)
    result = sigae.train(model, points, **options)
    return result, sigae.jacobian(model.double(), points.double())


def descent(cell: Cell, rate: float, max_steps: int = 1_000_000, **options: Any) -> tuple[sigae.TrainingResult, Tensor]:
    """Train by the package's gradient descent, which needs no autograd; return the result and the Jacobians."""
    return trained(cell, method="gradient_descent", learning_rate=rate, max_steps=max_steps, **options)


@torch.no_grad()
def dopri5(cell: Cell, flow_time: float, tolerance: float) -> tuple[float, int, Tensor]:
    """Integrate the same flow with torchdiffeq's dopri5; return seconds, velocity evaluations, and the Jacobians."""
    model, points = cell.model(), cell.points()
    gram, d, m = points @ points.mT / cell.dim, cell.dim, cell.width
    Z0, evaluations = points @ model.weights[0].mT / math.sqrt(d), 0

    def velocity(_: Tensor, y: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        nonlocal evaluations
        evaluations += 1
        h = torch.sigmoid(Z0 + gram @ y[0])
        r = (h @ y[1].mT / math.sqrt(m) - points) / math.sqrt(m)
        return -(r @ y[1]) * (h - h * h), -r.mT @ h

    start = (torch.zeros_like(Z0), model.weights[1].detach().clone())
    times = torch.tensor([0.0, flow_time], dtype=points.dtype)
    started = time.perf_counter()
    A, W = torchdiffeq.odeint(velocity, start, times, method="dopri5", rtol=tolerance, atol=tolerance)
    seconds = time.perf_counter() - started
    model.weights[0].add_(A[-1].mT @ points / math.sqrt(d))
    model.weights[1].copy_(W[-1])
    return seconds, evaluations, sigae.jacobian(model, points)
