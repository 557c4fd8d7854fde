"""Associative memory in iterated overparameterized autoencoders: networks, training, Jacobians and theory."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import eigenvalue_norms, jacobian, operator_norm, spectral_radius
from sigae.patterns import sphere_points
from sigae.recall import contraction_rates, iterate, recalled
from sigae.training import TrainingResult, train

if TYPE_CHECKING:
    from sigae.sweeps import grid, sweep

__version__ = "1.0.0"

__all__ = [
    "Autoencoder",
    "InfiniteWidth",
    "TrainingResult",
    "contraction_rates",
    "eigenvalue_norms",
    "grid",
    "iterate",
    "jacobian",
    "operator_norm",
    "recalled",
    "spectral_radius",
    "sphere_points",
    "sweep",
    "train",
]


def __getattr__(name: str) -> Any:
    """Import what makes tables, and pandas with it, when it is first asked for."""
    if name in ("grid", "sweep"):
        return getattr(import_module("sigae.sweeps"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
