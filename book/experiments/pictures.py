"""Pictures as memories: recalled from damaged ones, by networks and the limit."""

from __future__ import annotations

import functools
import math
from typing import Any

import torch
from torch import Tensor

from book.experiments.memories import STEP_TOLERANCE, arrived, memory_map, memory_maps, settled
from book.experiments.own_pictures import near_square, stored
from sigae.patterns import NOISE_STREAM, normal_draws
from sigae.recall import iterate

__all__ = ["damaged", "digits", "healing", "pictures", "recalled_pictures"]

DIGITS, CLASSES = "digits", 10


def pictures(count: int, *, norm: float, choice: int = 0, averaged: int = 1, source: str = DIGITS) -> Tensor:
    """Take pictures of digits from scikit-learn's 8 x 8 digits, less their mean grey, each scaled to a norm.

    Digits 0 to 9 in turn, as often as ``count`` asks for; of each the first examples for ``choice`` 0, the next for 1,
    and so on. With ``averaged`` above one a picture is a prototype: the mean of so many examples. From a ``source`` of
    own patterns, which have no classes, the first are taken for ``choice`` 0, and so on. Returns (count, d).
    """
    if source == DIGITS:
        taken = digits(count, choice, averaged)
    elif averaged > 1:
        raise ValueError(f"averaged is {averaged}, but own patterns have no classes to average over: give 1.")
    else:
        own = stored(source)
        (choice,) = own.possible(count, [choice])
        taken = own.values[choice * count : (choice + 1) * count]
    taken = taken - taken.mean()
    return norm * taken / taken.norm(dim=1, keepdim=True)


def digits(count: int, choice: int, averaged: int = 1) -> Tensor:
    """Take pictures of digits as the data set holds them, or means of so many, (count, 64)."""
    examples = _examples()
    rounds = math.ceil(count / CLASSES)
    if (choice + 1) * rounds * averaged > min(len(of_one) for of_one in examples):
        raise ValueError(
            f"count is {count}, choice {choice} and averaged {averaged}: there are not as many pictures, take less."
        )
    firsts = [(examples[k % CLASSES], averaged * (choice * rounds + k // CLASSES)) for k in range(count)]
    return torch.stack([of_one[first : first + averaged].mean(dim=0) for of_one, first in firsts])


@functools.cache
def _examples() -> list[Tensor]:
    """Load the pictures of each digit once, and scikit-learn only where they are wanted."""
    from sklearn.datasets import load_digits

    values, digit = load_digits(return_X_y=True)
    return [torch.from_numpy(values[digit == k]) for k in range(CLASSES)]


def damaged(
    points: Tensor, damage: str, amount: float, *, seed: int = 0, shape: tuple[int, int] | None = None
) -> Tensor:
    """Damage pictures (n, d) of one norm, which have so many rows and columns of pixels, or are nearly square.

    ``"rows"``: the lowest ``amount`` of rows become zero, the mean grey. ``"noise"``: normal noise of ``amount`` times
    the norm. ``"blend"``: that share of each picture is replaced by the next one.
    """
    n, d = points.shape
    if damage == "rows":
        rows, columns = shape or near_square(d)
        return points * (torch.arange(d) < columns * (rows - round(amount)))
    if damage == "noise":
        scale = amount * points.norm(dim=1, keepdim=True) / math.sqrt(d)
        return points + scale * normal_draws((n, d), stream=NOISE_STREAM, seed=seed)
    if damage == "blend":
        return (1 - amount) * points + amount * points.roll(-1, dims=0)
    raise ValueError(f"damage is {damage!r}: choose 'rows', 'noise' or 'blend'.")


def recalled_pictures(
    *,
    norm: float,
    choices: list[int],
    damages: list[str],
    amounts: list[float],
    n_pictures: int = 10,
    averaged: int = 1,
    source: str = DIGITS,
    width: int = 0,
    activation: str = "erf",
    iterations: int = 1000,
) -> dict[str, Any]:
    """Store pictures, and recall each from damaged copies, or from ``"another"`` example of its digit.

    Returns how training ended; lists with one entry a choice of pictures: ``radius_worst`` and ``radius_mean``, of rho
    at the memories, and ``recalled``, lists in turn with one entry a damage: how many are nearest to their own picture
    and within 5 % of its norm after ``iterations``.
    """
    kind: dict[str, Any] = {"averaged": averaged, "source": source}
    points = torch.stack([pictures(n_pictures, norm=norm, choice=choice, **kind) for choice in choices])  # (B, n, d)
    broken = [
        [_cues(own, *how, choice=choice, **kind) for how in zip(damages, amounts, strict=True)]
        for own, choice in zip(points, choices, strict=True)
    ]
    cues = torch.stack([torch.stack(kinds) for kinds in broken])  # (B, damages, n, d)
    largest = cues.norm(dim=-1).max().item()
    map, radii, record = memory_maps(points, choices, width=width, activation=activation, largest=largest)
    found = arrived(settled(map, cues, iterations)[0], points[:, None])  # (B, damages, n)
    return record | {
        "radius_worst": radii.amax(dim=1),
        "radius_mean": radii.mean(dim=1),
        "recalled": (found == torch.arange(n_pictures)).sum(dim=-1),
    }


def _cues(points: Tensor, damage: str, amount: float, *, choice: int, source: str, averaged: int = 1) -> Tensor:
    """Damage pictures, or take the first examples of their digits that follow those which they are the means of."""
    if damage == "another" and source == DIGITS:
        return pictures(len(points), norm=points[0].norm().item(), choice=(choice + 1) * averaged)
    return damaged(points, damage, amount, seed=choice, shape=None if source == DIGITS else stored(source).shape)


def healing(
    *,
    norm: float,
    choice: int,
    picture: int,
    rows_lost: int,
    moments: list[int],
    width: int = 0,
    activation: str = "erf",
    n_pictures: int = 10,
    source: str = DIGITS,
) -> dict[str, Any]:
    """Follow one picture whose lower rows are lost.

    Returns how training ended; ``frames``, the picture over the norm at the ``moments``, a list of numbers each;
    ``distance``, that to the stored picture over the norm; ``target``, the stored one.
    """
    points = pictures(n_pictures, norm=norm, choice=choice, source=source)
    map, record = memory_map(points, width=width, activation=activation, seed=choice, step_tolerance=STEP_TOLERANCE)
    cue = _cues(points, "rows", rows_lost, choice=choice, source=source)[picture]
    path = iterate(map, cue, steps=max(moments))[moments]
    return record | {
        "frames": path / norm,
        "distance": (path - points[picture]).norm(dim=1) / norm,
        "target": points[picture] / norm,
    }
