"""Small pictures of measurements with their intervals against a threshold, as SVG that takes the page's ink."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WIDTH, ROW = 130, 30  # pixels: of a picture, and of a claim's row in the strip
COLOURS = {"holds": "#009e73", "open": "#e69f00", "fails": "#d55e00"}
LONGEST = 34.0  # pixels: no picture's measurements take more height


def margin(item: Mapping[str, Any]) -> tuple[float, float, float]:
    """Tell how far a measurement is on the right side of its threshold: at its value, and at its interval's ends.

    ``item``: evidence as in :meth:`book.statistics.verdicts.Verdict.as_dict`: ``value``, ``low``, ``high``, ``lower``,
    ``upper``, where None stands for infinity. Returns the value's margin, the least and the largest; negative on the
    wrong side.
    """
    lower, upper = _end(item["lower"], -1), _end(item["upper"], 1)
    low, high = _end(item["low"], -1), _end(item["high"], 1)

    def inside(value: float) -> float:
        return min(room for room, bound in ((value - lower, lower), (upper - value, upper)) if math.isfinite(bound))

    best = inside(low) if low == high else max(inside(low), inside(high))
    if math.isfinite(lower) and math.isfinite(upper) and low < (middle := (lower + upper) / 2) < high:
        best = inside(middle)
    return inside(item["value"]), min(inside(low), inside(high)), best


def picture(items: Sequence[Mapping[str, Any]]) -> str:
    """Draw the measurements for one criterion as dots with intervals, and its threshold with the wanted side shaded."""
    bounds = [item for item in (items[0]["lower"], items[0]["upper"]) if item is not None]
    known = [item[name] for item in items for name in ("value", "low", "high") if item[name] is not None]
    least, most = min([*known, *bounds]), max([*known, *bounds])
    span = (most - least) or abs(most) or 1.0
    left, right = least - 0.06 * span, most + 0.06 * span

    def x(value: float | None, otherwise: float) -> float:
        return otherwise if value is None else round(1 + (value - left) / (right - left) * (WIDTH - 2), 1)

    pitch = min(6.0, LONGEST / len(items))
    height = round(pitch * len(items) + 4, 1)
    start, end = x(items[0]["lower"], 0), x(items[0]["upper"], WIDTH)
    parts = [
        f'<rect x="{start}" width="{round(end - start, 1)}" height="{height}" fill="currentColor" opacity="0.08"/>'
    ]
    # What the threshold is stands beside the picture.
    parts += [f'<path d="M{x(bound, 0)} 0V{height}" stroke="currentColor" stroke-dasharray="3 2"/>' for bound in bounds]
    for k, item in enumerate(items):
        at = round(2 + pitch * (k + 0.5), 1)
        parts.append(_mark(x(item["value"], 0), x(item["low"], 0), x(item["high"], WIDTH), at, item["outcome"], pitch))
    counts = {outcome: sum(item["outcome"] == outcome for item in items) for outcome in COLOURS}
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    words = f"{_count(items)} from {min(known):.3g} to {max(known):.3g}, wanted {items[0]['threshold']}: {told}"
    return _svg(parts, WIDTH, height, words)


def strip(rows: Iterable[tuple[str, Sequence[Sequence[Mapping[str, Any]]]]]) -> str:
    """Draw all claims in one picture: how far each deciding measurement is on the right side of its threshold.

    Returns an ``svg`` element: the thresholds are one vertical line, the wanted side is to its right.
    """
    parts, top, told = [], 0.0, []
    width, name = 640, 40
    middle = (width + name) / 2
    for label, claims in rows:
        marks = [(item, values) for part in claims for item, values in zip(part, _scaled(part), strict=True)]
        pitch = min(6.0, max(1.6, 60 / max(1, len(marks))))
        height = max(ROW, pitch * len(marks) + 12)
        parts.append(f'<a href="#{label.lower()}">{_text(0, top + height / 2 + 5, label, "start", 15)}</a>')
        for k, (item, values) in enumerate(marks):
            at = round(top + height / 2 + pitch * (k + 0.5 - len(marks) / 2), 1)
            value, low, high = (round(middle + (middle - name - 6) * min(max(v, -1.0), 1.0), 1) for v in values)
            parts.append(_mark(value, low, high, at, item["outcome"], pitch))
        top += height
        parts.append(f'<path d="M0 {round(top, 1)}H{width}" stroke="currentColor" opacity="0.2"/>')
        told.append(f"{label}: {sum(item['outcome'] == 'holds' for item, _ in marks)} of {len(marks)} hold")
    ground = (
        f'<rect x="{middle}" width="{width - middle}" height="{round(top, 1)}" fill="currentColor" opacity="0.08"/>'
    )
    line = f'<path d="M{middle} 0V{round(top, 1)}" stroke="currentColor" stroke-dasharray="4 3"/>'
    feet = "".join(
        _text(at, top + 16, words, anchor, 13)
        for at, anchor, words in ((name, "start", "fails"), (middle, "middle", "threshold"), (width, "end", "holds"))
    )
    # A group, because it holds links.
    return _svg([ground, line, *parts, feet], width, round(top + 22, 1), "; ".join(told), "group")


def _scaled(part: Sequence[Mapping[str, Any]]) -> list[tuple[float, float, float]]:
    margins = [margin(item) for item in part]
    unit = max((abs(value) for found in margins for value in found if math.isfinite(value)), default=0) or 1
    return [(value / unit, low / unit, high / unit) for value, low, high in margins]


def _mark(value: float, low: float, high: float, y: float, outcome: str, pitch: float) -> str:
    """Draw one measurement; shapes repeat what colours say: a disc holds, a ring is open, a diamond fails."""
    size, style = round(min(3.2, max(1.4, 0.45 * pitch)), 1), f"var(--{outcome}, {COLOURS[outcome]})"
    line = f'<path d="M{low} {y}H{high}" stroke="{style}" stroke-width="1.2" opacity="0.7"/>' if high > low else ""
    if outcome == "fails":
        r = round(1.25 * size, 1)
        return f'{line}<path d="M{value} {round(y - r, 1)}l{r} {r}l-{r} {r}l-{r} -{r}z" fill="{style}"/>'
    filled = style if outcome == "holds" else "none"
    return f'{line}<circle cx="{value}" cy="{y}" r="{size}" fill="{filled}" stroke="{style}" stroke-width="1.2"/>'


def _text(x: float, y: float, words: str, anchor: str = "middle", size: int = 11) -> str:
    place = f'x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="currentColor">{html.escape(words)}</text>'


def _count(items: Sequence[Any]) -> str:
    return f"{len(items)} measurement{'' if len(items) == 1 else 's'}"


def _end(value: float | None, sign: int) -> float:
    return sign * math.inf if value is None else value


def _svg(parts: Iterable[str], width: float, height: float, words: str, role: str = "img") -> str:
    return (
        f'<svg class="intervals" role="{role}" aria-label="{html.escape(words)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )
