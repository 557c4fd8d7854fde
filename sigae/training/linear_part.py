"""The stiff linear part of gradient flow: a kernel whose exponential is cheap."""

import math

import torch
from torch import Tensor

__all__ = ["LinearPart", "decay_and_moment", "mean_decay"]


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

    The kernel is (n, n), the same for every output, or (n d, n d). ``eigenvalues``, one for every mode, (n, d) or
    (n, 1), are never negative; ``coefficients``, (n, d), are those of the residual where the kernel is taken. Raises
    FloatingPointError where the kernel is not finite.
    """

    def __init__(self, kernel: Tensor, residual: Tensor) -> None:
        if not math.isfinite(kernel.sum().item()):  # which some libraries do not survive being asked
            raise FloatingPointError("the tangent kernel is not finite")
        values, self._vectors = torch.linalg.eigh(kernel)
        self.eigenvalues = values.clamp_min(0).view(len(residual), -1)
        self.coefficients = self.to_modes(residual)

    def to_modes(self, r: Tensor) -> Tensor:
        """Expand a residual (n, d) in eigenvectors; (n, d) coefficients."""
        return (self._vectors.mT @ r.reshape(len(self._vectors), -1)).view_as(r)

    def from_modes(self, c: Tensor) -> Tensor:
        """Put coefficients (n, d) back together to a residual (n, d)."""
        return (self._vectors @ c.reshape(len(self._vectors), -1)).view_as(c)

    def scales(self) -> tuple[float, float]:
        """Return the largest eigenvalue, and the length of the weights' path to where the residual is zero."""
        rates = self.eigenvalues
        squares = self.coefficients.square() / rates.clamp_min(1e-12 * rates.max())
        return rates.max().item(), squares.sum().sqrt().item()

    def prepare(self, h: float) -> None:
        """Make ready for a step of h, from its eigenvalues on."""

    def damped(self, r: Tensor, h: float, shift: float) -> Tensor:
        """Return h (shift + h K)^-1 r."""
        return self.from_modes(self.to_modes(r) * (h / (shift + h * self.eigenvalues)))

    def predictor(self, h: float) -> Tensor:
        """Return the integral over a step of h of the residual, as it decays by the kernel alone."""
        return self.from_modes(h * mean_decay(h * self.eigenvalues) * self.coefficients)

    def corrector(self, h: float, ahead: Tensor) -> tuple[Tensor, Tensor]:
        """Return the integrals for the start's and the end's J_theta, less the predictor, given its residual."""
        # The defect, linear over the step, is damped by the kernel: else stability would bound h by 2 over the largest
        # eigenvalue of what the kernel lacks.
        decay, first = decay_and_moment(h * self.eigenvalues)
        defect = self.damped(ahead - self.from_modes(decay * self.coefficients), h, 2.0)
        linear = self.from_modes(h * first * self.coefficients)
        return defect / 3 - linear, linear + 2 * defect / 3
