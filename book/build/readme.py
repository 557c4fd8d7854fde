"""What README.md tells of the recorded notebooks."""

from pathlib import Path

import nbformat

from book.build import film
from book.build.claims_page import OUTCOMES_SAID, collect, marked, summary, verdicts
from book.build.front_page import training_times
from book.build.outputs import files
from book.build.page import table, write_if_changed
from book.build.toc import ROOT, notebook_names
from book.statistics.claims import CLAIMS

BEGIN, END = "<!-- computed: make notebooks writes what follows -->", "<!-- end of what is computed -->"
FILM_BEGIN, FILM_END = "<!-- the film: make notebooks writes what follows -->", "<!-- end of the film -->"
PICTURE = ("05_activations", "fig-spectra.svg", Path("book/_static/story.svg"))


def recorded(root: Path = ROOT) -> dict[str, nbformat.NotebookNode]:
    """Read the committed notebooks of the table of contents, in reading order."""
    return {name: nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4) for name in notebook_names(root)}


def computed(notebooks: dict[str, nbformat.NotebookNode], root: Path = ROOT) -> str:
    """Write what belongs between the marks in README.md: the headline, with what was measured, and the verdicts."""
    found = collect(notebooks)
    said, lines = verdicts(found), f"{summary(found)} {training_times(root / 'book', 'notebooks')}"
    others = collect(notebooks, other_scales=True)
    rows = [(id, claim.statement, marked(said[id], others[id])) for id, claim in CLAIMS.items() if id in said]
    return f"{lines}\n\n{table(('', 'Claim', 'Verdict'), rows)}\n{OUTCOMES_SAID}\n"


def with_computed(text: str, block: str, begin: str = BEGIN, end: str = END) -> str:
    """Replace what stands between two marks."""
    before, rest = text.split(begin)
    return f"{before}{begin}\n\n{block}\n{end}{rest.split(end)[1]}"


def main(root: Path = ROOT) -> None:
    """Bring README.md, its picture and its film up to date with the recorded notebooks."""
    notebooks = recorded(root)
    name, figure, target = PICTURE
    write_if_changed(root / target, files(notebooks[name])[figure])
    readme = root / "README.md"
    text = with_computed(readme.read_text(encoding="utf-8"), computed(notebooks, root))
    moving = film.write(root, "book/_static")
    write_if_changed(readme, with_computed(text, moving, FILM_BEGIN, FILM_END))
