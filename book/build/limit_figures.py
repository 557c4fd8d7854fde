"""The figures of the page on the infinite-width limit."""

from __future__ import annotations

from pathlib import Path

from book.build.page import write_if_changed
from book.figures import infinite_width
from book.figures.style import stack
from book.publish import drawn


def write(folder: Path) -> None:
    """Draw every figure as SVG, the same bytes each time, into a folder; stacked for a phone, too."""
    for draw in (infinite_width.kernel, infinite_width.eigenvalues, infinite_width.radius):
        drawing = draw()
        write_if_changed(folder / f"{draw.__name__}.svg", drawn(drawing))
        stack(drawing)
        write_if_changed(folder / f"{draw.__name__}-stacked.svg", drawn(drawing))
