"""Tables in, figures out."""

from book.figures.curves import against, eigenvalue_histograms, power_laws
from book.figures.memories import basin_slices, near_ray, picture_strips, picture_walls
from book.figures.phase_diagram import phase_diagram
from book.figures.style import STYLE, colour
from book.figures.training import loop_curves, training_times

__all__ = ["STYLE", "against", "basin_slices", "colour", "eigenvalue_histograms", "loop_curves", "near_ray",
           "phase_diagram", "picture_strips", "picture_walls", "power_laws", "training_times"]  # fmt: skip
