"""What make does whatever the environment it is started from, and what it leaves alone."""

import os
import shutil
import subprocess

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def test_make_and_its_kernels_use_this_projects_code_and_others_are_refused_in_a_sentence(tmp_path):
    foreign = tmp_path / "foreign"
    (foreign / "sigae").mkdir(parents=True)
    (foreign / "sigae" / "__init__.py").touch()
    program = 'import book, importlib.util as u; print(u.find_spec("sigae").origin, book.__file__)'
    (tmp_path / "show.mk").write_text(f"include {ROOT}/Makefile\nshow:\n\t@cd notebooks && ../$(RUN) -c '{program}'\n")
    options = {"capture_output": True, "text": True}
    environment = os.environ | {"PYTHONPATH": str(foreign)}
    command = ["make", "--no-print-directory", "-f", tmp_path / "show.mk", "show"]
    said = subprocess.run(command, cwd=ROOT, env=environment | {"PYTHONSAFEPATH": "1"}, **options)
    assert said.stdout.split() == [f"{ROOT}/sigae/__init__.py", f"{ROOT}/book/__init__.py"], said.stderr
    without_make = [ROOT / ".venv/bin/python", "-c", program]
    said = subprocess.run(without_make, cwd=ROOT / "notebooks", env=environment, **options)
    last = said.stderr.splitlines()[-1]
    assert said.returncode and str(foreign) in last and "PYTHONPATH" in last


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
