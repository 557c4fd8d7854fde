import ast
import importlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell
from jupyter_book.config import PATH_YAML_DEFAULT, get_default_sphinx_config
from nbformat.v4 import new_code_cell, new_notebook, new_output
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sphinx.config import Config
from sphinx_book_theme.header_buttons.launch import add_launch_buttons

import sigae
from book.build import build_site, colab
from book.build.page import write_if_changed
from book.build.repository import repository
from book.build.site_extension import open_recorded_notebooks
from book.build.toc import ROOT, pages

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
    [("https://github.com/some/book.git", "https://github.com/some/book"), ("/srv/git/book", "")],
)
def test_launch_buttons_appear_where_they_work(monkeypatch, tmp_path, said, address):
    monkeypatch.setenv("SITE_REPOSITORY", said)
    assert repository(ROOT) == address
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    source = new_notebook(cells=[new_code_cell("1 + 1")])

    def buttons(recorded):
        nbformat.write(recorded, tmp_path / "notebooks" / "01_a.ipynb")
        return build_site.configuration(tmp_path)["launch_buttons"].keys() & {"binderhub_url", "colab_url"}

    assert buttons(source) == ({"binderhub_url"} if address else set())
    assert buttons(colab.with_install(source, "https://github.com/other/book")) <= {"binderhub_url"}
    assert buttons(colab.with_install(source, address)) == ({"binderhub_url", "colab_url"} if address else set())


def test_launch_buttons_open_the_notebook_that_is_in_the_repository():
    page = "book/executed/05_activations"
    env = SimpleNamespace(doc2path=lambda page: f"{page}.ipynb", metadata={page: {"kernelspec": "python3"}})
    buttons = {"binderhub_url": "https://binder", "colab_url": "https://colab"}
    app = SimpleNamespace(env=env, config={"html_theme_options": {"launch_buttons": buttons}})
    context = {"header_buttons": [], "pagename": page, "sourcename": "x.ipynb"}
    context |= {"github_url": "https://github.com", "github_user": "some", "github_repo": "book"}
    add_launch_buttons(app, page, "", context, None)
    open_recorded_notebooks(app, page, "", context, None)
    opened = [button["url"] for button in context["header_buttons"][0]["buttons"]]
    assert len(opened) == 2
    assert all((ROOT / f"notebooks{url.rpartition('/notebooks')[2]}").is_file() for url in opened)


def test_the_cell_that_installs_runs_and_does_nothing_elsewhere():
    (cell,) = colab.with_install(new_notebook(), "https://github.com/some/book").cells
    before = (Path.cwd(), list(sys.path))
    assert InteractiveShell().run_cell(cell.source).success
    assert (Path.cwd(), sys.path) == before
    assert colab.without_install(new_notebook(cells=[cell])).cells == []


def test_failed_cells_are_told():
    good = new_code_cell(outputs=[new_output("stream", name="stdout", text="fine")])
    bad = new_code_cell(outputs=[new_output("error", ename="ValueError", evalue="no", traceback=[])])
    loud = new_code_cell(outputs=[new_output("stream", name="stderr", text="warning")])
    assert build_site.failed_cells(new_notebook(cells=[good])) == []
    assert build_site.failed_cells(new_notebook(cells=[good, bad, loud])) == ["ValueError: no", "stderr: warning"]


def test_an_unchanged_file_keeps_its_time_stamp(tmp_path):
    path = tmp_path / "made" / "page.md"
    assert write_if_changed(path, "a")
    before = path.stat().st_mtime_ns
    assert not write_if_changed(path, "a")
    assert path.stat().st_mtime_ns == before
    assert write_if_changed(path, "b")


def test_the_lock_holds_every_requirement_in_a_version_that_will_do():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = [Requirement(line) for line in lines if not line.startswith("#")]
    versions = {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in locked}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = settings["project"]["optional-dependencies"]
    wanted = [*settings["project"]["dependencies"], *settings["build-system"]["requires"]]
    wanted += [text for name, extra in extras.items() if name != "jupyter" for text in extra]
    for requirement in map(Requirement, wanted):
        assert versions[canonicalize_name(requirement.name)] in requirement.specifier, requirement


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


def test_one_version_is_told_everywhere():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "sigae.__version__"}
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert sigae.__version__ == citation["version"] == importlib.metadata.version("sigae")


def documented():
    """The public objects that the reference documents, whatever module they are named by."""
    found, text = set(), (ROOT / "book" / "reference.md").read_text(encoding="utf-8")
    for name in re.findall(r"^\.\. auto(?:function|class):: (\S+)$", text, re.M):
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
