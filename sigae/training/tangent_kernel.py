"""The empirical neural tangent kernel of a network on its patterns, whole and averaged, at settled states."""

import torch
from torch import Tensor

from sigae.training.objective import HiddenBlock, Objective, State

__all__ = ["averaged_kernel", "full_kernel", "kernel_product"]


def _input_grams(objective: Objective, block: HiddenBlock) -> list[Tensor]:
    """Return h_{l-1,i} . h_{l-1,j} / m_{l-1} for layers l = 1 .. L, each (n, n)."""
    return [objective.gram] + [gram * scale**2 for gram, scale in zip(block.grams, objective.scales[1:], strict=True)]


def _sensitivities(objective: Objective, block: HiddenBlock) -> list[Tensor]:
    """Return df_a(x_i)/dz_l for the hidden layers l = 1 .. L-1, each (n, d, b)."""
    last = len(block.weights) - 1
    g = block.weights[last].base * objective.scales[-1] * block.slopes[last][:, None, :]  # (n, d, b)
    found = [g]
    for layer in reversed(range(last)):
        slope = block.slopes[layer][:, None, :]
        g = (g @ block.weights[layer].base)[..., : slope.shape[-1]] * objective.scales[layer + 1] * slope
        found.append(g)
    return found[::-1]


def full_kernel(objective: Objective, state: State) -> Tensor:
    """Compute K = J_theta J_theta^T (Jacot, Gabriel & Hongler 2018, section 4, at finite width).

    Entry [i, a, j, b] of shape (n, d, n, d) is <grad f_a(x_i), grad f_b(x_j)>.
    """
    n, d = objective.n_points, objective.dim
    eye = torch.eye(d, dtype=objective.gram.dtype, device=objective.gram.device)
    K = objective.gram.new_zeros(n, d, n, d)
    for block in state.blocks:
        *lower, top = _input_grams(objective, block)
        K += torch.einsum("ij,ab->iajb", top, eye)
        for gram, g in zip(lower, _sensitivities(objective, block), strict=True):
            flat = g.reshape(n * d, -1)
            K += (flat @ flat.mT).reshape(n, d, n, d) * gram[:, None, :, None]
    return K


def kernel_product(objective: Objective, state: State, v: Tensor) -> Tensor:
    """Compute K v for a residual v (n, d), by a pullback J_theta^T v and the change it makes to the outputs."""
    product = torch.zeros_like(v)
    for block in state.blocks:
        pulled = objective.pullback(block, v)
        ((_, left),) = pulled.terms
        z = objective.spread(pulled.coefficients)
        for layer, (weight, scale) in enumerate(zip(block.weights, objective.scales[1:], strict=True)):
            h = z.mul_(block.slopes[layer])
            z = (h @ weight.base[:, : h.shape[1]].mT).addmm_(block.grams[layer], left[layer]).mul_(scale)
        product += z
    return product


def averaged_kernel(objective: Objective, state: State) -> Tensor:
    """Compute T_ij = (1/d) sum_a K[i, a, j, a], (n, n)."""
    scale = objective.scales[-1] ** 2
    T, D = torch.zeros_like(objective.gram), torch.zeros_like(objective.gram)
    for block in state.blocks:
        last = len(block.weights) - 1
        slope, weight = block.slopes[last], block.weights[last].base
        # Summing over outputs first makes the last hidden layer as cheap as a forward pass.
        D.addmm_(slope * weight.square().sum(dim=0), slope.mT)
        T += block.grams[last]
    *lower, below, _ = _input_grams(objective, state.blocks[0])  # deeper networks are of one block
    T.mul_(scale).add_(D.mul_(below), alpha=scale / objective.dim)
    if lower:
        for gram, g in zip(lower, _sensitivities(objective, state.blocks[0]), strict=False):
            T += gram * torch.einsum("iak,jak->ij", g, g) / objective.dim
    return T
