"""The empirical neural tangent kernel of a network on its patterns, whole and averaged over outputs."""

from __future__ import annotations

import torch
from torch import Tensor

from sigae.objective import Objective, State

__all__ = ["averaged_kernel_parts", "full_kernel"]


def _input_grams(objective: Objective, state: State) -> list[Tensor]:
    """Return h_{l-1,i} . h_{l-1,j} / m_{l-1} for layers l = 1 .. L, each (n, n)."""
    return [objective.gram] + [
        (h @ h.mT) * scale**2 for h, scale in zip(state.hidden, objective.scales[1:], strict=True)
    ]


def _sensitivities(objective: Objective, state: State) -> list[Tensor]:
    """Return df_a(x_i)/dz_l for the hidden layers l = 1 .. L-1, each (n, d, m)."""
    g = state.weights[-1] * objective.scales[-1] * state.slopes[-1][:, None, :]  # (n, d, m)
    found = [g]
    for layer in range(len(state.slopes) - 2, -1, -1):
        g = (g @ state.weights[layer + 1]) * objective.scales[layer + 1] * state.slopes[layer][:, None, :]
        found.append(g)
    return found[::-1]


def full_kernel(objective: Objective, state: State) -> Tensor:
    """Return K = J_theta J_theta^T, entry [i, a, j, b] = <grad f_a(x_i), grad f_b(x_j)>, shape (n, d, n, d).

    Jacot, Gabriel & Hongler (2018), section 4, for a network of finite width.
    """
    *lower, top = _input_grams(objective, state)
    n, d = objective.n_points, objective.dim
    K = torch.einsum("ij,ab->iajb", top, torch.eye(d, dtype=top.dtype, device=top.device))
    for gram, g in zip(lower, _sensitivities(objective, state), strict=True):
        flat = g.reshape(n * d, -1)
        K = K + (flat @ flat.mT).reshape(n, d, n, d) * gram[:, None, :, None]
    return K


def averaged_kernel_parts(objective: Objective, state: State) -> tuple[Tensor, Tensor]:
    """Return the two parts of the output-averaged tangent kernel T_ij = (1/d) sum_a K[i, a, j, a].

    Returns
    -------
    tuple of Tensor
        S from the output layer, the same for every output, and D from the layers below it; both (n, n),
        and T = S + D.
    """
    *lower, S = _input_grams(objective, state)
    slope, weight = state.slopes[-1], state.weights[-1]
    # Summing over outputs first makes the last hidden layer as cheap as a forward pass.
    D = lower[-1] * ((slope * weight.square().mean(dim=0)) @ slope.mT) * objective.scales[-1] ** 2
    if len(lower) > 1:
        for gram, g in zip(lower[:-1], _sensitivities(objective, state)[:-1], strict=True):
            D = D + gram * torch.einsum("iak,jak->ij", g, g) / objective.dim
    return S, D
