"""A change of a definition concerns the code that uses it, directly or not, and no other."""

import pytest

from book.build.uses import definitions_used

FILES = {
    "__init__.py": "from pack.low import low as scaled\nfrom .deep import inner as renamed\n",
    "low.py": "SCALE = 2\nOTHER = 3\n\n\ndef low(x):\n    return SCALE * x\n\n\ndef unused(x):\n    return OTHER\n",
    "high.py": (
        "from __future__ import annotations\nimport pack.low\nfrom pack import low as whole\nfrom pack.low import low\n"
        "TABLE = {'low': low}\nprint('imported')\n\n\ndef direct():\n    return low(1)\n\n\ndef by_table():\n"
        "    return TABLE['low'](1)\n\n\ndef by_module():\n    return pack.low.OTHER\n\n\ndef late():\n"
        "    from pack.low import unused\n    return unused(1)\n\n\nclass Thing:\n"
        "    def method(self, x: int) -> int:\n        return direct()\n"
    ),
    "deep/__init__.py": "from .inner import inner\n",
    "deep/inner.py": "from ..low import OTHER\n\n\ndef inner():\n    return OTHER\n",
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "pack" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    return tmp_path


def used(root, code):
    return {name.removeprefix("pack.") for name in definitions_used(code, root, "pack")}


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import numpy", set()),
        ("import pack\npack.scaled(1)", {"low.low", "low.SCALE"}),
        ("from pack.low import low", set()),  # a name that is imported, and not used
        ("from pack.low import OTHER as o\no", {"low.OTHER"}),
        ("from pack import high\nhigh.direct()", {"high", "high.direct", "low.low", "low.SCALE"}),
        ("from pack import high\nhigh.by_table()", {"high", "high.by_table", "high.TABLE", "low.low", "low.SCALE"}),
        ("import pack.high\npack.high.by_module()", {"high", "high.by_module", "low.OTHER"}),
        ("from pack.high import late\nlate()", {"high", "high.late", "low.unused", "low.OTHER"}),
        (
            "from pack.high import Thing\nThing().method(2)",
            {"high", "high.Thing", "high.direct", "low.low", "low.SCALE"},
        ),
        ("import pack\npack.renamed()", {"deep.inner.inner", "low.OTHER"}),
        ("from pack import deep\ndeep.inner()", {"deep.inner.inner", "low.OTHER"}),
        ("import pack.low as module\nvars(module)", {"low.low", "low.unused", "low.SCALE", "low.OTHER"}),
        (
            "def f():\n    from pack.low import low\n    return [low(x).real for x in range(3)]",
            {"low.low", "low.SCALE"},
        ),
    ],
)
def test_what_code_uses_is_found(root, code, wanted):
    assert used(root, code) == wanted


def test_the_source_changes_with_the_definition_and_not_with_comments_or_neighbours(root):
    code, path = "import pack\npack.scaled(1)", root / "pack" / "low.py"
    first = definitions_used(code, root, "pack")
    text = path.read_text()
    path.write_text("# a remark\n" + text.replace("OTHER = 3", "OTHER = 4"))
    assert definitions_used(code, root, "pack") == first
    path.write_text(text.replace("SCALE = 2", "SCALE = 5"))
    assert definitions_used(code, root, "pack") != first
