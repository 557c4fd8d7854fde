"""The full tangent kernel as the linear part, known by its products with residuals alone."""

import torch
from torch import Tensor

from sigae.training.linear_part import LinearPart, mean_decay
from sigae.training.objective import Objective, State
from sigae.training.tangent_kernel import kernel_product

__all__ = ["MatrixFree"]

# The error of a predicted residual over the residual, at most and over the step tolerance: at the whole of that, which
# saves nothing, some Jacobians were seven times as far off.
COARSEST, SHARE = 0.005, 0.1
LARGEST_SPACE = 40  # dimensions, of which hard steps need 20


class MatrixFree(LinearPart):
    """The tangent kernel K projected on a space of few residuals, which grows with the step.

    The space holds the residual r. A step of h predicts r' = -K r in it (Galerkin; Hochbruck & Ostermann 2010, section
    4.2). What the equation then lacks, the mean of K y - V V^T K y over the path y, is known without further products.
    While it is too large, it joins the space, times (T + 1/h)^-1: with the averaged kernel T near K, a few are enough.
    The error of a predicted residual, relative to it, is a tenth of the step tolerance.
    """

    def __init__(self, objective: Objective, state: State, averaged: LinearPart, step_tolerance: float) -> None:
        self._objective, self._state, self._averaged = objective, state, averaged
        self._accuracy = min(SHARE * step_tolerance, COARSEST) * state.residual.norm()
        self._basis = self._images = state.residual.new_empty(0, state.residual.numel())  # V^T and (K V)^T
        self._grow(state.residual)

    def _grow(self, direction: Tensor) -> None:
        """Add a direction to the space, and project K on it anew."""
        v = direction.flatten()
        for _ in range(2):  # twice is enough for orthogonality
            v = v - (self._basis @ v) @ self._basis
            v = v / v.norm()
        image = kernel_product(self._objective, self._state, v.view_as(direction))
        self._basis = torch.cat([self._basis, v[None]])
        self._images = torch.cat([self._images, image.view(1, -1)])
        self._projected = self._basis @ self._images.mT
        values, self._vectors = torch.linalg.eigh((self._projected + self._projected.mT) / 2)
        self.eigenvalues = values.clamp_min(0)
        self.coefficients = self.to_modes(self._state.residual)

    def to_modes(self, r: Tensor) -> Tensor:
        """Expand a residual (n, d) in the projected kernel's k eigenvectors; (k,) coefficients."""
        return self._vectors.mT @ (self._basis @ r.flatten())

    def from_modes(self, c: Tensor) -> Tensor:
        """Put coefficients (k,) together to a residual (n, d)."""
        return ((self._vectors @ c) @ self._basis).view_as(self._state.residual)

    def scales(self) -> tuple[float, float]:
        """Return the averaged kernel's."""
        return self._averaged.scales()

    def damped(self, r: Tensor, h: float, shift: float) -> Tensor:
        """Return h (shift + h T)^-1 r."""
        return self._averaged.damped(r, h, shift)

    def prepare(self, h: float) -> None:
        """Let the space grow until it predicts a step of h."""
        while len(self._basis) < min(LARGEST_SPACE, self._basis.shape[1]):
            # The mean of the path over the step, in the basis.
            mean = self._vectors @ (mean_decay(h * self.eigenvalues) * self.coefficients)
            lacking = (mean @ self._images - (self._projected @ mean) @ self._basis).view_as(self._state.residual)
            direction = self.damped(lacking, h, 1.0)
            if not (h * lacking - direction).norm() > self._accuracy:
                break
            self._grow(direction)
