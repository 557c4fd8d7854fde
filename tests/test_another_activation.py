"""A fourth activation is one entry with its derivatives: all else follows, or says in one sentence what is missing."""

import math

import numpy as np
import pytest
import torch

import sigae
from book import figures
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.parameters import checked, declared_in
from sigae.activations import ACTIVATIONS, Activation, get_activation
from sigae.infinite_width import InfiniteWidth, large_norm_coefficient
from sigae.infinite_width.gaussian_expectations import PairExpectations, pair_expectations
from tests.gaussian_reference import expectation

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


@pytest.mark.parametrize(("p", "c", "q"), [(1.0, 0.3, 2.0), (9.0, 8.9, 9.0), (4.0, -4.0, 4.0), (16.0, 0.2, 0.01)])
def test_the_softplus_s_expectations_agree_with_gauss_legendre_panels(p, c, q):
    s = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    f = [lambda z: np.logaddexp(0, z), s, lambda z: s(z) * s(-z), lambda z: s(z) * s(-z) * (1 - 2 * s(z))]
    found = pair_expectations("softplus", *numbers(p, c, q))
    for name, value in found._asdict().items():
        a, b = int(name[1]), int(name[2])
        assert value.item() == pytest.approx(expectation(f[a], f[b], p, c, q), rel=1e-11, abs=1e-13), name


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "erf"])
def test_quadrature_gives_what_the_activations_own_methods_give(name, monkeypatch):
    own = pair_expectations(name, *numbers([1.0, 9.0, 4.0], [0.3, -8.9, 4.0], [2.0, 9.0, 4.0]))
    monkeypatch.setitem(ACTIVATIONS, name, Activation(name, ACTIVATIONS[name].derivatives))
    for one, other in zip(
        own, pair_expectations(name, *numbers([1, 9, 4.0], [0.3, -8.9, 4], [2.0, 9, 4])), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", NEW)
def test_it_trains_and_comes_near_its_own_limit(name):
    points = sigae.sphere_points(3, 6, norm=3.0, seed=0)
    limit = InfiniteWidth(points, name)
    torch.testing.assert_close(limit(points), points, rtol=0, atol=1e-9)
    mean = limit.mean_jacobian(points)
    distances = []
    for width in (500, 50_000):
        model = sigae.Autoencoder(6, width, activation=name, seed=0)
        with torch.no_grad():
            foretold = limit.trained_jacobian(points, model(points), sigae.jacobian(model, points))
        assert sigae.train(model, points, tolerance=1e-10).converged
        distances.append((sigae.jacobian(model, points) - foretold).norm().item())
    assert distances[1] < distances[0] / 4  # m^(-1/2) from 500 to 50,000 is a tenth
    by_autograd = torch.stack([torch.func.jacrev(limit)(x) for x in points])
    torch.testing.assert_close(by_autograd, mean, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", NEW)
def test_it_serves_in_experiments_parameters_and_figures(name):
    condition = {"n_points": 2, "norm": 2.0, "seed": 0, "dim": 4, "activation": name}
    assert trained_spectrum(**condition, width=100)["converged"]
    assert len(limit_spectrum(**condition, samples=2)["radii"]) == 4
    assert checked(declared_in("it: Activation = 'erf'"), {"it": name}) == {"it": name}
    colours = [figures.colour("activation", known) for known in ACTIVATIONS]
    assert len(set(colours)) == len(ACTIVATIONS) == 5


@pytest.mark.parametrize("name", NEW)
def test_what_is_missing_is_one_sentence(name):
    with pytest.raises(ValueError, match=f"activation {name} is not an odd function and a constant, with a limit"):
        large_norm_coefficient(sigae.sphere_points(2, 4), name)


@pytest.mark.parametrize(
    ("name", "centre", "swing", "squared_slope"),
    [("sigmoid", 0.5, 0.5, 1 / 6), ("tanh", 0, 1, 4 / 3), ("erf", 0, 1, math.sqrt(8 / math.pi))],
)
def test_what_follows_from_the_derivatives(name, centre, swing, squared_slope):
    phi = get_activation(name)
    assert (phi.centre, phi.swing) == (centre, swing)
    assert phi.squared_slope == pytest.approx(squared_slope, rel=1e-13)
    assert [get_activation(new).centre for new in NEW] == [0, 0]
