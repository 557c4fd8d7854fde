"""What the page "On a cluster" tells its reader to type exists; and how a scheduler's address comes to a sweep."""

import os
import re
import shlex
import subprocess

import pytest
import yaml
from distributed.cli import dask_scheduler, dask_worker

from book.build.toc import ROOT

PAGE = (ROOT / "book" / "on_a_cluster.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "book" / "cluster" / "compose.yaml").read_text(encoding="utf-8"))
TYPED = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
COMMANDS = [*TYPED, *(service["command"] for service in COMPOSE["services"].values())]
PROGRAMS = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}


def options(words):
    return {word for word in words if word.startswith("--")}


@pytest.mark.parametrize("command", [line for line in COMMANDS if "bin/dask " in line])
def test_dask_has_every_option_that_is_named(command):
    _, program, *words = shlex.split(command)
    parameters = PROGRAMS[program].params
    assert options(words) <= {name for parameter in parameters for name in parameter.opts + parameter.secondary_opts}
    PROGRAMS[program].make_context(program, words, resilient_parsing=False)  # takes their values


@pytest.mark.parametrize("command", [line for line in COMMANDS if re.search(r"\bmake ", line)])
def test_make_has_every_target_and_variable_that_is_named(command):
    words = shlex.split(command[re.search(r"\bmake ", command).end() :])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for word in words:
        name, given, _ = word.partition("=")
        assert re.search(rf"^{name} \?=" if given else rf"^\.PHONY: {name}$", makefile, re.MULTILINE), word


def test_the_script_for_slurm_has_every_option_that_is_named():
    script = (ROOT / "book" / "cluster" / "slurm.py").read_text(encoding="utf-8")
    (command,) = [line for line in TYPED if "slurm.py" in line]
    declared = set(re.findall(r"click\.option\(\"(--\w+)\"", script))
    assert options(shlex.split(command)) | {"--show"} <= declared


def test_the_containers_are_those_that_the_commands_name():
    told = [shlex.split(line) for line in TYPED if line.startswith("docker compose")]
    assert told
    for words in told:
        assert (ROOT / words[words.index("--file") + 1]).samefile(ROOT / "book" / "cluster" / "compose.yaml")
    assert set(COMPOSE["services"]) == {"scheduler", "worker", "client"}


@pytest.mark.parametrize("given, expected", [(["SCHEDULER=tcp://a:1"], "tcp://a:1"), ([], "tcp://before:2")])
def test_make_hands_the_scheduler_over_and_else_leaves_the_environment_alone(given, expected, tmp_path):
    (tmp_path / "show.mk").write_text(f"include {ROOT}/Makefile\nshow:\n\t@echo it is $$SIGAE_SCHEDULER\n")
    command = ["make", "--no-print-directory", "-f", str(tmp_path / "show.mk"), "show", *given]
    environment = os.environ | {"SIGAE_SCHEDULER": "tcp://before:2"}
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == f"it is {expected}\n"
