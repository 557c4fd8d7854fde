"""Associative recall: where an iterated map leads from a cue, and how fast."""

from sigae.recall.iteration import iterate, recalled
from sigae.recall.rates import contraction_rates, cycle_rate

__all__ = ["contraction_rates", "cycle_rate", "iterate", "recalled"]
