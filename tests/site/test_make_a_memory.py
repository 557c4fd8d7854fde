"""The page on which readers make memories: it computes what the Python package does, and any hand can use it."""

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe

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
def fresh(page):
    """The page as it is first opened."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()
    yield page
    page.evaluate("() => sigaeMemory.page.rest()")  # or the slice goes on beside the next test


def draw(page, memory, cells):
    """Choose a memory and draw on cells of its board with the keyboard."""
    page.locator("#memory-thumbs button").nth(memory).click()
    for cell in cells:
        page.locator("#memory-board button").nth(cell).press("Space")


def choose(page, activation, norm):
    page.select_option("#memory-activation", activation)
    page.fill("#memory-norm", str(page.evaluate("r => sigaeMemory.page.NORMS.indexOf(r)", norm)))


def heal(page):
    page.click("#memory-play")  # in one go: the tests ask for reduced motion
    page.wait_for_function("() => sigaeMemory.page.now.rows.flat().every(path => path.over)")


def read(page):
    """What the page stores, breaks and finds, as tensors."""
    found = page.evaluate("""() => {
        const { now, state } = sigaeMemory.page, plain = rows => rows.map(row => Array.from(row));
        const ends = now.rows.map(row => row.map(({ memory, since }) => [memory, since]));
        const greys = state.greys, { patterns } = now.look, cues = plain(now.cues);
        const mapped = plain(now.cues.map(x => now.limit.f(x)));
        return { greys, patterns, cues, mapped, radii: now.limit.radii, spectra: now.limit.spectra, ends };
    }""")
    return {key: torch.tensor(value, dtype=torch.float64) for key, value in found.items()}


def recalls(map, cues, patterns):
    """Which memory each cue ends at, -1 for none, and since which iteration: from 1000 iterations."""
    path = sigae.iterate(map, cues, steps=1000)
    away = torch.cdist(path, patterns[None])  # (steps + 1, cues, memories)
    near, nearest = away.min(dim=-1)
    at = torch.where(near < 0.05 * patterns.norm(dim=-1).mean(), nearest, -1)
    since = [int((column != column[-1]).nonzero().max()) + 1 if (column != column[-1]).any() else 0 for column in at.T]
    return torch.stack([at[-1], torch.tensor(since)], dim=-1)


OWN = {1: [9, 14, 50, 53], 5: [0, 16, 63, 55], 7: [24, 31, 35, 39]}


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_map_radius_and_recall_are_pythons(fresh, activation):
    for memory, cells in OWN.items():
        draw(fresh, memory, cells)
    fresh.fill("#memory-noise", "40")
    fresh.fill("#memory-blend", "12")
    recalled = set()
    for norm, erased in ((2, "upper half"), (8, "left half"), (20, "lower half"), (80, "right half")):
        choose(fresh, activation, norm)
        fresh.select_option("#memory-erase", erased)
        heal(fresh)
        found = read(fresh)
        greys = found["greys"] - found["greys"].mean()
        patterns = norm * greys / greys.norm(dim=1, keepdim=True)
        torch.testing.assert_close(found["patterns"], patterns, rtol=0, atol=1e-12 * norm)
        limit = sigae.InfiniteWidth(patterns, activation=activation)
        assert (found["mapped"] - limit(found["cues"])).abs().max() < CLOSE
        assert (found["radii"] - sigae.spectral_radius(sigae.jacobian(limit, patterns))).abs().max() < CLOSE
        assert found["ends"][0].tolist() == recalls(limit, found["cues"], patterns).tolist()
        recalled |= set(found["ends"][0, :, 0].tolist())
    assert -1 in recalled and len(recalled) > 3  # some cues heal, and some do not


def test_all_eigenvalues_are_pythons_and_the_others_zero(fresh):
    found = read(fresh)
    J = sigae.jacobian(sigae.InfiniteWidth(found["patterns"]), found["patterns"])
    wanted = sigae.eigenvalue_norms(J).sort(dim=-1, descending=True).values
    ours = found["spectra"].norm(dim=-1).sort(dim=-1, descending=True).values
    assert (wanted[:, :10] - ours).abs().max() < CLOSE
    assert wanted[:, 10:].abs().max() < CLOSE


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
    J = fresh.evaluate(f"() => {now}.trained.jacobian({now}.look.patterns[0])")
    assert (torch.tensor(J, dtype=torch.float64) - sigae.jacobian(model, found["patterns"][0])).abs().max() < CLOSE
    assert found["ends"][1].tolist() == recalls(model, found["cues"], found["patterns"]).tolist()
    assert fresh.locator("#memory-trained").is_visible()
    choose(fresh, "tanh", 40)
    assert not fresh.locator("#memory-trained").is_visible()
    assert "sigmoid alone" in fresh.inner_text("#memory-fault")


@pytest.mark.parametrize(("activation", "norm"), [("sigmoid", 20), ("erf", 20), ("tanh", 8)])
def test_the_slice_is_pythons(fresh, activation, norm):
    choose(fresh, activation, norm)
    labels, points, inside = fresh.evaluate("""() => {
        const { slice } = sigaeMemory, { limit } = sigaeMemory.page.now, size = 12;
        const question = slice.question(limit.inside, [0, 4, 9]), found = [];
        slice.answer({ ...question, sizes: [size] }, ({ labels }) => found.push(...labels));
        const at = k => slice.point(question.frame, size, k % size, Math.floor(k / size));
        return [found, [...found.keys()].map(at), question.parts.patterns];
    }""")
    patterns = read(fresh)["patterns"]
    inside, points = (torch.tensor(x, dtype=torch.float64) for x in (inside, points))
    span = torch.linalg.solve(inside, patterns)  # the basis: coordinates times it are patterns
    cues = points @ span
    wanted = recalls(sigae.InfiniteWidth(patterns, activation=activation), cues, patterns)[:, 0]
    ours = torch.tensor([-1 if label == 255 else label for label in labels])
    assert len(ours.unique()) > 1
    assert ours.tolist() == wanted.tolist()


def test_the_keyboard_alone_draws_breaks_and_heals(fresh):
    board = fresh.locator("#memory-board button")
    board.nth(0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "Space"):
        fresh.keyboard.press(key)
    assert read(fresh)["greys"][3, 9] == 16
    assert board.nth(9).get_attribute("aria-label") == "row 2, column 2: grey 16"
    cue = fresh.locator("#memory-cue button")
    cue.nth(0).focus()
    fresh.keyboard.press("End")
    fresh.keyboard.press("Space")
    assert (read(fresh)["cues"][:, 7] == 0).all()
    fresh.locator("#memory-step").press("Enter")
    assert "after 1 iteration" in fresh.inner_text("#memory-says")
    fresh.locator("#memory-play").press("Enter")
    fresh.wait_for_function("() => sigaeMemory.page.now.rows.flat().every(path => path.over)")


def test_what_cannot_be_stored_is_refused_in_one_sentence(fresh):
    fresh.locator("#memory-thumbs button").nth(1).click()
    fresh.select_option("#memory-digit", "0")
    assert fresh.inner_text("#memory-fault") == "Memories 1 and 2 are the same picture: change one of them."
    assert fresh.locator("#memory-play").is_disabled()
    fresh.select_option("#memory-digit", "1")
    assert fresh.inner_text("#memory-fault") == ""
    assert fresh.locator("#memory-play").is_enabled()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_it_is_accessible_and_fits(browser, site, scheme, width):
    page = open_page(browser, f"{site}/{NAME}.html", scheme=scheme, width=width).page
    page.check("#memory-network")
    heal(page)
    found = Axe().run(page, context="#memory-app").response["violations"]
    assert [(rule["id"], [node["html"][:100] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.context.close()


def test_works_from_a_disk(browser):
    opened = open_page(browser, (HTML / f"{NAME}.html").as_uri())
    heal(opened.page)
    opened.page.wait_for_function("() => document.getElementById('memory-slice').dataset.size >= 24")  # its worker, too
    assert opened.errors == [] and opened.failures == []
    opened.page.context.close()


def test_a_reader_who_comes_back_finds_everything_as_it_was(fresh, site):
    def shown():
        fields = (
            fresh.locator("#memory-app")
            .locator("select, input, output")
            .evaluate_all("fields => fields.map(e => [e.id, e.type === 'checkbox' ? e.checked : e.value])")
        )
        return fields, {key: value.tolist() for key, value in read(fresh).items()}

    fresh.wait_for_function("() => Number(document.getElementById('memory-slice').dataset.size) >= 24")
    draw(fresh, 5, OWN[5])
    choose(fresh, "tanh", 40)
    for name, value in (("brush", 7), ("noise", 100), ("blend", 29)):
        fresh.fill(f"#memory-{name}", str(value))
    fresh.select_option("#memory-erase", "left half")
    fresh.wait_for_function("() => Number(document.getElementById('memory-slice').dataset.size) >= 24")
    fresh.select_option("#memory-trio-0", "7")
    left = shown()
    fresh.goto(f"{site}/book/references.html")
    fresh.go_back()
    fresh.wait_for_function("() => Number(document.getElementById('memory-slice').dataset.size) >= 24")
    assert shown() == left


def test_one_memory_alone_attracts_all(fresh):
    for _ in range(9):
        fresh.click("#memory-remove")
    assert fresh.locator("#memory-remove").is_disabled()
    fresh.locator("#memory-slice-box").wait_for(state="hidden")  # a slice is asked for a moment after a change
    fresh.fill("#memory-noise", "200")
    heal(fresh)
    assert read(fresh)["ends"][0][0][0] == 0
