"""Gradient flow by an exponential integrator."""
from __future__ import annotations
import math
import torch
from torch import Tensor
from sigae.objective import Objective, State


class LinearPart:
    """exp-type functions of T = sum over eigenbasis. kinds: averaged (n,n), kron (d,n,n) with rotation, full."""

    def __init__(self, o: Objective, s: State, kind: str):
        self.kind = kind
        n, d = o.n_points, o.dim
        W2, H, P = s.weights[-1], s.hidden[-1], s.slopes[-1]
        m = W2.shape[1]
        S = H @ H.mT / m
        if kind == "averaged":
            T = S + o.gram * ((P * W2.square().mean(0)) @ P.mT) / m
            self.lam, self.U = torch.linalg.eigh(T)
            self.lam = self.lam[:, None]
        elif kind == "kron":
            D = o.gram * ((P * W2.square().mean(0)) @ P.mT) / m
            B = W2 @ W2.mT
            beta, self.V = torch.linalg.eigh(B / (B.trace() / d))
            self.lam, self.U = torch.linalg.eigh(S + beta[:, None, None] * D)
            self.lam = self.lam.mT
        else:
            M = (P[:, None, :] * W2[None]).reshape(n * d, m)
            Q = ((M @ M.mT) / m).reshape(n, d, n, d) * o.gram[:, None, :, None]
            Q = Q + S[:, None, :, None] * torch.eye(d)[None, :, None, :]
            self.lam, self.U = torch.linalg.eigh(Q.reshape(n * d, n * d))
        self.lam = self.lam.clamp_min(0)

    def to(self, r):
        if self.kind == "averaged":
            return self.U.mT @ r
        if self.kind == "kron":
            return torch.einsum("aik,ia->ka", self.U, r @ self.V)
        return self.U.mT @ r.reshape(-1)

    def back(self, c):
        if self.kind == "averaged":
            return self.U @ c
        if self.kind == "kron":
            return torch.einsum("aik,ka->ia", self.U, c) @ self.V.mT
        n_d = c.numel()
        return (self.U @ c).reshape(self.shape)


def phis(z):
    small = z < 1e-2
    zs = torch.where(small, torch.ones_like(z), z)
    e = torch.exp(-z)
    em1 = -torch.expm1(-z)
    p1 = torch.where(small, 1 - z / 2 + z**2 / 6 - z**3 / 24 + z**4 / 120, em1 / zs)
    # a = int (1-s) e^{-zs} ds = (z - 1 + e^-z)/z^2
    a = torch.where(small, 0.5 - z / 6 + z**2 / 24 - z**3 / 120 + z**4 / 720, (1 - p1) / zs)
    return e, p1, a, p1 - a


def gradient_flow(objective: Objective, *, tolerance: float, step_tolerance: float = 0.1, linear_part: str = "kron", reuse=False):
    o = objective
    nd = o.n_points * o.dim
    state, t = o.initial_state(), 0.0
    h = None
    tiny = 0
    while True:
        yield state, t
        L = LinearPart(o, state, linear_part)
        L.shape = state.residual.shape
        c = L.to(state.residual)
        c2 = c.square()
        lam = L.lam.expand_as(c)

        def predicted(h):
            return (c2 * torch.exp(-2 * h * lam)).sum().item() / nd

        # step that lands just under the tolerance
        target = 0.9 * tolerance
        lo, hi = 0.0, 1.0 / lam.max().item()
        while predicted(hi) > target and hi < 1e30:
            lo, hi = hi, hi * 4
        for _ in range(60):
            mid = 0.5 * (lo + hi)
            if predicted(mid) > target:
                lo = mid
            else:
                hi = mid
            if hi - lo < 1e-3 * hi:
                break
        h_last = hi
        if h is None:
            h = h_last
        while True:
            last = h >= h_last
            hh = min(h, h_last)
            e, p1, a, b = phis(hh * lam)
            back = L.back
            rates = o.pullback(state, hh * back(p1 * c))
            sa = o.evaluate([w - g for w, g in zip(state.weights, rates)])
            E = L.to(sa.residual) - e * c
            un = o.pullback(state, hh * back(a * c + E / 6))
            ua = o.pullback(sa, hh * back(b * c + E / 3))
            new = o.evaluate([w - g - k for w, g, k in zip(state.weights, un, ua)])
            err = ((new.residual - sa.residual).norm() / state.residual.norm()).item()
            if not math.isfinite(err):
                err = 1e6
            fac = min(4.0, max(0.2, 0.9 * math.sqrt(step_tolerance / max(err, 1e-12))))
            if err <= step_tolerance:
                break
            h = hh * fac
            tiny += 1
            if tiny > 1000:
                return "step too small"
        if not last or fac < 1:
            h = hh * fac
        state, t = new, t + hh
