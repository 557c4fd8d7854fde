"""Making the environment: what was half made is made anew, and what stops it is one sentence."""

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery

PYTHON = getattr(sys, "_base_executable", sys.executable)


@pytest.fixture
def make(tmp_path):
    """Run the script on a folder, with a list of no packages unless told otherwise."""
    (tmp_path / "packages.txt").write_text("")

    def run(venv=tmp_path / "venv", python=PYTHON, packages="", start=subprocess.run, **environment):
        (tmp_path / "packages.txt").write_text(packages)
        # The script's own messages are English, and so must the ones be that it looks for.
        command = [
            "sh",
            "book/build/environment.sh",
            os.path.relpath(venv, ROOT),
            python,
            str(tmp_path / "packages.txt"),
        ]
        pipe = subprocess.PIPE
        return start(command, cwd=ROOT, env=os.environ | environment, stdout=pipe, stderr=pipe, text=True)

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An environment of no packages, as the script makes it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "packages.txt").write_text("")
    venv = os.path.relpath(folder / "venv", ROOT)
    command = ["sh", "book/build/environment.sh", venv, PYTHON, str(folder / "packages.txt")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder / "venv"


def take(made, venv):
    """Copy an environment so that it takes itself to have been made where it is."""
    shutil.copytree(made, venv, symlinks=True)
    there, here = (os.path.relpath(folder, ROOT) for folder in (made, venv))
    (venv / ".ready").write_text((made / ".ready").read_text().replace(there, here))


def is_whole(venv):
    works = subprocess.run([venv / "bin" / "python", "-m", "pip", "--version"], capture_output=True).returncode == 0
    return works and (venv / ".ready").exists()


@pytest.fixture
def index(tmp_path):
    """Variables that let pip find one small package, ``thing``, and nothing else."""
    with zipfile.ZipFile(tmp_path / "thing-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("thing.py", "")
        wheel.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        wheel.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("thing-1.0.dist-info/RECORD", "")
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}


def one_sentence(said):
    assert said.returncode != 0
    assert said.stderr.startswith("error: ")
    assert said.stderr.count("\n") == 1, said.stderr
    return said.stderr


def test_an_environment_whose_making_was_killed_is_made_anew(make, tmp_path):
    venv = tmp_path / "venv"
    making = make(start=lambda *a, **k: subprocess.Popen(*a, **k, start_new_session=True))
    while not (venv / "bin" / "python").exists():
        assert making.poll() is None
        time.sleep(0.005)
    os.killpg(making.pid, signal.SIGKILL)
    making.communicate()
    assert not is_whole(venv)  # a folder with python, and without pip
    said = make()
    assert said.returncode == 0, said.stderr
    assert "incomplete" in said.stdout
    assert is_whole(venv)


@pytest.mark.parametrize("damage", ["no pip", "no python", "elsewhere", "a dangling link"])
def test_a_broken_environment_is_made_anew(make, made, tmp_path, damage):
    venv = tmp_path / "venv"
    if damage == "a dangling link":
        venv.symlink_to(tmp_path / "nowhere")
    else:
        take(made, venv)
        if damage == "no pip":
            for folder in venv.glob("lib/python*/site-packages/pip"):
                shutil.rmtree(folder)
        elif damage == "no python":
            for program in venv.glob("bin/python*"):
                program.unlink()
                program.symlink_to(tmp_path / "uninstalled")
        else:
            (venv / ".ready").write_text("/some/where/else\n")
    said = make()
    assert said.returncode == 0, said.stderr
    assert "made anew" in said.stdout
    assert is_whole(venv)


def test_a_whole_environment_is_kept(make, made, tmp_path):
    take(made, tmp_path / "venv")
    mark = tmp_path / "venv" / "mark"
    mark.touch()
    said = make()  # whose list of packages is newer
    assert said.returncode == 0, said.stderr
    assert "anew" not in said.stdout
    assert mark.exists()
    assert is_whole(tmp_path / "venv")


def test_no_network_is_one_sentence_and_the_next_run_mends_it(make, tmp_path):
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_RETRIES": "1"}
    closed |= {"PIP_NO_CACHE_DIR": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull, "no_proxy": "*"}
    said = one_sentence(make(packages="six==1.16.0\n", **closed))
    assert "cannot be reached" in said
    assert "check the network" in said
    assert not (tmp_path / "venv" / ".ready").exists()
    assert make().returncode == 0
    assert is_whole(tmp_path / "venv")


def test_where_the_users_pip_installs_does_not_matter(make, index, tmp_path):
    elsewhere = {name: str(tmp_path / "elsewhere") for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")}
    said = make(packages="thing==1.0\n", **index, **elsewhere, PIP_DRY_RUN="1", PYTHONPATH=str(tmp_path))
    assert said.returncode == 0, said.stderr
    subprocess.run([tmp_path / "venv" / "bin" / "python", "-I", "-c", "import thing"], check=True)


def test_a_setting_of_pips_that_leaves_the_environment_empty_is_one_sentence(make, index, tmp_path):
    (tmp_path / "pip.conf").write_text(f"[install]\ntarget = {tmp_path}/elsewhere\n")
    said = make(packages="thing==1.0\n", **index | {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")})
    assert "pip config list" in one_sentence(said)
    assert not (tmp_path / "venv" / ".ready").exists()


def test_a_dollar_in_the_path_is_one_sentence(tmp_path):
    (tmp_path / "a$b").mkdir()
    command = ["sh", str(ROOT / "book" / "build" / "environment.sh"), "venv", PYTHON]
    said = subprocess.run(command, cwd=tmp_path / "a$b", capture_output=True, text=True)
    assert "$ in its path" in one_sentence(said)


@pytest.mark.parametrize("size", ["300k", "12m"])  # full while the folder is made, and while pip is put into it
def test_a_full_disk_is_one_sentence(make, small_disk, size):
    disk = small_disk(size)
    said = one_sentence(make(venv=disk / "venv"))
    assert "the disk is full" in said
    assert "free some space" in said


def test_a_package_that_cannot_be_had_is_told_in_pips_words(make, tmp_path):
    said = make(packages=f"nothing @ file://{tmp_path}/nothing-1.0-py3-none-any.whl\n")
    assert said.returncode != 0
    assert "nothing-1.0" in said.stderr
    assert said.stderr.endswith("error: the locked packages could not be installed: the lines above say why.\n")


@pytest.mark.parametrize("version", ["", "3.10", "3.15"])
def test_a_wrong_python_is_one_sentence_and_harms_nothing(make, tmp_path, version):
    fake = tmp_path / "python"
    fake.write_text(f"#!/bin/sh\n{f'echo {version}' if version else 'exit 1'}\n")
    fake.chmod(0o755)
    said = one_sentence(make(python=str(fake)))
    assert "none of Python 3.14 3.13 3.12 3.11" in said
    assert "leave PYTHON out" in said
    assert not (tmp_path / "venv").exists()


def test_the_newest_python_that_can_make_environments_is_taken(tmp_path):
    def fake(name, version, *, venv=True):
        path = tmp_path / name
        # It tells its version, says whether it has the module venv, and makes no environment.
        answers = f"*version_info*) echo {version} ;; *ensurepip*) {'' if venv else 'exit 1'} ;;"
        path.write_text(f'#!/bin/sh\ncase "$2" in {answers} *) echo chosen {name} >&2; exit 1 ;; esac\n')
        path.chmod(0o755)

    def chosen():
        environment = os.environ | {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        command = ["sh", "book/build/environment.sh", os.path.relpath(tmp_path / "venv", ROOT)]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True).stderr

    fake("python3.14", "3.14", venv=False)
    fake("python3.12", "3.12")
    fake("python3.11", "3.11")
    fake("python3", "3.15")
    fake("python", "3.9")
    assert "chosen python3.12" in chosen()
    fake("python3.14", "3.14")
    assert "chosen python3.14" in chosen()
    for name in ("python3.14", "python3.12", "python3.11"):
        fake(name, "3.14", venv=False)
    assert "apt-get install python3.14-venv" in chosen()
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        fake(name, "3.10")
    assert "none of Python 3.14 3.13 3.12 3.11 was found" in chosen()
