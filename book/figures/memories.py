"""Figures of memories: strips of pictures as they heal, and slices of pattern space by where they lead."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.colors
import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from scipy.special import chdtr

from book.figures.style import COLOURS, COLUMN, INK, LIMIT_COLOUR, MARKERS, legend, panels, styled
from sigae.infinite_width import recalled_near_ray

NO_MEMORY, NOWHERE, ANOTHER = "#333333", "#ffffff", "#999999"
THREE = COLOURS[:3]
FINE = 400  # points to a side of an exact basin


@styled
def picture_strips(
    table: pd.DataFrame, moments: Sequence[int], shape: tuple[int, int] = (8, 8), cmap: str = "gray_r"
) -> Figure:
    """Draw how damaged pictures change as a map is iterated, a row a map; last in each row the stored picture.

    Pictures have so many rows and columns of pixels, the last of which may be missing.
    """
    rows, columns = len(table), len(moments) + 1
    figure = Figure(figsize=(COLUMN, 0.3 + 0.95 * rows))
    axes = figure.subplots(rows, columns, squeeze=False)
    for line, row in zip(axes, table.itertuples(), strict=True):
        bound = np.abs(row.target).max()
        for ax, values in zip(line, [*row.frames, row.target], strict=True):
            pixels = np.pad(values, (0, math.prod(shape) - len(values)), constant_values=np.nan).reshape(shape)
            ax.imshow(pixels, cmap=cmap, vmin=-bound, vmax=bound)
            _without_frame(ax)
        line[columns // 2].set_title(row.label.replace("\n", ", "))
    for ax, when in zip(axes[-1], [*map(str, moments), "goal"], strict=True):
        ax.set_xlabel(when)
    return figure


@styled
def picture_walls(wall: Mapping[str, Any], across: int = 6) -> Figure:
    """Draw a ``wall`` of ``stored_pictures``: cues, what each became and what was stored; frames where these differ.

    Of handwriting large values are ink, and dark; of other pictures they are light.
    """
    rows, columns = wall["shape"]
    lines = math.ceil(len(wall["found"]) / across)
    figure = Figure(figsize=(COLUMN, 0.5 + COLUMN / 3 * (lines * rows) / (across * columns)))
    axes = figure.subplots(1, 3, squeeze=False)[0]
    bound, colours = np.abs(wall["stored"]).max(), "gray_r" if wall["kind"].startswith("digits") else "gray"
    frames = {"another memory": COLOURS[0], "no memory": COLOURS[1]}
    for ax, (name, title) in zip(
        axes, {"start": "cue", "end": "what it became", "stored": "stored"}.items(), strict=True
    ):
        tiles = np.full((math.ceil(len(wall[name]) / across), across, rows + 2, columns + 2), np.nan)
        for k, picture in enumerate(wall[name]):
            tiles[k // across, k % across, 1:-1, 1:-1] = np.reshape(picture, (rows, columns))
        image = tiles.swapaxes(1, 2).reshape(len(tiles) * (rows + 2), -1)
        ax.imshow(image, cmap=colours, vmin=-bound, vmax=bound)
        _without_frame(ax)
        ax.set_title(title)
    for k, found in enumerate(wall["found"]):
        if found != k:
            corner = ((k % across) * (columns + 2), (k // across) * (rows + 2))
            hue = frames["no memory" if found < 0 else "another memory"]
            axes[1].add_patch(Rectangle(corner, columns + 1, rows + 1, fill=False, edgecolor=hue, linewidth=1.4))
    keys = [Line2D([], [], marker="s", ls="", mfc="none", mec=hue, mew=1.4, ms=8) for hue in frames.values()]
    figure.legend(keys, [f"became {name}" for name in frames], loc="outside lower center", ncols=2)
    return figure


@styled
def basin_slices(table: pd.DataFrame) -> Figure:
    """Draw slices of pattern space, from a sweep of ``basin_slice``, in the colours of the memories they lead to."""
    down, across = (list(dict.fromkeys(table[name])) for name in ("width", "norm"))
    figure = Figure(figsize=(COLUMN, (0.75 * COLUMN / len(across) + 0.6) * len(down) + 0.4))
    axes = figure.subplots(len(down), len(across), squeeze=False)
    palette = np.array([matplotlib.colors.to_rgb(c) for c in (*THREE, ANOTHER, NO_MEMORY, NOWHERE)])
    for ax in axes.flat:
        _without_frame(ax)
    kinds: list[int] = []
    for row in table.to_dict("records"):
        ax = axes[down.index(row["width"]), across.index(row["norm"])]
        where = np.asarray(row["where"])
        kind = np.select([(where >= 0) & (where < 3), where >= 3, where == -1], [where, 3, 4], default=5)
        kinds += kind.tolist()
        side, extent = round(len(where) ** 0.5), row["extent"]
        box = (-extent, extent, -extent, extent)
        ax.imshow(palette[kind.reshape(side, side)], origin="lower", extent=box, interpolation="nearest")
        at = np.asarray(row["memories"])
        ax.scatter(at[:, 0], at[:, 1], c=THREE, s=42, edgecolors="white", linewidths=1.5, zorder=3)
        ax.set_title(row["label"])
    names = ["first memory", "second", "third", "another memory", "at rest elsewhere", "not at rest"]
    met = sorted(set(kinds))
    keys = [Line2D([], [], marker="s", ls="", color=palette[k], mec="#777777", ms=8) for k in met]
    figure.legend(keys, [names[k] for k in met], loc="outside lower center", ncols=3)
    return figure


def _without_frame(ax: Axes) -> None:
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.spines[:].set_visible(False)


@styled
def near_ray(table: pd.DataFrame) -> Figure:
    """Draw the exact basins of a sweep of ``cues_near_a_ray``, a panel a row, and the shares of noisy cues recalled."""
    figure, axes = panels(1, len(table) + 1, share_y=False, share_x=False)
    *planes, noisy = axes[0]
    for k, (ax, row) in enumerate(zip(planes, table.itertuples(), strict=True)):
        along = torch.linspace(0, 2, FINE)
        across = torch.linspace(0, max(row.across), FINE)
        inside = recalled_near_ray(along, across[:, None], torch.tensor(row.factor))
        ax.contourf(along, across, inside, [0.5, 1.5], colors=[COLOURS[k]], alpha=0.25)
        for found, words in ((True, "recalled"), (False, "not recalled")):
            here = np.equal(row.recalled, found)
            place = {"x": np.asarray(row.along)[here], "y": np.asarray(row.across)[here], "s": 9, "linewidths": 0.8}
            ax.scatter(**place, edgecolors=INK, facecolors=INK if found else "none", label=words)
        ax.plot(1, 0, "*", color=LIMIT_COLOUR, markersize=11, clip_on=False, label="memory")
        ax.set_title(f"{row.title}, $g$ = {row.factor:.2f}")
        ax.set(xlabel=r"part along the ray, $\alpha$", ylabel=r"distance, $\|h\|$")
        noisy.scatter(row.noises, row.shares, s=22, marker=MARKERS[k], color=COLOURS[k], label=row.title)
        t = np.linspace(min(row.noises), max(row.noises), FINE)
        noisy.plot(t, chdtr(row.dim - 1, row.dim / t), color=LIMIT_COLOUR, linewidth=1.0, label="theory")
    noisy.set(xlabel="noise variance over $t^*$", ylabel="share recalled", title="Noisy memories")
    legend(figure, axes)
    return figure
