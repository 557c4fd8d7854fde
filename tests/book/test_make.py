"""What make does whatever the environment it is started from, and what it leaves alone."""

import os
import shutil
import subprocess

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def test_other_code_of_the_same_name_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "sigae").mkdir()
    (tmp_path / "sigae" / "__init__.py").touch()
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [ROOT / ".venv/bin/python", "-c", "import book"]
    said = subprocess.run(command, cwd=ROOT / "notebooks", env=environment, capture_output=True, text=True)
    last = said.stderr.splitlines()[-1]
    assert said.returncode and str(tmp_path) in last and "PYTHONPATH" in last


def test_looking_changes_nothing_and_another_scale_is_built_anew(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("book", "sigae", "notebooks", ".venv/bin", "_build/html"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("requirements.lock", "pyproject.toml", "_config.yml", "_toc.yml", "CITATION.cff", ".venv/bin/python"):
        (tmp_path / name).touch(mode=0o755)
    (tmp_path / ".venv/.ready").write_text(f"{tmp_path.resolve()}/.venv\n")
    (tmp_path / "_build/html/index.html").touch()
    built = tmp_path / "_build/html/.built"
    built.write_text("smoke\n")

    def make(*words):
        environment = os.environ | {"SITE_REPOSITORY": "", "MAKEFLAGS": ""}
        return subprocess.run(["make", *words], cwd=tmp_path, env=environment, capture_output=True, text=True).stdout

    assert "--preset 'default'" in make("-n", "book") and make("help")
    assert built.read_text() == "smoke\n"
    assert "--preset" not in make("-n", "book", "PRESET=smoke")
