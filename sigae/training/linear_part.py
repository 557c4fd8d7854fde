"""The stiff linear part of gradient flow: a kernel whose exponential is cheap."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sigae.training.objective import Objective, State
from sigae.training.tangent_kernel import averaged_kernel_parts, full_kernel, output_modes

__all__ = ["FULL_LIMIT", "LINEAR_PARTS", "LinearPart", "build_linear_part"]

LINEAR_PARTS = ("auto", "averaged", "factored", "full")
# Below this condition number the averaged kernel needs as few steps as any other (measured by the benchmark).
STIFF = 2e3
FULL_LIMIT = 1_300  # an eigenproblem of this size costs about as much as the steps it saves


def _diagonalised(kernel: Tensor) -> tuple[Tensor, Tensor]:
    if not math.isfinite(kernel.sum().item()):  # which some libraries do not survive being asked
        raise FloatingPointError("the tangent kernel is not finite")
    return torch.linalg.eigh(kernel)


class LinearPart:
    """A symmetric positive semi-definite kernel on residuals (n, d) with its eigendecomposition.

    Attributes
    ----------
    eigenvalues
        One for every mode, shape (n, d) or (n, 1); never negative.
    """

    def __init__(self, eigenvalues: Tensor, vectors: Tensor, rotation: Tensor | None = None) -> None:
        self.eigenvalues = eigenvalues.clamp_min(0)
        self._vectors, self._rotation = vectors, rotation

    def to_modes(self, r: Tensor) -> Tensor:
        """Expand a residual (n, d) in eigenvectors; (n, d) coefficients."""
        if self._rotation is not None:  # one n x n basis a rotated output
            return (self._vectors.mT @ (r @ self._rotation).mT[:, :, None])[..., 0].mT
        if self._vectors.shape[0] > r.shape[0]:
            return (self._vectors.mT @ r.reshape(-1)).reshape(r.shape)
        return self._vectors.mT @ r

    def from_modes(self, c: Tensor) -> Tensor:
        """Put coefficients (n, d) back together to a residual (n, d)."""
        if self._rotation is not None:
            return (self._vectors @ c.mT[:, :, None])[..., 0].mT @ self._rotation.mT
        if self._vectors.shape[0] > c.shape[0]:
            return (self._vectors @ c.reshape(-1)).reshape(c.shape)
        return self._vectors @ c


def build_linear_part(objective: Objective, state: State, kind: str) -> LinearPart:
    """Build the linear part at a state.

    Parameters
    ----------
    objective, state
        Where the kernel is taken.
    kind
        ``"averaged"``: T (x) I with T the output-averaged tangent kernel, one n x n eigenproblem.
        ``"factored"``: S (x) I + D (x) B, where S + D = T and B is the correlation of the outputs
        (:func:`sigae.training.tangent_kernel.output_modes`); d eigenproblems of size n x n. For two layers it
        follows most of what the full kernel deviates from T (x) I at finite width.
        ``"full"``: the n d x n d tangent kernel, which follows all of it.
        ``"auto"``: the cheapest in all. Deeper networks need the full kernel's factors anyway, so it is
        taken while n d is at most 1,300; two layers take the averaged kernel, or the factored one where
        T is stiff. Where neither leads anywhere, ``gradient_flow`` turns to the full one.

    Returns
    -------
    LinearPart
        The kernel, diagonalised.

    Raises
    ------
    FloatingPointError
        If the kernel is not finite.
    """
    deep = objective.model.depth > 2
    if kind == "full" or (kind == "auto" and deep and objective.n_points * objective.dim <= FULL_LIMIT):
        n, d = objective.n_points, objective.dim
        values, vectors = _diagonalised(full_kernel(objective, state).reshape(n * d, n * d))
        return LinearPart(values.reshape(n, d), vectors)
    S, D = averaged_kernel_parts(objective, state)
    if kind != "factored":
        values, vectors = _diagonalised(S + D)
        if kind == "averaged" or (kind == "auto" and (deep or values[-1].item() < STIFF * values[0].item())):
            return LinearPart(values.unsqueeze(1), vectors)
    beta, rotation = output_modes(objective, state)
    values, vectors = _diagonalised(S + beta[:, None, None] * D)  # (d, n), (d, n, n)
    return LinearPart(values.mT, vectors, rotation)
