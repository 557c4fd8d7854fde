"""The mean squared error of a network on its patterns: residual, pullback and weight updates.

The output of a two-layer network of m hidden units is the sum of the outputs of narrower networks, its *blocks*.
Every pass runs block by block, so that what it touches stays in the processor's cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_points
from sigae.training.weight import Weight

__all__ = ["Block", "Move", "Objective", "State"]

# Entries of one block's n x b and d x b arrays together: few enough for the cache, enough to make up for the cost of
# a call (measured between 60,000 and 500,000).
BLOCK_ENTRIES = 300_000
# The same on an accelerator, which is busy only with large products: 1.6 GB of them in double precision.
DEVICE_ENTRIES = 200_000_000


@dataclass(frozen=True)
class Block:
    """Some hidden units of a two-layer network, or the whole of a deeper one, with what a pass leaves behind.

    Attributes
    ----------
    coefficients
        A of layer 1, W_1 = W_1(0) + A^T X / sqrt(d); shape (n, b).
    weights
        W_2, ..., W_L.
    hidden
        phi(z_l) of the hidden layers, each (n, b).
    slopes
        phi'(z_l), each (n, b); empty where it follows from phi(z_l).
    """

    coefficients: Tensor
    weights: list[Weight]
    hidden: list[Tensor]
    slopes: list[Tensor]

    @cached_property
    def grams(self) -> list[Tensor]:
        """phi(z_l) phi(z_l)^T of the hidden layers, each (n, n)."""
        return [h @ h.mT for h in self.hidden]

    def minus(self, move: Move, *, fleeting: bool = False) -> tuple[Tensor, list[Weight]]:
        """Return the coefficients and weights less a move.

        Parameters
        ----------
        move
            What to subtract.
        fleeting
            Of the weights: see :meth:`sigae.training.weight.Weight.minus`.

        Returns
        -------
        tuple of Tensor and list of Weight
            Of their own memory but for what a carried weight shares.
        """
        weights = []
        for layer, weight in enumerate(self.weights):
            products = [(left[layer], source.hidden[layer]) for source, left in move.terms]
            weights.append(weight.minus(*products, fleeting=fleeting))
        return self.coefficients - move.coefficients, weights


@dataclass(frozen=True)
class Move:
    """A sum of J_theta^T v for the weights of one block, taken at one or more blocks.

    Attributes
    ----------
    coefficients
        The part of layer 1, in its coefficients; shape (n, b).
    terms
        A block and, for l = 2, ..., L, left_l of shape (n, m_l): the part of W_l is the sum of left_l^T phi(z_{l-1}).
    """

    coefficients: Tensor
    terms: list[tuple[Block, list[Tensor]]]


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
        entries = torch.get_num_threads() * BLOCK_ENTRIES if weight.device.type == "cpu" else DEVICE_ENTRIES
        self._size = max(1, entries // (self.n_points + self.dim)) if model.depth == 2 else model.width
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
        """Pass the patterns through the network of the given coefficients and weights, one pair a block.

        Parameters
        ----------
        weights
            As from :meth:`Block.minus`.

        Returns
        -------
        State
            The network there. No other state is touched, so that a refused step leaves no trace.
        """
        blocks, residual = [], -self.points
        for z1, (coefficients, later) in zip(self._z1, weights, strict=True):
            block = Block(coefficients, later, [], [])
            z = torch.addmm(z1, self.gram, coefficients)
            for layer, weight in enumerate(later):
                self._activate(block, layer, z)
                last = weight is later[-1]
                z = weight.forward(block.hidden[layer], self.scales[layer + 1], onto=residual if last else None)
            blocks.append(block)
        square = torch.vdot(residual.view(-1), residual.view(-1)).item()
        return State(blocks, residual, square / residual.numel())

    def _activate(self, block: Block, layer: int, z: Tensor) -> None:
        """Set phi(z_l) of a block, and phi'(z_l) where it does not follow; in the memory it has, if any."""
        phi = self.model.activation
        if not phi.in_place:
            block.hidden[layer:], block.slopes[layer:] = ([values] for values in phi.derivatives(z, 1))
            return
        if layer == len(block.hidden):
            block.hidden.append(torch.empty_like(z))
        phi.in_place[0](z, out=block.hidden[layer])

    def slope(self, block: Block, layer: int) -> Tensor:
        """Return phi'(z_l) of a hidden layer, counted from 0."""
        phi, h = self.model.activation, block.hidden[layer]
        return phi.in_place[1](h) if phi.in_place else block.slopes[layer]

    def pullback(self, block: Block, v: Tensor, beside: Move | None = None) -> Move:
        """Apply the transposed parameter Jacobian, J_theta^T v.

        Parameters
        ----------
        block
            Where the Jacobian is taken.
        v
            Shape (n, d).
        beside
            A move that it is added to; the sum takes its place.

        Returns
        -------
        Move
            With v = r it is (n d / 2) times the gradient of the loss.
        """
        left: list[Tensor] = []
        g = v  # v . df/dz_l, shape (n, m_l), from the last layer down
        for layer in reversed(range(len(block.weights))):
            left.insert(0, g * self.scales[layer + 1])
            if layer:
                g = block.weights[layer].backward(left[0]).mul_(self.slope(block, layer))
        g = block.weights[0].backward(left[0])
        if beside is None:
            return Move(g.mul_(self.slope(block, 0)), [(block, left)])
        return Move(beside.coefficients.addcmul_(g, self.slope(block, 0)), [*beside.terms, (block, left)])

    def squared_norm(self, move: Move) -> Tensor:
        """Return the squared Euclidean norm of a move in the weights."""
        A = move.coefficients
        square = torch.vdot((self.gram @ A).view(-1), A.view(-1))
        for layer in range(len(self.scales) - 1):
            for k, (here, left) in enumerate(move.terms):
                square += torch.vdot((left[layer] @ left[layer].mT).view(-1), here.grams[layer].view(-1))
                for there, other in move.terms[:k]:
                    inner = here.hidden[layer] @ there.hidden[layer].mT
                    square += torch.vdot((left[layer] @ other[layer].mT).view(-1), inner.view(-1)).mul_(2)
        return square

    def slope_change(self, one: State, other: State) -> float:
        """Compare phi' of the hidden layers, in which the Jacobian is linear, between two states.

        Returns
        -------
        float
            Norm of the difference over that of phi', in the layer where that is largest; the pre-activations' change
            in the activation's own units: saturated units count only if they come into play or go out of it.
        """
        changes = [0.0]
        for layer in range(len(self.scales) - 1):
            squares = self.gram.new_zeros(3)
            for here, there in zip(one.blocks, other.blocks, strict=True):
                a, b = self.slope(here, layer), self.slope(there, layer)
                squares += torch.stack([torch.vdot(v.view(-1), v.view(-1)) for v in (a - b, a, b)])
            difference, *sizes = squares.sqrt().tolist()
            changes.append(difference / max(sizes) if max(sizes) > 0 else 0.0)
        return math.nan if any(map(math.isnan, changes)) else max(changes)

    @torch.inference_mode()
    def write_back(self, state: State) -> None:
        """Write a state's weights into the model."""
        first, *rest = self.model.weights
        for rows, block in zip(first.split(self._size), state.blocks, strict=True):
            rows.addmm_(block.coefficients.mT, self.points, alpha=self.scales[0])
        for layer, parameter in enumerate(rest):
            for columns, block in zip(parameter.split(self._size, dim=1), state.blocks, strict=True):
                columns.copy_(block.weights[layer].value())
