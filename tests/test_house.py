import ast
import importlib
import importlib.metadata
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from jupyter_book.config import PATH_YAML_DEFAULT, get_default_sphinx_config
from nbformat.v4 import new_code_cell, new_notebook, new_output
from sphinx.config import Config

import sigae
from book.build import build_site, execute
from book.build.page import write_if_changed
from book.build.repository import repository
from book.build.runner import fingerprint
from book.build.toc import ROOT, UsageError, pages

pytestmark = pytest.mark.machinery


def test_the_configuration_has_no_unknown_keys():
    known = yaml.safe_load(PATH_YAML_DEFAULT.read_text(encoding="utf-8"))
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert set(config) <= {*known, "bibtex_bibfiles"}
    for section, settings in config.items():
        if isinstance(known.get(section), dict):
            assert set(settings) <= set(known[section]), section


def test_the_sphinx_settings_are_known_to_sphinx_or_an_extension():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    own = set(Config.config_values) | {"html_theme", "extensions"} | set(get_default_sphinx_config())
    prefixes = ("html_", "nb_", "bibtex_", "autodoc_", "napoleon_", "mathjax", "numfig", "myst_")
    assert not [key for key in config if key not in own and not key.startswith(prefixes)]


def test_the_page_error_prone_extension_stays_out():
    extensions = build_site.configuration()["sphinx"]["config"]["extensions"]
    assert "sphinx_thebe" not in extensions
    assert set(get_default_sphinx_config()["extensions"]) - set(extensions) == {
        "sphinx_thebe",
        "sphinx.ext.intersphinx",
    }


def test_every_page_in_prose_of_the_toc_exists():
    made = ("book/executed/", "book/generated/")
    assert all((ROOT / f"{page}.md").exists() for page in pages() if not page.startswith(made))


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://github.com/some/book.git", "https://github.com/some/book"),
        ("git@github.com:some/book.git", "https://github.com/some/book"),
        ("/srv/git/book", ""),
        ("https://example.org/some/book", ""),
    ],
)
def test_launch_buttons_appear_where_a_public_address_is_known(monkeypatch, said, address):
    monkeypatch.setenv("SITE_REPOSITORY", said)
    assert repository(ROOT) == address
    assert ("binderhub_url" in build_site.configuration()["launch_buttons"]) == bool(address)


def test_failed_cells_are_told():
    good = new_code_cell(outputs=[new_output("stream", name="stdout", text="fine")])
    bad = new_code_cell(outputs=[new_output("error", ename="ValueError", evalue="no", traceback=[])])
    loud = new_code_cell(outputs=[new_output("stream", name="stderr", text="warning")])
    assert build_site.failed_cells(new_notebook(cells=[good])) == []
    assert build_site.failed_cells(new_notebook(cells=[good, bad, loud])) == ["ValueError: no", "stderr: warning"]


def test_the_fingerprint_follows_cells_parameters_lock_and_what_is_used_of_the_package(tmp_path):
    (tmp_path / "sigae").mkdir()
    (tmp_path / "sigae" / "__init__.py").write_text("")
    (tmp_path / "sigae" / "a.py").write_text("A = 1\nB = 1\n")
    (tmp_path / "requirements.lock").write_text("x==1\n")
    notebook = new_notebook(cells=[new_code_cell("from sigae import a\na.A", id="a")])
    first = fingerprint(notebook, {"width": 1}, tmp_path)
    assert fingerprint(notebook, {"width": 1}, tmp_path) == first
    assert fingerprint(notebook, {"width": 2}, tmp_path) != first
    other = new_notebook(cells=[new_code_cell("from sigae import a\na.A + 1", id="a")])
    assert fingerprint(other, {"width": 1}, tmp_path) != first
    (tmp_path / "sigae" / "a.py").write_text("A = 1\nB = 2\n")
    assert fingerprint(notebook, {"width": 1}, tmp_path) == first
    (tmp_path / "sigae" / "a.py").write_text("A = 2\nB = 2\n")
    assert fingerprint(notebook, {"width": 1}, tmp_path) != first
    (tmp_path / "sigae" / "a.py").write_text("A = 1\nB = 2\n")
    (tmp_path / "requirements.lock").write_text("x==2\n")
    assert fingerprint(notebook, {"width": 1}, tmp_path) != first


def test_the_fingerprint_follows_the_files_of_a_folder_that_is_named(tmp_path):
    (tmp_path / "requirements.lock").write_text("x==1\n")
    for folder in ("notebooks", "tables"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tables" / "a.csv").write_text("1\n")
    notebook = new_notebook(cells=[new_code_cell('folder = "../tables"', id="a")])
    first = fingerprint(notebook, {}, tmp_path)
    (tmp_path / "tables" / "a.csv").write_text("2\n")
    assert fingerprint(notebook, {}, tmp_path) != first


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match="'huge'.*default"):
        execute.preset_values("huge", "01_single_example")


def test_an_unchanged_file_keeps_its_time_stamp(tmp_path):
    path = tmp_path / "made" / "page.md"
    assert write_if_changed(path, "a")
    before = path.stat().st_mtime_ns
    assert not write_if_changed(path, "a")
    assert path.stat().st_mtime_ns == before
    assert write_if_changed(path, "b")


def test_make_alone_lists_every_target():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = {name for line in re.findall(r"^\.PHONY: (.*)$", text, re.M) for name in line.split()} - {"FORCE"}
    assert all(re.search(rf"^  {name} ", told, re.M) for name in phony)


def test_the_lock_pins_every_package_and_names_no_host():
    lines = [line for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert "torch==2.13.0" in lines
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+( ; [a-z_]+ == \"[\w.]+\")?", line) for line in lines)


def test_committed_files_name_no_place_on_a_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split()
    if listed.returncode:  # an unpacked archive has no list of committed files: look at all that is there
        folders = [ROOT / folder for folder in ("book", "notebooks", "sigae", "tests")]
        names = [str(path) for path in [*ROOT.glob("*"), *(path for f in folders for path in f.rglob("*"))]]
    assert any(name.endswith("README.md") for name in names)
    signs = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
    for name in names:
        path = Path(ROOT / name)
        if path.suffix in {".py", ".md", ".yml", ".yaml", ".toml", ".ipynb", ".sh"} and path != Path(__file__):
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            if path.suffix == ".ipynb":
                text = json.dumps([cell["source"] for cell in json.loads(text)["cells"]]) if text else ""
            assert not signs.search(text), name


def test_what_is_compared_bit_by_bit_says_why_that_holds_on_every_processor():
    # A product of one row and the same row in a batch may take different paths: only what was not computed twice, or
    # was by the very same call, is the same to the last bit.
    compared = re.compile(r"\b(torch\.equal|array_equal|check_exact|assert_frame_equal|assert_array_equal)\b")
    for path in (ROOT / "tests").rglob("test_*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if compared.search(line) and path != Path(__file__):
                assert re.search(r"  # bitwise: (copies|drawn numbers|records|the very same call)$", line), (path, line)


def test_one_version_is_told_everywhere():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "sigae.__version__"}
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert sigae.__version__ == citation["version"] == importlib.metadata.version("sigae")


def documented():
    """The public objects that the two pages of reference document, whatever module they are named by."""
    found = set()
    for page in ("reference", "how_pages_are_made"):
        text = (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
        for kind, name, options in re.findall(r"^\.\. auto(\w+):: (\S+)((?:\n   :.*)*)$", text, re.M):
            if kind == "module":
                module = importlib.import_module(name)
                listed = re.search(r":members: (.+)", options)
                members = (
                    listed[1].split(", ") if listed else module.__all__ if hasattr(module, "__all__") else vars(module)
                )
                found |= {id(getattr(module, member)) for member in members}
            else:
                module, _, member = (name if "." in name else f"sigae.{name}").rpartition(".")
                found.add(id(getattr(importlib.import_module(module), member)))
    return found


def test_the_reference_documents_every_public_name():
    known = documented()
    assert [name for name in sigae.__all__ if id(getattr(sigae, name)) not in known] == []


def test_the_reference_documents_every_function_that_a_notebook_calls():
    known, missing = documented(), set()
    for path in (ROOT / "notebooks").glob("*.py"):
        tree, bound = ast.parse(path.read_text(encoding="utf-8")), {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sigae"):
                for alias in node.names:
                    package = importlib.import_module(node.module)
                    whole = getattr(package, alias.name, None)
                    if whole is None:
                        whole = importlib.import_module(f"{node.module}.{alias.name}")
                    bound[alias.asname or alias.name] = whole
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in bound:
                called = bound[node.func.id]
            elif isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in bound:
                called = getattr(bound[node.func.value.id], node.func.attr)
            else:
                continue
            if id(called) not in known:
                missing.add(f"{path.stem}: {ast.unparse(node.func)}")
    assert not missing
