"""Activations against mpmath, derivative by derivative."""

import mpmath
import pytest
import torch

from sigae.activations import ACTIVATIONS, get_activation

FORMULAS = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("order", range(4))
def test_derivatives_agree_with_mpmath(name, order):
    # Above 3 the higher derivatives of sigmoid and tanh lose digits to rounding of the functions' own values.
    z = torch.tensor([-3.0, -1.2, -0.4, 0.0, 0.3, 0.9, 2.7], dtype=torch.float64)
    with mpmath.workdps(40):
        expected = [float(mpmath.diff(FORMULAS[name], mpmath.mpf(x), order)) for x in z.tolist()]
    computed = get_activation(name).derivatives(z, 3)[order]
    assert torch.allclose(computed, torch.tensor(expected, dtype=torch.float64), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_first_derivative_is_the_same_at_every_order_asked_for(name):
    z = torch.linspace(-6, 6, 101, dtype=torch.float64)
    activation = get_activation(name)
    assert torch.allclose(activation.derivatives(z, 1)[1], activation.derivatives(z, 3)[1], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_tails_keep_their_sign_and_do_not_overflow(name):
    z = torch.tensor([-800.0, -40.0, 40.0, 800.0], dtype=torch.float64)
    for order, value in enumerate(get_activation(name).derivatives(z, 3)):
        assert torch.isfinite(value).all(), order
    assert (get_activation(name).derivatives(z, 2)[1] >= 0).all()


@pytest.mark.parametrize("order", range(4))
def test_tanh_and_its_derivatives_are_sums_of_erfs(order):
    with mpmath.workdps(40):
        terms = [[mpmath.mpf(v) for v in pair] for pair in zip(*ACTIVATIONS["tanh"].erf_mixture, strict=True)]
        for z in mpmath.linspace(0, 6, 61):
            peaks = [2 * w * b**order / mpmath.sqrt(mpmath.pi) * mpmath.exp(-((b * z) ** 2)) for w, b in terms]
            found = mpmath.fsum(
                w * mpmath.erf(b * z) if order == 0 else peak * [1, -2 * b * z, 4 * (b * z) ** 2 - 2][order - 1]
                for (w, b), peak in zip(terms, peaks, strict=True)
            )
            assert abs(found - mpmath.diff(mpmath.tanh, z, order)) < 1e-15
