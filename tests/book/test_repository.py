"""The project's commit and address are its own, whatever repository lies around it or GIT_DIR names."""

import os
import subprocess

import pytest

from book.build.repository import commit, repository

pytestmark = pytest.mark.machinery


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def other(tmp_path, monkeypatch):
    monkeypatch.delenv("SITE_REPOSITORY", raising=False)
    git(tmp_path, "init")
    git(tmp_path, "remote", "add", "origin", "git@github.com:some/other.git")
    git(tmp_path, "commit", "--allow-empty", "-m", "first")
    return tmp_path


def test_a_checkout_has_its_commit_and_address(other):
    assert repository(other) == "https://github.com/some/other"
    first = commit(other)
    assert len(first) == 12
    (other / "a").write_text("a")
    git(other, "add", "a")
    assert commit(other) == f"{first}+"


@pytest.mark.parametrize("by", ["folder", "GIT_DIR"])
def test_an_archive_has_none_of_another_repository(other, tmp_path_factory, monkeypatch, by):
    archive = other / "unpacked"
    if by == "GIT_DIR":
        archive = tmp_path_factory.mktemp("unpacked")
        monkeypatch.setenv("GIT_DIR", str(other / ".git"))
        monkeypatch.setenv("GIT_WORK_TREE", str(archive))
    archive.mkdir(exist_ok=True)
    assert (commit(archive), repository(archive)) == ("", "")


def test_without_git_there_is_neither(other, monkeypatch):
    monkeypatch.setitem(os.environ, "PATH", str(other))
    assert (commit(other), repository(other)) == ("", "")


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("https://github.com/some/book.git", "https://github.com/some/book"),
        ("git@github.com:some/book.git", "https://github.com/some/book"),
        ("/srv/git/book", ""),
        ("https://example.org/some/book", ""),
    ],
)
def test_only_a_public_address_counts(monkeypatch, other, said, address):
    monkeypatch.setenv("SITE_REPOSITORY", said)
    assert repository(other) == address
