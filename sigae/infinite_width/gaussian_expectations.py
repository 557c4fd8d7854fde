"""Expectations E[phi^(a)(u) phi^(b)(v)] over a bivariate Gaussian: closed forms and quadrature.

erf has closed forms (Williams 1997). sigmoid is tanh in disguise, sigmoid(z) = 1/2 + tanh(z/2)/2. Any other activation
is integrated as it is, on one grid, by the trapezoidal rule, which converges exponentially for analytic functions
(Trefethen & Weideman 2014). So is tanh, and three observations keep its grids small at every norm:

- tanh = erf(sqrt(pi)/2 .) + remainder, where the remainder, like tanh' and all later derivatives, dies out like
  exp(-2|z|). Whatever involves the erf is known in one variable, so no grid ever reaches beyond |z| = 19.
- Where the variable of smaller variance keeps some spread given the other, the two variables live on a fixed
  lattice and the Gaussian density is the weight; near perfect correlation the second variable is
  instead written as its conditional mean plus a standardised deviation, exact up to correlation +-1 itself.
- (u, v) and (-u, -v) contribute the same, so half a plane is enough.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from sigae.activations import Activation, get_activation

__all__ = ["PairExpectations", "pair_expectations"]

STEP = 0.175  # lattice step in units of tanh, whose poles lie at distance pi/2: error about exp(-pi^2 / 0.175)
REACH = 19.0  # beyond it tanh' < 4 exp(-38) is below rounding
DEVIATIONS = 9.0  # beyond it a standard Gaussian density is below rounding
DEVIATION_STEP = 0.5  # lattice step in standard deviations where the Gaussian decides: error about exp(-2 pi^2 / 0.25)
SMALL_SPREAD = 0.3  # conditional standard deviation that a lattice of step STEP still resolves
CHUNK = 2**18  # numbers held in one temporary array: 2 MiB
ALPHA = math.sqrt(math.pi) / 2  # erf(ALPHA z) has the slope of tanh at zero


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


def pair_expectations(activation: str, p: Tensor, c: Tensor, q: Tensor) -> PairExpectations:
    """Integrate products of derivatives of an activation over bivariate Gaussians.

    With g = phi - k and (u, v) ~ N(0, [[p, c], [c, q]]), return E[g^(a)(u) g^(b)(v)]. Here k is phi(0) where that
    leaves an odd g, and else zero, so that E[phi(u) phi(v)] = k^2 + E[g(u) g(v)]; for all other orders phi and g agree.

    Parameters
    ----------
    activation
        A name that :func:`sigae.activations.get_activation` knows.
    p, c, q
        Variance of u, covariance, variance of v: float64 tensors of shapes that broadcast together, p, q >= 0.
        |c| > sqrt(p q), as rounding may leave behind, is taken for perfect correlation.

    Returns
    -------
    PairExpectations
        Seven tensors of the broadcast shape. For standard deviations up to 300 the error of e_ab is below 1e-12 of
        sqrt(e_aa(u, u) e_bb(v, v)), its bound by Cauchy and Schwarz, apart from what rounding p, c and q itself causes.
        Of an activation without a method of its own so for standard deviations up to 10; its cost grows with their
        product.

    Raises
    ------
    ValueError
        If the activation is unknown, or the method it names.
    """
    phi = get_activation(activation)
    method, a, b = phi.expectations
    p, c, q = torch.broadcast_tensors(p, c, q)
    shape, (p, c, q) = p.shape, (b * b * x.reshape(-1) for x in (p, c, q))
    if method == "erf":
        e = _erf(p, c, q)
    elif method == "tanh":
        e = _tanh(p, c, q)
    elif method == "quadrature":
        e = _any(phi, p, c, q)
    else:
        raise ValueError(f"activation {phi.name} names the method {method!r}: choose erf, tanh or quadrature.")
    # g(z) = a f(b z), so g^(i)(z) = a b^i f^(i)(b z).
    powers = (0, 2, 4, 2, 2, 4, 4)
    return PairExpectations(*(a * a * b**k * x.reshape(shape) for x, k in zip(e, powers, strict=True)))


def _erf(p: Tensor, c: Tensor, q: Tensor) -> PairExpectations:
    """Williams (1997), equation 11, and its derivatives by Price's theorem."""
    a, b = 1 + 2 * p, 1 + 2 * q
    D = 1 + 2 * (p + q) + 4 * (p * q - c * c).clamp_min(0)
    root = D.sqrt()
    k = 4 / math.pi
    return PairExpectations(
        e00=k / 2 * torch.atan2(2 * c, root),
        e11=k / root,
        e22=4 * k * c / (D * root),
        e02=-2 * k * c / (b * root),
        e20=-2 * k * c / (a * root),
        e13=-2 * k * a / (D * root),
        e31=-2 * k * b / (D * root),
    )


def _tanh(p: Tensor, c: Tensor, q: Tensor) -> PairExpectations:
    """Quadrature for tanh, as the module's docstring describes it; p, c and q are flat."""
    swap = p < q  # let u be the variable of larger variance
    p, q = torch.where(swap, q, p), torch.where(swap, p, q)
    root = (p * q).sqrt()
    rho = torch.where(root > 0, c / root.where(root > 0, 1.0), 0.0).clamp(-1, 1)
    spread = (q * (1 - rho**2)).sqrt()  # standard deviation of v given u

    M = p.new_empty(len(p), 4, 4)  # E[F_a(u) F_b(v)] with F as in _localised
    wide = spread > SMALL_SPREAD
    for pairs, rule in ((wide.nonzero()[:, 0], _lattice), ((~wide).nonzero()[:, 0], _conditional)):
        pairs = pairs[p[pairs].argsort(descending=True)]  # neighbours want grids of like size
        while len(pairs):
            half = _half_count(p[pairs[0]].item(), DEVIATION_STEP if rule is _conditional else math.inf)
            n_points = (half + 1) * (2 * max(half, 20) + 1)
            batch, pairs = pairs.tensor_split([max(1, CHUNK // n_points)])
            M[batch] = rule(half, p[batch], rho[batch], q[batch], spread[batch])

    ur, u2 = _against_erf(p, rho, q)  # E[erf(ALPHA u) F_0(v)], E[erf(ALPHA u) tanh''(v)]
    vr, v2 = _against_erf(q, rho, p)
    e00 = _erf(ALPHA**2 * p, ALPHA**2 * rho * root, ALPHA**2 * q).e00 + ur + vr + M[:, 0, 0]
    e02, e20, e13, e31 = M[:, 0, 2] + u2, M[:, 2, 0] + v2, M[:, 1, 3], M[:, 3, 1]
    e02, e20 = torch.where(swap, e20, e02), torch.where(swap, e02, e20)
    e13, e31 = torch.where(swap, e31, e13), torch.where(swap, e13, e31)
    return PairExpectations(e00, M[:, 1, 1], M[:, 2, 2], e02, e20, e13, e31)


def _localised(z: Tensor) -> tuple[Tensor, ...]:
    """Return F = (tanh - erf(ALPHA .), tanh', tanh'', tanh''') at z; all of them vanish for large |z|."""
    values = get_activation("tanh").derivatives(z, 3)
    return (values[0] - torch.erf(ALPHA * z), *values[1:])


def _half_count(variance: float, deviation_step: float) -> int:
    """Return how many steps of STEP, or of ``deviation_step`` sd if less, lead to where the integrand has died out."""
    sd = math.sqrt(variance)
    return math.ceil(min(DEVIATIONS * sd, REACH) / min(STEP, deviation_step * sd)) if sd > 0 else 0


def _lattice(half: int, p: Tensor, rho: Tensor, q: Tensor, spread: Tensor) -> Tensor:
    """Sum over a lattice in (u, v), u >= 0, weighted by the density N(u; 0, p) N(v; (c/p) u, spread^2)."""
    z = STEP * torch.arange(-half, half + 1, dtype=p.dtype, device=p.device)  # (2 half + 1,)
    u = z[half:]
    F = torch.stack(_localised(z), dim=1)  # (2 half + 1, 4)
    slope = rho * (q / p).sqrt()
    W = z - (slope[:, None] * u)[:, :, None]  # (pairs, half + 1, 2 half + 1)
    W = W.square_().mul_((-0.5 / spread**2)[:, None, None]).exp_()
    weight = torch.exp(-(u**2) / (2 * p[:, None])) * (STEP**2 / math.pi) / (p.sqrt() * spread)[:, None]
    weight[:, 0] /= 2  # twice the half plane, but u = 0 only once
    return torch.einsum("ku,ua,kub->kab", weight, F[half:], W @ F)


def _conditional(half: int, p: Tensor, rho: Tensor, q: Tensor, spread: Tensor) -> Tensor:
    """Sum over lattices in s >= 0 and t, where u = sqrt(p) s and v = rho sqrt(q) s + spread t."""
    step = (STEP / p.sqrt()).clamp_max(DEVIATION_STEP)[:, None]
    s = step * torch.arange(half + 1, dtype=p.dtype, device=p.device)  # (pairs, half + 1)
    weight_s = torch.exp(-(s**2) / 2) * step * math.sqrt(2 / math.pi)
    weight_s[:, 0] /= 2  # twice the half plane, but s = 0 only once
    n_t = math.ceil(DEVIATIONS / DEVIATION_STEP)
    t = DEVIATION_STEP * torch.arange(-n_t, n_t + 1, dtype=p.dtype, device=p.device)
    weight_t = torch.exp(-(t**2) / 2) * DEVIATION_STEP / math.sqrt(2 * math.pi)
    v = ((rho * q.sqrt())[:, None] * s)[:, :, None] + (spread[:, None] * t)[:, None, :]
    Fu = torch.stack(_localised(p.sqrt()[:, None] * s), dim=-1)  # (pairs, half + 1, 4)
    Fv = torch.stack([f @ weight_t for f in _localised(v)], dim=-1)  # (pairs, half + 1, 4)
    return (weight_s[:, :, None] * Fu).mT @ Fv


def _against_erf(p: Tensor, rho: Tensor, q: Tensor) -> tuple[Tensor, Tensor]:
    """Return E[erf(ALPHA u) F_0(v)] and E[erf(ALPHA u) tanh''(v)], where var(u) = p and var(v) = q."""
    # Given v = sqrt(q) s, u is Gaussian and E[erf(ALPHA u) | v] = erf(kappa s).
    kappa = ALPHA * rho * p.sqrt() / torch.sqrt(1 + 2 * ALPHA**2 * p * (1 - rho**2))
    step = torch.minimum(STEP / q.sqrt(), 0.45 / torch.sqrt(0.5 + kappa**2))
    count = torch.ceil((REACH / q.sqrt()).clamp_max(DEVIATIONS) / step)
    result = p.new_empty(2, len(p))
    pairs = count.argsort(descending=True)
    while len(pairs):
        half = int(count[pairs[0]])
        batch, pairs = pairs.tensor_split([max(1, CHUNK // (half + 1))])
        s = step[batch, None] * torch.arange(1, half + 1, dtype=p.dtype, device=p.device)  # s = 0 contributes nothing
        weight = torch.exp(-(s**2) / 2) * torch.erf(kappa[batch, None] * s) * step[batch, None] * math.sqrt(2 / math.pi)
        remainder, _, second, _ = _localised(q[batch, None].sqrt() * s)
        result[0, batch] = (weight * remainder).sum(1)
        result[1, batch] = (weight * second).sum(1)
    return result[0], result[1]


def _any(phi: Activation, p: Tensor, c: Tensor, q: Tensor) -> PairExpectations:
    """Sum over a lattice in s and t, where u = sqrt(p) s and v = sqrt(q) (rho s + sqrt(1 - rho^2) t); all are flat."""
    M = p.new_empty(len(p), 4, 4)  # E[g^(a)(u) g^(b)(v)]
    for k, (p_k, c_k, q_k) in enumerate(zip(p.tolist(), c.tolist(), q.tolist(), strict=True)):
        sd_u, sd_v = math.sqrt(p_k), math.sqrt(q_k)
        rho = min(1.0, max(-1.0, c_k / (sd_u * sd_v))) if sd_u * sd_v > 0 else 0.0
        spread = sd_v * math.sqrt(1 - rho * rho)
        s, weight_s = _normal_lattice(max(sd_u, sd_v), p)
        t, weight_t = _normal_lattice(spread, p)
        parts = []
        for part in s.split(max(1, CHUNK // len(t))):
            v = sd_v * rho * part[:, None] + spread * t
            parts.append(torch.stack([f @ weight_t for f in phi.derivatives(v, 3)], dim=1))  # (k, 4)
        Fu, Fv = torch.stack(phi.derivatives(sd_u * s, 3), dim=1), torch.cat(parts)
        Fu[:, 0] -= phi.centre
        Fv[:, 0] -= phi.centre
        M[k] = (weight_s[:, None] * Fu).mT @ Fv
    orders = ((0, 0), (1, 1), (2, 2), (0, 2), (2, 0), (1, 3), (3, 1))
    return PairExpectations(*(M[:, i, j] for i, j in orders))


def _normal_lattice(deviation: float, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return a lattice over a standard normal variable, and its weights, for functions of ``deviation`` times it."""
    step = min(DEVIATION_STEP, STEP / deviation) if deviation > 0 else DEVIATION_STEP
    half = math.ceil(DEVIATIONS / step)
    z = step * torch.arange(-half, half + 1, dtype=like.dtype, device=like.device)
    return z, torch.exp(-(z**2) / 2) * (step / math.sqrt(2 * math.pi))
