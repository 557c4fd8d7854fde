"""Check that requirements.lock can be installed, and leaves nothing out, on every Python and platform supported.

Nothing is installed: pip looks for a wheel of each locked package for the Python and platform in question, and what the
wheels require, by the markers of that Python and platform, is held against the lock.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import click
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from book.build import portability, readme
from book.build.toc import ROOT

LOCKS = (ROOT / "requirements.lock", ROOT / "book" / "build" / "jupyter.txt")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "Linux x86-64": ("linux", "x86_64", ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux1_x86_64")),
    "Linux arm64": ("linux", "aarch64", ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64")),
    "macOS arm64": ("darwin", "arm64", ("macosx_14_0_arm64",)),
}
# On Linux the registry's torch asks for the CUDA libraries that belong to it, by their exact versions.
BRINGS_ITS_OWN = "torch"


def markers(python: str, platform: str) -> dict[str, str]:
    """Return the values that environment markers have on a Python and a platform."""
    system, machine, _ = PLATFORMS[platform]
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": {"linux": "Linux", "darwin": "Darwin"}[system],
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": system,
        "extra": "",
    }


def _applies(marker: Marker | None, environment: dict[str, str], extras: set[str]) -> bool:
    return marker is None or any(marker.evaluate(environment | {"extra": extra}) for extra in extras | {""})


def left_out(
    roots: list[Requirement], lock: dict[str, str], wheels: dict[str, dict[str, Any]], environment: dict[str, str]
) -> list[str]:
    """List what is required, directly or not, and is not in the lock in a version that will do.

    Parameters
    ----------
    roots
        What the project itself requires.
    lock
        Package to version.
    wheels
        Package to the metadata of its wheel, as in pip's report.
    environment
        Marker to value.

    Returns
    -------
    list of str
        One sentence a requirement.
    """
    wrong: dict[str, None] = {}
    waiting, seen = [("the project", root) for root in roots], set()
    while waiting:
        who, requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name not in lock:
            if who != BRINGS_ITS_OWN:
                wrong[f"{who} requires {requirement}, which is not in the lock"] = None
            continue
        if not requirement.specifier.contains(lock[name], prereleases=True):
            wrong[f"{who} requires {requirement}, but the lock has {lock[name]}"] = None
        key = (name, frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        for text in wheels[name].get("requires_dist", []):
            needed = Requirement(text)
            if _applies(needed.marker, environment, set(requirement.extras)):
                waiting.append((name, needed))
    return list(wrong)


def found_wheels(lines: list[Requirement], python: str, platform: str) -> dict[str, dict[str, Any]]:
    """Ask pip which wheels it would install.

    Parameters
    ----------
    lines
        The lock's lines that apply.
    python, platform
        For which.

    Returns
    -------
    dict
        Package to the metadata of its wheel.

    Raises
    ------
    RuntimeError
        With pip's own words, if a package has no wheel there.
    """
    with tempfile.TemporaryDirectory() as folder:
        wanted, report = Path(folder, "wanted.txt"), Path(folder, "report.json")
        wanted.write_text("".join(f"{line.name}{line.specifier}\n" for line in lines), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--only-binary=:all:", "-q"]
        command += ["--python-version", python, "--target", folder, "--report", str(report), "-r", str(wanted)]
        command += [part for tag in PLATFORMS[platform][2] for part in ("--platform", tag)]
        said = subprocess.run(command, capture_output=True, text=True)
        if said.returncode:
            errors = [line for line in said.stderr.splitlines() if line.startswith("ERROR")]
            raise RuntimeError(" ".join(errors) or said.stderr.strip())
        installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {canonicalize_name(item["metadata"]["name"]): item["metadata"] for item in installed}


def project_requirements() -> list[Requirement]:
    """Read what pyproject.toml requires: to run, for the book, the tests and the benchmark, and to build."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    optional = [text for extra in project["optional-dependencies"].values() for text in extra]
    return [Requirement(text) for text in (*project["dependencies"], *optional, *settings["build-system"]["requires"])]


@click.command()
def main() -> None:
    """Resolve the lock for every Python and platform, and note which of them it holds for."""
    kept = [line for lock in LOCKS for line in lock.read_text(encoding="utf-8").splitlines()]
    texts = [line for line in kept if line and not line.startswith("#")]
    failed, resolved = False, []
    for platform in PLATFORMS:
        for python in PYTHONS:
            environment = markers(python, platform)
            lines = [line for line in map(Requirement, texts) if _applies(line.marker, environment, set())]
            lock: dict[str, str] = {
                canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in lines
            }
            try:
                wrong = left_out(project_requirements(), lock, found_wheels(lines, python, platform), environment)
            except RuntimeError as error:
                wrong = [str(error)]
            where = f"Python {python}, {platform}"
            click.echo(f"{where}: " + ("; ".join(wrong) if wrong else f"all {len(lines)} packages"))
            failed |= bool(wrong)
            if not wrong:
                resolved.append({"python": python, "platform": platform, "packages": len(lines)})
    portability.record(resolved=resolved)
    readme.main()
    if failed:
        sys.exit("error: the lock does not hold everywhere: mend requirements.lock, with a marker where one is needed.")


if __name__ == "__main__":
    main()
