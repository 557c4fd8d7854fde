"""What the page "Make a memory" is given, and the film."""

import base64
import hashlib
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import sigae
from book.build import film, memories
from book.build.toc import ROOT

STATIC = ROOT / "book" / "_static" / "memory"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def given():
    return memories.given()


def test_patterns_have_the_norm_and_no_mean_grey():
    greys = torch.tensor([[0.0, 16, 16, 0], [16, 16, 16, 0]])
    patterns = memories.as_patterns(greys, 3.0)
    assert patterns.norm(dim=1).tolist() == pytest.approx([3, 3])
    centred = np.array([[-10, 6, 6, -10], [6, 6, 6, -10]])  # the mean grey is 10
    assert np.allclose(patterns, 3 * centred / np.linalg.norm(centred, axis=1, keepdims=True))


def test_the_digits_are_ten_pictures_of_sixteen_greys(given):
    digits = np.array(given["digits"])
    assert digits.shape == (10, 64) and digits.min() == 0 and digits.max() == 16
    assert len(np.unique(digits, axis=0)) == 10


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "erf"])
def test_activations_are_given_as_what_they_are(given, name):
    from scipy.special import erf, expit

    known = {"sigmoid": expit, "tanh": np.tanh, "erf": erf}[name]
    phi, z = given["activations"][name], np.linspace(-6, 6, 25)
    w, b = np.array(phi["weights"]), np.array(phi["scales"])
    assert phi["centre"] + erf(np.outer(z, b)) @ w == pytest.approx(known(z), abs=1e-14)


def test_the_network_as_given_recalls_the_digits_from_their_halves(given):
    stored = given["network"]
    numbers = {name: np.frombuffer(base64.b64decode(stored[name]), "<f2") for name in ("first", "second")}
    W1, W2 = (torch.tensor(x.astype(float)).reshape(stored["width"], stored["d"]) for x in numbers.values())

    def network(x):
        return torch.sigmoid(x @ W1.T / stored["d"] ** 0.5) @ W2 / stored["width"] ** 0.5

    patterns = memories.as_patterns(memories.digits(), stored["norm"])
    assert (network(patterns) - patterns).abs().max() < 1e-3 * stored["norm"]  # rounded to half precision
    end = sigae.iterate(network, memories.lower_half_erased(patterns), steps=100)[-1]
    assert (end - patterns).norm(dim=1).max() < film.NEAR * stored["norm"]


def test_the_film_shows_every_iteration_once_and_the_still_one_the_last():
    greys = torch.randint(0, 17, (4, 10, 64), generator=torch.Generator().manual_seed(0))
    moving = ElementTree.fromstring(film.svg(greys, "told", 3))
    still = ElementTree.fromstring(film.svg(greys[[0, -1]], "told", 3, still=True))
    said = [[text.text for text in picture.iter(f"{SVG}text")] for picture in (moving, still)]
    assert said == [["broken", "iteration 0", "iteration 1", "iteration 2", "iteration 3"], ["broken", "iteration 3"]]
    assert "animation" not in still.find(f"{SVG}style").text
    assert "prefers-reduced-motion" in moving.find(f"{SVG}style").text


def test_a_drawing_covers_each_pixel_with_its_grey():
    greys = torch.randint(0, 17, (2, 64), generator=torch.Generator().manual_seed(1))
    drawn = torch.zeros(2, 8, 8)
    for opacity, runs in re.findall(r'opacity="([^"]*)" d="([^"]*)"', film.drawing(greys, 0)):
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", runs):
            k, left = divmod(int(x) - film.EDGE, film.SIDE * film.CELL + film.GAP)
            row, column = int(y) // film.CELL, left // film.CELL
            drawn[k, row, column : column + int(length) // film.CELL] += float(opacity) * film.LEVELS
    assert (drawn.reshape(2, 64) - greys).abs().max() < 0.02


def test_the_film_in_the_readme_is_small_and_its_caption_counts_the_digits():
    assert (ROOT / "book/_static/film.svg").stat().st_size < 2**21
    assert film.record().caption in (ROOT / "README.md").read_text(encoding="utf-8"), "run: make notebooks"


def test_the_vendored_package_is_the_one_that_was_published():
    script = (STATIC / "vendor" / "ml-matrix.umd.js").read_bytes()
    told = (STATIC / "vendor" / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(script).hexdigest() in told
    assert "MIT" in (STATIC / "vendor" / "ml-matrix.LICENSE").read_text(encoding="utf-8")


def test_every_script_of_the_page_is_on_it_and_none_else():
    page = (ROOT / "book" / "make_a_memory.html").read_text(encoding="utf-8")
    loaded = re.findall(r'src="\.\./_static/memory/([^"]*)"', page)
    assert sorted(loaded) == sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
