"""A second opinion on Gaussian expectations: Gauss-Legendre panels on the activations as they are."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import erf, erfc, expit

Function = Callable[[np.ndarray], np.ndarray]

DERIVATIVES: dict[str, tuple[Function, ...]] = {
    "sigmoid": (
        expit,
        lambda z: expit(z) * expit(-z),
        lambda z: -expit(z) * expit(-z) * np.tanh(z / 2),
        lambda z: expit(z) * expit(-z) * (1 - 6 * expit(z) * expit(-z)),
    ),
    "tanh": (
        np.tanh,
        lambda z: 4 * expit(2 * z) * expit(-2 * z),
        lambda z: -8 * np.tanh(z) * expit(2 * z) * expit(-2 * z),
        lambda z: (24 * np.tanh(z) ** 2 - 8) * expit(2 * z) * expit(-2 * z),
    ),
    "erf": (
        erf,
        lambda z: 2 / math.sqrt(math.pi) * np.exp(-z * z),
        lambda z: -4 / math.sqrt(math.pi) * z * np.exp(-z * z),
        lambda z: 4 / math.sqrt(math.pi) * (2 * z * z - 1) * np.exp(-z * z),
    ),
}
SWING = {"sigmoid": 0.5, "tanh": 1.0, "erf": 1.0}  # gamma
SQUARED_SLOPE = {"sigmoid": 1 / 6, "tanh": 4 / 3, "erf": math.sqrt(8 / math.pi)}  # kappa
SATURATION = 40.0  # beyond it the three activations are constant to 1e-17


def panels(low: float, high: float, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of 12-point Gauss-Legendre rules on panels of at most the given width."""
    edges = np.linspace(low, high, max(1, math.ceil((high - low) / width)) + 1)
    x, w = np.polynomial.legendre.leggauss(12)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (1 + x)).ravel(), (half * w).ravel()


def given(g: Function, mean: np.ndarray, sd: float) -> np.ndarray:
    """Return E[g(v)] for v ~ N(mean, sd^2), for every mean."""
    if sd <= 4:
        t, w = panels(-9, 9, min(1, 1 / sd) if sd > 0 else 1)
        return g(mean[:, None] + sd * t) @ (w * np.exp(-t * t / 2)) / math.sqrt(2 * math.pi)
    v, w = panels(-SATURATION, SATURATION, 1)
    body = np.concatenate(
        [np.exp(-(((v - m[:, None]) / sd) ** 2) / 2) @ (w * g(v)) for m in np.array_split(mean, 1 + len(mean) // 1000)]
    ) / (sd * math.sqrt(2 * math.pi))
    above = erfc((SATURATION - mean) / (sd * math.sqrt(2))) / 2
    below = erfc((SATURATION + mean) / (sd * math.sqrt(2))) / 2
    return body + g(np.array(SATURATION)) * above + g(np.array(-SATURATION)) * below


def expectation(f: Function, g: Function, p: float, c: float, q: float) -> float:
    """Return E[f(u) g(v)] for (u, v) ~ N(0, [[p, c], [c, q]])."""
    if p == 0:
        return float(f(np.zeros(1))[0] * given(g, np.zeros(1), math.sqrt(q))[0])
    sd = math.sqrt(p)
    s, w = panels(-9, 9, min(1, 1 / sd))
    spread = math.sqrt(max(0.0, q - c * c / p))
    return float((w * np.exp(-s * s / 2) * f(sd * s) * given(g, c / sd * s, spread)).sum() / math.sqrt(2 * math.pi))
