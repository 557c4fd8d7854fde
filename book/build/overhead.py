"""The table of what a sweep costs a condition, from book/benchmark.json, for the page "On a cluster"."""

from __future__ import annotations

import json
from pathlib import Path

from book.build.page import table

__all__ = ["overhead_table"]

WORDS = {"processes": "local processes", "cluster": "cluster"}


def overhead_table(benchmark: Path) -> str:
    """Write the table.

    Parameters
    ----------
    benchmark
        What ``make bench`` recorded.

    Returns
    -------
    str
        Markdown; a sentence where nothing was recorded.
    """
    rows = json.loads(benchmark.read_text(encoding="utf-8")).get("overhead", []) if benchmark.exists() else []
    if not rows:
        return "It has not been measured.\n"
    head = ("Where", "Workers", "Conditions", "ms a condition", "Memory of the client, MB", "of which for them", "Load")
    cells = [
        (
            WORDS[row["where"]],
            str(row["workers"]),
            f"{row['conditions']:,}",
            f"{row['milliseconds']:.1f}",
            f"{row['peak_megabytes']:.0f}",
            f"{row['grown_megabytes']:.0f}",
            f"{row['load']:.1f}",
        )
        for row in rows
    ]
    note = "*Load* is the number of other processes that wanted the two cores when the row was measured.\n"
    return table(head, cells) + "\n" + note
