"""Pictures of measurements with their intervals against a threshold: SVG as wide as its place, in the page's ink."""

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

COLOURS = {"holds": "#009e73", "open": "#e69f00", "fails": "#d55e00"}
PITCH, TALLEST = 8.0, 40.0  # pixels: between two measurements at most, and of all of them together
# Shapes repeat what colours say: a disc holds, a ring is open, a diamond fails. A grey bar is the sigmoid's.
SHAPES = {
    "holds": '<circle r="{r}" fill="{ink}"/>',
    "open": '<circle r="{r}" fill="none" stroke="{ink}" stroke-width="1.3"/>',
    "fails": '<path d="M0 -{d}L{d} 0L0 {d}L-{d} 0z" fill="{ink}"/>',
    "sigmoid": '<path d="M0 -{d}V{d}" stroke="{ink}" stroke-width="1.5"/>',
}
Mark = tuple[str, float, float, float]  # what it is, then where value, lower and upper end lie, in per cent


def margin(item: Mapping[str, Any]) -> tuple[float, float, float]:
    """Tell how far a value is on the right side of its threshold; then the least and the most within its interval."""
    low, high = _number(item["low"], -math.inf), _number(item["high"], math.inf)
    lower, upper = _number(item["lower"], -math.inf), _number(item["upper"], math.inf)

    def inside(value: float) -> float:
        return min(gap for gap, bound in ((value - lower, lower), (upper - value, upper)) if math.isfinite(bound))

    tried = [low, high] + [middle for middle in [(lower + upper) / 2] if low < middle < high]
    return inside(item["value"]), min(map(inside, tried)), max(map(inside, tried))


def measured(items: Sequence[Mapping[str, Any]], reference: Sequence[Mapping[str, Any]] = ()) -> str:
    """Draw all measurements for one criterion on one axis, with its threshold; the sigmoid's in grey."""
    bounds = [items[0]["lower"], items[0]["upper"]]
    known = [item[name] for item in (*items, *reference) for name in ("value", "low", "high")] + bounds
    least, most = (end(value for value in known if value is not None) for end in (min, max))

    def place(value: float | None, otherwise: float) -> float:
        return otherwise if value is None else round(4 + 92 * (value - least) / ((most - least) or 1), 2)

    def marks(of: Sequence[Mapping[str, Any]], shape: str = "") -> list[Mark]:
        return [
            (shape or item["outcome"], place(item["value"], 0), place(item["low"], 0), place(item["high"], 100))
            for item in of
        ]

    counts = {outcome: sum(item["outcome"] == outcome for item in items) for outcome in COLOURS}
    words = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    return _drawn(marks(items) + marks(reference, "sigmoid"), (place(bounds[0], 0), place(bounds[1], 100)), words)


def distances(
    criteria: Sequence[Sequence[Mapping[str, Any]]], references: Sequence[Sequence[Mapping[str, Any]]]
) -> str:
    """Draw how far measurements are right of their thresholds, in the middle; each criterion's furthest is its unit."""
    marks: list[Mark] = []
    for items, others in zip(criteria, references, strict=True):
        found = [(item["outcome"], margin(item)) for item in items] + [("sigmoid", margin(item)) for item in others]
        unit = max((abs(end) for _, ends in found for end in ends if math.isfinite(end)), default=0) or 1
        marks += [
            (shape, *(round(50 + 47 * min(max(end / unit, -1.0), 1.0), 2) for end in ends)) for shape, ends in found
        ]
    holding = [item["outcome"] == "holds" for items in criteria for item in items]
    return _drawn(marks, (50, 100), f"{sum(holding)} of {len(holding)} hold")


def _drawn(marks: Sequence[Mark], right: tuple[float, float], words: str) -> str:
    """Draw marks under each other, the thresholds as dashed lines and the right side shaded."""
    pitch = min(PITCH, TALLEST / len(marks))
    height = round(pitch * len(marks) + 6, 1)
    wide = round(right[1] - right[0], 2)
    parts = [f'<rect x="{right[0]}%" width="{wide}%" height="100%" fill="currentColor" opacity="0.08"/>']
    parts += [
        f'<line x1="{end}%" x2="{end}%" y2="100%" stroke="currentColor" stroke-dasharray="3 2" opacity="0.7"/>'
        for end in right
        if 0 < end < 100
    ]
    for k, (shape, value, low, high) in enumerate(marks):
        y, r = round(3 + pitch * (k + 0.5), 1), round(min(3.4, max(1.6, 0.45 * pitch)), 1)
        ink = f"var(--{shape}, {COLOURS[shape]})" if shape in COLOURS else "#8a8a8a"
        if high > low:
            parts.append(f'<line x1="{low}%" x2="{high}%" y1="{y}" y2="{y}" stroke="{ink}" stroke-width="1.3"/>')
        drawn = SHAPES[shape].format(ink=ink, r=r, d=round(1.25 * r, 1))
        parts.append(f'<svg x="{value}%" y="{y}" overflow="visible">{drawn}</svg>')
    return (
        f'<svg class="intervals" role="img" aria-label="{html.escape(words)}" width="100%" height="{height}">'
        f"{''.join(parts)}</svg>"
    )


def _number(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
