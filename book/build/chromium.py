"""Chromium, which prints the book and reads it in the tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = (
    "chromium-headless-shell",  # the same without windows, in half the processor time
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip
MISSING = "Chromium is missing: install it (on Debian: apt-get install chromium), or set CHROMIUM=/path/to/it."


def find_chromium() -> str | None:
    """Find the browser's program: what the environment variable CHROMIUM names, or the first on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    if (path := find_chromium()) is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        # Inside a container Chromium cannot make its own sandbox; it opens nothing but this book.
        with playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) as browser:
            yield browser
