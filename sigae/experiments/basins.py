"""Basins of attraction: slices of pattern space, their volume, and which memory wins where all cues go one way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from sigae.experiments.pictures import memory_map, pictures
from sigae.infinite_width import InfiniteWidth, return_factors
from sigae.jacobians import jacobian, spectral_radius
from sigae.patterns import NOISE_STREAM, normal_draws, sphere_points
from sigae.recall import contraction_rates, destinations

__all__ = ["OTHER", "basin_shares", "basin_slice", "rates_of_return", "winners"]

OTHER = -3  # an attractor that is no memory; the negative numbers above it are those of destinations
WITHIN = 0.05  # a memory is recalled within this share of its norm


def _patterns(kind: str, count: int, norm: float, choice: int, dim: int) -> Tensor:
    """Take pictures, or random patterns on the sphere."""
    if kind == "pictures":
        return pictures(count, norm=norm, choice=choice)
    return sphere_points(count, dim, norm=norm, seed=choice)


def _led_to(map: Callable[[Tensor], Tensor], cues: Tensor, points: Tensor, steps: int) -> tuple[Tensor, dict[str, int]]:
    """Find the memory that each cue is led to, or what else becomes of it, and count the attractors."""
    found = destinations(map, cues, steps=steps)
    near = WITHIN * points[0].norm().item()
    memory = found.nearest(points, within=near)
    where = torch.where(memory >= 0, memory, torch.where(found.which >= 0, OTHER, found.which))
    others = (
        [k for k, at in enumerate(torch.cdist(found.points, points).amin(dim=1)) if at > near] if found.orbits else []
    )
    return where, {"attractors": len(found.orbits), "others": len(others)}


def basin_slice(
    *,
    norm: float,
    choice: int = 0,
    width: int = 0,
    activation: str = "erf",
    n_pictures: int = 10,
    resolution: int = 60,
    reach: float = 1.5,
    steps: int = 200,
) -> dict[str, Any]:
    """Cut pattern space along the plane through the first three pictures, and say where each point of it leads.

    Returns
    -------
    dict
        How training ended; ``where``, for each point of the square, row by row from below, the index of a memory,
        :data:`OTHER`, or what :func:`sigae.recall.destinations` says of cues that are led nowhere; ``memories``, the
        plane coordinates of the three over the norm; ``extent``, the square's half side over the norm; how many
        ``attractors`` were met, and ``others``, how many of them are no memories; ``radius_worst`` of the memories.
    """
    points = pictures(n_pictures, norm=norm, choice=choice)
    map, record = memory_map(points, width=width, activation=activation, seed=choice)
    centre = points[:3].mean(dim=0)
    Q, R = torch.linalg.qr((points[1:3] - points[0]).T)  # (d, 2), and (2, 2)
    Q = Q * R.diagonal().sign()  # so that the axes point the same way on every machine
    at = (points[:3] - centre) @ Q
    extent = reach * at.norm(dim=1).max().item()
    line = torch.linspace(-extent, extent, resolution, dtype=points.dtype)
    plane = torch.stack(torch.meshgrid(line, line, indexing="xy"), dim=-1).reshape(-1, 2)
    where, counts = _led_to(map, centre + plane @ Q.T, points, steps)
    radii = spectral_radius(jacobian(map, points))
    shown = {"where": where, "memories": at / norm, "extent": extent / norm, "radius_worst": radii.max().item()}
    return record | shown | counts


def basin_shares(
    *,
    norm: float,
    choice: int,
    noises: list[float],
    width: int = 0,
    activation: str = "erf",
    n_patterns: int = 10,
    kind: str = "pictures",
    dim: int = 64,
    draws: int = 5,
    steps: int = 200,
) -> dict[str, Any]:
    """Measure how much of a sphere around each memory belongs to it.

    Returns
    -------
    dict
        How training ended; ``radius_mean`` and ``radius_worst`` of rho at the memories; and lists with one entry a
        noise, the distance of the cues from their memory over its norm: ``cues``, how many; ``own``, how many are led
        to their memory; ``elsewhere``, to another; ``other``, to an attractor that is none.
    """
    points = _patterns(kind, n_patterns, norm, choice, dim)
    map, record = memory_map(points, width=width, activation=activation, seed=choice)
    g = normal_draws((draws, *points.shape), stream=NOISE_STREAM, seed=choice)
    g = norm * g / g.norm(dim=-1, keepdim=True)
    radii = spectral_radius(jacobian(map, points))
    record |= {"radius_mean": radii.mean().item(), "radius_worst": radii.max().item()}
    own = torch.arange(n_patterns).repeat(draws)
    counted: dict[str, list[int]] = {"cues": [], "own": [], "elsewhere": [], "other": []}
    cues = torch.stack([points + noise * g for noise in noises])  # (noises, draws, n, d)
    where, _ = _led_to(map, cues.reshape(-1, points.shape[1]), points, steps)
    for at in where.reshape(len(noises), -1):
        counted["cues"].append(len(at))
        counted["own"].append(int((at == own).sum()))
        counted["elsewhere"].append(int(((at >= 0) & (at != own)).sum()))
        counted["other"].append(int((at == OTHER).sum()))
    return record | counted


def winners(
    *,
    norm: float,
    choice: int,
    n_patterns: int = 5,
    activation: str = "erf",
    kind: str = "sphere",
    dim: int = 64,
    cues: int = 100,
    steps: int = 2000,
) -> dict[str, Any]:
    """Ask at infinite width which memories random cues of the memories' norm are led to.

    Returns
    -------
    dict
        ``factors``, for each memory what :func:`sigae.infinite_width.return_factors` predicts it by; ``won``, how many
        cues each memory gets, its mirror image included where that is an attractor by symmetry; ``other``, how many an
        attractor gets that is no memory; ``others``, how many such there are; ``unsettled``, how many cues were led
        nowhere; ``cues``; ``radius_worst`` of the memories.
    """
    points = _patterns(kind, n_patterns, norm, choice, dim)
    limit = InfiniteWidth(points, activation)
    starts = sphere_points(cues, points.shape[1], norm=norm, seed=choice + 1_000_000)
    # where the activation is odd, so is the map, and has the memories' mirror images for attractors too
    odd = limit.activation.centre == 0
    where, counts = _led_to(limit, starts, torch.cat([points, -points]) if odd else points, steps)
    return {
        "factors": return_factors(points / norm, activation),
        "won": torch.bincount(where[where >= 0] % n_patterns, minlength=n_patterns),
        "other": int((where == OTHER).sum()),
        "others": counts["others"],
        "unsettled": int(((where < 0) & (where != OTHER)).sum()),
        "cues": cues,
        "radius_worst": spectral_radius(limit.mean_jacobian(points)).max().item(),
    }


def rates_of_return(
    *, norm: float, choice: int, width: int = 0, activation: str = "erf", n_pictures: int = 10, steps: int = 400
) -> dict[str, Any]:
    """Measure how fast small deviations from each memory's attractor vanish, beside rho there.

    Returns
    -------
    dict
        How training ended; lists over the memories that are attractors: ``rates``, the factor a step, and ``radii``.
    """
    points = pictures(n_pictures, norm=norm, choice=choice)
    map, record = memory_map(points, width=width, activation=activation, seed=choice)
    found = destinations(map, points, steps=steps)
    settled = found.which >= 0
    if not settled.any():
        return record | {"rates": [], "radii": []}
    ends = found.points[found.which[settled]]
    g = normal_draws(tuple(ends.shape), stream=NOISE_STREAM, seed=choice)
    rates = contraction_rates(map, ends, ends + 1e-3 * norm * g / g.norm(dim=1, keepdim=True), steps=steps)
    return record | {"rates": rates, "radii": [found.orbits[k].radius for k in found.which[settled].tolist()]}
