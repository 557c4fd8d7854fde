import math
from functools import lru_cache

import mpmath
import pytest
import torch

from sigae.activations import get_activation
from sigae.infinite_width.gaussian_expectations import PairExpectations, pair_expectations
from tests.sigae.gaussian_reference import DERIVATIVES, expectation

ORDERS = [(int(name[1]), int(name[2])) for name in PairExpectations._fields]
ACTIVATIONS = list(DERIVATIVES)


def tensors(*values):
    return (torch.tensor(value, dtype=torch.float64) for value in values)


def centred(activation):
    """phi - phi(0) and its first three derivatives as functions of arrays."""
    phi, *derivatives = DERIVATIVES[activation]
    return [lambda z: phi(z) - get_activation(activation).centre, *derivatives]


def size(f, variance):
    """sqrt(E[f(u)^2]) for u ~ N(0, variance)."""
    return math.sqrt(expectation(f, f, variance, variance, variance))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("p", "q", "correlation"),
    [
        (1e-6, 1e-6, 0.3),
        (0.04, 0.01, -0.9),
        (1.0, 1.0, 0.0),
        (1.0, 0.3, 0.999),
        (3.0, 3.0, -1.0),
        (9.0, 0.0, 0.0),
        (1e-8, 25.0, 0.7),
        (25.0, 20.0, 0.97),
        (400.0, 1.0, 0.95),
        (2812.5, 2812.5, 0.2),
        (2812.5, 2812.5, 0.9999),
    ],
)
def test_agrees_with_gauss_legendre_panels(activation, p, q, correlation):
    c = correlation * math.sqrt(p * q)
    f = centred(activation)
    found = pair_expectations(activation, *tensors(p, c, q))
    sizes_u, sizes_v = ([size(g, variance) for g in f] for variance in (p, q))
    for (a, b), value in zip(ORDERS, found, strict=True):
        bound = sizes_u[a] * sizes_v[b]  # Cauchy and Schwarz
        assert value.item() == pytest.approx(expectation(f[a], f[b], p, c, q), rel=0, abs=1e-12 * bound), (a, b)


def mpmath_derivatives(activation, z):
    """The centred activation and its first three derivatives in mpmath's working precision."""
    if activation == "erf":
        slope = 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-z * z)
        return mpmath.erf(z), slope, -2 * z * slope, (4 * z * z - 2) * slope
    if activation == "sigmoid":
        return [x / 2 ** (a + 1) for a, x in enumerate(mpmath_derivatives("tanh", z / 2))]
    t, slope = mpmath.tanh(z), mpmath.sech(z) ** 2
    return t, slope, -2 * t * slope, (4 - 6 * slope) * slope


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sd", [0.002, 0.05, 1.0, 7.0, 53.0, 300.0])
def test_agrees_with_mpmath_at_perfect_correlation(activation, sd):
    # only one variable is left there, so 25 digits are cheap; (a, b) = (1, 3) has values of either sign
    q = sd * sd
    with mpmath.workdps(25):
        edges = [0, *(e for e in (x / sd for x in (0.5, 1, 2, 4, 8, 20)) if e < 6), 6, 12]
        density = lambda s: mpmath.exp(-s * s / 2) * mpmath.sqrt(2 / mpmath.pi)  # noqa: E731
        derivatives = lru_cache(None)(lambda s: mpmath_derivatives(activation, sd * s))
        exact = {
            (a, b): float(mpmath.quad(lambda s, a=a, b=b: derivatives(s)[a] * derivatives(s)[b] * density(s), edges))
            for a, b in ORDERS
            if a <= b
        }
        for sign in (1, -1):
            found = pair_expectations(activation, *tensors(q, sign * q, q))
            for (a, b), value in zip(ORDERS, found, strict=True):
                parity = 1 if sign == 1 or b % 2 else -1
                assert value.item() == pytest.approx(parity * exact[min(a, b), max(a, b)], rel=1e-12), (a, b)


def test_shapes_broadcast_and_batches_do_not_mix():
    p, q = tensors([0.01, 4.0, 900.0], [0.5, 100.0])
    c = 0.6 * (p[:, None] * q).sqrt()
    table = pair_expectations("tanh", p[:, None], c, q)
    assert table.e00.shape == (3, 2)
    for i in range(3):
        for j in range(2):
            alone = pair_expectations("tanh", p[i], c[i, j], q[j])
            assert alone.e13.shape == ()
            for x, y in zip(table, alone, strict=True):
                torch.testing.assert_close(x[i, j], y, rtol=1e-14, atol=1e-15)
