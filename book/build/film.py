"""The film for the front: digits that heal from their upper halves, as an SVG that moves without a script."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import torch
from torch import Tensor

import sigae
from book.build.memories import as_patterns, digits, lower_half_erased, trained
from book.build.page import write_if_changed

NORM, WIDTH, LONGEST = 40.0, 2000, 60
LEVELS, NEAR = 16, 0.05
SIDE, CELL, GAP, EDGE, LINE = 8, 6, 11, 14, 24  # of a picture in pixels, and in units of the drawing
EACH, LAST = 0.5, 3.5  # seconds that a picture is shown
STYLE = """\
path { shape-rendering: crispEdges } .paper { fill: #fff } .ink, text { fill: #1f2328 } text { font: 13px sans-serif }
@media (prefers-color-scheme: dark) { .paper { fill: #161b22 } .ink, text { fill: #f0f6fc } }
"""


@dataclass
class Film:
    """Greys of all cues at each iteration, 0 to 16, shape (frames, n, 64); how many were recalled; and the caption."""

    greys: Tensor
    recalled: int
    caption: str


@torch.no_grad()
def record(width: int = WIDTH) -> Film:
    """Train a network on the ten digits, and iterate it from their upper halves until no grey changes any more."""
    pictures = digits()
    patterns = as_patterns(pictures, NORM)
    path = sigae.iterate(trained(width, patterns), lower_half_erased(patterns), steps=LONGEST)  # (steps + 1, n, d)
    away = torch.cdist(path[-1], patterns)
    right = away.argmin(dim=1) == torch.arange(len(patterns))
    recalled = int((right & (away.diagonal() < NEAR * NORM)).sum())
    scale = (pictures - pictures.mean()).norm(dim=1, keepdim=True) / NORM
    greys = (path * scale + pictures.mean()).round().clamp(0, LEVELS).int()
    end = int((greys != greys[-1]).flatten(1).any(dim=1).nonzero().max()) + 1
    caption = (
        f"{recalled} of {len(patterns)} handwritten digits heal from their upper halves: a trained sigmoid network of "
        f"{width:,} hidden units that stores these ten patterns of norm {NORM:g}, fed with its own output again and "
        "again. Above, what it is given, the lower four of eight rows set to the mean grey; below, iterations 0 to "
        f"{end}."
    )
    return Film(greys[: end + 1], recalled, caption)


def drawing(greys: Tensor, top: int) -> str:
    """Draw pictures (n, 64) side by side: one path for each grey, made of runs of equal pixels."""
    runs: dict[int, list[str]] = {}
    for k, picture in enumerate(greys.reshape(-1, SIDE, SIDE).tolist()):
        left = EDGE + k * (SIDE * CELL + GAP)
        for y, row in enumerate(picture):
            for grey, run in groupby(range(SIDE), key=row.__getitem__):
                x, *rest = run
                length = (1 + len(rest)) * CELL
                runs.setdefault(grey, []).append(f"M{left + x * CELL} {top + y * CELL}h{length}v{CELL}h-{length}")
    return "".join(f'<path opacity="{grey / LEVELS:.3g}" d="{"".join(runs[grey])}"/>' for grey in sorted(runs) if grey)


def keyframes(frames: int) -> str:
    """Write the rules of style that show one frame after the other, over and over, and the last one for longer."""
    seconds, each = EACH * (frames - 1) + LAST, 100 * EACH / (EACH * (frames - 1) + LAST)
    rules = [f".frame {{ opacity: 0; animation: {seconds:g}s step-end infinite }}"]
    for k in range(frames):
        end = f"{each * (k + 1):.2f}% {{ opacity: 0 }}" if k < frames - 1 else ""
        shown = f"0% {{ opacity: {int(k == 0)} }} {each * k:.2f}% {{ opacity: 1 }} {end}"
        rules.append(f"@keyframes f{k} {{ {shown} }} #f{k} {{ animation-name: f{k} }}")
    still = (
        f"@media (prefers-reduced-motion: reduce) {{ .frame {{ animation: none }} #f{frames - 1} {{ opacity: 1 }} }}"
    )
    return "\n".join([*rules, still, ""])


def svg(greys: Tensor, caption: str, last: int, *, still: bool = False) -> str:
    """Lay out the cues (entry 0), and below them the iterations one after the other, or the last one alone."""
    frames, n, _ = greys.shape
    width, row = 2 * EDGE + n * (SIDE * CELL + GAP) - GAP, SIDE * CELL
    top = 2 * LINE + row
    moves, style = "" if still else ' class="frame"', STYLE + ("" if still else keyframes(frames))
    pictures = []
    for k, iteration in [(1, last)] if still else [(k, k) for k in range(frames)]:
        said = f'<text x="{EDGE}" y="{top + LINE - 7}">iteration {iteration}</text>'
        pictures.append(f'<g id="f{k}"{moves}>{said}<g class="ink">{drawing(greys[k], top + LINE)}</g></g>')
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + LINE + row + EDGE}" role="img">
<title>{caption}</title>
<style>
{style}</style>
<rect class="paper" width="100%" height="100%" rx="8"/>
<text x="{EDGE}" y="{LINE - 7}">broken</text><g class="ink">{drawing(greys[0], LINE)}</g>
{"".join(pictures)}
</svg>
"""


def write(folder: Path) -> Film:
    """Record the film, and write it as ``film.svg`` and its last picture as ``film-still.svg``."""
    film = record()
    for name, greys in (("film.svg", film.greys), ("film-still.svg", film.greys[[0, -1]])):
        write_if_changed(folder / name, svg(greys, film.caption, len(film.greys) - 1, still="still" in name))
    return film


def shown(film: Film, folder: str) -> str:
    """Write the HTML that shows it: the still one where movement is unwelcome, which an image alone is not told."""
    alternative = (
        "Two rows of ten handwritten digits. Above, the lower half of each is grey; "
        f"below, {film.recalled} of them grow whole."
    )
    still = f'<source media="(prefers-reduced-motion: reduce)" srcset="{folder}/film-still.svg">'
    moving = f'<img class="dark-light" src="{folder}/film.svg" alt="{alternative}" width="100%">'
    return f"<picture>{still}{moving}</picture>"


def write_page(folder: Path) -> None:
    """Write the film for the site, and what shows it on the front page and in print, into ``book/generated``."""
    film = write(folder / "site" / "memory")
    printed = f'<img class="only-print" src="../memory/film-still.svg" alt="{film.caption}" width="100%">'
    picture = f"```{{raw}} html\n{shown(film, '../memory')}{printed}\n```\n"
    make = "Draw and break your own on the page [](make_a_memory.md)."
    write_if_changed(folder / "film.md", f"{picture}\n*{film.caption}* {make}\n")
