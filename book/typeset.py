"""How numbers and symbols are written on a page: thousands apart, no false digits, letters of quantities in italics."""

import html
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

THIN = "\N{NARROW NO-BREAK SPACE}"
SYMBOLS = {
    "norm": "r",
    "n_points": "n",
    "n_pictures": "n",
    "width": "m",
    "dim": "d",
    "depth": "L",
    "noise": "t",
    "learning_rate": "η",
}
"""The letter of each quantity that a table may have a column of."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Standing alone, these letters are quantities; the t of "doesn't" and the d of "2-d" are not.
_LETTER = re.compile(r"(?<![\w'’.-])(rho|eta|J_0|J_T|[nmdLrt])(?![\w'’])")
_WRITTEN = {"rho": "<i>ρ</i>", "eta": "<i>η</i>", "J_0": "<i>J</i><sub>0</sub>", "J_T": "<i>J</i><sub><i>T</i></sub>"}
_FORMULAS = {"||": "‖", "phi'(0)": "<i>φ</i>′(0)", "sqrt(E phi'^2)": "√(E <i>φ</i>′²)"}


def grouped(text: str) -> str:
    """Write 12 345 for 12345 and for 12,345, and 10⁻⁷ for 1e-07; decimals and what is part of a word stay."""
    text = re.sub(r"(?<![\w.])(\d(?:\.\d+)?)e([+-]\d+)(?!\w)", lambda found: _power(found[1], int(found[2])), text)
    plain = re.sub(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,]|\.\d*,)", lambda found: found[0].replace(",", ""), text)
    return re.sub(r"(?<![\w.])\d{5,}(?![\w])", lambda found: f"{int(found[0]):,}".replace(",", THIN), plain)


def number(value: Any) -> str:
    """Write a table's cell: a real number in four significant digits, as in ``1.2 × 10⁻⁵``; nothing for nan."""
    if not isinstance(value, float):
        return "" if value is None else grouped(str(value))
    if not math.isfinite(value):
        return "" if math.isnan(value) else "∞" if value > 0 else "-∞"
    value = float(f"{value:.4g}")
    plain = value == 0 or 1e-4 <= abs(value) < 1e7
    return grouped(np.format_float_positional(value, trim="-") if plain else f"{value:g}")


def _power(mantissa: str, power: int) -> str:
    return f"{'' if mantissa == '1' else f'{mantissa} × '}10{str(power).translate(_RAISED)}"


def listed(words: Iterable[str]) -> str:
    """Join words to a list as in a sentence: ``a``, ``a and b``, ``a, b and c``; ``none`` for none."""
    *most, last = [*words] or ["none"]
    return f"{', '.join(most)} and {last}" if most else last


def with_article(words: str) -> str:
    """Write the sigmoid with its article, where words about it stand in a sentence."""
    return f"the {words}" if words.startswith("sigmoid") else words


def of_each(said: Mapping[str, str], word: str = "for") -> str:
    """Say something of each of several things, and of those that share it together: ``8 for a, and 9 for b and c``."""
    things: dict[str, list[str]] = {}
    for thing, value in said.items():
        things.setdefault(value, []).append(with_article(thing))
    *most, last = parts = [f"{value} {word} {listed(names)}" for value, names in things.items()] or ["none"]
    if most and len(parts) < len(said):
        return f"{', '.join(most)}, and {last}"
    return listed(parts)


def symbols(text: str) -> str:
    """Turn plain words into HTML in which quantities are set as such and uncertainties do not break."""
    escaped = _LETTER.sub(
        lambda found: _WRITTEN.get(found[0], f"<i>{found[0]}</i>"), html.escape(grouped(text), quote=False)
    )
    for words, written in _FORMULAS.items():
        escaped = escaped.replace(words, written)
    return re.sub(
        r"(?:(?<!\w)-)?[\d.∞]+ ± [\d.]+|[\d.-]+ \([\d.-]+ to [\d.-]+\)",
        lambda found: f'<span class="value">{found[0]}</span>',
        escaped,
    )
