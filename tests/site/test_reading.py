"""What meets a reader's eye: readable figures in the page's ink, no machinery between sentences, clean numbers."""

import functools
import re
import xml.etree.ElementTree as ET

from tests.site.conftest import HTML, open_page

SMALLEST = 11.0  # pixels of a figure's text as shown
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]  # a page's width in pixels, and its theme


@functools.cache
def width_and_smallest_text(source):
    """Read a figure's width, and find the smallest label, whose glyphs matplotlib scales from 100 units to its size.

    Sub- and superscripts are smaller by design: of each label the largest glyph counts.
    """
    sizes, svg = [], ET.parse(HTML / "_images" / source).getroot()
    for label in svg.iter("{http://www.w3.org/2000/svg}g"):
        if re.fullmatch(r"text_\d+", label.get("id", "")):
            scales = re.findall(r"scale\((\d*\.?\d+)", ET.tostring(label, encoding="unicode"))
            # Labels with formulas are set in one scaled group, plain ones too.
            sizes += [100 * max(map(float, scales))] if scales else []
    return float(svg.get("viewBox").split()[2]), min(sizes)


def test_figures_are_readable_as_shown_in_the_ink_of_the_page(opened):
    for width, scheme in LOOKS:
        page = opened.at(width, scheme)
        other = {"light": "dark", "dark": "light"}[scheme]
        assert page.locator(f"img.drawn.only-{other}:visible").count() == 0
        for address, shown, ground in page.locator("img.drawn:visible").evaluate_all(
            "images => images.map(image => [image.getAttribute('src'), image.getBoundingClientRect().width,"
            " getComputedStyle(image).backgroundColor])"
        ):
            source = address.rpartition("/")[2]
            drawn, smallest = width_and_smallest_text(source)
            assert smallest * shown / drawn >= SMALLEST - 0.05, (source, width)
            assert source.endswith("-dark.svg") == (scheme == "dark")
            assert ground == "rgba(0, 0, 0, 0)"
        labels = page.locator("svg.intervals text:visible").evaluate_all(
            "labels => labels.map(e => parseFloat(e.getAttribute('font-size')) * e.getScreenCTM().a)"
        )
        assert min(labels, default=SMALLEST) >= SMALLEST, width


def test_no_fold_stands_next_to_a_fold_and_no_code_between_sentences(opened):
    page = opened.at(1280)
    between = page.evaluate(
        """() => {
          const folds = [...document.querySelectorAll('article details')].filter(e => e.checkVisibility());
          const text = (a, b) => {
            const range = document.createRange();
            range.setStartAfter(a); range.setEndBefore(b);
            const part = range.cloneContents();
            part.querySelectorAll('script, .files').forEach(e => e.remove());
            return part.textContent.trim() || part.querySelector('img, svg') ? 'something' : '';
          };
          return folds.slice(1).map((fold, i) => folds[i].contains(fold) ? 'inside' : text(folds[i], fold));
        }"""
    )
    assert "" not in between
    if "/executed/" in opened.name:
        # Commands to type are prose; what a cell ran is not.
        assert page.locator("article div.cell_input:visible").count() == 0


def test_no_cell_is_clipped_and_no_number_breaks(opened):
    for width, scheme in LOOKS:
        page = opened.at(width, scheme)
        clipped = page.evaluate(
            """() => [...document.querySelectorAll('article :is(td, th)')].filter(e => e.checkVisibility())
              .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'hidden')
              .map(e => e.textContent)"""
        )
        assert clipped == []
        broken = page.evaluate(
            """() => [...document.querySelectorAll('article .value')].filter(e => e.getClientRects().length > 1)
              .map(e => e.textContent)"""
        )
        assert broken == []


def test_no_number_has_false_digits_or_is_left_ungrouped(opened):
    said = opened.at(1280).evaluate(
        """() => {
          const walker = document.createTreeWalker(document.querySelector('article'), NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) {
            const plain = 'pre, code, script, style, svg, mjx-container, .download, dt';
            if (!walker.currentNode.parentElement.closest(plain)) { found.push(walker.currentNode.nodeValue); }
          }
          return found;
        }"""
    )
    text = "\n".join(said)
    assert re.findall(r"(?<![\d.])\d+\.\d+000(?!\d)", text) == []
    assert re.findall(r"(?<![\w./:-])\d{5,}(?!\w)", text) == []


def test_cited_numbers_are_not_bold(browser, site):
    opened = open_page(browser, f"{site}/book/executed/03_beyond_linear_region.html")
    cited = opened.page.locator("article p > .pasted-text").first
    weight, figures = cited.evaluate("e => [getComputedStyle(e).fontWeight, getComputedStyle(e).fontVariantNumeric]")
    assert (weight, figures) == ("400", "tabular-nums")
    opened.page.context.close()


def test_a_figure_is_enlarged_by_a_click_and_put_back_by_escape(browser, site):
    opened = open_page(browser, f"{site}/book/executed/03_beyond_linear_region.html")
    opened.page.locator("#fig-beyond-radius img.only-light").click()
    assert opened.page.locator("dialog.enlarged img").is_visible()
    opened.page.keyboard.press("Escape")
    opened.page.locator("dialog.enlarged").wait_for(state="detached")
    opened.page.context.close()
