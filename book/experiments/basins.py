"""Basins of attraction: slices of pattern space, their volume, and which memories capture random cues."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from book.experiments.memories import STEP_TOLERANCE, arrived, memory_map, memory_maps, settled
from book.experiments.pictures import pictures
from sigae.activations import get_activation
from sigae.infinite_width import InfiniteWidth, core_map, recalled_near_ray, return_factors
from sigae.jacobians import jacobian, spectral_radius
from sigae.patterns import NOISE_STREAM, normal_draws, sphere_points

OTHER, UNSETTLED = -1, -2  # at rest where no memory is; not at rest in the steps allowed
COARSE = 4  # points of a slice from one that is iterated at first to the next, a power of two
BEYOND, ESCAPED = 1e12, 1e5  # norms that are infinite to the core map, and from which on a cue has escaped
SLOWER = 5  # times as many steps are left to cues that escape by a factor near one
GOLDEN = (math.sqrt(5) - 1) / 2
APART = 1e-3  # distance, over the memories' norm, from which on two places of rest are two


def _destinations(map: Callable[[Tensor], Tensor], cues: Tensor, points: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Find the memory that each cue (k, d) converges to, OTHER or UNSETTLED; and the places of rest that are none."""
    ends, rests = (found[0] for found in settled(map, cues[None], steps))
    memory = arrived(ends, points)
    where = torch.where(memory >= 0, memory, torch.where(rests, OTHER, UNSETTLED))
    return where, ends[where == OTHER]


def _count(places: Tensor, norm: float) -> int:
    """Count places (k, d), those close together once."""
    count = 0
    while len(places):
        places, count = places[(places - places[0]).norm(dim=1) > APART * norm], count + 1
    return count


def label_grid(lead: Callable[[Tensor], Tensor], resolution: int) -> Tensor:
    """Ask where the points of a square grid lead: a coarse grid's at first, then finer ones' where corners differ.

    ``lead`` maps row and column of points (k, 2) to whole numbers (k,), none below :data:`UNSETTLED`. What lies between
    four alike corners of a cell of :data:`COARSE` points is taken to be like them. Returns (resolution, resolution).
    """
    unknown, index = UNSETTLED - 1, torch.arange(resolution)
    where = torch.full((resolution, resolution), unknown)
    step = COARSE
    while step:
        on = index % step == 0
        wanted = on[:, None] & on & (where == unknown)
        if step < COARSE:
            low = index // (2 * step) * (2 * step)
            whole = low + 2 * step < resolution  # cells that the edge cuts off have no corners there
            high = torch.where(whole, low + 2 * step, low)
            corners = torch.stack([where[i][:, j] for i in (low, high) for j in (low, high)])
            alike = wanted & (corners == corners[0]).all(dim=0) & whole[:, None] & whole
            where[alike] = corners[0][alike]
            wanted &= ~alike
        where[wanted] = lead(wanted.nonzero())
        step //= 2
    return where


def basin_slice(
    *,
    norm: float,
    choice: int = 0,
    width: int = 0,
    activation: str = "erf",
    n_pictures: int = 10,
    resolution: int = 60,
    reach: float = 1.5,
    steps: int = 1000,
) -> dict[str, Any]:
    """Cut pattern space along the plane through the first three pictures, and say where each point of it leads.

    Returns how training ended; ``where``, for each point of the square, row by row from below, the index of a memory,
    :data:`OTHER` where it rests at none, or :data:`UNSETTLED`; over the norm, ``memories``, the coordinates of those
    three, and ``extent``, the square's half side; ``others``, at how many places that are no memories cues rest; and
    ``radius_worst`` of the memories.
    """
    points = pictures(n_pictures, norm=norm, choice=choice)
    map, record = memory_map(points, width=width, activation=activation, seed=choice, step_tolerance=STEP_TOLERANCE)
    centre = points[:3].mean(dim=0)
    Q, R = torch.linalg.qr((points[1:3] - points[0]).T)  # (d, 2), and (2, 2)
    Q = Q * R.diagonal().sign()  # so that the axes point the same way on every machine
    at = (points[:3] - centre) @ Q
    extent = reach * at.norm(dim=1).max().item()
    line = torch.linspace(-extent, extent, resolution, dtype=points.dtype)
    elsewhere = [points[:0]]

    def lead(rows_and_columns: Tensor) -> Tensor:
        y, x = line[rows_and_columns].T
        where, places = _destinations(map, centre + torch.stack([x, y], dim=1) @ Q.T, points, steps)
        elsewhere.append(places)
        return where

    where = label_grid(lead, resolution).flatten()
    radii = spectral_radius(jacobian(map, points))
    shown = {"where": where, "memories": at / norm, "extent": extent / norm}
    shown["others"] = _count(torch.cat(elsewhere), norm)
    return record | shown | {"radius_worst": radii.max().item()}


def basin_shares(
    *,
    norm: float,
    choices: list[int],
    noises: list[float],
    width: int = 0,
    activation: str = "erf",
    n_pictures: int = 10,
    draws: int = 5,
    iterations: int = 1000,
) -> dict[str, Any]:
    """Measure how much of a sphere around each memory belongs to its basin.

    Returns how training ended; lists with one entry a choice of pictures: ``radius_worst``, the largest rho of the
    memories, and lists in turn with one entry a noise, the distance of the cues from their memory over its norm:
    ``cues``, how many; ``own``, how many converge to their memory; ``other``, how many rest at none.
    """
    points = torch.stack([pictures(n_pictures, norm=norm, choice=choice) for choice in choices])  # (B, n, d)
    shape = (draws, *points.shape[1:])
    g = torch.stack([normal_draws(shape, stream=NOISE_STREAM, seed=choice) for choice in choices])
    g = norm * g / g.norm(dim=-1, keepdim=True)  # (B, draws, n, d)
    cues = torch.stack([points[:, None] + noise * g for noise in noises], dim=1)  # (B, noises, draws, n, d)
    largest = cues.norm(dim=-1).max().item()
    map, radii, record = memory_maps(points, choices, width=width, activation=activation, largest=largest)
    ends, rests = settled(map, cues, iterations)
    at = arrived(ends.flatten(2, 3), points[:, None]).reshape(rests.shape)
    return record | {
        "radius_worst": radii.amax(dim=1),
        "cues": torch.full(ends.shape[:2], draws * n_pictures),
        "own": (at == torch.arange(n_pictures)).sum(dim=(-2, -1)),
        "other": ((at < 0) & rests).sum(dim=(-2, -1)),
    }


def _store(kind: str, n_patterns: int, dim: int, norm: float, choice: int) -> Tensor:
    if kind == "pictures":
        return pictures(n_patterns, norm=norm, choice=choice)
    return sphere_points(n_patterns, dim, norm=norm, seed=choice)


def random_cues(
    *,
    norm: float,
    choice: int,
    n_patterns: int = 5,
    activation: str = "erf",
    kind: str = "sphere",
    dim: int = 64,
    starts: int = 100,
    steps: int = 2000,
) -> dict[str, Any]:
    """Ask at infinite width which memories, pictures or random patterns, capture random cues of the memories' norm.

    Returns ``factors``, the return factor of each memory; ``fates``, of each cue the index of the memory that captures
    it, by its mirror image where that is an attractor by symmetry, :data:`OTHER` where it rests at none, or
    :data:`UNSETTLED`; ``cues``. Norm 0 stands for infinite norm: there cues follow the core map, and whichever does not
    escape along the ray of a memory is OTHER.
    """
    points = _store(kind, n_patterns, dim, norm or 1.0, choice)
    cues = sphere_points(starts, points.shape[1], norm=norm or BEYOND, seed=choice + 1_000_000)
    odd = get_activation(activation).centre == 0
    # where the activation is odd, so is the map, and has the memories' mirror images for attractors too
    targets = torch.cat([points, -points]) if odd else points
    if norm:
        where, _ = _destinations(InfiniteWidth(points, activation=activation), cues, targets, steps)
    else:
        F = core_map(points, activation=activation)

        def step(w: Tensor) -> Tensor:
            return torch.where(w.norm(dim=-1, keepdim=True) < ESCAPED, F(w), w)

        ends = settled(step, F(cues)[None], SLOWER * steps)[0][0]
        radius = ends.norm(dim=1, keepdim=True)
        where = arrived(torch.where(radius < ESCAPED, 0, ends / radius), targets)
    return {
        "factors": return_factors(points / (norm or 1.0), activation=activation),
        "fates": torch.where(where >= 0, where % n_patterns, where),
        "cues": starts,
    }


def cues_near_a_ray(
    *,
    norm: float,
    choice: int,
    noises: list[float],
    n_patterns: int,
    kind: str = "sphere",
    dim: int = 64,
    cues: int = 200,
    steps: int = 400,
) -> dict[str, Any]:
    """Ask with erf which cues near the ray of the memory of smallest return factor converge to it.

    Returns its ``factor``; of cues within twice the basin's width, ``along`` and ``across`` the ray, whether they are
    ``recalled``, and ``predicted`` to be; of noises, each a variance over the ``critical`` one, ``shares`` recalled.
    """
    points = _store(kind, n_patterns, dim, norm, choice)
    factors = return_factors(points / norm, activation="erf")
    factor, memory = factors.min().item(), int(factors.argmin())
    if factor >= 1:
        raise ValueError(f"the smallest return factor is {factor:.3g}: store more patterns, to have one below 1.")
    point, d = points[memory], points.shape[1]
    critical = 1 / (1 - factor**2) ** 2 - 1
    k = torch.arange(1, cues + 1, dtype=points.dtype)
    along, across = 2 * (k - 0.5) / cues, 2 * math.sqrt(critical) * (k * GOLDEN % 1)  # they fill a rectangle evenly
    g = normal_draws((1 + len(noises), cues, d), stream=NOISE_STREAM, seed=choice)
    off = torch.nn.functional.normalize(g[0] - (g[0] @ point)[:, None] * point / norm**2, dim=1)
    near = along[:, None] * point + math.sqrt(d) * across[:, None] * off
    noisy = point + (critical * torch.tensor(noises, dtype=points.dtype)).sqrt()[:, None, None] * g[1:]
    where, _ = _destinations(InfiniteWidth(points, activation="erf"), torch.cat([near, *noisy]), points, steps)
    recalled = (where == memory).reshape(-1, cues)
    return {
        "factor": factor,
        "critical": critical,
        "dim": d,
        "along": along,
        "across": across,
        "recalled": recalled[0],
        "predicted": recalled_near_ray(along, across, factors[memory]),
        "shares": recalled[1:].double().mean(dim=1),
    }
