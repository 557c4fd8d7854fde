"""What make does whatever the environment it is started from, and what it leaves alone."""

import os
import shutil
import subprocess
import sys

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


@pytest.fixture
def foreign(tmp_path):
    """A folder with other packages of the project's names."""
    for name in ("sigae", "book", "tests"):
        (tmp_path / "foreign" / name).mkdir(parents=True)
        (tmp_path / "foreign" / name / "__init__.py").write_text("")
    return tmp_path / "foreign"


def test_make_and_its_kernels_use_this_projects_code_and_no_other(foreign, tmp_path):
    program = "import sigae, book; print(sigae.__file__, book.__file__)"
    (tmp_path / "show.mk").write_text(
        f"include {ROOT}/Makefile\nshow:\n\t@$(RUN) -m book.build.toc\n\t@cd notebooks && ../$(RUN) -c '{program}'\n"
    )
    environment = os.environ | {"PYTHONPATH": str(foreign), "PYTHONSAFEPATH": "1"}
    command = ["make", "--no-print-directory", "-f", str(tmp_path / "show.mk"), "show"]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == [str(ROOT / "sigae" / "__init__.py"), str(ROOT / "book" / "__init__.py")]


def test_a_notebook_started_by_hand_with_another_sigae_ends_in_one_sentence(foreign):
    shutil.rmtree(foreign / "book")
    environment = os.environ | {"PYTHONPATH": str(foreign)}
    command = [sys.executable, "-c", "import book.parameters"]
    said = subprocess.run(command, cwd=ROOT / "notebooks", env=environment, capture_output=True, text=True)
    last = said.stderr.splitlines()[-1]
    assert said.returncode and str(foreign) in last and "PYTHONPATH" in last


def test_looking_changes_nothing_and_another_scale_is_built_anew(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("book", "sigae", "notebooks", ".venv/bin", "_build/html"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("requirements.lock", "pyproject.toml", "_config.yml", "_toc.yml", "CITATION.cff", ".venv/bin/python"):
        (tmp_path / name).touch()
    (tmp_path / ".venv/bin/python").chmod(0o755)
    (tmp_path / ".venv/.ready").write_text(f"{tmp_path.resolve()}/.venv\n")
    (tmp_path / "_build/html/index.html").touch()
    built = tmp_path / "_build/html/.built"
    built.write_text("smoke\n")

    def make(*words):
        environment = os.environ | {"SITE_REPOSITORY": "", "MAKEFLAGS": ""}
        return subprocess.run(["make", *words], cwd=tmp_path, env=environment, capture_output=True, text=True).stdout

    assert "PRESET" in make("help")
    assert "--preset 'default'" in make("-n", "book")
    assert built.read_text() == "smoke\n"
    assert "--preset" not in make("-n", "book", "PRESET=smoke")


def test_every_target_is_listed():
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = {name for line in lines if line.startswith(".PHONY:") for name in line.split()[1:]} - {"FORCE"}
    assert targets <= {line.split()[0] for line in said.splitlines() if line.startswith("  ")}


def test_a_checkout_that_ends_its_lines_as_windows_does_has_the_same_bytes():
    names = ["book/build/environment.sh", "book/_static/story.svg", "Makefile"]
    command = ["git", "-c", "core.autocrlf=true", "archive", "HEAD", *names]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True)
    if archive.returncode:
        pytest.skip("not a git checkout")
    assert b"environment.sh" in archive.stdout
    assert b"\r\n" not in archive.stdout
