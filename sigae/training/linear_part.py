"""The stiff linear part of gradient flow: a kernel whose exponential is cheap."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sigae.training.objective import Objective, State
from sigae.training.tangent_kernel import averaged_kernel_parts, full_kernel, output_modes

__all__ = ["FULL_LIMIT", "LINEAR_PARTS", "LinearPart", "build_linear_part", "decay_and_moment", "mean_decay"]

LINEAR_PARTS = ("auto", "averaged", "factored", "matrix-free", "full")
# Below this condition number the averaged kernel needs as few steps as any other (measured by the benchmark).
STIFF = 2e3
FULL_LIMIT = 1_300  # an eigenproblem of this size costs about as much as the steps it saves


def mean_decay(z: Tensor) -> Tensor:
    """Return int_0^1 e^-zs ds for z >= 0."""
    z = z.clamp_min(1e-100)
    return torch.expm1(-z).div_(-z)


def decay_and_moment(z: Tensor) -> tuple[Tensor, Tensor]:
    """Return e^-z and int_0^1 s e^-zs ds for z >= 0."""
    # The latter is P(2, z) / z^2 with the incomplete gamma function P, which keeps its digits at small z.
    z = z.clamp_min(1e-100)
    return torch.exp(-z), torch.special.gammainc(z.new_tensor(2.0), z).div_(z * z)


class LinearPart:
    """A symmetric positive semi-definite kernel on residuals (n, d) with its eigendecomposition.

    Attributes
    ----------
    eigenvalues
        One for every mode, shape (n, d) or (n, 1); never negative.
    coefficients
        Of the state's residual in the modes, (n, d).
    """

    def __init__(self, kernel: Tensor, residual: Tensor, rotation: Tensor | None = None) -> None:
        if not math.isfinite(kernel.sum().item()):  # which some libraries do not survive being asked
            raise FloatingPointError("the tangent kernel is not finite")
        values, self._vectors = torch.linalg.eigh(kernel)
        self._rotation = rotation  # of the outputs, each with a kernel of its own then
        self.eigenvalues = values.clamp_min(0).mT if values.ndim > 1 else values.clamp_min(0).view(len(residual), -1)
        self.coefficients = self.to_modes(residual)

    @property
    def stiff(self) -> bool:
        """Whether the eigenvalues differ much."""
        values = self.eigenvalues.view(-1)
        return not values[-1].item() < STIFF * values[0].item()

    def to_modes(self, r: Tensor) -> Tensor:
        """Expand a residual (n, d) in eigenvectors; (n, d) coefficients."""
        if self._rotation is not None:
            return (self._vectors.mT @ (r @ self._rotation).mT[:, :, None])[..., 0].mT
        return (self._vectors.mT @ r.reshape(len(self._vectors), -1)).view_as(r)

    def from_modes(self, c: Tensor) -> Tensor:
        """Put coefficients (n, d) back together to a residual (n, d)."""
        if self._rotation is not None:
            return (self._vectors @ c.mT[:, :, None])[..., 0].mT @ self._rotation.mT
        return (self._vectors @ c.reshape(len(self._vectors), -1)).view_as(c)

    def prepare(self, h: float) -> None:
        """Make ready for a step of h, from its eigenvalues on."""

    def predictor(self, h: float) -> Tensor:
        """Return the integral over a step of h of the residual, as it decays by the kernel alone."""
        return self.from_modes(h * mean_decay(h * self.eigenvalues) * self.coefficients)

    def corrector(self, h: float, ahead: Tensor) -> tuple[Tensor, Tensor]:
        """Return the integrals for the start's and the end's J_theta, less the predictor, given its residual."""
        decay, first = decay_and_moment(h * self.eigenvalues)
        c = self.coefficients
        defect = self.to_modes(ahead) - decay * c
        return self.from_modes(h * (defect / 6 - first * c)), self.from_modes(h * (first * c + defect / 3))


def build_linear_part(objective: Objective, state: State, kind: str) -> LinearPart:
    """Diagonalise a linear part at a state.

    Parameters
    ----------
    objective, state
        Where the kernel is taken.
    kind
        ``"averaged"``: T (x) I with T the output-averaged tangent kernel, one n x n eigenproblem; ``"matrix-free"``
        begins with it.
        ``"factored"``: S (x) I + D (x) B, where S + D = T and B is the correlation of the outputs
        (:func:`sigae.training.tangent_kernel.output_modes`); d eigenproblems of size n x n.
        ``"full"``: the n d x n d tangent kernel.
        ``"auto"``: while n d is at most 1,300, the full kernel for deeper networks, which need its factors anyway, and
        for two layers the averaged one, or the factored one where T is stiff; above, the averaged one.

    Returns
    -------
    LinearPart
        The kernel, diagonalised.

    Raises
    ------
    FloatingPointError
        If the kernel is not finite.
    """
    entries, r = state.residual.numel(), state.residual
    small = kind == "auto" and entries <= FULL_LIMIT
    if kind == "full" or (small and objective.model.depth > 2):
        return LinearPart(full_kernel(objective, state).reshape(entries, entries), r)
    S, D = averaged_kernel_parts(objective, state)
    if kind != "factored":
        averaged = LinearPart(S + D, r)
        if not (small and averaged.stiff):
            return averaged
    beta, rotation = output_modes(objective, state)
    return LinearPart(S + beta[:, None, None] * D, r, rotation)
