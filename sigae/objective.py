"""The mean squared error of a network on its patterns: residual, pullback and weight updates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_points

__all__ = ["Objective", "Pull", "State"]


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


@dataclass(frozen=True)
class Pull:
    """The vector J_theta^T v at a state, factored layer by layer.

    Attributes
    ----------
    state
        Where the Jacobian was taken.
    cotangents
        ``[g_1, ..., g_L]`` with g_l = v . df/dz_l of shape (n, m_l). Layer l >= 2 of J_theta^T v is
        g_l^T h_{l-1} / sqrt(m_{l-1}); layer 1 is g_1 in the coordinates A.
    """

    state: State
    cotangents: list[Tensor]

    def negative(self) -> Pull:
        """Return minus this vector."""
        return Pull(self.state, [-g for g in self.cotangents])


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
        self._z1 = (self.points @ weight.detach().mT).mul_(self.scales[0])  # (n, m)

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

    def pull(self, state: State, v: Tensor) -> Pull:
        """Apply the transposed parameter Jacobian to v of shape (n, d).

        With v = r the result is (n d / 2) times the gradient of the loss.
        """
        cotangents = [v]
        for weight, slope, scale in zip(state.weights[:0:-1], state.slopes[::-1], self.scales[:0:-1], strict=True):
            cotangents.append(((cotangents[-1] * scale) @ weight).mul_(slope))
        return Pull(state, cotangents[::-1])

    def move(self, weights: list[Tensor], pulls: list[Pull], *, factor: float = 1.0, in_place: bool = False) -> list[Tensor]:
        """Return the weights minus ``factor`` times the sum of the pulled-back vectors."""
        moved = [w if in_place else w.clone() for w in weights]
        for pull in pulls:
            first, *rest = pull.cotangents
            moved[0].sub_(first, alpha=factor)
            layers = zip(moved[1:], rest, pull.state.hidden, self.scales[1:], strict=True)
            for weight, g, h, scale in layers:
                weight.addmm_(g.mT, h, alpha=-factor * scale)
        return moved

    def norm(self, pulls: list[Pull]) -> float:
        """Return the Euclidean norm over all weights of a sum of pulled-back vectors."""
        first = sum(pull.cotangents[0] for pull in pulls)
        square = (torch.mm(self.gram, first) * first).sum()
        for layer in range(1, len(self.scales)):
            g = torch.cat([pull.cotangents[layer] for pull in pulls])
            h = torch.cat([pull.state.hidden[layer - 1] for pull in pulls])
            square = square + ((g @ g.mT) * (h @ h.mT)).sum() * self.scales[layer] ** 2
        return math.sqrt(max(square.item(), 0.0))

    @torch.no_grad()
    def write_back(self, state: State) -> None:
        """Write a state's weights into the model."""
        first, *rest = self.model.weights
        first.addmm_(state.weights[0].mT, self.points, alpha=self.scales[0])
        for parameter, weight in zip(rest, state.weights[1:], strict=True):
            parameter.copy_(weight)
