"""The activations, and all that an activation knows of itself: its derivatives, and what follows from them.

Another is one entry of :data:`ACTIVATIONS`, with its first three derivatives. Training, the infinite-width limit (in
closed form if it is a sum of erfs, else by quadrature), the notebooks' parameters and the figures' colours follow.
:data:`RELU` stands apart: it has a kink, and so closed forms of its own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

import torch
from torch import Tensor

__all__ = ["ACTIVATIONS", "RELU", "Activation", "ActivationLike", "get_activation"]

FAR = 500.0  # what has a limit has reached it there, in double precision
CLOSE = 1e-12  # two values that differ by rounding alone
RANGE, INTERVALS = 12.0, 1536  # where derivatives are held against each other: from -12 to 12, in steps of 1/64
MISFIT = 1e-2  # of a derivative's largest value, which is allowed between it and the one before
LOG_STEP = 0.105  # of the rule that makes erfs of tanh: its error is about exp(-pi^2 / (2 * 0.105)), 4e-21


@dataclass(frozen=True)
class Activation:
    r"""An elementwise function together with its first three derivatives.

    Parameters
    ----------
    name
        The name by which :func:`get_activation` finds it.
    derivatives
        ``derivatives(z, order)`` returns :math:`(\phi(z), \phi'(z), \ldots)` up to that order, 0 to 3, as a tuple of
        tensors of the shape, dtype and device of ``z``.
    erf_mixture
        Weights w and scales b, if :math:`\phi(z) = \phi(0) + \sum_k w_k \operatorname{erf}(b_k z)` to rounding: the
        infinite-width limit then has closed forms. Of any other smooth function it is made by quadrature.
    closed_form
        ``closed_form(p, c, q, gram_determinant)`` returns the seven expectations that
        :func:`sigae.infinite_width.gaussian_expectations.pair_expectations` documents. A function with a kink needs
        them, as no quadrature would be accurate; its derivatives, which hold but at the kink, are not checked.

    Raises
    ------
    ValueError
        If a derivative is not that of the one before: it is wrong, or the function not smooth.

    Examples
    --------
    >>> def sine(z, order):
    ...     return (torch.sin(z), torch.cos(z), -torch.sin(z), -torch.cos(z))[: order + 1]
    >>> Activation("sine", sine).slope_at_zero
    1.0
    """

    name: str
    derivatives: Callable[[Tensor, int], tuple[Tensor, ...]]
    erf_mixture: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    closed_form: Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, ...]] | None = None

    def __post_init__(self) -> None:
        """Hold the derivatives against each other."""
        if self.closed_form is not None:
            return
        z = torch.linspace(-RANGE, RANGE, 2 * INTERVALS + 1, dtype=torch.float64)
        values = self.derivatives(z, 3)
        short = [self.derivatives(z, order) for order in range(3)]
        if any(len(v) != order + 1 for order, v in enumerate([*short, values])):
            raise ValueError(f"activation {self.name}: derivatives(z, order) must return order + 1 tensors.")
        for order, (f, df) in enumerate(zip(values[:-1], values[1:], strict=True)):
            # Simpson's rule on every two steps, whose error is a billionth of what a kink or a wrong factor makes
            misfit = f[2::2] - f[:-2:2] - (df[:-2:2] + 4 * df[1:-1:2] + df[2::2]) * (z[1] - z[0]) / 3
            allowed = MISFIT * df.abs().max() * (z[2] - z[0]) + CLOSE * f.abs().max()
            same = all(torch.allclose(v[order], f, rtol=1e-6, atol=1e-9) for v in short[order:])
            if not (misfit.abs() <= allowed).all() or not same:
                worst = z[1::2][misfit.abs().nan_to_num(math.inf).argmax()].item()
                raise ValueError(
                    f"activation {self.name}: derivative {order + 1} is not that of derivative {order} near z = "
                    f"{worst:.2g}: give a smooth function with its first three derivatives."
                )

    def __call__(self, z: Tensor) -> Tensor:
        r"""Return :math:`\phi(z)`, elementwise."""
        return self.derivatives(z, 0)[0]

    def _at(self, z: float, order: int = 0) -> float:
        return self.derivatives(torch.tensor(z, dtype=torch.float64), order)[order].item()

    @cached_property
    def at_zero(self) -> float:
        r""":math:`\phi(0)`, which serves as a bias where it is not zero."""
        return self._at(0.0)

    @cached_property
    def slope_at_zero(self) -> float:
        r""":math:`\phi'(0)`, which sets the scale of an untrained network's Jacobian."""
        return self._at(0.0, 1)

    @cached_property
    def is_centred(self) -> bool:
        r"""Whether :math:`\phi - \phi(0)` is an odd function."""
        return all(abs(self._at(z) + self._at(-z) - 2 * self.at_zero) < CLOSE for z in (0.1, 0.7, 2.0, 9.0))

    @cached_property
    def centre(self) -> float:
        r"""The constant by which phi exceeds an odd function, :math:`\phi(0)`; zero where there is none."""
        return self.at_zero if self.is_centred else 0.0

    @cached_property
    def swing(self) -> float:
        r""":math:`\phi(\infty) - \phi(0)`, of a phi that is odd but for a constant.

        Raises
        ------
        ValueError
            If phi is not odd but for a constant, or has no limit.
        """
        far, further = self._at(FAR), self._at(2 * FAR)
        if not self.is_centred or abs(far - further) > CLOSE:
            raise ValueError(
                f"activation {self.name} is not an odd function and a constant, with a limit at infinity: what its "
                "networks do at large norms is not worked out."
            )
        return far - self.centre

    @cached_property
    def squared_slope(self) -> float:
        r""":math:`\int \phi'(z)^2 \, \mathrm{d}z`, for a phi that has limits on both sides."""
        from scipy.integrate import quad  # here: it takes long to load, and every worker would wait for it

        halves = [
            quad(lambda z: self._at(z, 1) ** 2, 0, end, epsabs=0, epsrel=1e-13)[0] for end in (math.inf, -math.inf)
        ]
        return halves[0] - halves[1]


def _sigmoid(z: Tensor, order: int) -> tuple[Tensor, ...]:
    s = torch.sigmoid(z)
    if order < 2:  # what training asks for
        return (s, torch.addcmul(s, s, s, value=-1)) if order else (s,)
    ds = s * torch.sigmoid(-z)  # s (1 - s) would lose its digits where s rounds to 1
    return (s, ds, ds * (1 - 2 * s), ds * (1 - 6 * ds))[: order + 1]


def _tanh(z: Tensor, order: int) -> tuple[Tensor, ...]:
    t = torch.tanh(z)
    if order < 2:
        return (t, torch.addcmul(t.new_ones(()), t, t, value=-1)) if order else (t,)
    dt = 1 / torch.cosh(z) ** 2
    return (t, dt, -2 * t * dt, dt * (4 - 6 * dt))[: order + 1]


def _erf(z: Tensor, order: int) -> tuple[Tensor, ...]:
    e = torch.erf(z)
    if order == 0:
        return (e,)
    de = (2 / math.sqrt(math.pi)) * torch.exp(-z * z)
    return (e, de) if order == 1 else (e, de, -2 * z * de, (4 * z * z - 2) * de)[: order + 1]


def _tanh_as_erfs() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the weights w and scales b of a sum of erfs: tanh and three derivatives, each but for 1e-15."""
    # The logistic distribution is a mixture of normal ones whose scale is 2 K, with K of Kolmogorov's distribution
    # (Andrews & Mallows 1974), so tanh(z) = E[erf(z / (sqrt(2) K))]: by the trapezoidal rule in log K.
    low, high = math.floor(math.log(0.15) / LOG_STEP), math.ceil(math.log(4.6) / LOG_STEP)
    scales = [math.exp(LOG_STEP * k) for k in range(low, high + 1)]
    weights = [LOG_STEP * K * _kolmogorov_density(K) for K in scales]
    return tuple(weights), tuple(1 / (math.sqrt(2) * K) for K in scales)


def _kolmogorov_density(x: float) -> float:
    """Return the derivative of 1 - 2 sum_j (-1)^(j-1) exp(-2 j^2 x^2), by theta functions' identity for small x."""
    if x > 1:
        return 8 * x * sum((-1) ** (j - 1) * j * j * math.exp(-2 * (j * x) ** 2) for j in range(1, 9))
    rates = [((2 * j - 1) * math.pi) ** 2 / 8 for j in range(1, 9)]
    return math.sqrt(2 * math.pi) * sum(math.exp(-a / x**2) * (2 * a / x**4 - 1 / x**2) for a in rates)


WEIGHTS, SCALES = _tanh_as_erfs()
ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation("sigmoid", _sigmoid, (tuple(w / 2 for w in WEIGHTS), tuple(b / 2 for b in SCALES))),
    "tanh": Activation("tanh", _tanh, (WEIGHTS, SCALES)),
    "erf": Activation("erf", _erf, ((1.0,), (1.0,))),
}
"""The activations by name: logistic sigmoid 1 / (1 + exp(-z)), tanh and erf."""


def _relu(z: Tensor, order: int) -> tuple[Tensor, ...]:
    zero = torch.zeros_like(z)
    return (torch.relu(z), (z > 0).to(z.dtype), zero, zero)[: order + 1]


def _relu_expectations(p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor) -> tuple[Tensor, ...]:
    """Return the arc-cosine kernels of degrees 1 and 0 (Cho & Saul 2009, section 2.1), and what Price makes of them."""
    root = gram_determinant.sqrt()
    angle = torch.atan2(root, c)
    e11 = (math.pi - angle) / (2 * math.pi)
    # Of parallel inputs e22, e13 and e31 are infinite and change sign with the side one comes from: zero is their mean.
    e22 = torch.where(root > 0, 1 / (2 * math.pi * root), 0.0)
    e02, e20 = (torch.where(v > 0, root / (2 * math.pi * v), 0.0) for v in (q, p))
    e13, e31 = (torch.where(v > 0, -c * e22 / v, 0.0) for v in (q, p))
    return root / (2 * math.pi) + c * e11, e11, e22, e02, e20, e13, e31


RELU = Activation("relu", _relu, closed_form=_relu_expectations)
"""max(z, 0). The mean network of infinite width has a kink at each pattern, where the symmetric derivative is taken,
to which those of wide networks tend. Train by gradient descent, or with a ``step_tolerance`` of about 0.1: its flow is
not continuous."""

ActivationLike: TypeAlias = str | Activation | Callable[[Tensor], Tensor]
"""What is taken for an activation: a name, an :class:`Activation`, or a smooth elementwise function of torch."""


def get_activation(activation: ActivationLike) -> Activation:
    """Look an activation up by name, or make one of a function.

    Parameters
    ----------
    activation
        A key of :data:`ACTIVATIONS`: ``"sigmoid"``, ``"tanh"`` or ``"erf"``; an :class:`sigae.activations.Activation`;
        or a smooth elementwise function, such as ``torch.sin``, which is differentiated by torch, and slower. The
        ReLU has a kink, and is :data:`sigae.activations.RELU`.

    Returns
    -------
    Activation
        The function with its derivatives.

    Raises
    ------
    ValueError
        If there is no activation of that name, or the function is not smooth.

    Examples
    --------
    >>> get_activation("tanh").slope_at_zero, get_activation(torch.sin).name
    (1.0, 'sin')
    """
    if isinstance(activation, Activation):
        return activation
    if callable(activation):
        return _of_function(activation)
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise ValueError(
            f"activation is {activation!r}: choose one of {', '.join(ACTIVATIONS)}, or give a smooth function, or"
            " sigae.activations.RELU."
        )
    return ACTIVATIONS[activation]


@lru_cache
def _of_function(function: Callable[[Tensor], Tensor]) -> Activation:
    orders = [function]
    for _ in range(3):
        orders.append(_derivative(orders[-1]))

    @torch.inference_mode(False)
    def derivatives(z: Tensor, order: int) -> tuple[Tensor, ...]:
        z = z.clone() if z.is_inference() else z
        return tuple(f(z) for f in orders[: order + 1])

    return Activation(getattr(function, "__name__", type(function).__name__), derivatives)


def _derivative(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    def differentiated(z: Tensor) -> Tensor:
        slope: Tensor = torch.func.grad(lambda y: function(y).sum())(z)
        return slope

    return differentiated
