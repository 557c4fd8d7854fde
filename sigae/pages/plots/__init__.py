"""Tables in, figures out."""

from sigae.pages.plots.curves import against
from sigae.pages.plots.histograms import eigenvalue_histograms
from sigae.pages.plots.limit import phase_diagram, power_laws
from sigae.pages.plots.memories import basin_slices, picture_strips, won_shares
from sigae.pages.plots.recall import recall_rates
from sigae.pages.plots.style import STYLE, colour
from sigae.pages.plots.training import loop_curves, training_times

__all__ = [
    "STYLE",
    "against",
    "basin_slices",
    "colour",
    "eigenvalue_histograms",
    "loop_curves",
    "phase_diagram",
    "picture_strips",
    "power_laws",
    "recall_rates",
    "training_times",
    "won_shares",
]
