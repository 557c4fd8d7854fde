"""Where the project was seen to run: ``book/portability.json``, which the page "Where it runs" shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from book.build.page import table, write_if_changed
from book.build.toc import ROOT

FILE = ROOT / "book" / "portability.json"


def recorded(file: Path = FILE) -> dict[str, list[dict[str, Any]]]:
    """Read what was recorded: ``run``, the suites that were run, and ``resolved``, where the lock resolves."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"run": [], "resolved": []}


def record(
    *, run: list[dict[str, Any]] | None = None, resolved: list[dict[str, Any]] | None = None, file: Path = FILE
) -> None:
    """Note suites that were run, each in place of an earlier run of its kind, or where the lock resolves.

    Parameters
    ----------
    run
        Suites; of the same kind are those of one machine, Python, set of instructions and number of threads. A part
        that was not run this time stays.
    resolved
        All Pythons and platforms for which the lock resolves.
    file
        Where to.
    """
    known = recorded(file)
    if run is not None:
        kinds = {_kind(suite): suite for suite in known["run"]}
        for suite in run:
            kinds[_kind(suite)] = kinds.get(_kind(suite), {}) | suite
        known["run"] = sorted(kinds.values(), key=lambda suite: [str(part) for part in _kind(suite)])
    if resolved is not None:
        known["resolved"] = resolved
    lines = {key: ",\n".join("  " + json.dumps(row) for row in rows) for key, rows in known.items()}
    text = ",\n".join(f' "{key}": [\n{inside}\n ]' for key, inside in lines.items())
    write_if_changed(file, f"{{\n{text}\n}}\n")


def run_table(suites: list[dict[str, Any]]) -> str:
    """Lay out the suites that were run, one a line."""

    def told(found: dict[str, int] | None) -> str:
        if found is None:
            return "not run"
        return f"{found['passed']:,}" + (f", **{found['failed']} failed**" if found["failed"] else "")

    rows = [
        (
            ", ".join(filter(None, (suite["system"].replace("_", "-"), suite["processor"]))),
            suite["python"],
            suite["instructions"],
            str(suite["threads"]),
            told(suite.get("tests")),
            told(suite.get("notebooks")),
        )
        for suite in suites
    ]
    return table(("Machine", "Python", "Instructions", "Threads", "Tests passed", "Notebook cells passed"), rows)


def support_table(known: dict[str, list[dict[str, Any]]]) -> str:
    """Lay out which Python on which platform was run, or only resolved."""
    platforms = {"Linux x86-64": "Linux x86_64", "Linux arm64": "Linux aarch64", "macOS arm64": "Darwin arm64"}
    pythons = sorted({row["python"] for row in known["resolved"]}, key=lambda version: int(version.partition(".")[2]))

    def told(python: str, platform: str) -> str:
        here = [
            suite
            for suite in known["run"]
            if suite["system"] == platforms[platform] and suite["python"].startswith(f"{python}.")
        ]
        if here and not any(suite.get(part, {}).get("failed") for suite in here for part in ("tests", "notebooks")):
            return "run" if any("notebooks" in suite for suite in here) else "tests run"
        resolved = any((row["python"], row["platform"]) == (python, platform) for row in known["resolved"])
        return "resolved" if resolved else "no"

    rows = [(f"Python {python}", *(told(python, platform) for platform in platforms)) for python in pythons]
    return table(("", *platforms), rows)


def sentence(known: dict[str, list[dict[str, Any]]]) -> str:
    """Say in short what was run, and what was only resolved."""

    def listed(words: Iterable[str]) -> str:
        *most, last = dict.fromkeys(words) or ["nothing"]
        return f"{', '.join(most)} and {last}" if most else last

    whole = [suite for suite in known["run"] if "notebooks" in suite and "tests" in suite]
    if not whole:
        return "Nothing was recorded of where it runs."
    failed = sum(suite[part]["failed"] for suite in known["run"] for part in ("tests", "notebooks") if part in suite)
    rest = dict.fromkeys(suite["python"] for suite in known["run"] if "notebooks" not in suite)
    others = [python for python in rest if python not in {suite["python"] for suite in whole}]
    alone = f"; the tests alone with Python {listed(others)}" if others else ""
    threads = listed(sorted(str(suite["threads"]) for suite in whole))
    return (
        f"Run on {listed(suite['system'] for suite in whole)}: the tests and the strict notebooks with Python "
        f"{listed(suite['python'] for suite in whole)}, and under {listed(suite['instructions'] for suite in whole)} "
        f"instructions with {threads} threads{alone}; {failed} failed. Only resolved, not run: "
        f"{listed(row['platform'] for row in known['resolved'] if row['platform'] != 'Linux x86-64')}."
    )


def _kind(suite: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(suite[name] for name in ("system", "processor", "python", "instructions", "threads"))
