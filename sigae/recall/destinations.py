"""Where a map leads when it is applied for ever: to fixed points, to cycles, or away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from sigae.checks import check_finite, check_floats, check_positive, check_whole
from sigae.recall.iteration import prepared
from sigae.recall.orbits import Ball, Orbit, find_orbit

__all__ = ["DIVERGED", "UNSETTLED", "Destinations", "destinations"]

DIVERGED, UNSETTLED = -1, -2
NUMBERS = 2**22  # of the cues that are iterated at a time: 32 MiB
TRIES = 4  # cues of a batch from which Newton's method is started after each stretch
PATIENCE = 1.25  # by which the number of steps grows from one such start to the next
NEAR = 0.05  # how far a cue may still move in a period, over the largest norm, for it to be started at all


@dataclass(frozen=True)
class Destinations:
    """Where each cue is led, and what is there.

    Attributes
    ----------
    which : Tensor
        For each cue (k,) the index of the orbit it is led to; :data:`DIVERGED` where it leaves every bound;
        :data:`UNSETTLED` where neither is certain after all steps: very slow, or neither fixed nor periodic.
    steps : Tensor
        How often the map was applied to each cue (k,) before that was certain.
    orbits : tuple of Orbit
        Fixed points and cycles that cues are led to, in the order of their first cue.
    """

    which: Tensor
    steps: Tensor
    orbits: tuple[Orbit, ...]

    @property
    def points(self) -> Tensor:
        """One point of each orbit, shape (orbits, d)."""
        return torch.stack([orbit.points[0] for orbit in self.orbits])

    @property
    def periods(self) -> list[int]:
        """The period of each orbit; 1 is a fixed point."""
        return [len(orbit.points) for orbit in self.orbits]

    @property
    def counts(self) -> list[int]:
        """How many cues are led to each orbit."""
        return [int((self.which == k).sum()) for k in range(len(self.orbits))]

    def nearest(self, targets: Tensor, within: float) -> Tensor:
        """Tell which target each cue is led to.

        Parameters
        ----------
        targets
            Shape (n, d).
        within
            Largest distance from the target of a fixed point that counts as it.

        Returns
        -------
        Tensor
            For each cue (k,) the index of the target; -1 where it is led to none.
        """
        found = torch.full((len(self.orbits) + 2,), -1)  # the last two are for what is in no orbit
        for k, orbit in enumerate(self.orbits):
            distance, target = (orbit.points[:1] - targets).norm(dim=1).min(dim=0)
            if len(orbit.points) == 1 and distance <= within:
                found[k] = target
        return found[self.which]


@torch.no_grad()
def destinations(
    map: Callable[[Tensor], Tensor],
    cues: Tensor,
    *,
    steps: int = 10_000,
    tolerance: float = 1e-9,
    periods: int = 8,
    escape: float = 1e6,
) -> Destinations:
    """Find where the iterated map leads from each cue, as the plain iteration would, but sooner.

    Every cue is iterated plainly until it lies in a ball around a fixed point, or around a point of a cycle, in which
    the map contracts: from there on nothing else can happen, and the point itself is known by Newton's method. Newton's
    method is started from where cues come to rest, and never decides where a cue leads. Contraction is checked at
    points drawn in the ball and at the cues themselves, not proved: the ball is kept small beside its centre's norm.

    Parameters
    ----------
    map
        A function (..., d) -> (..., d) that :func:`sigae.jacobian` can differentiate.
    cues
        Starting points, shape (k, d); iterated in batches of bounded memory.
    steps
        How often the map is applied at most.
    tolerance
        Accuracy of fixed points, over the largest norm of a cue. A cue that moves by less in a period, and is so
        accurately at a fixed point or cycle that does not attract, ends there.
    periods
        Longest cycle that is looked for.
    escape
        A cue diverges when its norm exceeds this many times the largest norm of a cue.

    Returns
    -------
    Destinations
        Fixed points, cycles, and which of them each cue is led to.

    Raises
    ------
    TypeError
        If ``cues`` is no tensor of float64 or float32, or of another type than the map wants.
    ValueError
        If ``cues`` is not two-dimensional or not finite, or an option is out of range.
    """
    check_finite("cues", check_floats("cues", cues))
    if cues.ndim != 2:
        raise ValueError(f"cues has shape {tuple(cues.shape)}: give (k, d).")
    steps, periods = check_whole("steps", steps), check_whole("periods", periods)
    largest = cues.norm(dim=1).max().item() if len(cues) else 0.0
    scale = largest or 1.0
    accuracy = scale * max(check_positive("tolerance", tolerance), 50 * torch.finfo(cues.dtype).eps)
    search = _Search(map, scale, accuracy, periods, scale * check_positive("escape", escape))
    parts = [search.run(batch, steps) for batch in cues.split(max(1, NUMBERS // cues.shape[1]))]
    which, taken = (torch.cat([part[k] for part in parts]) for k in (0, 1))
    return _in_order_of_cues(which, taken, search.orbits)


def _in_order_of_cues(which: Tensor, taken: Tensor, orbits: list[Orbit]) -> Destinations:
    used = [k for k in dict.fromkeys(which.tolist()) if k >= 0]
    place = torch.tensor([used.index(k) if k in used else 0 for k in range(len(orbits))] + [UNSETTLED, DIVERGED])
    return Destinations(place[which], taken, tuple(orbits[k] for k in used))


class _Search:
    """The orbits found so far, by which the cues of every batch are sorted."""

    def __init__(
        self, map: Callable[[Tensor], Tensor], scale: float, accuracy: float, periods: int, bound: float
    ) -> None:
        self.map, self.scale, self.accuracy, self.periods, self.bound = map, scale, accuracy, periods, bound
        self.orbits: list[Orbit] = []

    def run(self, cues: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Return where the cues of one batch are led, and after how many steps that was certain."""
        which = torch.full((len(cues),), UNSETTLED)
        taken, active, x = torch.zeros_like(which), torch.arange(len(cues)), cues
        fast = prepared(self.map, cues, steps)
        k, look = 0, 0.0
        while len(active):
            which[active], taken[active] = self._sorted(x), k
            going = which[active] == UNSETTLED
            active, x = active[going.to(active.device)], x[going.to(x.device)]
            if k >= steps or not len(active):
                break
            x, moved, period = self._stretch(fast, x, min(2 * self.periods, steps - k))
            k += min(2 * self.periods, steps - k)
            if k < look and k < steps:  # Newton's method costs as much as many steps
                continue
            look = PATIENCE * k
            rest = self._look(x, moved, period)
            which[active[rest >= 0]], taken[active[rest >= 0]] = rest[rest >= 0], k
            active, x = active[rest < 0], x[(rest < 0).to(x.device)]
        return which, taken

    def _sorted(self, x: Tensor) -> Tensor:
        """Say which points lie in the ball of an orbit, and which are out of bounds."""
        which = torch.full((len(x),), UNSETTLED)
        which[(~(x.norm(dim=1) <= self.bound)).cpu()] = DIVERGED
        for k, orbit in enumerate(self.orbits):
            for ball in orbit.balls:
                inside = ball.holds(x)
                if inside.any():
                    inside[inside.clone()] = self._nearer(x[inside], ball, len(orbit.points))
                which[inside.cpu()] = k
        return which

    def _nearer(self, x: Tensor, ball: Ball, period: int) -> Tensor:
        """Tell which points come nearer to a ball's centre in one period: each is a probe of its contraction."""
        y = x
        for _ in range(period):
            y = self._apply(self.map, y)
        return ball.distance(y) <= torch.maximum(ball.distance(x), torch.full_like(x[:, 0], self.accuracy))

    def _stretch(self, map: Callable[[Tensor], Tensor], x: Tensor, steps: int) -> tuple[Tensor, Tensor, Tensor]:
        """Apply the map some times, and say how near each point came to where it had been, and in what period."""
        recent, moved = x, torch.full((len(x),), torch.inf, dtype=x.dtype, device=x.device)
        period = torch.ones(len(x), dtype=torch.int64, device=x.device)
        for _ in range(max(0, steps - self.periods)):
            recent = self._apply(map, recent)
        x = recent
        for p in range(1, min(self.periods, steps) + 1):
            x = self._apply(map, x)
            apart = (x - recent).norm(dim=1)
            # a longer period must come clearly nearer: what creeps to a fixed point comes nearest in one step
            nearer = apart < moved / 2
            moved, period = torch.where(nearer, apart, moved), torch.where(nearer, p, period)
        return x, moved, period

    def _apply(self, map: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        inside = x.norm(dim=1) <= self.bound
        if inside.all():
            return map(x)
        x = x.clone()
        x[inside] = map(x[inside])
        return x

    def _look(self, x: Tensor, moved: Tensor, period: Tensor) -> Tensor:
        """Start Newton's method where points move least; say which of them rest on an orbit that does not attract."""
        resting = torch.full((len(x),), -1)
        moved = torch.where(self._sorted(x).to(moved.device) == UNSETTLED, moved, torch.inf)
        for i in moved.argsort()[:TRIES].tolist():
            if not moved[i] <= NEAR * self.scale or self._sorted(x[i : i + 1])[0] != UNSETTLED:
                continue
            orbit = find_orbit(self.map, x[i], int(period[i]), self.accuracy)
            if orbit is None:
                continue
            if orbit.balls and self._place(orbit.points[:1]) is None:
                self.orbits.append(orbit)
            elif not orbit.balls and moved[i] <= self.accuracy and _distance(orbit, x[i]) <= 1e3 * self.accuracy:
                place = self._place(orbit.points[:1])
                resting[i] = len(self.orbits) if place is None else place
                self.orbits += [orbit] if place is None else []
        return resting

    def _place(self, point: Tensor) -> int | None:
        """Find the orbit that a point belongs to."""
        close = (k for k, orbit in enumerate(self.orbits) if _distance(orbit, point[0]) <= 1e3 * self.accuracy)
        return next(close, None)


def _distance(orbit: Orbit, x: Tensor) -> float:
    return (orbit.points - x).norm(dim=1).min().item()
