"""Fixed points and cycles of a map, found by Newton's method, with a ball around each in which the map contracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.linalg import solve_discrete_lyapunov
from torch import Tensor

from sigae.jacobians import jacobian, operator_norm, spectral_radius
from sigae.patterns import LIMIT_STREAM, normal_draws

__all__ = ["Ball", "Orbit", "find_orbit"]

NEWTON_STEPS = 30
PROBE_STREAM = LIMIT_STREAM + 1  # from which nothing else is drawn
PROBES = 24  # points of a ball's surface at which its contraction is looked at
NEARBY = 0.05  # radius of a ball over the norm of its centre, at most: other attractors' basins may begin beyond
HALVINGS = 30  # of its radius, before a ball is given up
MARGIN = 0.5  # share of the radius found that is relied on: a probe may have missed the worst direction


@dataclass(frozen=True)
class Ball:
    """Points x with ``norm(factor @ (x - centre)) <= radius``, which the map takes ever nearer to the centre."""

    centre: Tensor
    factor: Tensor
    radius: float

    def distance(self, x: Tensor) -> Tensor:
        """Return the distance of each point (k, d) from the centre in the ball's own norm, (k,)."""
        return ((x - self.centre) @ self.factor.mT).norm(dim=1)

    def holds(self, x: Tensor) -> Tensor:
        """Tell which of the points (k, d) lie inside.

        Returns
        -------
        Tensor
            Boolean, (k,).
        """
        near = (x - self.centre).norm(dim=1) <= self.radius  # the factor never shortens
        inside = near.clone()
        inside[near] = self.distance(x[near]) <= self.radius
        return inside


@dataclass(frozen=True)
class Orbit:
    """A fixed point, or a cycle, of a map.

    Attributes
    ----------
    points : Tensor
        In the order of the map, shape (period, d).
    radius : float
        rho of the Jacobian of the map applied ``period`` times; below one the orbit attracts.
    balls : tuple of Ball
        One a point, in which the map applied ``period`` times contracts; none where the orbit does not attract.
    """

    points: Tensor
    radius: float
    balls: tuple[Ball, ...]


def find_orbit(map: Callable[[Tensor], Tensor], start: Tensor, period: int, accuracy: float) -> Orbit | None:
    r"""Look for a point that a map applied ``period`` times leaves where it is, by Newton's method.

    .. math:: x \leftarrow x + (I - J)^{-1} (f^p(x) - x)

    Where it attracts, :math:`J^\top P J - P = -I` has a solution (Stein's equation), and in the norm
    :math:`\sqrt{x^\top P x}` the Jacobian J at the point is a contraction. In a ball around
    it, it still is.

    Parameters
    ----------
    map
        A function (k, d) -> (k, d).
    start
        Shape (d,).
    period
        p.
    accuracy
        Largest :math:`\lVert f^p(x) - x \rVert` that counts as none.

    Returns
    -------
    Orbit or None
        Of the smallest period that it has; None where Newton's method does not converge.
    """
    x, best = start, torch.inf
    for _ in range(NEWTON_STEPS):
        points, J = _along(map, x[None], period)
        residual = points[-1, 0] - x
        size = residual.norm().item()
        if not size < torch.inf or not torch.isfinite(J).all():
            return None
        if size <= accuracy and size > best / 2:  # as good as rounding lets it be
            break
        best = min(best, size)
        step, failed = torch.linalg.solve_ex(torch.eye(len(x), dtype=x.dtype, device=x.device) - J[0], residual)
        if failed:
            break
        x = x + step
    if size > accuracy:
        return None
    for shorter in range(1, period):  # a fixed point is also one of the map applied twice
        if period % shorter == 0 and (points[shorter - 1, 0] - x).norm() <= 1e3 * accuracy:
            return find_orbit(map, x, shorter, accuracy)
    orbit = torch.cat([x[None], points[:-1, 0]])
    radius = spectral_radius(J[0]).item()
    balls = [_ball(map, centre, period) for centre in orbit] if radius < 1 else []
    return Orbit(orbit, radius, tuple(ball for ball in balls if ball is not None))


def _along(map: Callable[[Tensor], Tensor], x: Tensor, period: int) -> tuple[Tensor, Tensor]:
    """Return f(x), ..., f^p(x), shape (p, k, d), and the Jacobian of the last, (k, d, d)."""
    J, points = jacobian(map, x), [map(x)]
    for _ in range(period - 1):
        J = jacobian(map, points[-1]) @ J
        points.append(map(points[-1]))
    return torch.stack(points), J


def _ball(map: Callable[[Tensor], Tensor], centre: Tensor, period: int) -> Ball | None:
    """Find a ball around an attracting point in which the Jacobian, at every point probed, is a contraction."""
    _, (J,) = _along(map, centre[None], period)
    plain = J.cpu().numpy().astype(np.float64)
    try:
        root = np.linalg.cholesky(solve_discrete_lyapunov(plain.T, np.eye(len(plain))))
    except (np.linalg.LinAlgError, ValueError):  # so near to one that rounding decides
        return None
    factor = torch.from_numpy(root.T.copy()).to(centre)
    back = torch.linalg.inv(factor)
    if not operator_norm(factor @ J @ back) < 1:
        return None
    ways = normal_draws((PROBES, len(centre)), stream=PROBE_STREAM, seed=0).to(centre)
    ways = ways / ways.norm(dim=1, keepdim=True) @ back.mT  # on the surface of the ball of radius one
    radius = NEARBY * (centre.norm().item() or 1.0) / MARGIN
    for _ in range(HALVINGS):
        probes = torch.cat([centre + radius * ways, centre + radius / 2 * ways])
        _, around = _along(map, probes, period)
        if torch.isfinite(around).all() and (operator_norm(factor @ around @ back) < 1).all():
            return Ball(centre, factor, MARGIN * radius)
        radius /= 2
    return None
