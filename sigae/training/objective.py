"""The mean squared error of a network on its patterns: residual, pullback and weight updates.

The output of a two-layer network of m hidden units is the sum of the outputs of narrower networks, its *blocks*.
Every pass runs block by block, so that what it touches stays in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_points
from sigae.training.weight import Weight

__all__ = ["Block", "Move", "Objective", "State"]

# Entries of one block's n x b and d x b arrays together: few enough for the cache, enough to make up for the cost of
# a call (measured between 60,000 and 500,000).
BLOCK_ENTRIES = 300_000


@dataclass(frozen=True)
class Move:
    """J_theta^T v for the weights of one block, a product of two thin matrices a layer.

    Attributes
    ----------
    coefficients
        The part of layer 1, in its coefficients; shape (n, b).
    left, right
        The part of W_l is left_l^T right_l, l = 2, ..., L; shapes (k, m_l) and (k, m_{l-1}).
    """

    coefficients: Tensor
    left: list[Tensor]
    right: list[Tensor]

    def beside(self, other: Move) -> Move:
        """Return the sum with another move."""
        return Move(
            self.coefficients + other.coefficients,
            [torch.cat(pair) for pair in zip(self.left, other.left, strict=True)],
            [torch.cat(pair) for pair in zip(self.right, other.right, strict=True)],
        )


@dataclass(frozen=True)
class Block:
    """Some hidden units of a two-layer network, or the whole of a deeper one, with what a pass leaves behind.

    Attributes
    ----------
    coefficients
        A of layer 1, W_1 = W_1(0) + A^T X / sqrt(d); shape (n, b).
    weights
        W_2, ..., W_L.
    hidden, slopes
        phi(z_l) and phi'(z_l) of the hidden layers, each (n, b).
    """

    coefficients: Tensor
    weights: list[Weight]
    hidden: list[Tensor]
    slopes: list[Tensor]

    def minus(self, move: Move, *, reuse: bool = False) -> tuple[Tensor, list[Weight]]:
        """Return the coefficients and weights less a move; see :meth:`sigae.training.weight.Weight.minus`."""
        terms = zip(self.weights, move.left, move.right, strict=True)
        return self.coefficients - move.coefficients, [w.minus(a, b, reuse=reuse) for w, a, b in terms]


@dataclass(frozen=True)
class State:
    """A network at some weights, seen from its patterns.

    Attributes
    ----------
    blocks
        The parts whose outputs add up to the network's.
    residual
        r = f(X) - X, shape (n, d).
    loss
        Mean of r^2 over its n d entries.
    """

    blocks: list[Block]
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
        size = torch.get_num_threads() * BLOCK_ENTRIES // (self.n_points + self.dim)
        self._size = max(1, size) if model.depth == 2 else model.width
        self._z1 = [(self.points @ rows.mT).mul_(self.scales[0]) for rows in weight.detach().split(self._size)]

    def initial_state(self) -> State:
        """Return the state at the network's present weights."""
        later = [w.detach() for w in list(self.model.weights)[1:]]
        blocks = zip(*(w.split(self._size, dim=1) for w in later), strict=True)
        return self.evaluate(
            (torch.zeros_like(z), [Weight(w.clone(memory_format=torch.contiguous_format)) for w in columns])
            for z, columns in zip(self._z1, blocks, strict=True)
        )

    def evaluate(self, weights: Iterable[tuple[Tensor, list[Weight]]]) -> State:
        """Pass the patterns through the network of the given coefficients and weights, one pair a block."""
        blocks, residual = [], -self.points
        for z, (coefficients, later) in zip(self._z1, weights, strict=True):
            hidden, slopes = [], []
            z = torch.addmm(z, self.gram, coefficients)
            for weight, scale in zip(later, self.scales[1:], strict=True):
                h, slope = self.model.activation.derivatives(z, 1)
                hidden.append(h)
                slopes.append(slope)
                z = weight.forward(h).mul_(scale)
            residual += z
            blocks.append(Block(coefficients, later, hidden, slopes))
        return State(blocks, residual, residual.square().mean().item())

    def pullback(self, block: Block, v: Tensor) -> Move:
        """Apply the transposed parameter Jacobian, J_theta^T v.

        Parameters
        ----------
        block
            Where the Jacobian is taken.
        v
            Shape (n, d).

        Returns
        -------
        Move
            With v = r it is (n d / 2) times the gradient of the loss.
        """
        left = []
        g = v  # v . df/dz_l, shape (n, m_l), from the last layer down
        for weight, scale, slope in zip(block.weights[::-1], self.scales[:0:-1], block.slopes[::-1], strict=True):
            g = g * scale
            left.append(g)
            g = weight.backward(g).mul_(slope)
        return Move(g, left[::-1], block.hidden)

    def squared_norm(self, move: Move) -> Tensor:
        """Return the squared Euclidean norm of a move in the weights."""
        square = torch.vdot((self.gram @ move.coefficients).view(-1), move.coefficients.view(-1))
        return square + sum(
            torch.vdot((a @ a.mT).view(-1), (b @ b.mT).view(-1)) for a, b in zip(move.left, move.right, strict=True)
        )

    @torch.no_grad()
    def write_back(self, state: State) -> None:
        """Write a state's weights into the model."""
        first, *rest = self.model.weights
        for rows, block in zip(first.split(self._size), state.blocks, strict=True):
            rows.addmm_(block.coefficients.mT, self.points, alpha=self.scales[0])
        for layer, parameter in enumerate(rest):
            for columns, block in zip(parameter.split(self._size, dim=1), state.blocks, strict=True):
                columns.copy_(block.weights[layer].value())
