"""A figure's variant for pages in the dark, made from the one drawing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np

from book.figures.style import KEPT

# Björn Ottosson's OKLab (2020): equal steps look equal, so that what is mirrored keeps its contrast.
TO_CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                     [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                   [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip
GROUND, INK = 0.2, 0.93  # lightness of the dark page and of what is written on it
LIGHTEST_GREY, LIGHT = 0.06, 0.72  # chroma from which on a colour has a hue to keep; its least lightness


def dark_colour(colour: str) -> str:
    """Turn a colour such as ``#0072b2`` on white into one of the same hue that is seen as well on dark."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lightness, a, b = TO_LAB @ np.cbrt(TO_CONES @ linear)
    share = min(1.0, float(np.hypot(a, b)) / LIGHTEST_GREY)
    mirrored = INK - (INK - GROUND) * lightness
    target = share * max(lightness, LIGHT) + (1 - share) * mirrored
    found = np.linalg.solve(TO_CONES, np.linalg.solve(TO_LAB, [target, a, b]) ** 3).clip(0, 1)
    back = np.where(found <= 0.0031308, 12.92 * found, 1.055 * found ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * value):02x}" for value in back)


def dark(svg: bytes) -> bytes:
    """Recolour a figure for pages in the dark."""
    for prefix, address in (("", "http://www.w3.org/2000/svg"), ("xlink", "http://www.w3.org/1999/xlink")):
        ET.register_namespace(prefix, address)
    root = ET.fromstring(svg)
    _recolour(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _recolour(node: ET.Element) -> None:
    if re.fullmatch(rf"{KEPT}(_\d+)?", node.get("id", "")):
        return
    for name in ("style", "fill", "stroke"):
        if name in node.attrib:
            node.set(name, re.sub(r"#[0-9a-fA-F]{6}\b", lambda found: dark_colour(found[0]), node.attrib[name]))
    for child in node:
        _recolour(child)
