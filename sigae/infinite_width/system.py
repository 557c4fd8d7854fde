"""Solving with the tangent kernel, whose large constant must not cost digits."""

import math

import torch
from torch import Tensor

from sigae.checks import check_square

__all__ = ["KernelSystem"]

WORST_CONDITION = 1e12  # beyond it fewer than about three digits of the Jacobian would be left


class KernelSystem:
    r"""Linear equations with :math:`\Theta = \Theta' + o\, 1 1^\top`, where :math:`o = \phi(0)^2`.

    :math:`\Theta'` is scaled to unit diagonal; a reflection then turns the constant's direction into the first axis, so
    that it is added to one number and meets no other. That axis is scaled to one, and the matrix factored.

    The kernel :math:`\Theta'` is (n, n). ``condition_number`` is that of the matrix that is factored. Raises ValueError
    where Theta is not finite, or singular to working precision.
    """

    def __init__(self, kernel: Tensor, offset: float) -> None:
        check_square("Theta(X, X)", kernel)
        self._offset = offset
        diagonal = kernel.diagonal()
        largest = diagonal.max()
        some = diagonal > torch.finfo(kernel.dtype).tiny * largest
        # the kernel of an input at zero is the constant alone, of whatever scale
        self._scale = torch.where(some, diagonal, largest if largest > 0 else 1.0).rsqrt()
        A = self._scale[:, None] * kernel * self._scale
        if offset > 0:
            self._length = torch.linalg.vector_norm(self._scale).item()
            mirror = self._scale / self._length
            mirror[0] += 1
            self._mirror = mirror * math.sqrt(2 / mirror.square().sum().item())
            A = self._reflect(self._reflect(A).T)
            A = (A + A.T) / 2
            A[0, 0] += offset * self._length**2
        # the other axes hold differences of numbers near one, whose rounding a scaling of theirs would hide
        self._balance = torch.ones_like(diagonal)
        self._balance[0] = A[0, 0].clamp_min(torch.finfo(A.dtype).tiny).rsqrt()
        A = self._balance[:, None] * A * self._balance
        eigenvalues = torch.linalg.eigvalsh(A)
        smallest = eigenvalues[0].item()
        self.condition_number = eigenvalues[-1].item() / smallest if smallest > 0 else float("inf")
        if not self.condition_number < WORST_CONDITION:
            raise ValueError(
                f"the tangent kernel of these {len(A)} points has condition number {self.condition_number:.1e}, "
                f"singular to working precision (the limit is {WORST_CONDITION:.0e}): drop points that nearly coincide"
                " with another or its opposite, or take fewer points or larger norms."
            )
        self._cholesky = torch.linalg.cholesky(A)

    def solve(self, Y: Tensor) -> tuple[Tensor, Tensor]:
        """Return Theta^-1 Y and o 1^T Theta^-1 Y."""
        scaled = self._reflect(self._scale[:, None] * Y)
        solution = self._balance[:, None] * torch.cholesky_solve(self._balance[:, None] * scaled, self._cholesky)
        # the reflection takes the scales to minus their length times the first axis
        shift = -self._offset * self._length * solution[0] if self._offset > 0 else torch.zeros_like(Y[0])
        return self._scale[:, None] * self._reflect(solution), shift

    def _reflect(self, Y: Tensor) -> Tensor:
        return Y - self._mirror[:, None] * (self._mirror @ Y) if self._offset > 0 else Y
