"""A weight matrix in training: formed, or carried as an earlier matrix less a product of low rank."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Weight"]

# A product of a rank above this share of the matrix's smaller side costs more to carry than to subtract.
CARRIED_RANK = 1 / 16


@dataclass(frozen=True)
class Weight:
    """W = base - left^T right.

    A gradient over n patterns has rank n. So a step of a large matrix need not touch all its entries, several times
    over: its new value is carried as a product until that has become thick.

    Attributes
    ----------
    base
        Shape (m_out, m_in).
    left, right
        Shapes (k, m_out) and (k, m_in); or both None, for the base alone.
    """

    base: Tensor
    left: Tensor | None = None
    right: Tensor | None = None

    def forward(self, h: Tensor) -> Tensor:
        """Return h W^T for h of shape (..., m_in)."""
        out = h @ self.base.mT
        return out if self.left is None or self.right is None else out.sub_((h @ self.right.mT) @ self.left)

    def backward(self, g: Tensor) -> Tensor:
        """Return g W for g of shape (..., m_out)."""
        out = g @ self.base
        return out if self.left is None or self.right is None else out.sub_((g @ self.left.mT) @ self.right)

    def minus(self, left: Tensor, right: Tensor, *, reuse: bool = False) -> Weight:
        """Return W - left^T right; with ``reuse`` in the memory of this one, which may then no longer be used."""
        if self.left is not None and self.right is not None:
            left, right = torch.cat([self.left, left]), torch.cat([self.right, right])
        if len(left) < CARRIED_RANK * min(self.base.shape):
            return Weight(self.base, left, right)
        # The base of a carried weight is an earlier one's.
        own = reuse and self.left is None
        return Weight(torch.addmm(self.base, left.mT, right, alpha=-1, out=self.base if own else None))

    def value(self) -> Tensor:
        """Return the matrix."""
        if self.left is None or self.right is None:
            return self.base
        return torch.addmm(self.base, self.left.mT, self.right, alpha=-1)
