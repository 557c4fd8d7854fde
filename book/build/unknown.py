"""Prose of a page without what was not measured there: a sentence that cites no number is left out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

CITED = re.compile(r"\{glue:text\}`(\w+)[^`]*`")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*$({\[])")


def unknown(value: float | str) -> bool:
    """Whether a glued value says that nothing was measured: not a number, or a text that has one in it."""
    if isinstance(value, str):
        return value == "unknown" or bool(re.search(r"\bnan\b", value))
    return math.isnan(value)


def without_unknown(prose: str, glued: Mapping[str, float | str]) -> str:
    """Leave out the sentences that cite an unknown value, and paragraphs and list items of which nothing remains.

    Parameters
    ----------
    prose
        Markdown of a notebook's cell.
    glued
        Name to value.

    Returns
    -------
    str
        The rest, as it was.
    """
    missing = {name for name, value in glued.items() if unknown(value)}
    if not missing & {*CITED.findall(prose)}:
        return prose
    blocks = []
    for block in re.split(r"(\n\s*\n|\n(?=- ))", prose):
        if missing & {*CITED.findall(block)}:
            bullet = re.match(r"(?:- )?", block)[0]  # type: ignore[index]
            sentences = SENTENCE.split(block[len(bullet) :])
            kept = [sentence for sentence in sentences if not missing & {*CITED.findall(sentence)}]
            block = bullet + " ".join(kept) if kept else ""
        blocks.append(block)
    return "".join(blocks)
