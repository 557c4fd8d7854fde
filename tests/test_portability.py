"""Where the project runs: what is recorded, what the pages say of it, and the lock held against what wheels require."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

from book.build import check_lock, portability, portable
from book.build.toc import ROOT

pytestmark = pytest.mark.machinery

SUITE = {
    "system": "Linux x86_64",
    "processor": "Some processor",
    "python": "3.11.7",
    "instructions": "native",
    "threads": 1,
    "seed": 5,
    "date": "2026-01-01",
    "minutes": 3.0,
    "tests": {"passed": 1200, "failed": 0, "skipped": 0},
    "notebooks": {"passed": 90, "failed": 0, "skipped": 0},
}
RESOLVED = [
    {"python": python, "platform": platform, "packages": 3}
    for python in ("3.11", "3.14")
    for platform in ("Linux x86-64", "macOS arm64")
]


def test_a_suite_replaces_an_earlier_one_of_its_kind_and_no_other(tmp_path):
    file = tmp_path / "portability.json"
    assert portability.recorded(file) == {"run": [], "resolved": []}
    portability.record(run=[SUITE, SUITE | {"threads": 2}], resolved=RESOLVED, file=file)
    portability.record(run=[SUITE | {"date": "2026-02-02"}], file=file)
    part = {name: value for name, value in SUITE.items() if name != "notebooks"}
    portability.record(run=[part | {"threads": 2, "tests": {"passed": 7, "failed": 0, "skipped": 0}}], file=file)
    known = portability.recorded(file)
    assert [(suite["threads"], suite["date"]) for suite in known["run"]] == [(1, "2026-02-02"), (2, "2026-01-01")]
    assert [suite["tests"]["passed"] for suite in known["run"]] == [1200, 7]
    assert known["run"][1]["notebooks"] == SUITE["notebooks"]  # not run this time
    assert known["resolved"] == RESOLVED


def test_the_tables_tell_run_from_resolved_and_hide_no_failure():
    broken = SUITE | {"python": "3.14.1", "notebooks": {"passed": 89, "failed": 1, "skipped": 0}}
    known = {"run": [SUITE, broken], "resolved": RESOLVED}
    support = portability.support_table(known).splitlines()
    assert support[2:] == ["| Python 3.11 | run | no | resolved |", "| Python 3.14 | resolved | no | resolved |"]
    part = {name: value for name, value in SUITE.items() if name != "notebooks"}
    assert "| tests run |" in portability.support_table({"run": [part], "resolved": RESOLVED})
    run = portability.run_table(known["run"])
    assert "| Linux x86-64, Some processor | 3.11.7 | native | 1 | 1,200 | 90 |" in run
    assert "**1 failed**" in run
    assert "1 failed" in portability.sentence(known)
    assert "Python 3.11.7, and under avx2" in portability.sentence(
        {"run": [SUITE | {"instructions": "avx2"}], "resolved": []}
    )
    assert portability.sentence({"run": [SUITE], "resolved": RESOLVED}) == (
        "Run on Linux x86_64: the tests and the strict notebooks with Python 3.11.7, and under native instructions with"
        " 1 threads; 0 failed. Only resolved, not run: macOS arm64."
    )
    newer = part | {"python": "3.12.1", "tests": {"passed": 70, "failed": 2, "skipped": 0}}
    assert "1 threads; the tests alone with Python 3.12.1; 2 failed." in portability.sentence(
        {"run": [SUITE, newer], "resolved": RESOLVED}
    )


PROBE = """
import hashlib, json, os, subprocess, sys
import numpy as np, sigae, torch
from book.build import portable
found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
drawn = [sigae.Autoencoder(9, 50).weights[0].detach(), sigae.sphere_points(20, 33, norm=3.0, seed=2)]
drawn = [hashlib.sha256(x.numpy().tobytes()).hexdigest() for x in drawn]
told = {"capability": torch.backends.cpu.get_cpu_capability(), "found": found, "drawn": drawn}
if len(sys.argv) == 1:
    for chosen in portable.SETS:
        environment = os.environ | portable.switches(chosen)
        said = subprocess.check_output([sys.executable, "-c", PROBE, "again"], env=environment, text=True)
        told[chosen] = json.loads(said)
print(json.dumps(told))
"""
ADVANCED = {"X86_V3", "AVX2", "FMA3", "F16C", "AVX", "XOP"}  # what NumPy calls it, from one version to the next


def test_the_switches_reach_the_libraries_and_leave_what_is_drawn_as_it_is():
    # These tests may run under switches themselves: then what the processor has is seen from without.
    free = {name: value for name, value in os.environ.items() if name not in portable.switches("default")}
    program = f"PROBE = {PROBE!r}\nexec(PROBE)"
    said = subprocess.run(
        [sys.executable, "-c", program], env=free, capture_output=True, text=True, check=True, cwd=ROOT
    )
    told = json.loads(said.stdout)
    assert told["native"] == {name: told[name] for name in ("capability", "found", "drawn")}
    assert all(told[chosen]["drawn"] == told["drawn"] for chosen in portable.SETS if chosen in told)
    assert told["default"]["capability"] == "DEFAULT"
    if portable.INTEL:
        assert told["default"]["found"] == []
    if "avx2" in told:
        assert told["avx2"]["capability"] == "AVX2"
        assert set(told["avx2"]["found"]) == set(told["found"]) & ADVANCED


def test_results_are_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3"/></testsuites>')
    assert portable.counts(report) == {"passed": 4, "failed": 3, "skipped": 3}


def test_notebooks_are_shuffled_as_wholes():
    one, two = (portable.pytest_command("notebooks", seed, 1) for seed in (1, 2))
    assert one != two
    assert sorted(one) == sorted(two)
    command = portable.pytest_command("tests", 7, 2)
    assert "--random-order-seed=7" in command and "not machinery" not in command
    assert portable.pytest_command("tests", 7, 2, numbers=True)[-2:] == ["not machinery", "tests"]


def test_a_record_tells_of_all_tests():
    said = CliRunner().invoke(portable.main, ["--record", "--numbers"])
    assert said.exit_code == 2 and "--record tells of all tests: leave out --numbers." in said.output


def wheels(**requires):
    return {name: {"requires_dist": lines} for name, lines in requires.items()}


def test_what_the_lock_leaves_out_is_named_for_each_python_and_platform():
    metadata = wheels(
        a=['b>=2; python_version < "3.12"', 'c; sys_platform == "darwin"', 'd; extra == "more"', "torch"],
        b=[],
        torch=["cuda==1"],
    )
    root, lock = [Requirement("a")], {"a": "1", "b": "1", "torch": "2"}

    def wrong(python, platform, roots=root):
        return check_lock.left_out(roots, lock, metadata, check_lock.markers(python, platform))

    assert wrong("3.11", "Linux x86-64") == ['a requires b>=2; python_version < "3.12", but the lock has 1']
    assert wrong("3.13", "Linux x86-64") == []  # torch's own libraries are left to torch
    assert wrong("3.13", "macOS arm64") == ['a requires c; sys_platform == "darwin", which is not in the lock']
    assert wrong("3.13", "Linux arm64", [Requirement("a[more]")]) == [
        'a requires d; extra == "more", which is not in the lock'
    ]
    assert wrong("3.13", "Linux arm64", [Requirement("e")]) == ["the project requires e, which is not in the lock"]


def test_the_record_covers_every_python_and_platform_supported():
    known = portability.recorded()
    found = {(row["python"], row["platform"]) for row in known["resolved"]}
    assert found == {(python, platform) for python in check_lock.PYTHONS for platform in check_lock.PLATFORMS}
