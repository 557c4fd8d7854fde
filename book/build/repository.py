"""What git says of the project's own folder, and of no other that lies around it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")


def _git(root: Path, *arguments: str) -> str:
    """Return what git prints; nothing where it fails, or is not installed."""
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    try:
        return subprocess.run(
            ["git", *arguments], cwd=root, env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _is_checkout(root: Path) -> bool:
    top = _git(root, "rev-parse", "--show-toplevel")
    return bool(top) and Path(top).resolve() == root.resolve()


def commit(root: Path) -> str:
    """Name the commit that is checked out, with a plus sign where files differ from it; empty outside a checkout."""
    wanted = ("describe", "--always", "--abbrev=12", "--exclude", "*", "--dirty=+")
    return _git(root, *wanted) if _is_checkout(root) else ""


def repository(root: Path) -> str:
    """Find the web address of the published repository.

    Parameters
    ----------
    root
        The project's folder.

    Returns
    -------
    str
        From SITE_REPOSITORY or else from the git remote "origin"; empty where there is neither.
    """
    address = os.environ.get("SITE_REPOSITORY", "")
    if not address and _is_checkout(root):
        address = _git(root, "remote", "get-url", "origin")
    found = re.fullmatch(
        r"(?:https://|git@|ssh://git@)(github\.com|gitlab\.com)[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?", address
    )
    return f"https://{found[1]}/{found[2]}" if found else ""
