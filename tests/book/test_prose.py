"""What pages say: no measured number is typed by hand."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))

# What may stand in prose as typed: settings, confidence levels, what the claims and the report say.
TYPED = re.compile(
    r"95 % (interval|of)|9[05] % of|holds 90 %|10 %, 40 %|40 % and|70 % of all|51 times|= 2 and 2\.26|norm 0\.1[ ,]|"
    r"of which 90 %"
)
MEASURED = re.compile(r"\b\d[\d,]*(\.\d+)? ?(%|times|seconds|hours|minutes)|\b\d+\.\d+")


def prose(text: str) -> str:
    """Keep of a notebook its markdown alone, without code, mathematics, glued numbers and other roles."""
    blocks = re.findall(r"# %% \[markdown\]\n((?:#.*\n)+)", text)
    said = re.sub(r"(?m)^# ?", "", "\n".join(blocks))
    for hidden in (r"```.*?```", r"\{[\w:]+\}`[^`]*`", r"`[^`]*`", r"\$[^$]*\$"):
        said = re.sub(hidden, "", said, flags=re.DOTALL)
    return re.sub(r"\s+", " ", said)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_measured_number_in_the_prose_is_glued(notebook):
    said = TYPED.sub("", prose(notebook.read_text(encoding="utf-8")))
    assert [said[max(0, m.start() - 40) : m.end() + 20] for m in MEASURED.finditer(said)] == []


def test_a_number_typed_by_hand_would_be_found():
    text = "# %% [markdown]\n# The radius is 0.93, in 12 seconds; {glue:text}`share:.0f` % of $0.5$ and `0.25`.\n"
    assert [m.group() for m in MEASURED.finditer(prose(text))] == ["0.93", "12 seconds"]
