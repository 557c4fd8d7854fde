"""Many conditions to one table: worker processes, one kept record a condition, the same table every time."""

from sigae.sweeps.conditions import grid
from sigae.sweeps.engine import sweep

__all__ = ["grid", "sweep"]
