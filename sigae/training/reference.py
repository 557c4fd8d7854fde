"""Gradient flow by the exponential integrator, written out: what :func:`sigae.train` does, without its speed."""

import torch
from torch import Tensor

from sigae.autoencoder import Autoencoder
from sigae.training.gradient_flow import time_to

__all__ = ["reference_flow"]


def reference_flow(
    model: Autoencoder,
    points: Tensor,
    targets: Tensor,
    *,
    tolerance: float = 1e-7,
    step_tolerance: float = 0.003,
) -> tuple[int, float]:
    """Train a small network in place, with the full tangent kernel as the linear part.

    Returns
    -------
    tuple of int and float
        How many steps it took, and the flow time.
    """
    phi, norm = model.activation, torch.linalg.vector_norm
    sizes = [W.numel() for W in model.weights]

    def forward(theta: Tensor) -> tuple[Tensor, list[Tensor]]:
        h, slopes = points, []
        for W, w, fan_in in zip(model.weights, theta.split(sizes), model.fan_in, strict=True):
            z = model.extended(h, W) @ w.view_as(W).mT / fan_in**0.5
            h, slope = phi.derivatives(z, 1)
            slopes.append(slope)
        return (z - targets).flatten(), slopes[:-1]  # r (n d,), phi'(z_l) each (n, m)

    jacobian = torch.func.jacrev(lambda theta: forward(theta)[0])
    theta = torch.nn.utils.parameters_to_vector(model.weights).detach()
    (r, _), steps, time = forward(theta), 0, 0.0
    while r.square().mean() >= tolerance:
        J = jacobian(theta)  # (n d, parameters)
        rates, V = torch.linalg.eigh(J @ J.mT)  # of K = J J^T, by which r' = -K r
        rates, c = rates.clamp_min(0), V.mT @ r
        if steps == 0:
            slow = rates.clamp_min(1e-12 * rates.max())
            distance = (c.square() / slow).sum().sqrt()  # the weights' path
            h = 2 / rates.max().item()
        while True:
            # No further than until the loss is just below the tolerance.
            step = min(h, time_to(0.95 * tolerance * len(r), c.square(), rates))
            z = (step * rates).clamp_min(1e-100)
            # e^-zs at s = 1, and its integrals over s from 0 to 1 with weights 1, s.
            decay, zeroth = torch.exp(-z), -torch.expm1(-z) / z
            first = torch.special.gammainc(torch.full_like(z, 2.0), z) / z**2
            # Predictor: the residual decays by K as it is here.
            ahead = theta - step * J.mT @ (V @ (zeroth * c))
            r_ahead, slopes_ahead = forward(ahead)
            J_ahead = jacobian(ahead)
            # Corrector: J^T r, with J and the residual's defect, which K damps, linear over the step.
            defect = (V.mT @ r_ahead - decay * c) / (2 + z)
            start, end = (zeroth - first) * c + defect / 3, first * c + 2 * defect / 3
            new = theta - step * (J.mT @ (V @ start) + J_ahead.mT @ (V @ end))
            r_new, slopes_new = forward(new)
            # Predictor's error in weights, residual, slopes; the loss must not rise.
            pairs = zip(slopes_ahead, slopes_new, strict=True)
            changes = [norm(a - b) / max(norm(a), norm(b)) for a, b in pairs]
            error = max(
                norm(new - ahead) / (step_tolerance * distance),
                norm(r_new - r_ahead) / (0.5 * norm(r)),
                max(changes) / (3 * step_tolerance),
                (r_new.square().sum() / r.square().sum() - 1) / step_tolerance,
            ).item()
            if error <= 1:
                break
            h = step * max(0.05, 0.9 / error)
        theta, r, time, steps = new, r_new, time + step, steps + 1
        h = step * min(5.0, 0.9 / (error + 1e-30) ** 0.5)
    torch.nn.utils.vector_to_parameters(theta, model.weights)
    return steps, time
