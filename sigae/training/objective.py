"""The mean squared error of a network on its patterns: residual, pullback and weight updates.

The output of a two-layer network of m hidden units is the sum of the outputs of narrower networks, its *blocks*. Every
pass runs block by block: what it touches then stays in the processor's cache, which saves networks of 30,000 units and
more a fifth of their time and memory. What lives how long, in arrays of n x m a hidden layer unless said otherwise:

=======================  ================================  =============================================================
array                    held by                           freed
=======================  ================================  =============================================================
z_1 of the start         the objective                     with it
A, phi(z), phi'(z)       each block of a state             with the state; a step has three: the one it starts from, its
                                                           predictor's and its corrector's
W_2 .. W_L               all states of a step, m_l x m_l   with the last; of more than m_l / 2 patterns, each state's
                                                           own, with the state
A of an update           an update, one block's            when the block's new weights are made
left_l, and its phi(z)   the terms of a state's weights    when the state is settled
z, and g = v . df/dz     a pass, one block's               when the next layer's, or block's, are made
=======================  ================================  =============================================================

No array but W_2 .. W_L, by an accepted step, is written to once the call that made it has returned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.checks import check_points, check_targets

__all__ = ["HiddenBlock", "Objective", "State", "Weight", "WeightUpdate"]

# Entries of one block's n x b and d x b arrays together: few enough for the cache, enough to make up for the cost of
# a call (measured between 60,000 and 500,000).
BLOCK_ENTRIES = 300_000
# The same on an accelerator, which is busy only with large products: 1.6 GB of them in double precision.
DEVICE_ENTRIES = 200_000_000


class Weight:
    """Weights W = base - sum of left^T right of a later layer.

    The base is that of the state that a step starts from, so that with few patterns no step copies it: that took up to
    a third of the time of deeper networks, and two fifths of the memory. Accepted states are settled before the next.
    """

    def __init__(self, base: Tensor, terms: Iterable[tuple[Tensor, Tensor]] = ()) -> None:
        self.base, self.terms = base, list(terms)  # left (n, m_l), right (n, m_{l-1})

    def forward(self, h: Tensor) -> Tensor:
        """Return h W^T."""
        z = h @ self.base.mT
        for left, right in self.terms:
            z.addmm_(h @ right.mT, left, alpha=-1)
        return z

    def backward(self, g: Tensor) -> Tensor:
        """Return g W."""
        v = g @ self.base
        for left, right in self.terms:
            v.addmm_(g @ left.mT, right, alpha=-1)
        return v

    def settle(self) -> None:
        """Apply the terms to the base, in place."""
        while self.terms:
            left, right = self.terms[-1]
            del self.terms[-1]  # no call, so no interrupt before the product is done
            self.base.addmm_(left.mT, right, alpha=-1)


@dataclass(frozen=True)
class HiddenBlock:
    """Some hidden units of a two-layer network, or the whole of a deeper one, with what a pass leaves behind."""

    coefficients: Tensor  # A of layer 1, W_1 = W_1(0) + A^T X / sqrt(d); (n, b)
    weights: list[Weight]  # W_2, ..., W_L
    hidden: list[Tensor]  # phi(z_l) of the hidden layers, each (n, b), with a constant behind it for the next bias
    slopes: list[Tensor]  # phi'(z_l), each (n, b)

    @cached_property
    def grams(self) -> list[Tensor]:
        """phi(z_l) phi(z_l)^T of the hidden layers, each (n, n)."""
        return [h @ h.mT for h in self.hidden]

    def minus(self, update: WeightUpdate) -> tuple[Tensor, list[Weight]]:
        """Return the coefficients and weights less an update."""
        weights = []
        for layer, weight in enumerate(self.weights):
            new = Weight(weight.base, weight.terms + [(left[layer], b.hidden[layer]) for b, left in update.terms])
            if 2 * len(update.coefficients) > len(weight.base):  # terms of such a rank cost more than a copy
                new.base = new.base.clone()
                new.settle()
            weights.append(new)
        return self.coefficients - update.coefficients, weights


@dataclass(frozen=True)
class WeightUpdate:
    """A sum of J_theta^T v for the weights of one block, taken at one or more blocks."""

    coefficients: Tensor  # of layer 1; (n, b)
    # Blocks, each with left_l (n, m_l) for l = 2, ..., L: the part of W_l is the sum of left_l^T phi(z_{l-1}).
    terms: list[tuple[HiddenBlock, list[Tensor]]]

    def __add__(self, other: WeightUpdate) -> WeightUpdate:
        """Add the update of another state to this one."""
        return WeightUpdate(self.coefficients + other.coefficients, self.terms + other.terms)


@dataclass(frozen=True)
class State:
    """A network at some weights, seen from its patterns."""

    blocks: list[HiddenBlock]  # whose outputs add up to the network's
    residual: Tensor  # r = f(X) - Y, (n, d)
    loss: float  # mean of r^2 over its n d entries

    def settle(self) -> None:
        """Apply what the weights of an accepted state lack; earlier states, which share them, are then of no use."""
        for weight in (weight for block in self.blocks for weight in block.weights):
            weight.settle()


class Objective:
    """The mean squared error over n patterns as a function of a network's weights.

    A gradient moves W_1 only within the span of the patterns, so layer 1 is held by its n x m
    coefficients A and enters through the Gram matrix G = X X^T / d:  Z_1 = X W_1(0)^T / sqrt(d) + G A.

    The model's weights are read here, and written by :meth:`write_back` only. Raises what :func:`sigae.train` does of
    points and targets.
    """

    def __init__(self, model: Autoencoder, points: Tensor, targets: Tensor | None = None) -> None:
        check_points(points, model.dim)
        weight = model.weights[0]
        if points.dtype != weight.dtype or points.device != weight.device:
            raise ValueError(
                f"points is {points.dtype} on {points.device} but the network is {weight.dtype} on {weight.device}: "
                "convert one with .to()."
            )
        self.model = model
        self.points = model.extended(points.detach().contiguous(), weight)  # a bias is the weight of one more input
        self.targets = check_targets(targets, points).detach()
        self.n_points, self.dim = points.shape
        self.scales = [1 / math.sqrt(n) for n in model.fan_in]
        self.gram = self.points @ self.points.mT / self.dim  # (n, n)
        entries = torch.get_num_threads() * BLOCK_ENTRIES if weight.device.type == "cpu" else DEVICE_ENTRIES
        self._size = max(1, entries // (self.n_points + self.dim)) if model.depth == 2 else model.width + 1
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
        blocks, residual = [], -self.targets
        for z1, (coefficients, later) in zip(self._z1, weights, strict=True):
            block = HiddenBlock(coefficients, later, [], [])
            z = torch.addmm(z1, self.gram, coefficients)
            for weight, scale in zip(later, self.scales[1:], strict=True):
                h, slope = self.model.activation.derivatives(z, 1)
                h = self.model.extended(h, weight.base)
                block.hidden.append(h)
                block.slopes.append(slope)
                z = weight.forward(h).mul_(scale)
            residual += z
            blocks.append(block)
        return State(blocks, residual, _square(residual).item() / residual.numel())

    def spread(self, coefficients: Tensor) -> Tensor:
        """Return G A: what coefficients A of layer 1, (n, b), change in Z_1."""
        if self.n_points > 2 * self.dim:
            return self.points @ (self.points.mT @ coefficients).div_(self.dim)
        return self.gram @ coefficients

    def pullback(self, block: HiddenBlock, v: Tensor) -> WeightUpdate:
        """Apply the transposed parameter Jacobian, J_theta^T v."""
        left: list[Tensor] = []
        g = v  # v . df/dz_l, shape (n, m_l), from the last layer down
        for weight, slope, scale in reversed(list(zip(block.weights, block.slopes, self.scales[1:], strict=True))):
            left.insert(0, g * scale)
            g = weight.backward(left[0])[:, : slope.shape[1]].mul_(slope)
        return WeightUpdate(g, [(block, left)])

    def squared_norm(self, update: WeightUpdate) -> Tensor:
        """Return the squared Euclidean norm of an update in the weights."""
        A = update.coefficients
        square = _inner(self.gram @ A, A)
        for layer in range(len(self.scales) - 1):
            for k, (here, left) in enumerate(update.terms):
                square += _inner(left[layer] @ left[layer].mT, here.grams[layer])
                for there, other in update.terms[:k]:
                    square += 2 * _inner(left[layer] @ other[layer].mT, here.hidden[layer] @ there.hidden[layer].mT)
        return square

    def slope_change(self, one: State, other: State) -> float:
        """Return the norm of the change of phi' between two states over that of phi', in the layer where it is largest.

        The Jacobian is linear in phi'. Saturated units count only if they come into play or go out of it.
        """
        changes = [0.0]
        for layer in range(len(self.scales) - 1):
            squares = self.gram.new_zeros(3)
            for here, there in zip(one.blocks, other.blocks, strict=True):
                a, b = here.slopes[layer], there.slopes[layer]
                squares += torch.stack([_square(a - b), _square(a), _square(b)])
            difference, *sizes = squares.sqrt().tolist()
            changes.append(difference / max(sizes) if max(sizes) > 0 else 0.0)
        return math.nan if any(map(math.isnan, changes)) else max(changes)

    @torch.inference_mode()
    def write_back(self, state: State) -> None:
        """Settle a state, and write its weights into the model."""
        state.settle()
        first, *rest = self.model.weights
        for rows, block in zip(first.split(self._size), state.blocks, strict=True):
            rows.addmm_(block.coefficients.mT, self.points, alpha=self.scales[0])
        for layer, parameter in enumerate(rest):
            for columns, block in zip(parameter.split(self._size, dim=1), state.blocks, strict=True):
                columns.copy_(block.weights[layer].base)


def _inner(a: Tensor, b: Tensor) -> Tensor:
    return torch.vdot(a.reshape(-1), b.reshape(-1))


def _square(a: Tensor) -> Tensor:
    return _inner(a, a)
