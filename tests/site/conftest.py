"""The built site, over http and from the disk, and a browser to read it with; each page is opened once."""

from __future__ import annotations

import functools
import http.server
import re
import threading
import time
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page
from xdist.scheduler import LoadScopeScheduling

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

    def at(self, width: int, scheme: str = "light") -> Page:
        """Look at it at another width or in the other theme, as its own button would show it."""
        if self.page.viewport_size["width"] != width:
            self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate("scheme => { document.documentElement.dataset.theme = scheme; }", scheme)
        return self.page


def open_page(browser, address: str, *, name: str = "", width: int = 1280) -> Opened:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    opened = Opened(name, context.new_page())
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.on("requestfailed", lambda request: opened.failures.append(request.url))
    opened.page.on("response", lambda r: opened.failures.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    opened.page.on("console", lambda said: opened.errors.append(said.text) if said.type == "error" else None)
    opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.page.goto(address)
    opened.page.evaluate("() => window.MathJax?.startup?.promise")
    # Colours that are still on their way from one theme to the other are nobody's choice.
    opened.page.add_style_tag(content="*, *::before, *::after { transition: none !important; }")
    return opened


CUT = """hiding => {
    const body = document.body, way = (e, axis) => getComputedStyle(e)[`overflow${axis}`];
    const hides = (e, axis) => hiding.includes(way(e, axis)) || (e === body && axis === 'X');
    const scrolls = (e, axis) => way(e, axis) !== 'visible' && !hides(e, axis);
    const edges = (box) => (box === body ? { left: 0, right: innerWidth } : box.getBoundingClientRect());
    const out = {
        X: (a, b) => a.right > b.right + 1 || a.left < b.left - 1,
        Y: (a, b) => a.bottom > b.bottom + 2 || a.top < b.top - 2,
    };
    const unseen = 'mjx-assistive-mml, mjx-ext, .visually-hidden, .sr-only, .explorer-plot, script, style';
    const found = [];
    for (const e of document.querySelectorAll('article *:not(mjx-math *, svg *)')) {
        if (!e.checkVisibility() || e.closest(unseen)) { continue; }
        const place = e.getBoundingClientRect();
        for (const axis of place.width ? ['X', 'Y'] : []) {
            for (let box = e.parentElement; box && !scrolls(box, axis); box = box.parentElement) {
                if (hides(box, axis) && out[axis](place, edges(box))) {
                    const told = [axis, e.tagName, e.textContent.trim().slice(0, 60), 'in', box.tagName, box.className];
                    found.push(told.join(' '));
                    break;
                }
            }
        }
    }
    return found;
}"""


def cut(page: Page, *, printed: bool = False) -> list[str]:
    """What of a page's content sticks out of a box that hides it: one that scrolls does not, but on paper."""
    return page.evaluate(CUT, ["hidden", "clip"] + printed * ["auto", "scroll"])


def eventually(look, timeout: float = 5):
    """Look again and again until nothing is found, as what is drawn late takes its place, or return what is found."""
    end = time.monotonic() + timeout
    while (found := look()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


class ByPage(LoadScopeScheduling):
    """Gives one worker all that is asked of a page, whichever file asks: to open it takes longer than to look at it."""

    def _split_scope(self, nodeid):
        page = re.search(r"\[(book/[\w/]+)", nodeid)
        return page[1] if page else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config, log):
    return ByPage(config, log)


def pytest_collection_modifyitems(items):
    # What is long and cannot be shared out comes first.
    items.sort(key=lambda item: item.path.stem not in ("test_make_a_memory", "test_print"))


@pytest.fixture(scope="session", params=pages())
def opened(request, browser):
    """One page of the table of contents, opened once, from the disk, for all tests that look :meth:`Opened.at` it."""
    result = open_page(browser, (HTML / f"{request.param}.html").as_uri(), name=request.param)
    yield result
    result.page.context.close()
