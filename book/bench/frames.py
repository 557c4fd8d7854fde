"""How many pictures a second the page "Make a memory" shows while it iterates ten memories: run `make book` first."""

from __future__ import annotations

import statistics

from book.build.chromium import chromium
from book.build.toc import ROOT

PAGE = ROOT / "_build" / "html" / "book" / "make_a_memory.html"
MEASURE = """() => new Promise(done => {
    const { film, state, now, rest } = sigaeMemory.page, times = [], work = [];
    rest(); // of the slice, which a worker computes
    const native = requestAnimationFrame;
    window.requestAnimationFrame = act => native(time => {
        const begin = performance.now();
        act(time);
        times.push(time);
        work.push(performance.now() - begin);
        if (now.rows.flat().every(path => path.over)) { window.requestAnimationFrame = native; done([times, work]); }
    });
    film.play();
})"""


def main() -> None:
    """Print the pictures shown a second, and what computing one takes, for each activation and the trained network."""
    with chromium() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        for kind in ("sigmoid", "tanh", "erf", "trained network"):
            page.goto(PAGE.as_uri())
            if kind == "trained network":
                page.check("#memory-network")
            else:
                page.select_option("#memory-activation", kind)
            times, work = page.evaluate(MEASURE)
            between = [b - a for a, b in zip(times[:-1], times[1:], strict=True)]
            print(
                f"{kind}: {len(times)} pictures, {1000 / statistics.median(between):.0f} a second (median); computing"
                f" and drawing one takes {statistics.median(work):.2f} ms, at most {max(work):.2f} ms"
            )


if __name__ == "__main__":
    main()
