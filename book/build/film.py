"""The film for the front: digits that heal from their upper halves, as an SVG that moves without a script."""

from itertools import groupby
from pathlib import Path

import torch
from torch import Tensor

import sigae
from book.build.memories import DIGITS, digits, trained
from book.build.page import write_if_changed
from book.experiments.pictures import damaged, pictures

NORM, WIDTH, LONGEST = 40.0, 2000, 60
LEVELS, NEAR = 16, 0.05
SIDE, CELL, GAP, EDGE, LINE = 8, 6, 11, 14, 24  # of a picture in pixels, and in units of the drawing
EACH, LAST = 0.5, 3.5  # seconds that a picture is shown
ALTERNATIVE = "Two rows of handwritten digits. Above, the lower half of each is grey; below, they grow whole."
# Of a file by itself; the site's own page has the ink of its theme.
STYLE = """\
svg { color: #1f2328; background: #fff; font: 13px sans-serif }
@media (prefers-color-scheme: dark) { svg { color: #f0f6fc; background: #161b22 } }
"""


@torch.no_grad()
def record() -> tuple[Tensor, str]:
    """Train a network on the ten digits, and iterate it from their upper halves until no grey changes any more.

    Return the greys of all cues at each iteration, 0 to 16, shape (frames, n, 64), and what is seen.
    """
    shown, patterns = digits(), pictures(DIGITS, norm=NORM)
    cues = damaged(patterns, "rows", SIDE // 2)
    path = sigae.iterate(trained(WIDTH, patterns), cues, steps=LONGEST)  # (steps + 1, n, d)
    away = torch.cdist(path[-1], patterns)
    right = away.argmin(dim=1) == torch.arange(len(patterns))
    recalled = int((right & (away.diagonal() < NEAR * NORM)).sum())
    scale = (shown - shown.mean()).norm(dim=1, keepdim=True) / NORM
    greys = (path * scale + shown.mean()).round().clamp(0, LEVELS).int()
    end = int((greys != greys[-1]).flatten(1).any(dim=1).nonzero().max()) + 1
    caption = (
        f"{recalled} of {len(patterns)} handwritten digits heal from their upper halves. A sigmoid network of {WIDTH} "
        f"hidden units stores these ten patterns, of norm {NORM:g}, and is fed its own output again and again. Above: "
        f"what it is given first, with the lower four of eight rows set to the mean grey. Below: iterations 0 to {end}."
    )
    return greys[: end + 1], caption


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


def line(greys: Tensor, said: str, top: int) -> str:
    """Draw pictures (n, 64) side by side, below what they are."""
    return f'<text x="{EDGE}" y="{top + LINE - 7}">{said}</text>{drawing(greys, top + LINE)}'


def keyframes(frames: int) -> str:
    """Write the rules of style that show one frame after the other, over and over, and the last one for longer."""
    seconds, each = EACH * (frames - 1) + LAST, 100 * EACH / (EACH * (frames - 1) + LAST)
    rules = [f".frame {{ opacity: 0; animation: {seconds:g}s step-end infinite }}"]
    for k in range(frames):
        end = f"{each * (k + 1):.2f}% {{ opacity: 0 }}" if k < frames - 1 else ""
        shown = f"0% {{ opacity: {int(k == 0)} }} {each * k:.2f}% {{ opacity: 1 }} {end}"
        rules.append(f"@keyframes f{k} {{ {shown} }} .f{k} {{ animation-name: f{k} }}")
    still = f".frame {{ animation: none }} .f{frames - 1} {{ opacity: 1 }}"
    return "\n".join([*rules, f"@media print, (prefers-reduced-motion: reduce) {{ {still} }}", ""])


def svg(n: int, inside: str, *, style: str = "", caption: str = "") -> str:
    """Frame two drawn rows of n pictures: in a file by itself, which has a caption, with an edge."""
    edge = EDGE if caption else 0
    width, height = n * (SIDE * CELL + GAP) - GAP + 2 * edge, 2 * (SIDE * CELL + LINE) + edge
    box = f'viewBox="{EDGE - edge} 0 {width} {height}" fill="currentColor" shape-rendering="crispEdges"'
    said = f"<title>{caption}</title>\n<style>\n{style}</style>\n" if caption else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>\n{said}{inside}\n</svg>\n'


def moving(greys: Tensor) -> str:
    """Draw the cues (entry 0), and below them the iterations one after the other."""
    below = (line(one, f"iteration {k}", SIDE * CELL + LINE) for k, one in enumerate(greys))
    return line(greys[0], "broken", 0) + "".join(f'\n<g class="frame f{k}">{one}</g>' for k, one in enumerate(below))


def write(root: Path, folder: str) -> str:
    """Write ``film.svg``, and ``film-still.svg`` with its first and last picture; return the text that shows them."""
    greys, caption = record()
    last = line(greys[0], "broken", 0) + line(greys[-1], f"iteration {len(greys) - 1}", SIDE * CELL + LINE)
    for name, inside, style in (("film", moving(greys), keyframes(len(greys))), ("film-still", last, "")):
        drawn = svg(greys.shape[1], inside, style=STYLE + style, caption=caption)
        write_if_changed(root / folder / f"{name}.svg", drawn)
    # Where movement is unwelcome, which an image alone is not told, the still one.
    still = f'<source media="(prefers-reduced-motion: reduce)" srcset="{folder}/film-still.svg">'
    moves = f'<img src="{folder}/film.svg" alt="{ALTERNATIVE}" width="100%">'
    return f"<picture>{still}{moves}</picture>\n\n*{caption}*\n"


def write_page(folder: Path) -> None:
    """Write what shows the film on the front page, in two halves, and its caption, into ``book/generated``."""
    greys, caption = record()
    half = -(-greys.shape[1] // 2)
    halves = "".join(svg(part.shape[1], moving(part)) for part in greys.split(half, dim=1))
    page = f"""\
```{{raw}} html
<figure class="film"><style>
{keyframes(len(greys))}</style>
<div role="img" aria-label="{ALTERNATIVE}">{halves}</div>
<button type="button">Pause</button></figure>
```
"""
    write_if_changed(folder / "film.md", page)
    write_if_changed(folder / "film_caption.md", f":::{{div}} small-caption\n{caption}\n:::\n")
