"""The page on which readers make memories: it computes what the Python package does, and any hand can use it."""

import unicodedata

import pytest
import torch

import sigae
from tests.site.conftest import HTML, open_page

pytestmark = pytest.mark.skipif(not (HTML / "book" / "make_a_memory.html").exists(), reason="the book has no such page")
NAME = "book/make_a_memory"
CLOSE = 1e-8


@pytest.fixture(scope="module")
def page(browser, site):
    opened = open_page(browser, f"{site}/{NAME}.html")
    opened.page.set_default_timeout(120_000)  # the machine may be busy with more than this
    yield opened.page
    # a worker that is stopped while it starts, or the icon of a page that is left, counts as a request that failed
    failures = [url for url in opened.failures if not url.startswith("blob:") and not url.endswith("/favicon.svg")]
    assert opened.errors == [] and failures == []
    assert all(url.startswith((site, "data:", "blob:")) for url in opened.requests)
    opened.page.context.close()


@pytest.fixture
def fresh(page, site):
    """The page as it is first opened."""
    page.goto(f"{site}/{NAME}.html")
    yield page
    page.evaluate("() => sigaeMemory.page.rest()")  # or the slice goes on beside the next test


def draw(page, memory, cells):
    """Choose a memory and draw on cells of its board with the keyboard."""
    page.locator("#memory-row button").nth(memory).click()
    page.check("#memory-mode-draw")
    for cell in cells:
        page.locator("#memory-board button").nth(cell).press("Space")


def choose(page, activation, norm, *, cycle=False):
    page.select_option("#memory-activation", activation)
    page.set_checked("#memory-cycle", cycle)
    page.fill("#memory-norm", str(page.evaluate("r => sigaeMemory.state.NORMS.indexOf(r)", norm)))


def damage(page, *, noise, blend, erase):
    page.check("#memory-mode-break")
    page.fill("#memory-noise", str(noise))
    page.fill("#memory-blend", str(blend))
    page.select_option("#memory-erase", erase)


def heal(page):
    page.click("#memory-play")  # in one go: the tests ask for reduced motion
    page.wait_for_function("() => sigaeMemory.page.now.rows.flat().every(path => path.over)")


def slice_seen(page):
    page.wait_for_function("() => Number(document.getElementById('memory-slice').dataset.size) >= 24")


def go(page, address):
    """Enter an address of the page that is open: the browser does not load it anew."""
    page.evaluate("address => { location.hash = address; return new Promise(done => setTimeout(done)); }", address)


def read(page):
    """What the page stores, breaks and finds, as tensors; the board as it is seen."""
    found = page.evaluate("""() => {
        const { now, state } = sigaeMemory.page, plain = rows => rows.map(row => Array.from(row));
        const ends = now.rows.map(row => row.map(({ memory, since, steps }) => [memory, since, steps]));
        const greys = state.pictures, { patterns } = now.look, cues = plain(now.cues);
        const mapped = plain(now.cues.map(x => now.limit.f(x))), healed = plain(now.rows[0].map(({ x }) => x));
        const cells = [...document.querySelectorAll("#memory-board button")];
        const board = cells.map(e => Number(e.style.getPropertyValue("--grey")));
        return { greys, patterns, cues, mapped, spectra: now.limit.spectra, ends, healed, board };
    }""")
    return {key: torch.tensor(value, dtype=torch.float64) for key, value in found.items()}


def stored(patterns, activation, turn):
    return sigae.InfiniteWidth(patterns, patterns.roll(-1 if turn > 1 else 0, dims=0), activation=activation)


def recalls(map, cues, patterns, *, turn=1):
    """The path of each cue; which memory it ends at, -1 for none, and since which iteration: from 1000 iterations.

    In a cycle, with as many iterations a turn, it is the memory that the cycle would have begun with to be there.
    """
    path = sigae.iterate(map, cues, steps=1000)
    away = torch.cdist(path, patterns[None])  # (steps + 1, cues, memories)
    near, nearest = away.min(dim=-1)
    nearest = (nearest - torch.arange(1001)[:, None] % turn) % len(patterns)
    at = torch.where(near < 0.05 * patterns.norm(dim=-1).mean(), nearest, -1)
    since = [int((column != column[-1]).nonzero().max()) + 1 if (column != column[-1]).any() else 0 for column in at.T]
    return path, torch.stack([at[-1], torch.tensor(since)], dim=-1)


def rho(radius):
    """rho with three digits; where that is one, with one digit how far from one it is."""
    if f"{radius:.3f}" != "1.000":
        return f"ρ = {radius:.3f}"
    return f"1−ρ = {1 - radius:.0e}".replace("e-0", "·10-").replace("-", "−")


OWN = {1: [9, 14, 50, 53], 5: [0, 16, 63, 55], 7: [24, 31, 35, 39]}
CASES = {  # norm, what is erased, and how many memories follow one another
    "sigmoid": [(2, "upper half", 1), (20, "lower half", 1), (40, "left half", 10)],
    "tanh": [(8, "left half", 1), (80, "right half", 1), (5, "lower half", 10)],
    "erf": [(2, "upper half", 1), (8, "lower half", 1), (80, "right half", 10)],
}


@pytest.mark.parametrize(("activation", "cases"), CASES.items(), ids=CASES)
def test_map_radius_and_recall_are_pythons(fresh, activation, cases):
    for memory, cells in OWN.items():
        draw(fresh, memory, cells)
    recalled = set()
    for norm, erased, turn in cases:
        choose(fresh, activation, norm, cycle=turn > 1)
        damage(fresh, noise=40, blend=12, erase=erased)
        fresh.evaluate("() => sigaeMemory.page.rest()")  # the slice has tests of its own
        heal(fresh)
        found = read(fresh)
        told = fresh.locator("#memory-says canvas").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
        mean = found["greys"].mean(dim=0) if turn > 1 else found["greys"].mean()
        greys = found["greys"] - mean
        patterns = norm * greys / greys.norm(dim=1, keepdim=True)
        torch.testing.assert_close(found["patterns"], patterns, rtol=0, atol=1e-12 * norm)
        limit = stored(patterns, activation, turn)
        assert (found["mapped"] - limit(found["cues"])).abs().max() < CLOSE
        J = sigae.jacobian(limit, patterns)
        captions = fresh.locator("#memory-row span:nth-of-type(1)").all_inner_texts()
        ours = found["spectra"].norm(dim=-1).sort(dim=-1, descending=True).values
        (path, wanted), ends = recalls(limit, found["cues"], patterns, turn=turn), found["ends"][0]
        assert ends[:, :2].tolist() == wanted.tolist()
        healed = path[ends[:, 2].long(), range(10)]
        assert (found["healed"] - healed).abs().max() < CLOSE
        memory, shown = int(ends[7, 0]), []
        if turn > 1:
            shown = [(memory + int(ends[7, 2])) % turn] if memory >= 0 else []
            assert [i for i, text in enumerate(captions) if text] == shown
            assert (ours[:, 0] - sigae.cycle_rate(J)).abs().max() < CLOSE
        else:
            wanted = sigae.eigenvalue_norms(J).sort(dim=-1, descending=True).values
            assert (wanted[:, :10] - ours).abs().max() < CLOSE and wanted[:, 10:].abs().max() < CLOSE
            assert [unicodedata.normalize("NFKC", text) for text in captions] == [rho(size) for size in wanted[:, 0]]
        seen = ((mean + healed[7] / (norm / greys.norm(dim=1)).mean()) / 16).clamp(0, 1)
        assert (found["board"] - seen).abs().max() < 1e-3  # the style is written with three digits
        names = fresh.evaluate("() => sigaeMemory.page.now.names")
        assert told == [names[i] for i in [*dict.fromkeys([7, memory]), *shown] if i >= 0]
        recalled |= set(found["ends"][0, :, 0].tolist())
    assert -1 in recalled and len(recalled) > 3  # some cues heal, and some do not


def test_the_trained_network_is_pythons(fresh):
    fresh.check("#memory-network")
    heal(fresh)
    found = read(fresh)
    stored = fresh.evaluate("() => sigaeMemory.given.network")
    model = sigae.Autoencoder(stored["d"], stored["width"], activation="sigmoid")
    with torch.no_grad():
        for weight, name in zip(model.weights, ("first", "second"), strict=True):
            kept = f"sigaeMemory.network.numbers(sigaeMemory.given.network.{name})"
            numbers = torch.tensor(fresh.evaluate(f"() => Array.from({kept})"), dtype=torch.float64)
            numbers = numbers.reshape(stored["width"], stored["d"])
            weight.copy_(numbers if name == "first" else numbers.T)
        now = "sigaeMemory.page.now"
        mapped = fresh.evaluate(f"() => {now}.cues.map(x => Array.from({now}.trained.map(x)))")
        assert (torch.tensor(mapped, dtype=torch.float64) - model(found["cues"])).abs().max() < CLOSE
    J = fresh.evaluate(f"() => {now}.trained.jacobian({now}.look.patterns[3])")
    wanted = sigae.jacobian(model, found["patterns"][3])
    assert (torch.tensor(J, dtype=torch.float64) - wanted).abs().max() < CLOSE
    assert found["ends"][1, :, :2].tolist() == recalls(model, found["cues"], found["patterns"])[1].tolist()
    rings = fresh.locator(".memory-other")
    shown = rings.evaluate_all("rings => rings.map(e => Math.hypot(e.cx.baseVal.value, e.cy.baseVal.value))")
    largest = sigae.eigenvalue_norms(wanted).sort(descending=True).values[:10]
    assert (torch.tensor(shown) - largest).abs().max() < 1e-6  # SVG is in single precision
    choose(fresh, "tanh", 40)
    assert rings.count() == 0
    assert fresh.inner_text("#memory-fault")


@pytest.mark.parametrize(("activation", "norm", "turn"), [("sigmoid", 20, 1), ("erf", 20, 10), ("tanh", 8, 1)])
def test_the_slice_is_pythons(fresh, activation, norm, turn):
    choose(fresh, activation, norm, cycle=turn > 1)
    labels, cues = fresh.evaluate("""() => {
        const { slice } = sigaeMemory, { limit, look } = sigaeMemory.page.now, size = 12, trio = [0, 4, 9], found = [];
        slice.answer({ ...slice.question(limit.inside, trio), sizes: [size] }, ({ labels }) => found.push(...labels));
        const square = slice.square(look.patterns, trio), middle = i => (i % size + 0.5) / size;
        return [found, [...found.keys()].map(k => slice.point(square, [middle(k), middle(Math.floor(k / size))]))];
    }""")
    patterns, cues = read(fresh)["patterns"], torch.tensor(cues, dtype=torch.float64)
    wanted = recalls(stored(patterns, activation, turn), cues, patterns, turn=turn)[1][:, 0]
    ours = torch.tensor([-1 if label == 255 else label for label in labels])
    assert len(ours.unique()) > 1
    assert ours.tolist() == wanted.tolist()


def test_a_cue_on_the_slice_takes_pythons_path(fresh):
    slice_seen(fresh)
    seen = fresh.locator("#memory-map")
    side = seen.bounding_box()["width"]
    seen.click(position={"x": 0.7 * side, "y": 0.15 * side})
    fresh.locator("#memory-shares button").nth(7).click()
    seen.press("ArrowLeft")
    fresh.wait_for_function("() => sigaeMemory.page.now.walk.trio.includes(7)")
    found = fresh.evaluate("() => { const { walk, square } = sigaeMemory.page.now; return { ...walk, ...square }; }")
    cue, places, axes, origin = map(torch.DoubleTensor, (found[name] for name in ("cue", "places", "axes", "origin")))
    path = sigae.iterate(sigae.InfiniteWidth(read(fresh)["patterns"]), cue, steps=len(places) - 1)
    across = (path - origin) @ axes.T / found["half"]
    assert (places - (1 + across * torch.tensor([1.0, -1.0])) / 2).abs().max() < CLOSE
    assert (places[0] - torch.tensor([0.68, 0.15])).abs().max() < 0.005  # a pixel or so; the arrow moves it by 0.02
    assert len(places) > 10 and fresh.get_attribute("#memory-walk", "d").count("L") == len(places) - 1


def test_the_keyboard_alone_draws_breaks_and_steps(fresh):
    cells = fresh.locator("#memory-board button")
    fresh.locator("#memory-mode-break").press("ArrowRight")
    cells.nth(0).press("ArrowDown")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Space"):
        fresh.keyboard.press(key)
    assert read(fresh)["greys"][3, 9] == 16
    fresh.locator("#memory-mode-draw").press("ArrowLeft")
    cells.nth(0).press("End")
    fresh.keyboard.press("Space")
    assert (read(fresh)["cues"][:, 7] == 0).all()
    fresh.locator("#memory-step").press("Enter")
    assert (read(fresh)["ends"][0, :, 2] == 1).all()


def test_a_fast_stroke_is_joined_and_what_has_healed_is_broken_anew(fresh):
    def stroke(first, last):
        board.nth(first).hover()
        fresh.mouse.down()
        board.nth(last).hover()  # in one event
        fresh.mouse.up()

    board = fresh.locator("#memory-board button")
    fresh.check("#memory-mode-draw")
    fresh.click("#memory-clear")
    stroke(0, 63)
    assert read(fresh)["greys"][3].nonzero().flatten().tolist() == list(range(0, 64, 9))
    heal(fresh)
    stroke(24, 31)
    assert (read(fresh)["cues"] == 0).all(dim=0).nonzero().flatten().tolist() == list(range(24, 32))


def test_what_to_try_does_what_it_says_and_back_undoes_it(fresh):
    shares = {}
    for button in fresh.locator("[data-memory]").all():
        button.click()
        heal(fresh)
        ends = read(fresh)["ends"][:, :, 0]
        shares[button.inner_text()] = (ends == torch.arange(ends.shape[1])).double().mean(dim=1).tolist()
    whole = ("The ten digits", "Counting", "A film", "A trained network", "One alone", "Drawings")
    assert [shares[name][-1] for name in whole] == [1] * len(whole)
    assert max(shares[name][0] for name in ("Small norm", "Large norm", "A trained network", "Blended")) <= 0.5
    fresh.go_back()
    fresh.wait_for_function("() => sigaeMemory.page.state.pictures.length === 1")
    fresh.check("#memory-mode-draw")
    assert fresh.locator("#memory-remove").is_disabled() and fresh.inner_text("#memory-room")


def test_a_film_needs_three(fresh):
    for pictures, right in (("3.4.5", True), ("3.4.4", False), ("3.4", False), ("3", False)):
        go(fresh, f"cycle=true&pictures={pictures}")
        assert (fresh.inner_text("#memory-fault") == "") == right == (fresh.inner_text("#memory-rate") != "")
    heal(fresh)  # by itself


def test_what_cannot_be_stored_is_refused_and_nothing_old_stays_beside_it(fresh):
    slice_seen(fresh)
    heal(fresh)
    fresh.locator("#memory-row button").nth(1).click()
    fresh.check("#memory-mode-draw")
    fresh.select_option("#memory-digit", "0")
    assert fresh.inner_text("#memory-fault")
    assert fresh.locator("#memory-play").is_disabled()
    assert fresh.inner_text("#memory-says") == fresh.inner_text("#memory-row").strip() == ""
    assert fresh.locator("#memory-row canvas").count() == 10 and not fresh.locator("#memory-why-box").is_visible()
    assert fresh.locator("#memory-add").is_disabled() and fresh.inner_text("#memory-room")  # ten are the most
    fresh.click("#memory-remove")
    assert fresh.inner_text("#memory-fault") == fresh.inner_text("#memory-room") == ""
    assert fresh.locator("#memory-play").is_enabled()


def test_all_heal_within_a_second_from_a_disk_too(browser):
    opened = open_page(browser, (HTML / f"{NAME}.html").as_uri())
    page = opened.page
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install()
    page.click("#memory-play")
    page.clock.run_for(1000)
    found = read(page)
    assert found["ends"][0, :, 0].tolist() == list(range(10))
    assert (found["board"] - found["greys"][3] / 16).abs().max() < 0.1
    page.emulate_media(reduced_motion="reduce")
    page.check("#memory-network")
    heal(page)
    slice_seen(page)  # its worker works, too
    page.wait_for_function("() => location.hash === '#norm=40&network=true'")
    assert opened.errors == []
    page.context.close()


def test_the_address_holds_everything(fresh, site):
    def shown():
        slice_seen(fresh)
        values = "fields => fields.map(e => [e.id, e.checked, e.value])"
        fields = fresh.locator("#memory-app").locator("select, input, output").evaluate_all(values)
        slice_is = fresh.locator("#memory-places").inner_html(), fresh.get_attribute("#memory-walk", "d")
        return fields, slice_is, {key: value.tolist() for key, value in read(fresh).items()}

    draw(fresh, 5, OWN[5])
    fresh.fill("#memory-ink", "7")
    damage(fresh, noise=100, blend=29, erase="left half")
    fresh.locator("#memory-board button").nth(63).press("Space")
    choose(fresh, "tanh", 40, cycle=True)
    slice_seen(fresh)
    fresh.locator("#memory-shares button").nth(7).click()
    fresh.locator("#memory-map").press("ArrowUp")
    left = shown()
    fresh.wait_for_function("() => location.hash.slice(1) === sigaeMemory.state.write(sigaeMemory.page.state)")
    address = fresh.evaluate("() => location.hash.slice(1)")
    fresh.goto(f"{site}/book/references.html")
    fresh.go_back()
    assert shown() == left
    fresh.reload()
    assert shown() == left
    go(fresh, "norm=2&pictures=3.4")
    assert len(read(fresh)["greys"]) == 2
    go(fresh, address)
    go(fresh, "how-it-is-made")  # a section of the page
    assert shown() == left


def test_an_address_that_cannot_be_read_gives_one_sentence_and_the_first_state(fresh):
    bads = "norm=7 pictures=0.z noise=9&erased=2WWV trio=1.1.2 chosen= nonsense __proto__=1 cue=1.%E0"
    for bad in bads.split():
        go(fresh, bad)
        assert fresh.inner_text("#memory-notice")
        assert fresh.evaluate("() => sigaeMemory.state.write(sigaeMemory.page.state)") == ""
        fresh.fill("#memory-noise", "5")
        assert fresh.inner_text("#memory-notice") == ""
