"""A weight matrix in training: formed, or carried as an earlier matrix less products of low rank."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Product", "Weight"]

# A product of a rank above this share of the matrix's smaller side costs more to carry than to subtract.
CARRIED_RANK = 1 / 16
# Of a weight that serves one pass forth and one back, so that its entries are hardly used.
FLEETING_RANK = 1.0

Product = tuple[Tensor, Tensor]
"""left (k, m_out) and right (k, m_in), of left^T right."""


@dataclass(frozen=True)
class Weight:
    """W = base - sum of left^T right over products.

    A gradient over n patterns has rank n. So a step of a large matrix need not touch all its entries, several times
    over: its new value is carried as products until they have become thick.

    Attributes
    ----------
    base
        Shape (m_out, m_in).
    products
        What is subtracted from it.
    """

    base: Tensor
    products: tuple[Product, ...] = ()

    def forward(self, h: Tensor, scale: float = 1.0, onto: Tensor | None = None) -> Tensor:
        """Return scale h W^T, of shape (n, m_out) for h of (n, m_in); added onto another array, in place, if given."""
        out = h.new_empty(h.shape[0], self.base.shape[0]) if onto is None else onto
        out.addmm_(h, self.base.mT, beta=0 if onto is None else 1, alpha=scale)
        for left, right in self.products:
            out.addmm_(h @ right.mT, left, alpha=-scale)
        return out

    def backward(self, g: Tensor) -> Tensor:
        """Return g W, of shape (..., m_in) for g of (..., m_out)."""
        out = g @ self.base
        for left, right in self.products:
            # by rows, so that no array of out's size is made in between
            out.view(-1, right.shape[1]).addmm_((g @ left.mT).view(-1, left.shape[0]), right, alpha=-1)
        return out

    def minus(self, *products: Product, fleeting: bool = False) -> Weight:
        """Return W less the products.

        Parameters
        ----------
        products
            Of this matrix's shape.
        fleeting
            Whether the weight is used once only, and no longer than the products' own memory lasts.

        Returns
        -------
        Weight
            The difference.
        """
        terms = list(self.products)
        for left, right in products:
            same = next((k for k, (_, other) in enumerate(terms) if other is right), None)
            if same is None:
                terms.append((left, right))
            else:
                terms[same] = (terms[same][0] + left, right)
        rank = sum(left.shape[0] for left, _ in terms)
        if fleeting and rank <= FLEETING_RANK * min(self.base.shape):
            return Weight(self.base, tuple(terms))
        if rank < CARRIED_RANK * min(self.base.shape):
            lefts, rights = zip(*terms, strict=True)
            return Weight(self.base, ((torch.cat(lefts), torch.cat(rights)),))
        return Weight(_less(self.base, terms))

    def value(self) -> Tensor:
        """Return the matrix."""
        return _less(self.base, list(self.products)) if self.products else self.base


def _less(base: Tensor, terms: list[Product]) -> Tensor:
    out = None  # the first difference makes memory of its own: the base may be another weight's too
    for left, right in terms:
        base = out = torch.addmm(base, left.mT, right, alpha=-1, out=out)
    return base
