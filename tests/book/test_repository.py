"""The project's commit and address are its own."""

import subprocess
from types import SimpleNamespace

import pytest

from book.build import build_site
from book.build.repository import commit, published, repository
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


def test_the_button_appears_where_it_works(monkeypatch):
    monkeypatch.setenv("SITE_REPOSITORY", "git@github.com:some/book.git")
    assert "binderhub_url" in build_site.configuration()["launch_buttons"]
    monkeypatch.setenv("SITE_REPOSITORY", "https://example.org/some/book")
    assert "binderhub_url" not in build_site.configuration()["launch_buttons"]


def test_launch_buttons_open_the_notebook_that_is_in_the_repository():
    page = "book/executed/05_activations"
    button = {"url": f"https://binder/v2/gh/some/book/main?urlpath=lab/tree/{page}.ipynb"}  # as the theme makes it
    app = SimpleNamespace(config={"root_doc": "book/intro"})
    mend_page(app, page, "", {"header_buttons": [{"buttons": [button]}]}, None)
    assert (ROOT / f"notebooks{button['url'].rpartition('/notebooks')[2]}").is_file()


def test_a_site_is_published_where_its_repository_is_known_to_publish():
    assert published("https://github.com/Some/book") == "https://some.github.io/book/"
    assert published("") == published("https://gitlab.com/some/book") == ""
