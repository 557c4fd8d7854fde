"""What git says of the project's own folder."""

import os
import re
import subprocess
from pathlib import Path


def _git(root: Path, *arguments: str) -> str:
    """Return what git prints; nothing where the folder is no checkout of its own, or git is not installed."""
    if not (root / ".git").exists():
        return ""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        found = subprocess.run(["git", *arguments], cwd=root, env=ours, capture_output=True, text=True, check=True)
        return found.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def commit(root: Path) -> str:
    """Name the commit that is checked out, with a plus sign where files differ from it; empty outside a checkout."""
    return _git(root, "describe", "--always", "--abbrev=12", "--exclude", "*", "--dirty=+")


def repository(root: Path) -> str:
    """Find the published repository's address, from SITE_REPOSITORY or git's remote "origin"; empty if not public."""
    address = os.environ.get("SITE_REPOSITORY") or _git(root, "remote", "get-url", "origin")
    public = r"(?:https://|git@|ssh://git@)(github\.com|gitlab\.com)[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
    found = re.fullmatch(public, address)
    return f"https://{found[1]}/{found[2]}" if found else ""


def published(address: str) -> str:
    """Say where the site of a repository is published, with a slash at its end; nothing where that is unknown."""
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", address)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""
