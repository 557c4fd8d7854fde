"""A fourth activation is one entry with its derivatives: all else follows, or says in one sentence what is missing."""

import math

import pytest
import torch

import sigae
from sigae.activations import ACTIVATIONS, RELU, Activation, get_activation
from sigae.infinite_width import InfiniteWidth
from sigae.infinite_width.gaussian_expectations import PairExpectations, pair_expectations, quadrature_error

SIGMA = ACTIVATIONS["sigmoid"]


def sine(z, order):
    return (torch.sin(z), torch.cos(z), -torch.sin(z), -torch.cos(z))[: order + 1]


def softplus(z, order):
    return (torch.nn.functional.softplus(z), *SIGMA.derivatives(z, max(0, order - 1)))[: order + 1]


NEW = {"sine": sine, "softplus": softplus}


@pytest.fixture(autouse=True)
def entries(monkeypatch):
    for name, derivatives in NEW.items():
        monkeypatch.setitem(ACTIVATIONS, name, Activation(name, derivatives))


def numbers(*values):
    return (torch.tensor(value, dtype=torch.float64) for value in values)


@pytest.mark.parametrize(("p", "c", "q"), [(1.0, 0.3, 2.0), (0.01, -0.01, 0.01), (4.0, 3.9, 4.0), (9.0, 0.0, 0.0)])
def test_the_sine_s_expectations_are_those_of_its_closed_form(p, c, q):
    found = pair_expectations("sine", *numbers(p, c, q))
    scale = math.exp(-(p + q) / 2)
    expected = {"e00": math.sinh(c), "e11": math.cosh(c), "e22": math.sinh(c), "e02": -math.sinh(c),
                "e20": -math.sinh(c), "e13": -math.cosh(c), "e31": -math.cosh(c)}  # fmt: skip
    for name in PairExpectations._fields:
        assert getattr(found, name).item() == pytest.approx(scale * expected[name], rel=1e-12, abs=1e-14), name


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "erf"])
def test_quadrature_gives_what_the_activations_own_methods_give(name, monkeypatch):
    own = pair_expectations(name, *numbers([1.0, 9.0, 4.0], [0.3, -8.9, 4.0], [2.0, 9.0, 4.0]))
    monkeypatch.setitem(ACTIVATIONS, name, Activation(name, ACTIVATIONS[name].derivatives))
    for one, other in zip(
        own, pair_expectations(name, *numbers([1, 9, 4.0], [0.3, -8.9, 4], [2.0, 9, 4])), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    ("activation", "bias"), [("sine", 0.0), ("softplus", 0.0), ("tanh", 0.8), (RELU, 0.0), (RELU, 0.8)]
)
def test_it_trains_and_comes_near_its_own_limit(activation, bias):
    points = sigae.sphere_points(3, 6, norm=3.0, seed=0)
    limit = InfiniteWidth(points, activation=activation, bias=bias)
    torch.testing.assert_close(limit(points), points, rtol=0, atol=1e-9)
    mean = limit.mean_jacobian(points)
    options = {"step_tolerance": 0.1} if activation is RELU else {"tolerance": 1e-10}
    distances = []
    for width in (500, 50_000):
        model = sigae.Autoencoder(6, width, activation=activation, bias=bias, seed=0)
        with torch.no_grad():
            predicted = limit.trained_jacobian(points, model(points), sigae.jacobian(model, points))
        assert sigae.train(model, points, **options).converged
        distances.append((sigae.jacobian(model, points) - predicted).norm().item())
    # Like m^(-1/2), a tenth; of the ReLU, of which units switch on and off in training, like m^(-1/4), a third.
    assert distances[1] < distances[0] / (2 if activation is RELU else 4)
    by_autograd = torch.stack([torch.func.jacrev(limit)(x) for x in points])
    torch.testing.assert_close(by_autograd, mean, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("right", "wrong"), [(1, 2), (2, 1.05), (3, 0.0)])
def test_a_wrong_derivative_is_named(right, wrong):
    def derivatives(z, order):
        values = list(sine(z, 3))
        values[right] = values[right] * wrong
        return tuple(values[: order + 1])

    with pytest.raises(ValueError, match=f"activation mine: derivative {right} is not that of derivative {right - 1}"):
        Activation("mine", derivatives)


@pytest.mark.parametrize("kink", [0.0, 0.731, -3.2])
def test_a_kink_is_found_wherever_it_is(kink):
    with pytest.raises(ValueError, match="give a smooth function"):
        sigae.Autoencoder(2, 3, activation=lambda z: torch.tanh(z) + (z - kink).abs() / 10)


def test_a_function_or_an_object_serves_as_its_name_does():
    points = sigae.sphere_points(2, 3, norm=2.0)
    found = []
    for activation in ("sine", torch.sin, ACTIVATIONS["sine"]):
        model, limit = sigae.Autoencoder(3, 40, activation=activation), InfiniteWidth(points, activation=activation)
        with torch.inference_mode():  # where torch differentiates nothing unless asked
            sigae.train(model, points)
        parts = sigae.jacobian(model, points), limit.mean_jacobian(points), limit.kernel(points)
        found.append(torch.cat([part.flatten() for part in parts]))
    for other in found[1:]:
        torch.testing.assert_close(other, found[0], rtol=1e-9, atol=1e-11)


def test_the_error_of_a_quadrature_is_not_understated():
    # erf(b z) has closed forms, for any b
    for steepness in (1.0, 3.0, 6.0, 12.0):
        plain = get_activation(lambda z, b=steepness: torch.erf(b * z))
        exact = Activation("exact", plain.derivatives, ((1.0,), (steepness,)))
        q = 4.0
        estimate = quadrature_error(plain, q)
        e, own = (pair_expectations(a, *numbers(q, 0.6 * q, q)).e22.item() for a in (plain, exact))
        size = pair_expectations(exact, *numbers(q, q, q)).e22.item()
        assert abs(e - own) / size <= 2 * estimate + 1e-13
    assert estimate > 1e-4
    # the square of a narrow slope is narrower, and far out a function may be steeper
    assert quadrature_error(lambda z: torch.special.erfc(-5 * z / math.sqrt(2)), 25.0) > 1e-7
    assert quadrature_error(lambda z: torch.tanh(z) + torch.tanh(30 * (z - 40)), 900.0) > 1e-7


@pytest.mark.parametrize(
    ("name", "slope", "centre", "swing", "squared_slope"),
    [
        ("sigmoid", 1 / 4, 0.5, 0.5, 1 / 6),
        ("tanh", 1, 0, 1, 4 / 3),
        ("erf", 2 / math.sqrt(math.pi), 0, 1, math.sqrt(8 / math.pi)),
    ],
)
def test_what_follows_from_the_derivatives(name, slope, centre, swing, squared_slope):
    phi = get_activation(name)
    assert (phi.centre, phi.swing) == (centre, swing)
    assert phi.slope_at_zero == pytest.approx(slope, rel=1e-15)
    assert phi.squared_slope == pytest.approx(squared_slope, rel=1e-13)
    assert [get_activation(new).centre for new in NEW] == [0, 0]
