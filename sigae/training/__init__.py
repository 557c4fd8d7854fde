"""Training a network to reproduce its patterns, by gradient flow or by gradient descent."""

from sigae.training.loop import train
from sigae.training.memory import memory_needed
from sigae.training.result import TrainingResult

__all__ = ["TrainingResult", "memory_needed", "train"]
