"""The web address of the published repository, which only a copy of it knows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path


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
    if not address:
        said = subprocess.run(["git", "remote", "get-url", "origin"], cwd=root, capture_output=True, text=True)
        address = said.stdout.strip() if said.returncode == 0 else ""
    found = re.fullmatch(
        r"(?:https://|git@|ssh://git@)(github\.com|gitlab\.com)[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?", address
    )
    return f"https://{found[1]}/{found[2]}" if found else ""
