"""Many conditions to one table: worker processes, one kept record a condition, the same table every time."""

from book.sweeps.conditions import grid
from book.sweeps.engine import sweep

__all__ = ["grid", "sweep"]
