"""The built site over http, a browser to read it with, and each page of the book opened once."""

from __future__ import annotations

import functools
import http.server
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

from book.build.chromium import MISSING, chromium, find_chromium
from book.build.toc import ROOT, pages

HTML = ROOT / "_build" / "html"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    """Address of the built site, without a slash at its end."""
    if not (HTML / "index.html").exists():
        pytest.exit("There is no built site: run make book.", returncode=2)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(HTML)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser():
    if find_chromium() is None:
        pytest.exit(MISSING, returncode=2)
    with chromium() as started:
        yield started


@dataclass
class Opened:
    """A page with what happened while it was opened."""

    name: str
    page: Page
    requests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def open_page(browser, address: str, *, name: str = "", scheme: str = "light", width: int = 1280) -> Opened:
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    opened = Opened(name, context.new_page())
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.on("requestfailed", lambda request: opened.failures.append(request.url))
    opened.page.on("response", lambda r: opened.failures.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    opened.page.on("console", lambda said: opened.errors.append(said.text) if said.type == "error" else None)
    opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.page.goto(address, wait_until="networkidle")
    opened.page.evaluate("() => window.MathJax?.startup?.promise")
    # Colours that are still on their way from one theme to the other are nobody's choice.
    opened.page.add_style_tag(content="*, *::before, *::after { transition: none !important; }")
    return opened


@pytest.fixture(scope="module", params=pages())
def opened(request, browser, site):
    """One page of the table of contents, as a reader on a desktop in the light theme opens it."""
    result = open_page(browser, f"{site}/{request.param}.html", name=request.param)
    yield result
    result.page.context.close()


@pytest.fixture(scope="session")
def built() -> Path:
    return HTML
