"""The front page's moving picture and its strip of verdicts, from what the executed notebooks found."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from book.build.outputs import displayed

SPECTRUM = re.compile(r'"application/json">(\{"kind":"spectrum".*?)</script>')


def spectra(executed: Mapping[str, NotebookNode]) -> list[dict[str, Any]]:
    """Find the eigenvalues of the first spectrum explorer, at its widest network: records by growing norm r."""
    shown = (output.data.get("text/html", "") for notebook in executed.values() for output in displayed(notebook))
    for found in filter(None, map(SPECTRUM.search, shown)):
        data = json.loads(found[1])
        choices = {control["name"]: control["values"] for control in data["controls"]}
        finite = [width for width in choices["width"] if width != "∞"]
        chosen = {**{name: values[-1] for name, values in choices.items()}, "activation": choices["activation"][0]}
        settings = [chosen | {"width": finite[-1], "norm": norm} for norm in choices["norm"]]
        return [data["records"]["|".join(each[name] for name in choices)] | {"r": each["norm"]} for each in settings]
    return []


def moving(frames: list[dict[str, Any]]) -> str:
    """Hand the eigenvalues to ``front_page.js``, which draws them in the plane with a slider for the norm."""
    data = json.dumps(frames, separators=(",", ":"))
    shown = f'<div class="moving"><script type="application/json">{data}</script></div>'
    return f"```{{raw}} html\n{shown}\n```\n" if frames else ""


def verdict_strip(verdicts: Mapping[str, str], marks: Mapping[str, str], statements: Mapping[str, str]) -> str:
    """Lay the verdicts out in one line, each a link to its evidence."""
    links = "".join(
        f'<a class="chip chip-{verdict.replace(" ", "-")}" href="generated/claims.html#{id.lower()}" '
        f'title="{html.escape(statements[id])}">{id} <span aria-hidden="true">{marks[verdict]}</span> '
        f"<span>{verdict}</span></a>"
        for id, verdict in verdicts.items()
    )
    return f'```{{raw}} html\n<p class="chips">{links}</p>\n```\n'
