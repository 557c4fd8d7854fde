"""Expectations E[phi^(a)(u) phi^(b)(v)] over a bivariate Gaussian.

erf has closed forms (Williams 1997), so that whatever is a sum of erfs has them too. tanh and the logistic sigmoid are
sums of erfs, to rounding: the logistic distribution is a mixture of normal ones (:mod:`sigae.activations`). Any other
activation is integrated as it is, by the trapezoidal rule on one grid, which converges exponentially for analytic
functions (Trefethen & Weideman 2014).
"""

import math
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from sigae.activations import Activation, get_activation

__all__ = [
    "PairExpectations",
    "PolarExpectations",
    "kernel_expectations",
    "pair_expectations",
    "polar_expectations",
    "quadrature_error",
]

STEP = 0.175  # lattice step for functions as smooth as tanh, whose poles lie at distance pi/2: error exp(-pi^2 / 0.175)
DEVIATIONS = 9.0  # beyond it a standard Gaussian density is below rounding
DEVIATION_STEP = 0.5  # lattice step in standard deviations where the Gaussian decides: error about exp(-2 pi^2 / 0.25)
WIDE = 4.0  # standard deviation from which on only the activation sets step and error of the lattice
CHUNK = 2**18  # numbers held in one temporary array: 2 MiB
COUNT = {"pair": 7, "kernel": 2, "polar": 5}  # of expectations that are wanted together


class PairExpectations(NamedTuple):
    """E[g^(a)(u) g^(b)(v)] for the centred activation g; field ``e13`` has a = 1 and b = 3.

    By Price's theorem d/dcov e_ab = e_{a+1,b+1}, d/dvar(u) e_ab = e_{a+2,b} / 2, d/dvar(v) e_ab = e_{a,b+2} / 2.
    """

    e00: Tensor
    e11: Tensor
    e22: Tensor
    e02: Tensor
    e20: Tensor
    e13: Tensor
    e31: Tensor


class PolarExpectations(NamedTuple):
    """What derivatives by the variances and the correlation of u and v are made of, with psi(v) = v phi'(v).

    They are E[phi'(u) phi'(v)], E[phi''(u) phi''(v)], E[phi(u) psi(v)], E[phi'(u) psi'(v)] and E[psi(u) psi(v)].
    """

    e11: Tensor
    e22: Tensor
    radial: Tensor
    radial_slope: Tensor
    both_radial: Tensor


def pair_expectations(
    activation: str | Activation, p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor | None = None
) -> PairExpectations:
    """Integrate products of derivatives of an activation over bivariate Gaussians.

    With g = phi - k and (u, v) ~ N(0, [[p, c], [c, q]]), return E[g^(a)(u) g^(b)(v)]. Here k is phi(0) where that
    leaves an odd g, and else zero, so that E[phi(u) phi(v)] = k^2 + E[g(u) g(v)]; for all other orders phi and g agree.

    The variance p of u, the covariance c and the variance q of v are float64 tensors of shapes that broadcast together,
    p, q >= 0; |c| > sqrt(p q), as rounding may leave behind, is taken for perfect correlation. ``gram_determinant`` is
    p q - c^2, where that is known better than from p, c and q, whose rounding changes what is returned by up to their
    size times as much.

    For standard deviations up to 300 the error of e_ab is below 1e-12 of sqrt(e_aa(u, u) e_bb(v, v)), its bound by
    Cauchy and Schwarz, apart from what rounding p, c and q itself causes. Of an activation that is no sum of erfs so
    for standard deviations up to 10; its cost grows with their product.
    """
    return PairExpectations(*_in_chunks(activation, "pair", p, c, q, gram_determinant))


def kernel_expectations(
    activation: str | Activation, p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return ``e00`` and ``e11`` alone of :func:`pair_expectations`, in half of its time."""
    e00, e11 = _in_chunks(activation, "kernel", p, c, q, gram_determinant)
    return e00, e11


def polar_expectations(
    activation: str | Activation, p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor | None = None
) -> PolarExpectations:
    r"""Return the expectations with :math:`\psi(v) = v \phi'(v)`, which scaling v by a factor makes of phi.

    Arguments are those of :func:`pair_expectations`. Integrated by parts,
    :math:`E[\phi \psi] = c e_{11} + q e_{02}`, :math:`E[\phi' \psi'] = e_{11} + c e_{22} + q e_{13}` and
    :math:`E[\psi \psi] = c e_{11} + (c^2 + p q) e_{22} + c (p e_{31} + q e_{13})`. At large norm these terms cancel
    but for one part in q. For sums of erfs they are summed by hand, nothing cancels, and they are exact to rounding.
    """
    return PolarExpectations(*_in_chunks(activation, "polar", p, c, q, gram_determinant))


def _in_chunks(
    activation: str | Activation, wanted: str, p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor | None
) -> list[Tensor]:
    phi = get_activation(activation)
    gram_determinant = (p * q - c * c).clamp_min(0) if gram_determinant is None else gram_determinant
    p, c, q, gram_determinant = torch.broadcast_tensors(p, c, q, gram_determinant)
    shape, flat = p.shape, [x.reshape(-1) for x in (p, c, q, gram_determinant)]
    if phi.erf_mixture is None:
        if phi.closed_form is not None:
            found = list(phi.closed_form(*flat))
        else:
            found = _lattice(phi, flat[0], flat[1], flat[2], flat[3], order=1 if wanted == "kernel" else 3)
        return [e.reshape(shape) for e in _of_lattice(found, flat, wanted)]
    weights, scales = (torch.tensor(x, dtype=p.dtype, device=p.device) for x in phi.erf_mixture)
    chunk = max(1, CHUNK // len(weights) ** 2)
    # Into one array: thousands of small results between large temporaries would leave the heap in pieces.
    out = p.new_empty(COUNT[wanted], len(flat[0]))
    for k, piece in enumerate(zip(*(x.split(chunk) for x in flat), strict=True)):
        for row, values in enumerate(_erf_sums(weights, scales, wanted, *piece)):
            out[row, k * chunk : (k + 1) * chunk] = values
    return [row.reshape(shape) for row in out]


def _erf_sums(
    w: Tensor, b: Tensor, wanted: str, p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor
) -> list[Tensor]:
    """Sum Williams' (1997) equation 11 and its derivatives over pairs of erfs, g(z) = sum_k w_k erf(b_k z)."""
    wb, b2 = w * b, b * b
    of_u, of_v = 1 + 2 * b2 * p[:, None], 1 + 2 * b2 * q[:, None]  # (pairs, k)
    D = torch.addcmul((of_u - 1)[:, :, None] + of_v[:, None, :], 4 * gram_determinant[:, None, None], b2[:, None] * b2)
    r = D.rsqrt_()  # (pairs, k, k)
    k, two_c = 4 / math.pi, 2 * c[:, None]
    over_v = r @ wb  # sums over the erfs of v, (pairs, k)
    e11 = k * over_v @ wb
    if wanted == "polar":
        cube = r * r * r
        cube_v = cube @ wb
        e22 = 2 * k * (two_c * (cube @ (wb * b2))) @ (wb * b2)
        radial = k * c * ((r @ (wb / of_v)[:, :, None])[:, :, 0] @ wb)
        return [e11, e22, radial, k * (of_u * cube_v) @ wb, k * c * (cube_v @ wb)]
    angle = (two_c * b)[:, :, None] * b * r
    e00 = k / 2 * (angle.atan_() @ w) @ w
    if wanted == "kernel":
        return [e00, e11]
    wb3 = wb * b2
    over_u = wb @ r
    e02 = -k * ((two_c / of_v * over_u) @ wb3)
    e20 = -k * ((two_c / of_u * over_v) @ wb3)
    cube = r * r * r
    cube_v = cube @ wb3
    e22 = 2 * k * (two_c * cube_v) @ wb3
    e13 = -2 * k * (of_u * cube_v) @ wb
    e31 = -2 * k * (of_v * (wb3 @ cube)) @ wb
    return [e00, e11, e22, e02, e20, e13, e31]


def _of_lattice(e: list[Tensor], flat: list[Tensor], wanted: str) -> list[Tensor]:
    """Return what is wanted of the seven expectations."""
    if wanted in ("kernel", "pair"):
        return e[: 2 if wanted == "kernel" else 7]
    _, e11, e22, e02, _, e13, e31 = e
    p, c, q, _ = flat
    radial_slope = e11 + c * e22 + q * e13
    return [e11, e22, c * e11 + q * e02, radial_slope, c * radial_slope + p * (q * e22 + c * e31)]


def _lattice(
    phi: Activation, p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor, *, refined: int = 1, order: int = 3
) -> list[Tensor]:
    """Sum over a lattice in s and t, where u = sqrt(p) s and v = sqrt(q) (rho s + sqrt(1 - rho^2) t); all are flat."""
    M = p.new_zeros(len(p), 4, 4)  # E[g^(a)(u) g^(b)(v)]

    @lru_cache  # pairs mostly share their variances
    def over_normal(scale: float, deviation: float) -> tuple[Tensor, Tensor, Tensor]:
        z, weight = _normal_lattice(deviation, p, refined)
        return z, weight, derivatives(scale * z)

    def derivatives(z: Tensor) -> Tensor:  # of g, of shape (*z.shape, order + 1)
        f = torch.stack(phi.derivatives(z, order), dim=-1)
        f[..., 0] -= phi.centre
        return f

    for k, (p_k, c_k, q_k, gram_k) in enumerate(zip(*(x.tolist() for x in (p, c, q, gram_determinant)), strict=True)):
        sd_u, sd_v = (float(f"{math.sqrt(x):.15g}") for x in (p_k, q_k))  # so that inputs of one norm share them
        rho = min(1.0, max(-1.0, c_k / (sd_u * sd_v))) if sd_u * sd_v > 0 else 0.0
        spread = math.sqrt(gram_k) / sd_u if sd_u > 0 else sd_v
        s, weight_s, Fu = over_normal(sd_u, max(sd_u, sd_v))
        narrow = spread < STEP / DEVIATION_STEP  # else v has a lattice of its own, and phi is asked for once a node
        t, weight_t, Fv = over_normal(spread, spread) if narrow else over_normal(sd_v, sd_v)
        parts = []
        for mean in (sd_v * rho * s).split(max(1, CHUNK // len(t))):
            if narrow:
                parts.append(derivatives(mean[:, None] + spread * t).mT @ weight_t)
            else:
                density = torch.exp(-(((sd_v * t - mean[:, None]) / spread) ** 2) / 2)
                parts.append(density @ Fv * (sd_v * (t[1] - t[0]) / (spread * math.sqrt(2 * math.pi))))
        M[k, : order + 1, : order + 1] = (weight_s[:, None] * Fu).mT @ torch.cat(parts)
    orders = ((0, 0), (1, 1), (2, 2), (0, 2), (2, 0), (1, 3), (3, 1))
    return [M[:, i, j] for i, j in orders]


def quadrature_error(activation: str | Activation, q: float) -> float:
    """Estimate the relative error of expectations that are made by quadrature, by a lattice twice as fine."""
    phi = get_activation(activation)
    if phi.erf_mixture is not None or phi.closed_form is not None:
        return 0.0
    errors = [0.0]
    for variance, correlation in ((q, 1.0), (min(q, WIDE**2), 0.6)):  # the former is one sum, at any variance
        p = torch.tensor([variance], dtype=torch.float64)
        c = correlation * p
        rough, fine = (torch.stack(_lattice(phi, p, c, p, p * p - c * c, refined=k))[:3, 0] for k in (1, 2))
        # of e00, e11 and e22, each over its value at correlation one
        same = rough if correlation == 1 else torch.stack(_lattice(phi, p, p, p, 0 * p))[:3, 0]
        errors += ((rough - fine).abs() / same.abs())[same != 0].tolist()
    return max(errors, key=lambda error: math.inf if math.isnan(error) else error)


def _normal_lattice(deviation: float, like: Tensor, refined: int) -> tuple[Tensor, Tensor]:
    """Return a lattice over a standard normal variable, and its weights, for functions of ``deviation`` times it."""
    step = min(DEVIATION_STEP, STEP / deviation if deviation > 0 else math.inf) / refined
    half = math.ceil(DEVIATIONS / step) if deviation > 0 else 0
    z = step * torch.arange(-half, half + 1, dtype=like.dtype, device=like.device)
    return z, torch.exp(-(z**2) / 2) * (step / math.sqrt(2 * math.pi) if deviation > 0 else 1.0)
