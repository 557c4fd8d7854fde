"""Compute reference values for the infinite-width limit with Google's neural-tangents.

They are compared with those that the tests hold :class:`sigae.InfiniteWidth` against, or replace them (``--write``).
Nothing of sigae is imported: kernels, the trained mean and its Jacobian are the library's and jax's own. It needs
Python 3.11 and older versions than the project's, in the environment that ``make compare`` makes.
"""

import json
import platform
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from neural_tangents import predict, stax

jax.config.update("jax_enable_x64", True)
warnings.simplefilter("ignore")  # the library warns of derivatives that it takes by itself

STORED = Path(__file__).parents[2] / "tests" / "sigae" / "reference" / "neural_tangents.json"
DIM, N_POINTS, OFF_POINTS = 6, 4, 2
# Gauss-Hermite quadrature, the library's way with sigmoid and tanh, converges slowly at large norms: the
# norms are those where two degrees agree to 1e-10. erf is in closed form there and has no such bound.
NORMS = {"erf": [0.5, 5.0, 50.0, 300.0], "sigmoid": [0.5, 2.0, 4.0], "tanh": [0.25, 1.0, 2.0]}
DEGREES = (240, 300)
TOLERANCE = 1e-10
FUNCTIONS = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh}


def quantities(activation: str, degree: int, points: np.ndarray, off: np.ndarray) -> dict[str, np.ndarray]:
    """Return NNGP, NTK, and the trained mean with its Jacobian at the training points and off them."""
    layer = stax.Erf() if activation == "erf" else stax.ElementwiseNumerical(FUNCTIONS[activation], deg=degree)
    dense = stax.Dense(1, parameterization="ntk")  # without biases; its width does not enter the kernel
    kernel = stax.serial(dense, layer, dense)[2]
    fit = predict.gradient_descent_mse_ensemble(kernel, points, points, diag_reg=0.0)
    mean = lambda x: fit(x_test=x[None], get="ntk")[0]  # noqa: E731
    return {
        "nngp": np.asarray(kernel(points, None, "nngp")),
        "ntk": np.asarray(kernel(points, None, "ntk")),
        "mean_off": np.stack([mean(x) for x in off]),
        "jacobian_on": np.stack([jax.jacobian(mean)(x) for x in points]),
        "jacobian_off": np.stack([jax.jacobian(mean)(x) for x in off]),
    }


def distance(a: dict, b: dict) -> float:
    """Return the largest difference relative to the largest entry, over all that :func:`quantities` returns."""
    return max(float(np.abs(value - np.asarray(b[name])).max() / np.abs(value).max()) for name, value in a.items())


def main(write: bool) -> None:
    """Compute every case at two degrees, and compare it with the stored one."""
    rng = np.random.default_rng(20)
    directions = rng.standard_normal((N_POINTS, DIM))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    away = rng.standard_normal((OFF_POINTS, DIM)) / np.sqrt(DIM)
    stored = {(case["activation"], case["norm"]): case for case in json.loads(STORED.read_text())["cases"]}
    found, worst = [], 0.0
    for activation, norm in [(activation, norm) for activation, norms in NORMS.items() for norm in norms]:
        points, off = norm * directions, norm * away
        coarse, fine = (quantities(activation, degree, points, off) for degree in DEGREES)
        error, difference = distance(fine, coarse), distance(fine, stored.get((activation, norm), coarse))
        print(f"{activation:8} norm {norm:5}: degrees differ by {error:.1e}, stored values by {difference:.1e}")
        worst = max(worst, error, 0 if write else difference)
        case = {"activation": activation, "norm": norm, "points": points, "off": off} | fine
        found.append({name: np.asarray(value).tolist() for name, value in case.items()})
    if write and worst < TOLERANCE:
        versions = {name: version(name) for name in ("neural-tangents", "jax", "jaxlib", "numpy", "scipy")}
        record = {"versions": {"python": platform.python_version(), **versions}, "cases": found}
        STORED.write_text(json.dumps(record) + "\n")
    sys.exit(worst > TOLERANCE)


if __name__ == "__main__":
    main("--write" in sys.argv)
