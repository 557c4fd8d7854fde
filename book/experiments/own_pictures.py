"""A reader's own patterns in place of the digits: rows of a .npy or .csv file, or a folder of images."""

from __future__ import annotations

import functools
import hashlib
import math
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from sigae.checks import check_memory

__all__ = ["OwnPatterns", "near_square", "own_patterns", "stored"]

COPIES = 4  # of the patterns, while they are read and checked


class OwnPatterns(NamedTuple):
    """Patterns (N, d), how many rows and columns of pixels they have, and how conditions name them."""

    values: Tensor
    shape: tuple[int, int]
    source: str

    def possible(self, count: int, choices: Sequence[int]) -> list[int]:
        """Return those of the choices, each of the next so many patterns, for which there are enough."""
        found = [choice for choice in choices if (choice + 1) * count <= len(self.values)]
        if not found:
            why = f"has {len(self.values)} patterns, too few for choice {choices[0]} of {count}"
            raise _refused(self.source.split(" ", 1)[1], f"{why}: take fewer at a time, n_pictures, or add some")
        return found


def own_patterns(place: str) -> OwnPatterns:
    """Read and check patterns; a ``place`` that begins neither with / nor with ~ is seen from the working directory.

    A ``.npy`` file holds real numbers of shape (N, d) or (N, height, width). A ``.csv`` file holds numbers, a pattern a
    row, with or without a line of names above, which may be 0, 1, 2, ... Images of a folder are taken by name, in grey.
    """
    path = Path(os.path.expanduser(place)).resolve()
    if not path.exists():
        raise _refused(path, "does not exist: give a path from / or ~, or one from the notebooks' folder")
    rows, names = _images(path) if path.is_dir() else _numbers(path)
    check_memory(f"patterns_file {path}", COPIES * 8 * rows.size, "give fewer or smaller patterns")
    height, width = rows.shape[1:] if rows.ndim == 3 else near_square(rows.shape[1])
    rows = np.ascontiguousarray(rows.reshape(len(rows), -1), dtype=float) + 0.0  # makes -0 and 0 equal
    first: dict[bytes, int] = {}
    for k, row in enumerate(rows):
        if not np.isfinite(row).all():
            raise _refused(path, f"has {row[~np.isfinite(row)][0]} in {names[k]}: remove or repair it")
        if row.min() == row.max():
            raise _refused(path, f"has nothing but {row[0]:g} in {names[k]}: remove it")
        if (other := first.setdefault(row.tobytes(), k)) != k:
            raise _refused(path, f"holds one pattern twice, in {names[other]} and {names[k]}: remove one")
    key = hashlib.sha256(f"{rows.shape} {height} ".encode() + rows.tobytes()).hexdigest()[:16]
    scaled = rows / np.abs(rows).max()  # so that no norm overflows
    return OwnPatterns(torch.from_numpy(scaled), (height, width), f"{key} {path}")


@functools.cache  # a process reads them once for all conditions
def stored(source: str) -> OwnPatterns:
    """Read the patterns that a condition names, if they are still those."""
    found = own_patterns(source.split(" ", 1)[1])
    if found.source != source:
        raise ValueError(f"The patterns of {source} have changed since they were checked: run the page again.")
    return found


def near_square(dim: int) -> tuple[int, int]:
    """Return the rows and columns of the most nearly square picture that has room for ``dim`` pixels."""
    columns = math.ceil(math.sqrt(dim))
    return math.ceil(dim / columns), columns


def _refused(path: Path | str, why: str) -> ValueError:
    return ValueError(f"patterns_file {path} {why}.")


def _csv(path: Path) -> np.ndarray:
    with path.open(encoding="utf-8-sig") as lines:
        first = np.genfromtxt([lines.readline().lstrip("#")], delimiter=",")  # nan where there is no number
    named = np.isnan(first).all() or np.array_equal(first, np.arange(first.size))
    return np.loadtxt(path, delimiter=",", ndmin=2, encoding="utf-8-sig", skiprows=int(named))


def _numbers(path: Path) -> tuple[np.ndarray, list[str]]:
    """Read a file of numbers, of shape (N, d) or (N, height, width), and name its patterns."""
    if (ending := path.suffix.lower()) not in (".npy", ".csv"):
        raise _refused(path, "is of no known kind: give a .npy or .csv file of rows, or a folder of images")
    try:
        with warnings.catch_warnings(action="error"):  # of an empty file
            rows = _csv(path) if ending == ".csv" else np.lib.format.open_memmap(path, mode="r")  # reads no pickle
    except (OSError, ValueError, UserWarning) as error:
        raise _refused(path, f"cannot be read as rows of numbers ({str(error).rstrip('.')}): save it anew") from None
    if rows.ndim not in (2, 3) or 0 in rows.shape:
        raise _refused(path, f"has shape {rows.shape}: save a pattern a row, (N, d), or (N, height, width)")
    if rows.dtype.kind not in "buif":
        raise _refused(path, f"holds numbers of type {rows.dtype}: save real numbers")
    return rows, [f"rows[{k}]" for k in range(len(rows))]


def _images(folder: Path) -> tuple[np.ndarray, list[str]]:
    """Read images of one size as grey pictures (N, height, width), and name them."""
    from PIL import Image

    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    pictures: list[np.ndarray] = []
    for file in files:
        try:
            with Image.open(file) as image:
                pictures.append(np.asarray(image.convert("F")))  # which keeps the range of 16 bits
        except Exception as error:  # pillow raises many kinds
            raise _refused(file, f"cannot be read as an image ({error}): remove or repair it") from None
        (height, width), (first, across) = pictures[-1].shape, pictures[0].shape
        if (height, width) != (first, across):
            sizes = f"{files[0].name} of {across} x {first} pixels and {file.name} of {width} x {height}"
            raise _refused(folder, f"holds {sizes}: bring all images to one size")
    if not pictures:
        raise _refused(folder, "holds no images: give a folder with some")
    return np.stack(pictures), [file.name for file in files]
