"""The front page's moving picture and its strip of verdicts, from what the executed notebooks found."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from book.build.outputs import displayed

SIZE, REACH = 300, 1.35  # pixels of the picture, and how far its axes go
SCALE = SIZE / 2 / REACH


def spectra(executed: Mapping[str, NotebookNode]) -> list[dict[str, Any]]:
    """Find the eigenvalues of the first spectrum explorer, at its widest network: records by growing norm r."""
    for notebook in executed.values():
        for _, output in displayed(notebook):
            if found := re.search(
                r'"application/json">(\{"kind":"spectrum".*?)</script>', output.data.get("text/html", "")
            ):
                data = json.loads(found[1])
                *fixed, norms = [control["values"] for control in data["controls"]]
                # Of the widths the last is infinity.
                chosen = [values[-2] if control["name"] == "width" and len(values) > 1 else values[-1]
                          for control, values in zip(data["controls"], fixed, strict=False)]  # fmt: skip
                chosen[0] = fixed[0][0]
                return [data["records"]["|".join([*chosen, norm])] | {"r": norm} for norm in norms]
    return []


def moving(frames: list[dict[str, Any]]) -> str:
    """Draw the moving picture: eigenvalues in the plane, the unit circle, and a slider for the norm of the patterns."""
    if not frames:
        return ""
    first = frames[0]
    dots = "".join(_dot(x, y) for x, y in zip(first["x"], first["y"], strict=True))
    half = SIZE / 2
    picture = (
        f'<svg viewBox="{-half} {-half} {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}" role="img" '
        f'aria-label="Eigenvalues of the trained Jacobian in the complex plane, with the unit circle">'
        f'<path d="M{-half} 0H{half}M0 {-half}V{half}" class="axes"/><circle r="{SCALE:.1f}" class="unit"/>{dots}</svg>'
    )
    slider = (
        '<label for="moving-norm">norm <i>r</i> of the patterns</label> '
        f'<input type="range" id="moving-norm" min="0" max="{len(frames) - 1}" step="1" value="0" '
        f'aria-valuetext="{html.escape(said(first))}"> <output for="moving-norm">{first["r"]}</output>'
    )
    data = json.dumps({"scale": round(SCALE, 3), "frames": frames}, separators=(",", ":"))
    return (
        f'```{{raw}} html\n<div class="moving">{picture}<div class="moving-side"><p class="moving-says">'
        f'{html.escape(said(first))}</p><p class="moving-slider" hidden>{slider}</p></div>'
        f'<script type="application/json">{data}</script></div>\n```\n'
    )


def _dot(x: float, y: float) -> str:
    side = "inside" if x * x + y * y < 1 else "outside"
    return f'<circle cx="{x * SCALE:.1f}" cy="{-y * SCALE:.1f}" r="4" class="{side}"/>'


def said(frame: Mapping[str, Any]) -> str:
    """Say what a frame shows."""
    inside = frame["radius"] < 1
    return f"r = {frame['r']}: ρ = {frame['radius']:.3f}. " + (
        "All eigenvalues are inside the circle: every pattern of this network is an attractor."
        if inside
        else "Eigenvalues are on the circle or outside: not every pattern of this network is an attractor."
    )


def verdict_strip(verdicts: Mapping[str, str], marks: Mapping[str, str], statements: Mapping[str, str]) -> str:
    """Lay the verdicts out in one line, each a link to its evidence."""
    links = "".join(
        f'<a class="chip chip-{verdict.replace(" ", "-")}" href="generated/claims.html#{id.lower()}" '
        f'title="{html.escape(statements[id])}">{id} <span aria-hidden="true">{marks[verdict]}</span> '
        f"<span>{verdict}</span></a>"
        for id, verdict in verdicts.items()
    )
    return f'```{{raw}} html\n<p class="chips">{links}</p>\n```\n'
