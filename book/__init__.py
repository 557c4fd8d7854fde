"""The making of the book: experiments, sweeps, statistics, figures and pages around :mod:`sigae`."""

from importlib.util import find_spec as _find_spec
from pathlib import Path as _Path

_root = _Path(__file__).resolve().parents[1]
_found = _find_spec("sigae")
_place = _Path(_found.origin).resolve().parents[1] if _found and _found.origin else None
if _place != _root:
    raise ImportError(
        f"sigae is imported from {_place}, not from {_root}, where this book is: take the other out of PYTHONPATH, "
        f"or use the environment {_root / '.venv'} that make environment makes."
    )
