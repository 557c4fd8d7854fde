"""The limits of several sets of patterns as one batch: of few cues, calls cost more than numbers do."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sigae.infinite_width.chebyshev import ALLOWED, MARGIN, ChebyshevKernel
from sigae.infinite_width.limit import InfiniteWidth

__all__ = ["BatchedLimits"]


class BatchedLimits:
    """The mean networks of several sets of patterns of one norm, each of which answers for its own inputs.

    Parameters
    ----------
    limits
        B limits of depth 2, of one activation, each of n patterns of the same norm in d dimensions.
    largest
        Norm of the inputs up to which the kernel is tabulated; beyond it each limit is asked itself.
    """

    def __init__(self, limits: Sequence[InfiniteWidth], largest: float) -> None:
        self.limits = list(limits)
        self._patterns = torch.stack([limit.points for limit in limits])  # (B, n, d)
        self._coefficients = torch.stack([limit._coefficients for limit in limits])  # (B, n, d)
        self._shift = torch.stack([limit._shift for limit in limits])[:, None]  # (B, 1, d)
        self._norm = self._patterns[0, 0].norm().item()
        self._kernel: ChebyshevKernel | None = None
        if limits[0].activation.erf_mixture is not None and not limits[0].bias:
            table = ChebyshevKernel(limits[0].activation, limits[0].dim, self._norm, MARGIN * max(self._norm, largest))
            self._kernel = table if table.error <= ALLOWED else None

    def __call__(self, x: Tensor) -> Tensor:
        """Map inputs (B, k, d), those of one set of patterns after those of another, to outputs (B, k, d)."""
        r = x.norm(dim=-1)  # (B, k)
        if self._kernel is None or not (r <= self._kernel.largest).all():
            return torch.stack([limit(part) for limit, part in zip(self.limits, x, strict=True)])
        cosine = x @ self._patterns.mT / (r.clamp_min(torch.finfo(r.dtype).tiny) * self._norm)[..., None]  # (B, k, n)
        Theta = self._kernel(r.flatten(), cosine.flatten(0, 1)).reshape(cosine.shape)
        return Theta @ self._coefficients + self._shift
