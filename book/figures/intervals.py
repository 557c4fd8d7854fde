"""Pictures of measurements with their intervals against a threshold: SVG as wide as its place, in the page's ink."""

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
RIGHT = (
    '<rect x="50%" width="50%" height="100%" fill="currentColor" opacity="0.08"/>'
    '<line x1="50%" x2="50%" y2="100%" stroke="currentColor" stroke-dasharray="3 2" opacity="0.7"/>'
)


def margin(item: Mapping[str, Any]) -> tuple[float, float, float]:
    """Tell how far a value is on the right side of its threshold; then the least and the most within its interval."""
    ends = {"low": -math.inf, "high": math.inf, "lower": -math.inf, "upper": math.inf}
    low, high, lower, upper = (end if item[name] is None else item[name] for name, end in ends.items())

    def inside(value: float) -> float:
        return min(gap for gap, bound in ((value - lower, lower), (upper - value, upper)) if math.isfinite(bound))

    tried = [low, high] + [middle for middle in [(lower + upper) / 2] if low < middle < high]
    return inside(item["value"]), min(map(inside, tried)), max(map(inside, tried))


def distances(criteria: Sequence[tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]]) -> str:
    """Draw how far measurements, and the sigmoid's, are right of their thresholds, which are in the middle.

    Each criterion's furthest is its unit.
    """
    marks = []
    for items, others in criteria:
        found = [(item["outcome"], margin(item)) for item in items] + [("sigmoid", margin(item)) for item in others]
        unit = max((abs(end) for _, ends in found for end in ends if math.isfinite(end)), default=0) or 1
        marks += [
            (shape, [round(50 + 47 * min(max(end / unit, -1.0), 1.0), 2) for end in ends]) for shape, ends in found
        ]
    pitch, parts = min(PITCH, TALLEST / len(marks)), [RIGHT]
    r = round(min(3.4, max(1.6, 0.45 * pitch)), 1)
    for k, (shape, (value, low, high)) in enumerate(marks):
        y = round(3 + pitch * (k + 0.5), 1)
        ink = f"var(--{shape}, {COLOURS[shape]})" if shape in COLOURS else "#8a8a8a"
        if high > low:
            parts.append(f'<line x1="{low}%" x2="{high}%" y1="{y}" y2="{y}" stroke="{ink}" stroke-width="1.3"/>')
        drawn = SHAPES[shape].format(ink=ink, r=r, d=round(1.25 * r, 1))
        parts.append(f'<svg x="{value}%" y="{y}" overflow="visible">{drawn}</svg>')
    holding = [item["outcome"] == "holds" for items, _ in criteria for item in items]
    return (
        f'<svg class="intervals" role="img" aria-label="{sum(holding)} of {len(holding)} hold" width="100%" '
        f'height="{round(pitch * len(marks) + 6, 1)}">{"".join(parts)}</svg>'
    )
