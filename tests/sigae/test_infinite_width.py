import functools
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import jacobian, spectral_radius
from sigae.patterns import normal_draws, sphere_points
from sigae.recall import iterate

ACTIVATIONS = ["sigmoid", "tanh", "erf"]
# sums of a few terms in another order: where a product is taken of one row or of many is the processor's affair
ROUNDING = {"rtol": 1e-11, "atol": 1e-13}
STORED = json.loads((Path(__file__).parent / "reference" / "neural_tangents.json").read_text())


def off_points(count, dim, norm):
    return norm / math.sqrt(dim) * normal_draws((count, dim), stream=9, seed=1)


def relative(found, wanted):
    wanted = torch.as_tensor(np.asarray(wanted, dtype=float))
    return ((found - wanted).abs().max() / wanted.abs().max()).item()


# ------------------------------------------------------------------ another library


@pytest.mark.parametrize("case", STORED["cases"], ids=lambda case: f"{case['activation']}-{case['norm']}")
def test_agrees_with_neural_tangents(case):
    points, off = (torch.tensor(case[name], dtype=torch.float64) for name in ("points", "off"))
    limit = InfiniteWidth(points, activation=case["activation"])
    # the stored numbers are good to 1e-10, by their own comparison of two quadrature degrees
    assert relative(limit.nngp, case["nngp"]) < 1e-9
    assert relative(limit.ntk, case["ntk"]) < 1e-9
    assert relative(limit(off), case["mean_off"]) < 1e-8
    assert relative(limit.mean_jacobian(points), case["jacobian_on"]) < 1e-8
    assert relative(limit.mean_jacobian(off), case["jacobian_off"]) < 1e-8


@pytest.mark.parametrize("bias", [0, 0.8])
@pytest.mark.parametrize("depth", [2, 3, 4])
def test_kernels_of_erf_are_williams_arcsines(depth, bias):
    points = off_points(4, 5, 3.0)
    S = points @ points.T / 5
    Theta = S
    for _ in range(depth - 1):
        S, Theta = S + bias**2, Theta + bias**2
        p = 1 + 2 * S.diagonal()
        D = p[:, None] * p
        S, slope = 2 / math.pi * torch.asin(2 * S / D.sqrt()), 4 / math.pi / (D - 4 * S * S).sqrt()
        Theta = S + Theta * slope
    limit = InfiniteWidth(points, activation="erf", depth=depth, bias=bias)
    torch.testing.assert_close(limit.nngp, S, **ROUNDING)
    torch.testing.assert_close(limit.ntk, Theta, **ROUNDING)


# ------------------------------------------------------------------ derivatives


@pytest.mark.parametrize(("depth", "norm"), [(2, 0.1), (2, 3.0), (2, 100.0), (3, 3.0), (4, 100.0)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_mean_jacobian_is_the_derivative_of_the_mean(activation, depth, norm):
    points, off = sphere_points(6, 5, norm=norm, seed=3), off_points(3, 5, norm)
    limit = InfiniteWidth(points, activation=activation, depth=depth)
    torch.testing.assert_close(limit(points), points, rtol=1e-10, atol=1e-10)
    for x in (points, off):
        exact = limit.mean_jacobian(x)
        torch.testing.assert_close(jacobian(lambda x: limit(x), x), exact, rtol=0, atol=1e-11)
        torch.testing.assert_close(jacobian(limit, x), exact, **ROUNDING)
        h = 1e-4 * norm * torch.eye(5, dtype=torch.float64)
        central = (limit(x[:, None] + h) - limit(x[:, None] - h)) / (2e-4 * norm)  # (k, b, a)
        # central differences: (1e-4 sd)^2 of a third derivative, and rounding of 1e-16 / 1e-4
        torch.testing.assert_close(central.mT, exact, rtol=0, atol=2e-5)
    torch.testing.assert_close(limit.mean_jacobian(off[0]), limit.mean_jacobian(off[:1])[0], **ROUNDING)
    origin = torch.zeros(5, dtype=torch.float64)
    torch.testing.assert_close(limit.mean_jacobian(origin), jacobian(lambda x: limit(x), origin), **ROUNDING)


# ------------------------------------------------------------------ a map


def test_it_is_a_map():
    points = sphere_points(3, 6, norm=20.0, dtype=torch.float32)
    limit = InfiniteWidth(points, activation="tanh")
    assert limit.points.dtype == torch.float64
    assert limit.nngp.shape == limit.ntk.shape == (3, 3)
    assert limit(points[0]).shape == (6,)
    assert limit(points.expand(2, 3, 6)).shape == (2, 3, 6)
    torch.testing.assert_close(limit(limit.points), limit.points, rtol=1e-13, atol=1e-13)
    path = iterate(limit, limit.points + 0.5, steps=40)
    assert (path[-1] - limit.points).abs().max() < 0.01  # an attractor, as rho < 1 says
    assert (spectral_radius(limit.mean_jacobian(limit.points)) < 1).all()
    assert "n=3, d=6, activation='tanh', depth=2" in repr(limit)


def test_answers_come_in_the_type_of_the_question():
    limit = InfiniteWidth(sphere_points(3, 6, norm=5.0))
    answers = [
        limit,
        limit.mean_jacobian,
        functools.partial(jacobian, limit),
        lambda x: limit.jacobian_covariance(x[0]),
        lambda x: limit.sample_jacobians(x[0], 2),
        lambda x: limit.trained_jacobian(x, torch.zeros_like(x), torch.zeros(3, 6, 6)),
    ]
    for answer in answers:
        exact, rough = (answer(limit.points.to(dtype)) for dtype in (torch.float64, torch.float32))
        assert exact.dtype == torch.float64
        torch.testing.assert_close(rough, exact.float(), rtol=1e-4, atol=1e-4)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # in torch's own jacfwd
@pytest.mark.parametrize("depth", [2, 3])
def test_torch_func_differentiates_it_once_and_refuses_what_else_is_asked(depth):
    limit = InfiniteWidth(sphere_points(3, 5, norm=4.0), activation="erf", depth=depth)
    x = off_points(1, 5, 4.0)[0].requires_grad_()
    torch.testing.assert_close(torch.func.jacrev(limit)(x), jacobian(limit, x.detach()), **ROUNDING)
    for answer in (
        torch.func.jacrev(limit),
        limit.mean_jacobian,
        limit.jacobian_covariance,
        lambda y: limit.sample_jacobians(y, 2),
    ):
        with pytest.raises(NotImplementedError, match="differentiated once"):
            torch.func.jacrev(answer)(x)
        with pytest.raises(NotImplementedError, match="differentiated once"):
            torch.autograd.functional.jacobian(answer, x)
    for map in (limit, limit.mean_jacobian):
        for transformed, at in ((torch.func.vmap(map), x[None]), (torch.func.jacfwd(map), x)):
            with pytest.raises((NotImplementedError, RuntimeError)):  # never a wrong number
                transformed(at)


# ------------------------------------------------------------------ any points


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_kernels_at_any_points_are_those_of_a_limit_that_stores_them(activation, depth):
    points, off = sphere_points(3, 4, norm=3.0, seed=1), off_points(2, 4, 3.0)
    limit, both = (InfiniteWidth(p, activation=activation, depth=depth) for p in (points, torch.cat([points, off])))
    for kind, whole in (("ntk", both.ntk), ("nngp", both.nngp)):
        torch.testing.assert_close(limit.kernel(off, points, kind=kind), whole[3:, :3], **ROUNDING)
        torch.testing.assert_close(limit.kernel(off, kind=kind), whole[3:, 3:], **ROUNDING)
    assert limit.kernel(off[0], points.reshape(3, 1, 4).float()).shape == (3, 1)
    assert limit.kernel(off[0], points[0]).shape == ()


@pytest.mark.parametrize(("depth", "bias"), [(2, 0), (4, 0), (2, 0.8), (3, 0.8)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_predictive_covariance_is_that_of_its_definition_and_differentiates_to_the_jacobian_s(
    activation, depth, bias
):
    points, x = sphere_points(4, 5, norm=4.0, seed=1), off_points(3, 5, 3.0)
    x[0] = 0
    limit = InfiniteWidth(points, activation=activation, depth=depth, bias=bias)
    h = 1e-3 * torch.eye(5, dtype=torch.float64)
    near = torch.stack([x[:, None] + h, x[:, None] - h]).flatten(0, 2)
    S, B = functools.partial(limit.kernel, kind="nngp"), torch.linalg.solve(limit.ntk, limit.kernel(points, near))
    cross = B.T @ S(points, near)
    found = limit.predictive_covariance(near)
    torch.testing.assert_close(found, S(near) - cross - cross.T + B.T @ limit.nngp @ B, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(limit.predictive_covariance(near[:2], near), found[:2], rtol=1e-9, atol=1e-12)
    up, down = found.reshape(2, 3, 5, 2, 3, 5)
    slope = (up[:, :, 0] - up[:, :, 1] - down[:, :, 0] + down[:, :, 1]) / 4e-6
    torch.testing.assert_close(slope, limit.jacobian_covariance(x), rtol=0, atol=1e-6)  # of its 1e-2


def test_at_small_norm_the_constant_costs_the_predictive_covariance_no_digits():
    points = sphere_points(2, 3, norm=1e-4)
    found = InfiniteWidth(points).predictive_covariance(torch.cat([points, 2 * points]))
    assert found[:2].abs().max() < 1e-16 * 1e4 * 1e-4
    assert (torch.linalg.eigvalsh(found) > -1e-16).all()


def test_many_points_are_asked_about_a_part_at_a_time(monkeypatch):
    limit, x = InfiniteWidth(sphere_points(3, 4, norm=3.0)), off_points(50, 4, 3.0)
    whole = limit(x), limit.mean_jacobian(x)
    monkeypatch.setattr(limit, "_rows", 8)
    torch.testing.assert_close((limit(x), limit.mean_jacobian(x)), whole, **ROUNDING)
