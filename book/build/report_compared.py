"""What reproduced, at a glance: what the report shows beside what this book finds, experiment by experiment."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from book.build.page import table
from book.build.toc import ROOT
from book.statistics.verdicts import NOT_JUDGED, NOT_REPRODUCED, REPRODUCED, combine, sum_up
from book.typeset import listed, symbols

AGREEMENT = {REPRODUCED: "yes", NOT_REPRODUCED: "no"}  # the other verdicts are words already
COMPARISONS: list[dict[str, str]] = yaml.safe_load((ROOT / "book" / "report_compared.yaml").read_text(encoding="utf-8"))


def comparison_table(found: Mapping[str, list[dict[str, Any]]]) -> str:
    """Lay out every comparison that has been judged."""
    rows = [_row(item, found[item["claim"]]) for item in COMPARISONS if found[item["claim"]]]
    return table(("The report", "This book", "Do they agree?"), rows)


def _row(item: Mapping[str, str], parts: Sequence[dict[str, Any]]) -> tuple[str, str, str]:
    measured = ""
    if parts[0]["part"]:  # what counts of a claim in parts are the verdicts on them
        outcomes = [part["verdict"] for part in parts]
        verdict = combine(outcomes)
    else:
        wanted = {"criterion": item["criterion"]} if "criterion" in item else {"decides": True}
        rows = [row for part in parts for row in part["evidence"] if wanted.items() <= row.items()]
        outcomes = [row["outcome"] for row in rows]
        verdict = sum_up(outcomes) if outcomes else NOT_JUDGED
        shown = rows if len(rows) <= 3 else [rows[0], rows[-1]]
        measured = ": " + listed(f"{row['value']:.3g} ({row['condition']})" for row in shown)
    page, figure = (parts[0].get(name, "") for name in ("notebook", "figure"))
    agree = sum(outcome in ("holds", REPRODUCED) for outcome in outcomes)
    why = f". {item['why']}" if verdict == item["verdict"] else ""
    return (
        f"[{item['experiment']}](executed/{page}.ipynb). {symbols(item['report'])}",
        symbols(item["ours"] + measured) + (f" ({{numref}}`{figure}`)" if figure else ""),
        f"**{AGREEMENT.get(verdict, verdict)}**{symbols(why)} ({agree} of {len(outcomes)})",
    )
