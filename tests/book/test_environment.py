"""Making the environment: what was half made is made anew, and what stops it is one sentence."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery

# Stands for a Python whose environments hold a copy of it and nothing else, so that nothing takes long.
STUB = """#!/bin/sh
home=$(dirname "$(dirname "$0")")
case "$*" in
*version_info*) echo {version} ;;
*"import ensurepip"*) {venv} ;;
"-m venv "*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && echo "$0" > "$4/by" ;;
"-m ensurepip "*) touch "$home/pip" ;;
"-m pip --version") test -e "$home/pip" ;;
"-m pip install "*) {install} ;;
"-m pip show "*) {show} ;;
esac
"""


@pytest.fixture
def stub(tmp_path):
    def write(name="stub", **answers):
        path = tmp_path / name
        path.write_text(STUB.format(**{"version": "3.12", "venv": "true", "install": "true", "show": "true"} | answers))
        path.chmod(0o755)
        return str(path)

    return write


@pytest.fixture
def make(tmp_path):
    def run(python="", packages="", **environment):
        """Run the script with a list of packages."""
        (tmp_path / "packages.txt").write_text(packages)
        venv, listed = (os.path.relpath(tmp_path / name, ROOT) for name in ("venv", "packages.txt"))
        command = ["sh", "book/build/environment.sh", venv, python, listed]
        return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)

    return run


def one_sentence(said):
    assert said.returncode != 0 and said.stderr.startswith("error: ") and said.stderr.count("\n") == 1, said.stderr
    return said.stderr


@pytest.mark.parametrize("damage", ["nothing", "no pip", "no python", "elsewhere", "half made"])
def test_only_a_broken_environment_is_made_anew(make, stub, tmp_path, damage):
    venv = tmp_path / "venv"
    assert make(stub()).returncode == 0
    (venv / "mark").touch()
    if damage == "elsewhere":
        (venv / ".ready").write_text("/some/where/else\n")
    elif damage != "nothing":
        (venv / {"no pip": "pip", "no python": "bin/python", "half made": ".ready"}[damage]).unlink()
    said = make(stub())
    assert said.returncode == 0, said.stderr
    assert ("made anew" in said.stdout, (venv / "mark").exists()) == (damage != "nothing", damage == "nothing")
    assert (venv / ".ready").exists() and (venv / "pip").exists()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"install": "echo No space left on device; exit 1"}, "the disk is full"),
        ({"install": "echo Temporary failure in name resolution; exit 1"}, "cannot be reached"),
        ({"show": "false"}, "pip config list"),
        ({"version": "3.10"}, "none of Python 3.14 3.13 3.12 3.11: .* leave PYTHON out"),
        ({"venv": "false"}, "apt-get install python3.12-venv"),
    ],
)
def test_what_stops_it_is_one_sentence_and_the_next_run_mends_it(make, stub, tmp_path, fault, sentence):
    said = make(stub(**fault), "thing==1.0\n")
    assert re.search(sentence, one_sentence(said))
    assert not (tmp_path / "venv" / ".ready").exists()
    assert make(stub()).returncode == 0 and (tmp_path / "venv" / ".ready").exists()


def test_a_full_disk_and_a_dollar_in_the_path_are_one_sentence(stub, small_disk, tmp_path):
    (tmp_path / "a$b").mkdir()
    for folder, sentence in ((small_disk("12m"), "the disk is full"), (tmp_path / "a$b", "$ in its path")):
        command = ["sh", str(ROOT / "book" / "build" / "environment.sh"), "venv", sys.executable, os.devnull]
        assert sentence in one_sentence(subprocess.run(command, cwd=folder, capture_output=True, text=True))


def test_the_newest_python_that_can_make_environments_is_taken(make, stub, tmp_path):
    def chosen():
        said = make(PATH=f"{tmp_path}:/usr/bin:/bin")
        made = tmp_path / "venv" / "by"
        found = made.read_text().strip() if said.returncode == 0 else one_sentence(said)
        shutil.rmtree(tmp_path / "venv", ignore_errors=True)
        return found

    stub("python3.14", version="3.14", venv="false")
    for name, version in (("3.13", "3.10"), ("3.12", "3.12"), ("3.11", "3.11"), ("3", "3.15"), ("", "3.9")):
        stub(f"python{name}", version=version)
    assert chosen() == str(tmp_path / "python3.12")
    for name in ("python3.12", "python3.11"):
        stub(name, version="3.10")
    assert "apt-get install python3.14-venv" in chosen()


def test_with_a_real_pip_the_users_settings_do_not_matter_and_no_network_is_one_sentence(make, tmp_path):
    with zipfile.ZipFile(tmp_path / "thing-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("thing.py", "")
        wheel.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        wheel.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("thing-1.0.dist-info/RECORD", "")
    python = getattr(sys, "_base_executable", sys.executable)
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    elsewhere = {name: str(tmp_path / "elsewhere") for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")}
    said = make(python, "thing==1.0\n", **index, **elsewhere, PIP_DRY_RUN="1", PYTHONPATH=str(tmp_path))
    assert said.returncode == 0, said.stderr
    subprocess.run([tmp_path / "venv" / "bin" / "python", "-I", "-c", "import thing"], check=True)
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "1"}
    closed |= {"PIP_NO_CACHE_DIR": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull, "no_proxy": "*"}
    assert "cannot be reached" in one_sentence(make(python, "six==1.16.0\n", **closed))
