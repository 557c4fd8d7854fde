"""What the front page shows of the executed notebooks and of the measurements, beside the film."""

import json
from collections import Counter
from pathlib import Path

from nbformat import NotebookNode

from book.build.claims_page import CHECKED, Found, collect, marked, verdict_counts, verdicts
from book.build.page import scale_note, table, write_if_changed
from book.statistics.claims import CLAIMS
from book.typeset import grouped, listed, symbols


def claims_in_words(found: Found, others: Found) -> str:
    """Lay out the claims without their codes, each a link to its evidence: those to be checked, then the book's own."""
    text, said, again = "", verdicts(found), [part for parts in others.values() for part in parts]
    for own, whose in ((False, f"{CHECKED} claims of the report and the paper"), (True, "Claims of this book itself")):
        rows = [
            (f'<a href="generated/claims.html#{id.lower()}">{symbols(CLAIMS[id].statement)}</a>', verdict)
            for id, verdict in ((id, marked(verdict)) for id, verdict in said.items())
            if CLAIMS[id].own == own
        ]
        text += f"{table((whose, listed(verdict_counts(found, own=own))), rows)}\n" if rows else ""
    if again:
        outcomes = listed(f"{count} {verdict}" for verdict, count in Counter(part["verdict"] for part in again).items())
        page = f"[at {again[0]['scale']}](executed/{again[0]['notebook']}.ipynb)"
        text += f"Of these claims, {len(again)} were judged again {page}: {outcomes}.\n"
    return text


def training_times(book: Path, notebooks: str) -> str:
    """Say how long one network takes to train: by the report's loop, run to its end, and here."""
    here = json.loads((book / "benchmark.json").read_text(encoding="utf-8"))["headline"]
    same = {name: here[name] for name in ("width", "n_points", "norm", "seed")} | {"precision": "float32"}
    runs = json.loads((book / "report_loop.json").read_text(encoding="utf-8"))["runs"]
    run = next(run for run in runs if same.items() <= run.items())
    network = f"{run['n_points']} patterns of norm {run['norm']:g}, width {grouped(str(run['width']))}"
    return (
        f"Training one network ({network}) "
        f"takes **{run['seconds'] / 60:.0f} minutes** with the report's loop, and on the same machine "
        f"[**{here['flow_seconds']:.2g} seconds** here]({notebooks}/09_from_hours_to_a_second.ipynb)."
    )


def write(executed: dict[str, NotebookNode], folder: Path) -> None:
    """Write what the front page includes into a folder."""
    found, others = collect(executed), collect(executed, other_scales=True)
    write_if_changed(folder / "scale.md", scale_note(next(iter(executed.values()))))
    write_if_changed(folder / "training_times.md", training_times(folder.parent, "executed"))
    write_if_changed(folder / "claims_short.md", claims_in_words(found, others))
