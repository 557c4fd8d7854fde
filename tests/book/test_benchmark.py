"""The benchmark's peers do the same job. Nothing here looks at time."""

import pytest
import torch

from book.bench import benchmark
from book.bench.peers import Cell, descent, dopri5, largest_stable_rate, report_loop, trained

CELL = Cell(n_points=3, norm=6.0, width=150, dim=8)


def test_peers_reach_the_same_jacobian():
    result, exact = trained(CELL, step_tolerance=1e-4)
    _, steps, converged = report_loop(CELL, 1000)
    assert converged and steps == pytest.approx(result.descent_steps(5.0), rel=0.05)
    assert benchmark.relative_error(dopri5(CELL, result.flow_time, 1e-7)[-1], exact) < 1e-3
    assert benchmark.relative_error(descent(CELL, 0.5)[1], exact) < 2e-2


def test_the_largest_rate_is_two_over_the_sharpness_of_the_linearised_loss():
    model, points = CELL.model(), CELL.points()
    J = torch.func.jacrev(lambda p: torch.func.functional_call(model, p, points))(dict(model.named_parameters()))
    J = torch.cat([g.reshape(points.numel(), -1) for g in J.values()], dim=1)
    sharpness = 2 / points.numel() * torch.linalg.matrix_norm(J, ord=2).item() ** 2
    assert largest_stable_rate(CELL) == pytest.approx(2 / sharpness, rel=1e-9)
