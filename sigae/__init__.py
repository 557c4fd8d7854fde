"""Associative memory in iterated overparameterized autoencoders: networks, training, Jacobians and theory."""

from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth
from sigae.jacobians import eigenvalue_norms, jacobian, operator_norm, spectral_radius
from sigae.patterns import sphere_points
from sigae.recall import cycle_rate, iterate, recalled
from sigae.training import TrainingResult, train

__version__ = "1.0.0"

__all__ = [
    "Autoencoder",
    "InfiniteWidth",
    "TrainingResult",
    "cycle_rate",
    "eigenvalue_norms",
    "iterate",
    "jacobian",
    "operator_norm",
    "recalled",
    "spectral_radius",
    "sphere_points",
    "train",
]
