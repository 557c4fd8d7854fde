"""What the site needs from Sphinx beyond the configuration."""

from __future__ import annotations

from typing import Any


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
