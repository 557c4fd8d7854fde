"""Where the project was seen to run: ``book/portability.json``, which the page "Where it runs" shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from book.tools.page import write_if_changed
from book.tools.toc import ROOT

FILE = ROOT / "book" / "portability.json"


def recorded(file: Path = FILE) -> dict[str, list[dict[str, Any]]]:
    """Read what was recorded: ``run``, the suites that were run, and ``resolved``, where the lock resolves."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"run": [], "resolved": []}


def record(
    *, run: list[dict[str, Any]] | None = None, resolved: list[dict[str, Any]] | None = None, file: Path = FILE
) -> None:
    """Note suites that were run, each in place of an earlier run of the same kind, or where the lock resolves.

    Parameters
    ----------
    run
        Suites; two are of the same kind if they agree in everything but ``KIND_ASIDE``.
    resolved
        All Pythons and platforms for which the lock resolves.
    file
        Where to.
    """
    known = recorded(file)
    if run is not None:
        kinds = {_kind(suite): suite for suite in [*known["run"], *run]}
        known["run"] = sorted(kinds.values(), key=lambda suite: [str(part) for part in _kind(suite)])
    if resolved is not None:
        known["resolved"] = resolved
    lines = {key: ",\n".join("  " + json.dumps(row) for row in rows) for key, rows in known.items()}
    text = ",\n".join(f' "{key}": [\n{inside}\n ]' for key, inside in lines.items())
    write_if_changed(file, f"{{\n{text}\n}}\n")


def _kind(suite: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(suite[name] for name in ("system", "processor", "python", "instructions", "threads"))
