"""Compute reference values for the infinite-width limit with Google's neural-tangents.

They are compared with those that the tests hold :class:`sigae.InfiniteWidth` against. Nothing of sigae is imported:
kernels, the trained mean and its Jacobian are the library's and jax's own. It needs Python 3.11 and older versions than
the project's, in the environment that ``make compare`` makes.
"""

import json
import sys
import warnings
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from neural_tangents import predict, stax

jax.config.update("jax_enable_x64", True)
warnings.simplefilter("ignore")  # the library warns of derivatives that it takes by itself

STORED = Path(__file__).parents[2] / "tests" / "sigae" / "reference" / "neural_tangents.json"
# Gauss-Hermite quadrature, the library's way with sigmoid and tanh, converges slowly at large norms: those stored are
# those where two degrees agree to 1e-10. erf is in closed form there and has no such bound.
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


def main() -> None:
    """Compute every case at two degrees, compare it with the stored one, and exit with 1 where they differ."""
    worst = 0.0
    for case in json.loads(STORED.read_text())["cases"]:
        activation, norm = case["activation"], case["norm"]
        points, off = np.asarray(case["points"]), np.asarray(case["off"])
        coarse, fine = (quantities(activation, degree, points, off) for degree in DEGREES)
        error, difference = distance(fine, coarse), distance(fine, case)
        print(f"{activation:8} norm {norm:5}: degrees differ by {error:.1e}, stored values by {difference:.1e}")
        worst = max(worst, error, difference)
    sys.exit(worst > TOLERANCE)


if __name__ == "__main__":
    main()
