"""A weight matrix in training: formed, or carried as an earlier matrix less a product of low rank."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Weight"]

# A product of a rank above this share of the matrix's smaller side costs more to carry than to subtract. Carrying saves
# networks of depth 3 and 4 a tenth to a third of their time.
CARRIED_RANK = 1 / 16


@dataclass(frozen=True)
class Weight:
    """W = base - sum of left^T right over products.

    A gradient over n patterns has rank n. So a step of a large matrix need not touch all its entries, several times
    over: its new value is carried as one product until that has become thick.

    Attributes
    ----------
    base
        Shape (m_out, m_in).
    products
        None, or one pair of left (k, m_out) and right (k, m_in).
    """

    base: Tensor
    products: tuple[tuple[Tensor, Tensor], ...] = ()

    def forward(self, h: Tensor) -> Tensor:
        """Return h W^T, of shape (n, m_out) for h of (n, m_in), or of a column less if a bias does not enter."""
        inputs = h.shape[1]
        out = h @ self.base[:, :inputs].mT
        for left, right in self.products:
            out.addmm_(h @ right[:, :inputs].mT, left, alpha=-1)
        return out

    def backward(self, g: Tensor) -> Tensor:
        """Return g W, of shape (..., m_in) for g of (..., m_out)."""
        out = g @ self.base
        for left, right in self.products:
            # by rows, so that no array of out's size is made in between
            out.view(-1, right.shape[1]).addmm_((g @ left.mT).view(-1, left.shape[0]), right, alpha=-1)
        return out

    def minus(self, *products: tuple[Tensor, Tensor]) -> Weight:
        """Return W less the products, of which no memory is shared but a base that is carried."""
        terms = self.products + products
        if sum(len(left) for left, _ in terms) >= CARRIED_RANK * min(self.base.shape):
            return Weight(_less(self.base, terms))
        lefts, rights = zip(*terms, strict=True)
        return Weight(self.base, ((torch.cat(lefts), torch.cat(rights)),))

    def value(self) -> Tensor:
        """Return the matrix."""
        return _less(self.base, self.products)


def _less(base: Tensor, products: tuple[tuple[Tensor, Tensor], ...]) -> Tensor:
    out = None  # the first difference makes memory of its own: the base may be another weight's too
    for left, right in products:
        base = out = torch.addmm(base, left.mT, right, alpha=-1, out=out)
    return base
