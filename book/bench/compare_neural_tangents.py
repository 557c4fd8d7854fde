"""Compute reference values for the infinite-width limit with Google's neural-tangents.

The numbers go to ``tests/sigae/reference/neural_tangents.json``, against which the test suite compares
:class:`sigae.InfiniteWidth`. Nothing of sigae is imported here: kernels, the trained network's mean and its
Jacobian (by jax's automatic differentiation) are all the library's own. It needs Python 3.11 and versions
older than the project's, so an environment of its own::

    python3.11 -m venv .venv-compare
    .venv-compare/bin/pip install -r book/bench/compare_neural_tangents.txt
    .venv-compare/bin/python book/bench/compare_neural_tangents.py

With ``--check`` the values are computed again and compared with the stored ones instead of replacing them.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from neural_tangents import predict, stax

jax.config.update("jax_enable_x64", True)

STORED = Path(__file__).parents[2] / "tests" / "sigae" / "reference" / "neural_tangents.json"
DIM, N_POINTS, OFF_POINTS = 6, 4, 2
# Gauss-Hermite quadrature, the library's way with sigmoid and tanh, converges slowly at large norms: the
# norms are those where two degrees agree to 1e-10. erf is in closed form there and has no such bound.
NORMS = {"erf": [0.5, 5.0, 50.0, 300.0], "sigmoid": [0.5, 2.0, 4.0], "tanh": [0.25, 1.0, 2.0]}
DEGREES = (240, 300)
TOLERANCE = 1e-10
QUANTITIES = ("nngp", "ntk", "mean_off", "jacobian_on", "jacobian_off")
FUNCTIONS = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh}


def kernel(activation: str, degree: int) -> Callable:
    """Return the library's kernel function of the two-layer network without biases."""
    layer = stax.Erf() if activation == "erf" else stax.ElementwiseNumerical(FUNCTIONS[activation], deg=degree)
    # the widths given do not enter the kernel
    return stax.serial(stax.Dense(1, parameterization="ntk"), layer, stax.Dense(1, parameterization="ntk"))[2]


def quantities(activation: str, degree: int, points: np.ndarray, off: np.ndarray) -> dict[str, np.ndarray]:
    """Return NNGP, NTK, and the trained mean with its Jacobian at the training points and off them."""
    kernel_fn = kernel(activation, degree)
    fit = predict.gradient_descent_mse_ensemble(kernel_fn, points, points, diag_reg=0.0)
    mean = lambda x: fit(x_test=x[None], get="ntk")[0]  # noqa: E731
    return {
        "nngp": np.asarray(kernel_fn(points, None, "nngp")),
        "ntk": np.asarray(kernel_fn(points, None, "ntk")),
        "mean_off": np.stack([mean(x) for x in off]),
        "jacobian_on": np.stack([jax.jacobian(mean)(x) for x in points]),
        "jacobian_off": np.stack([jax.jacobian(mean)(x) for x in off]),
    }


def distance(a: dict, b: dict) -> float:
    """Return the largest difference relative to the largest entry, over all quantities."""
    return max(float(np.abs(np.asarray(a[k]) - np.asarray(b[k])).max() / np.abs(a[k]).max()) for k in QUANTITIES)


def cases() -> list[dict]:
    """Compute every case, with the difference between the two degrees as its own error estimate."""
    rng = np.random.default_rng(20)
    directions = rng.standard_normal((N_POINTS, DIM))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    away = rng.standard_normal((OFF_POINTS, DIM)) / np.sqrt(DIM)
    found = []
    for activation, norms in NORMS.items():
        for norm in norms:
            points, off = norm * directions, norm * away
            coarse, fine = (quantities(activation, degree, points, off) for degree in DEGREES)
            error = distance(fine, coarse)
            print(f"{activation:8} norm {norm:5}: degrees {DEGREES} differ by {error:.1e}", flush=True)
            if not error < TOLERANCE:
                sys.exit(f"{activation} at norm {norm}: the quadrature has not converged (difference {error:.1e}).")
            values = {name: value.tolist() for name, value in fine.items()}
            found.append(
                {"activation": activation, "norm": norm, "points": points.tolist(), "off": off.tolist(), **values}
            )
    return found


def main() -> None:
    """Write the reference values, or compare them with the stored ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the stored values instead of writing them")
    check = parser.parse_args().check
    warnings.simplefilter("ignore")
    found = cases()
    if check:
        stored = json.loads(STORED.read_text())["cases"]
        worst = max(distance(a, b) for a, b in zip(found, stored, strict=True))
        print(f"largest relative difference from {STORED.name}: {worst:.1e}")
        sys.exit(worst > TOLERANCE)
    versions = {name: version(name) for name in ("neural-tangents", "jax", "jaxlib", "numpy", "scipy")}
    record = {"versions": {"python": platform.python_version(), **versions}, "cases": found}
    STORED.write_text(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
