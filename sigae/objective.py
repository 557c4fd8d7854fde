"""The mean squared error of a network on its patterns: residual, gradient and tangent kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_points

__all__ = ["Objective", "State"]


@dataclass(frozen=True)
class State:
    """A network's weights with what one pass over the patterns leaves behind.

    Attributes
    ----------
    weights
        ``[A, W_2, ..., W_L]``; layer 1 is W_1 = W_1(0) + A^T X / sqrt(d) with A of shape (n, m).
    hidden, slopes
        phi(z_l) and phi'(z_l) of the hidden layers, each (n, m).
    residual
        r = f(X) - X, shape (n, d).
    loss
        Mean of r^2 over its n d entries.
    """

    weights: list[Tensor]
    hidden: list[Tensor]
    slopes: list[Tensor]
    residual: Tensor
    loss: float


class Objective:
    """The mean squared error over n patterns as a function of a network's weights.

    A gradient moves W_1 only within the span of the patterns, so layer 1 is held by its n x m
    coefficients A and enters through the Gram matrix G = X X^T / d:  Z_1 = X W_1(0)^T / sqrt(d) + G A.

    Parameters
    ----------
    model
        The network; its weights are read here and written by :meth:`write_back` only.
    points
        Patterns X, shape (n, d), of the model's dtype and device.

    Raises
    ------
    ValueError
        If the points do not fit the network, are not finite or not distinct.
    """

    def __init__(self, model: Autoencoder, points: Tensor) -> None:
        check_points(points, model.dim)
        weight = model.weights[0]
        if points.dtype != weight.dtype or points.device != weight.device:
            raise ValueError(
                f"points is {points.dtype} on {points.device} but the network is {weight.dtype} on {weight.device}: "
                "convert one with .to()."
            )
        self.model = model
        self.points = points.detach()
        self.n_points, self.dim = points.shape
        self.scales = [1 / math.sqrt(w.shape[1]) for w in model.weights]
        self.gram = self.points @ self.points.mT / self.dim  # (n, n)
        self._z1 = self.points @ weight.detach().mT * self.scales[0]  # (n, m)

    def initial_state(self) -> State:
        """Return the state at the network's present weights, which are not copied."""
        coefficients = torch.zeros_like(self._z1)
        return self.evaluate([coefficients, *(w.detach() for w in list(self.model.weights)[1:])])

    def evaluate(self, weights: list[Tensor]) -> State:
        """Pass the patterns through the network of the given weights."""
        hidden, slopes = [], []
        z = torch.addmm(self._z1, self.gram, weights[0])
        for weight, scale in zip(weights[1:], self.scales[1:], strict=True):
            h, slope = self.model.activation.derivatives(z, 1)
            hidden.append(h)
            slopes.append(slope)
            z = (h @ weight.mT).mul_(scale)
        residual = z - self.points
        return State(weights, hidden, slopes, residual, residual.square().mean().item())

    def pullback(self, state: State, v: Tensor) -> list[Tensor]:
        """Apply the transposed parameter Jacobian: J_theta^T v for v of shape (n, d).

        Returns
        -------
        list of Tensor
            One tensor a weight, in the coordinates of :attr:`State.weights`. With v = r these are
            (n d / 2) times the gradient of the loss.
        """
        updates = []
        g = v
        layers = zip(state.weights[:0:-1], state.hidden[::-1], state.slopes[::-1], self.scales[:0:-1], strict=True)
        for weight, h, slope, scale in layers:
            g = g * scale
            updates.append(g.mT @ h)
            g = (g @ weight).mul_(slope)
        updates.append(g)
        return updates[::-1]

    @torch.no_grad()
    def write_back(self, state: State) -> None:
        """Write a state's weights into the model."""
        first, *rest = self.model.weights
        first.addmm_(state.weights[0].mT, self.points, alpha=self.scales[0])
        for parameter, weight in zip(rest, state.weights[1:], strict=True):
            parameter.copy_(weight)
