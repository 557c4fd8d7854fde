"""What the page "On a cluster" tells its reader to type exists."""

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


@pytest.mark.parametrize("command", [line for line in COMMANDS if "bin/dask " in line])
def test_dask_has_every_option_that_is_named_and_takes_its_value(command):
    _, program, *words = shlex.split(command)
    known = {name for parameter in PROGRAMS[program].params for name in parameter.opts + parameter.secondary_opts}
    assert {word for word in words if word.startswith("--")} <= known
    PROGRAMS[program].make_context(program, words)


@pytest.mark.parametrize("given, expected", [(["SCHEDULER=tcp://a:1"], "tcp://a:1"), ([], "tcp://before:2")])
def test_make_hands_the_scheduler_over_and_else_leaves_the_environment_alone(given, expected, tmp_path):
    (tmp_path / "show.mk").write_text(f"include {ROOT}/Makefile\nshow:\n\t@echo it is $$SIGAE_SCHEDULER\n")
    command = ["make", "--no-print-directory", "-f", str(tmp_path / "show.mk"), "show", *given]
    environment = os.environ | {"SIGAE_SCHEDULER": "tcp://before:2"}
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == f"it is {expected}\n"
