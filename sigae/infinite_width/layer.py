"""One layer of the kernels' recursion, as a function that autograd can differentiate once, and what it cannot."""

from typing import Any, TypeAlias

import torch
from torch import Tensor

from sigae.activations import Activation
from sigae.infinite_width.gaussian_expectations import PairExpectations, pair_expectations

__all__ = ["Layer", "LayerInputs", "NotDifferentiated"]

# variances and covariance of a layer's preactivations, p q - c^2 where it is known better, and the tangent kernel
LayerInputs: TypeAlias = tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor]

TWICE = "the limit can be differentiated once: take finite differences of its Jacobian."


class NotDifferentiated(torch.autograd.Function):
    """(x, what depends on x) -> the latter, of which a derivative by x is an error instead of a wrong number."""

    @staticmethod
    def forward(x: Tensor, result: Tensor) -> Tensor:
        """Return the result."""
        return result.view_as(result)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        """Keep nothing."""

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor, Tensor]:
        """Refuse."""
        raise NotImplementedError(TWICE)


class Layer(torch.autograd.Function):
    """(p, c, q, p q - c^2) -> (E[g(u) g(v)], E[phi'(u) phi'(v)]), differentiated once by Price's theorem.

    The derivatives by p, c and q are all there are: the fourth argument repeats them, with more digits.
    """

    @staticmethod
    def forward(
        p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor | None, activation: Activation
    ) -> tuple[Tensor, ...]:
        """Evaluate all seven expectations, of which the first two are for use."""
        return tuple(pair_expectations(activation, p, c, q, gram_determinant))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """Keep the expectations, which are each other's derivatives."""
        p, c, q, *_ = inputs
        ctx.shapes = p.shape, c.shape, q.shape
        ctx.save_for_backward(*output)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        """Differentiate by Price's theorem."""
        e = PairExpectations(*ctx.saved_tensors)
        # What a second derivative differentiates are the other expectations, whose derivatives are not worked out.
        if any(grad is not None for grad in grads[2:]):
            raise NotImplementedError(TWICE)
        grad00, grad11 = (torch.zeros_like(e.e00) if grad is None else grad for grad in grads[:2])
        by_variances = (
            (grad00 * e.e20 + grad11 * e.e31) / 2,
            grad00 * e.e11 + grad11 * e.e22,
            (grad00 * e.e02 + grad11 * e.e13) / 2,
        )
        return *(g.sum_to_size(shape) for g, shape in zip(by_variances, ctx.shapes, strict=True)), None, None
