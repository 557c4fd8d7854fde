"""The figures of the page on the infinite-width limit, for pages in the light and in the dark."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib import rc_context

from book.build.dark import dark
from book.build.page import write_if_changed
from book.figures import infinite_width
from book.figures.style import DEFAULTS


def write(folder: Path) -> None:
    """Draw every figure as SVG, the same bytes each time, into a folder."""
    for draw in (infinite_width.kernel, infinite_width.eigenvalues, infinite_width.radius):
        drawing, content = draw(), io.BytesIO()
        with rc_context(DEFAULTS | {"svg.hashsalt": "sigae", "svg.fonttype": "path"}):
            drawing.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
        write_if_changed(folder / f"{draw.__name__}.svg", content.getvalue())
        write_if_changed(folder / f"{draw.__name__}-dark.svg", dark(content.getvalue()))
