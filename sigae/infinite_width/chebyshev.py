"""The tangent kernel between any point and patterns of one norm, interpolated: it depends on two numbers alone.

They are the point's norm and the cosine of the angle. The kernel is odd in both, and analytic in a strip about the real
axis of v = asinh(norm / r_1) and of y = asinh(angle / epsilon), as wide at large norms as at small ones: so a few dozen
Chebyshev polynomials in each reproduce it to rounding (Trefethen 2013, chapter 8).
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from sigae.activations import Activation
from sigae.infinite_width.gaussian_expectations import kernel_expectations

__all__ = ["ChebyshevKernel", "ChebyshevMap", "chebyshev_kernel"]

DIGITS = 36.0  # coefficients fall to exp(-36), which is below rounding
STRIP = math.pi / 2  # half its width, in v and in y
EXTRA = 6  # further polynomials
LIGHT = 1e-3  # erfs of less weight do not decide on where the kernel ends to be analytic
CHECKS = 64  # places at which the table is held against the kernel
ALLOWED = 1e-12  # error there, over the kernel's largest value
ONE_NORM = 1e-13  # relative scatter of the patterns' norms that is rounding
WORTH = 5  # erfs from which on a table is quicker than the sum
MARGIN = 1.1  # how far the table reaches beyond what is asked for at first
CHUNK = 2**18  # numbers at a time, so that they stay in the processor's cache


class ChebyshevKernel:
    """Theta(x, x_i), less phi(0)^2, for points x of norm up to ``largest`` and patterns x_i of one norm.

    Parameters
    ----------
    activation
        One that is a sum of erfs and a constant.
    dim
        Dimension d.
    norm
        Of the patterns.
    largest
        Norm of the points up to which the table reaches.

    Attributes
    ----------
    error : float
        The largest difference from the kernel found at 64 places between the nodes, over the kernel's largest value.
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


def chebyshev_kernel(activation: Activation, patterns: Tensor, largest: float) -> ChebyshevKernel | None:
    """Tabulate the kernel between points and patterns."""
    norms = patterns.norm(dim=1)
    norm = norms.mean().item()
    several = activation.erf_mixture is not None and len(activation.erf_mixture[0]) >= WORTH
    if not several or patterns.is_cuda or (norms - norm).abs().max() > ONE_NORM * norm:
        return None
    table = ChebyshevKernel(activation, patterns.shape[1], norm, MARGIN * max(norm, largest))
    return table if table.error <= ALLOWED else None


class ChebyshevMap:
    """The mean network of infinite width by a tabulated kernel, exact where the table does not reach.

    Parameters
    ----------
    kernel
        The table.
    patterns
        X, shape (n, d), of the table's norm.
    coefficients, shift
        Those of the mean f(x) = Theta'(x, X) coefficients + shift, where Theta' is Theta less phi(0)^2.
    exact
        The same map without a table.
    """

    def __init__(
        self,
        kernel: ChebyshevKernel,
        patterns: Tensor,
        coefficients: Tensor,
        shift: Tensor,
        exact: Callable[[Tensor], Tensor],
    ) -> None:
        self.kernel, self.patterns, self.exact = kernel, patterns, exact
        self._coefficients, self._shift = coefficients, shift

    def __call__(self, x: Tensor) -> Tensor:
        """Map inputs (..., d) to outputs (..., d), of the same type."""
        flat = x.reshape(-1, x.shape[-1]).to(self.patterns)
        r = flat.norm(dim=1)
        inside = r <= self.kernel.largest  # not where it is nan
        if not inside.all():
            out = torch.empty_like(flat)
            out[inside], out[~inside] = self(flat[inside]), self.exact(flat[~inside])
            return out.reshape(x.shape).to(x.dtype)
        cosine = flat @ self.patterns.T / (r.clamp_min(torch.finfo(r.dtype).tiny) * self.kernel.norm)[:, None]
        return (self.kernel(r, cosine) @ self._coefficients + self._shift).reshape(x.shape).to(x.dtype)
