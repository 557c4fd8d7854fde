"""The project's commit and address are its own, and a published notebook says where it is from."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_code_cell, new_notebook
from sphinx_book_theme.header_buttons.launch import add_launch_buttons

from book.build import build_site
from book.build.repository import commit, published, repository, with_install
from book.build.site_extension import mend_page
from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_checkout_has_its_commit_and_address_and_an_archive_inside_it_has_none(tmp_path, monkeypatch):
    monkeypatch.delenv("SITE_REPOSITORY", raising=False)
    git(tmp_path, "init")
    git(tmp_path, "remote", "add", "origin", "git@github.com:some/other.git")
    git(tmp_path, "commit", "--allow-empty", "-m", "first")
    first = commit(tmp_path)
    assert len(first) == 12
    (tmp_path / "a").write_text("a")
    git(tmp_path, "add", "a")
    git(tmp_path, "init", "another")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another" / ".git"))
    assert (commit(tmp_path), repository(tmp_path)) == (f"{first}+", "https://github.com/some/other")
    (tmp_path / "unpacked").mkdir()
    assert (commit(tmp_path / "unpacked"), repository(tmp_path / "unpacked")) == ("", "")
    monkeypatch.setenv("PATH", str(tmp_path))  # without git
    assert (commit(tmp_path), repository(tmp_path)) == ("", "")


def test_buttons_appear_where_they_work_and_colab_once_the_notebooks_install_from_there(monkeypatch, tmp_path):
    monkeypatch.setenv("SITE_REPOSITORY", "git@github.com:some/book.git")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    source = new_notebook(cells=[new_code_cell("1 + 1")])

    def buttons(recorded):
        nbformat.write(recorded, tmp_path / "notebooks" / "01_a.ipynb")
        return build_site.configuration(tmp_path)["launch_buttons"].keys() & {"binderhub_url", "colab_url"}

    assert buttons(source) == {"binderhub_url"}
    assert buttons(with_install(source, "https://github.com/other/book")) == {"binderhub_url"}
    assert buttons(with_install(source, "https://github.com/some/book")) == {"binderhub_url", "colab_url"}
    monkeypatch.setenv("SITE_REPOSITORY", "https://example.org/some/book")
    assert buttons(source) == set()


def test_launch_buttons_open_the_notebook_that_is_in_the_repository():
    page = "book/executed/05_activations"
    env = SimpleNamespace(doc2path=lambda page: f"{page}.ipynb", metadata={page: {"kernelspec": "python3"}})
    buttons = {"binderhub_url": "https://binder", "colab_url": "https://colab"}
    app = SimpleNamespace(env=env, config={"html_theme_options": {"launch_buttons": buttons}})
    context = {"header_buttons": [], "pagename": page, "sourcename": "x.ipynb"}
    context |= {"github_url": "https://github.com", "github_user": "some", "github_repo": "book"}
    add_launch_buttons(app, page, "", context, None)
    mend_page(app, page, "", context, None)
    opened = [button["url"] for button in context["header_buttons"][0]["buttons"]]
    assert len(opened) == 2
    assert all((ROOT / f"notebooks{url.rpartition('/notebooks')[2]}").is_file() for url in opened)


def test_the_cell_that_installs_runs_and_does_nothing_elsewhere():
    (cell,) = with_install(new_notebook(), "https://github.com/some/book").cells
    before = (Path.cwd(), list(sys.path))
    assert InteractiveShell().run_cell(cell.source).success
    assert (Path.cwd(), sys.path) == before
    assert with_install(new_notebook(cells=[cell]), "").cells == []


def test_a_site_is_published_where_its_repository_is_known_to_publish():
    assert published("https://github.com/Some/book") == "https://some.github.io/book/"
    assert published("") == published("https://gitlab.com/some/book") == ""
