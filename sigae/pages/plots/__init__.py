"""Tables in, figures out."""

from sigae.pages.plots.curves import against
from sigae.pages.plots.histograms import eigenvalue_histograms
from sigae.pages.plots.limit import phase_diagram, power_laws
from sigae.pages.plots.recall import recall_rates
from sigae.pages.plots.style import STYLE, colour
from sigae.pages.plots.training import training_times

__all__ = [
    "STYLE",
    "against",
    "colour",
    "eigenvalue_histograms",
    "phase_diagram",
    "power_laws",
    "recall_rates",
    "training_times",
]
