"""The tangent kernel between any point and patterns of one norm, interpolated: it depends on two numbers alone.

They are the point's norm and the cosine of the angle. The kernel is odd in both, and analytic in a strip about the real
axis of v = asinh(norm / r_1) and of y = asinh(angle / epsilon), as wide at large norms as at small ones: so a few dozen
Chebyshev polynomials in each reproduce it to rounding (Trefethen 2013, chapter 8).
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from sigae.activations import Activation
from sigae.infinite_width.gaussian_expectations import kernel_expectations

if TYPE_CHECKING:
    from sigae.infinite_width.kernel_regression import KernelRegression

__all__ = ["ChebyshevKernel", "TabulatedLimits"]

DIGITS = 36.0  # coefficients fall to exp(-36), which is below rounding
STRIP = math.pi / 2  # half its width, in v and in y
EXTRA = 6  # further polynomials
LIGHT = 1e-3  # erfs of less weight do not decide on where the kernel ends to be analytic
CHECKS = 64  # places at which the table is held against the kernel
ALLOWED = 1e-12  # error there, over the kernel's largest value
ONE_NORM = 1e-13  # relative scatter of the patterns' norms that is rounding
MARGIN = 1.1  # how far the table reaches beyond what is asked for at first
CHUNK = 2**18  # numbers at a time, so that they stay in the processor's cache


class ChebyshevKernel:
    """Theta(x, x_i), less phi(0)^2, for points x of norm up to ``largest`` and patterns x_i of one norm.

    The activation is a sum of erfs and a constant. ``error`` is the largest difference from the kernel that was found
    at 64 places between the nodes, over the kernel's largest value.
    """

    def __init__(self, activation: Activation, dim: int, norm: float, largest: float) -> None:
        assert activation.erf_mixture is not None
        self.activation, self.dim, self.norm, self.largest = activation, dim, norm, largest
        steepest = max(b for w, b in zip(*activation.erf_mixture, strict=True) if w * b > LIGHT)
        P, Q = 2 * (steepest * largest) ** 2 / dim, 2 * (steepest * norm) ** 2 / dim
        self._r1 = math.sqrt(dim / 2) / steepest
        self._epsilon = math.asinh(math.sqrt((1 + P + Q) / (P * Q)))
        self._v, self._y = math.asinh(largest / self._r1), math.asinh(math.pi / 2 / self._epsilon)
        n_v, n_y = (math.ceil(DIGITS / 2 / math.asinh(STRIP / end)) + EXTRA for end in (self._v, self._y))
        # Values at Chebyshev's nodes of the first kind, of which oddness and evenness leave half.
        angle_v, angle_y = (math.pi * (torch.arange(n, dtype=torch.float64) + 0.5) / (2 * n) for n in (n_v, n_y))
        r = self._r1 * torch.sinh(self._v * torch.cos(angle_v))
        theta = self._epsilon * torch.sinh(self._y * torch.cos(angle_y))
        values = self.exact(r[:, None], torch.cos(theta))  # (n_v, n_y)
        odd = torch.cos((2 * torch.arange(n_v) + 1)[:, None] * angle_v) * (2 / n_v)
        even = torch.cos(2 * torch.arange(n_y)[:, None] * angle_y) * (2 / n_y)
        even[0] /= 2
        self._coefficients = odd @ values @ even.T
        self.error = self._found_error()

    def exact(self, r: Tensor, cosine: Tensor) -> Tensor:
        """Evaluate the kernel itself, at norms and cosines of shapes that broadcast."""
        q = torch.full_like(r, self.norm**2 / self.dim)
        c = r * cosine * (self.norm / self.dim)
        e00, e11 = kernel_expectations(self.activation, r * r / self.dim, c, q)
        return e00 + c * e11

    def __call__(self, r: Tensor, cosine: Tensor) -> Tensor:
        """Interpolate at norms (k,), none above ``largest``, and cosines (k, n); shape (k, n)."""
        rows = max(1, CHUNK // max(len(self._coefficients[0]), cosine.shape[1]))
        parts = zip(r.split(rows), cosine.split(rows), strict=True)
        return torch.cat([self._interpolate(*part) for part in parts])

    def _interpolate(self, r: Tensor, cosine: Tensor) -> Tensor:
        n_v = len(self._coefficients)
        angle = torch.arccos((torch.asinh(r / self._r1) / self._v).clamp(max=1))
        series = torch.cos((2 * torch.arange(n_v, dtype=r.dtype) + 1) * angle[:, None]) @ self._coefficients  # (k, n_y)
        theta = torch.arccos(cosine.abs().clamp(max=1))
        t = torch.asinh(theta / self._epsilon) / self._y
        x = 4 * t * t - 2  # T_2j(t) = T_j(2 t^2 - 1), and Clenshaw's recurrence wants twice its argument
        b1, b2 = torch.zeros_like(x), torch.zeros_like(x)
        for j in range(series.shape[1] - 1, 0, -1):
            b1, b2 = torch.addcmul(series[:, j : j + 1] - b2, x, b1), b1
        return torch.addcmul(series[:, :1] - b2, x, b1, value=0.5) * torch.sign(cosine)

    def _found_error(self) -> float:
        k = torch.arange(1, CHECKS + 1, dtype=torch.float64)
        r = self.largest * (k / CHECKS) ** 2
        # Irrational multiples fill the interval evenly, and meet no node.
        cosine = torch.cos(math.pi * (k * math.sqrt(2) % 1))[:, None]
        exact = self.exact(r, cosine[:, 0])
        largest = self.exact(torch.tensor([self.largest], dtype=torch.float64), torch.ones(1, dtype=torch.float64))
        return ((self(r, cosine)[:, 0] - exact).abs().max() / largest.abs().max()).item()


class TabulatedLimits:
    """The mean networks of several sets of patterns by one table of their kernel; as they are where it does not reach.

    They are B limits of one activation, each of n patterns in d dimensions. The ``kernel`` is tabulated for inputs up
    to the ``largest`` norm; it is None of several norms, with biases, of more layers, and of no sum of erfs.
    """

    def __init__(self, limits: Sequence["KernelRegression"], largest: float) -> None:
        self.limits, first = list(limits), limits[0]
        self._patterns, self._coefficients = (
            torch.stack(t) for t in zip(*((limit.points, limit._coefficients) for limit in limits), strict=True)
        )  # (B, n, d)
        self._shift = torch.stack([limit._shift for limit in limits])[:, None]  # (B, 1, d)
        norms = self._patterns.norm(dim=-1)
        self._norm = norms.mean().item()
        one_norm = (norms - self._norm).abs().max() <= ONE_NORM * self._norm and not norms.is_cuda
        self.kernel: ChebyshevKernel | None = None
        if one_norm and first.activation.erf_mixture is not None and first.depth == 2 and not first.bias:
            table = ChebyshevKernel(first.activation, first.dim, self._norm, MARGIN * max(self._norm, largest))
            self.kernel = table if table.error <= ALLOWED else None

    def __call__(self, x: Tensor) -> Tensor:
        """Map inputs (B, k, d), those of one set of patterns after those of another, to outputs (B, k, d)."""
        if self.kernel is None:
            return torch.stack([limit(part) for limit, part in zip(self.limits, x, strict=True)])
        r = x.norm(dim=-1)  # (B, k)
        cosine = x @ self._patterns.mT / (r.clamp_min(torch.finfo(r.dtype).tiny) * self._norm)[..., None]  # (B, k, n)
        Theta = self.kernel(r.flatten(), cosine.flatten(0, 1)).reshape(cosine.shape)
        out = Theta @ self._coefficients + self._shift
        beyond = ~(r <= self.kernel.largest)  # also where it is nan
        for which in beyond.any(dim=1).nonzero()[:, 0].tolist():
            out[which, beyond[which]] = self.limits[which](x[which, beyond[which]])
        return out
