"""The search, as a reader types a word into it."""

import re

import pytest

from book.build.toc import pages
from tests.site.conftest import open_page


@pytest.fixture
def search(browser, site):
    """Search for a word, and return the results in order: address, whether it is a name in Python, what is shown."""
    opened = []

    def results(word):
        opened.append(open_page(browser, f"{site}/search.html?q={word}"))
        page = opened[-1].page
        page.wait_for_function("() => /Results/.test(document.querySelector('#search-results h2')?.innerText)")
        page.wait_for_load_state("networkidle")
        assert opened[-1].errors == []
        look = "e => [e.querySelector('a').getAttribute('href'), !e.querySelector('.context'), e.innerText]"
        return page.locator("#search-results li").evaluate_all(f"all => all.map({look})")

    yield results
    for each in opened:
        each.page.context.close()


@pytest.mark.parametrize("word", ["basin", "rho", "hopfield"])
def test_pages_come_first_in_prose(search, word):
    appendix = pages().index("book/reference")
    found = search(word)
    groups = []
    for address, name, shown in found:
        place = pages().index(re.sub(r"\.html.*", "", address))
        groups.append(2 if name else 1 if place >= appendix else 0)
        assert not re.search(r"\\[a-zA-Z(\[]|[{}]|\bimport\b", shown), shown
    assert groups[0] == 0 and groups == sorted(groups)


@pytest.mark.parametrize("word", ["attractor", "constructor"])  # every object has a property of the latter's name
def test_it_comes_to_an_end(search, word):
    assert bool(search(word)) == (word == "attractor")
