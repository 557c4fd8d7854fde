"""Making the environment: what was half made is made anew, and what stops it is one sentence."""

import os
import subprocess

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery

# Stands for a Python whose environments hold a copy of it and nothing else, so that nothing takes long.
STUB = """#!/bin/sh
home=$(dirname "$(dirname "$0")")
case "$*" in
*version_info*) echo {version} ;;
*"import ensurepip"*) {venv} ;;
"-m venv "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
"-m ensurepip "*) touch "$home/pip" ;;
"-m pip --version") test -e "$home/pip" ;;
"-m pip install "*) {install} ;;
"-m pip show "*) {show} ;;
"-m uv "*) {uv} ;;
esac
"""
# What would lead pip elsewhere, or Python to other code: the stub installs nothing where it sees one of them.
ELSEWHERE = dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PYTHONPATH"), "/elsewhere")
GOOD = {"version": "3.12", "venv": "true", "install": f'test -z "${"$".join(ELSEWHERE)}"', "show": "true"}
GOOD |= {"uv": "touch $home/uv; false"}  # after which pip has to install all


@pytest.fixture
def make(tmp_path):
    def run(folder, **fault):
        stub = tmp_path / "stub"
        stub.write_text(STUB.format(**GOOD | fault))
        stub.chmod(0o755)
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "pyproject.toml").touch()
        (tmp_path / folder / "packages.txt").write_text("thing==1.0\nuv==1.0\n")
        command = ["sh", ROOT / "book" / "build" / "environment.sh", "venv", stub, "packages.txt"]
        options = {"cwd": tmp_path / folder, "env": os.environ | ELSEWHERE, "capture_output": True, "text": True}
        return subprocess.run(command, **options)

    return run


@pytest.mark.parametrize("damage", ["nothing", "pip", "bin/python", "elsewhere", ".ready"])
def test_only_a_broken_environment_is_made_anew(make, tmp_path, damage):
    venv = tmp_path / "work" / "venv"
    assert make("work").returncode == 0 and (venv / "uv").exists()
    (venv / "mark").touch()
    if damage == "elsewhere":
        (venv / ".ready").write_text("/some/where/else\n")
    elif damage != "nothing":
        (venv / damage).unlink()
    said = make("work")
    assert ("made anew" in said.stdout, (venv / "mark").exists()) == (damage != "nothing", damage == "nothing")
    assert said.returncode == 0 and (venv / ".ready").exists() and (venv / "pip").exists()


@pytest.mark.parametrize(
    ("folder", "fault", "remedy"),
    [
        ("work", {"install": "echo No space left on device; exit 1"}, "space on the disk"),
        ("work", {"show": "false"}, "pip config list"),
        ("work", {"version": "3.10"}, "leave PYTHON out"),
        ("work", {"venv": "false"}, "apt-get install python3.12-venv"),
        ("a$b", {}, "move "),
    ],
)
def test_what_stops_it_is_one_sentence_and_nothing_half_made_is_trusted(make, tmp_path, folder, fault, remedy):
    said = make(folder, **fault)
    assert said.returncode and said.stderr.splitlines()[-1].startswith("error: ") and said.stderr.count("error: ") == 1
    assert remedy in said.stderr and not (tmp_path / folder / "venv" / ".ready").exists()
