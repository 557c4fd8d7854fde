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

__all__ = ["Block", "Objective", "State"]

# Entries of one block's n x b and d x b arrays together: few enough for the cache, enough to make up for the cost of
# a call (measured between 60,000 and 500,000).
BLOCK_ENTRIES = 300_000


@dataclass(frozen=True)
class Block:
    """Some hidden units of a two-layer network, or the whole of a deeper one, with what a pass leaves behind.

    Attributes
    ----------
    weights
        ``[A, W_2, ..., W_L]``; layer 1 is W_1 = W_1(0) + A^T X / sqrt(d) with A of shape (n, b).
    hidden, slopes
        phi(z_l) and phi'(z_l) of the hidden layers, each (n, b).
    """

    weights: list[Tensor]
    hidden: list[Tensor]
    slopes: list[Tensor]


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
        """Return the state at the network's present weights, which are copied."""
        later = [w.detach() for w in list(self.model.weights)[1:]]
        blocks = [list(columns) for columns in zip(*(w.split(self._size, dim=1) for w in later), strict=True)]
        return self.evaluate(
            [torch.zeros_like(z), *(w.clone(memory_format=torch.contiguous_format) for w in columns)]
            for z, columns in zip(self._z1, blocks, strict=True)
        )

    def evaluate(self, weights: Iterable[list[Tensor]]) -> State:
        """Pass the patterns through the network of the given weights, one list a block."""
        blocks, residual = [], -self.points
        for z, block_weights in zip(self._z1, weights, strict=True):
            hidden, slopes = [], []
            z = torch.addmm(z, self.gram, block_weights[0])
            for weight, scale in zip(block_weights[1:], self.scales[1:], strict=True):
                h, slope = self.model.activation.derivatives(z, 1)
                hidden.append(h)
                slopes.append(slope)
                z = (h @ weight.mT).mul_(scale)
            residual += z
            blocks.append(Block(block_weights, hidden, slopes))
        return State(blocks, residual, residual.square().mean().item())

    def pullback(self, block: Block, v: Tensor, *, add_to: list[Tensor] | None = None) -> list[Tensor]:
        """Apply the transposed parameter Jacobian, J_theta^T v, for one block's weights.

        Parameters
        ----------
        block
            Where the Jacobian is taken.
        v
            Shape (n, d). With v = r the result is (n d / 2) times the gradient of the loss.
        add_to
            A list of the result's form to add to, in place.

        Returns
        -------
        list of Tensor
            One tensor a weight, in the coordinates of :attr:`Block.weights`.
        """
        updates = [None] * len(block.weights) if add_to is None else add_to
        g = v  # g_l = v . df/dz_l, (n, m_l), from the last layer down
        for layer in range(len(block.weights) - 1, 0, -1):
            g = g * self.scales[layer]
            if add_to is None:
                updates[layer] = g.mT @ block.hidden[layer - 1]
            else:
                updates[layer].addmm_(g.mT, block.hidden[layer - 1])
            g = (g @ block.weights[layer]).mul_(block.slopes[layer - 1])
        updates[0] = g if add_to is None else updates[0].add_(g)
        return updates

    def squared_norm(self, updates: list[Tensor]) -> Tensor:
        """Return the squared Euclidean norm of an update of one block, in the coordinates of its weights."""
        first, *rest = updates
        square = torch.dot((self.gram @ first).view(-1), first.view(-1))
        return square + sum(torch.dot(update.view(-1), update.view(-1)) for update in rest)

    @torch.no_grad()
    def write_back(self, state: State) -> None:
        """Write a state's weights into the model."""
        first, *rest = self.model.weights
        for rows, block in zip(first.split(self._size), state.blocks, strict=True):
            rows.addmm_(block.weights[0].mT, self.points, alpha=self.scales[0])
        for layer, parameter in enumerate(rest, start=1):
            for columns, block in zip(parameter.split(self._size, dim=1), state.blocks, strict=True):
                columns.copy_(block.weights[layer])
