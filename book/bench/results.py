"""The ratios that the page quotes, from what the benchmark measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def summarise(results: dict[str, Any]) -> dict[str, float | None]:
    """Work out the ratios that the page quotes; no ``width_exponent`` without two widths from 10,000 on."""
    headline, cells = results["headline"], pd.DataFrame(results["grid"])
    total = cells.filter(regex="_seconds$").sum()
    slower = cells["flow_seconds"] / cells["descent_seconds"]
    equal = cells.dropna(subset="equal_seconds")
    equally_slow = equal["coarse_seconds"] / equal["equal_seconds"]
    logs = np.log([[row["width"], row["flow_seconds"]] for row in results["width"] if row["width"] >= 10_000])
    ratios = {
        "headline_report_ratio": headline["report_seconds"] / headline["flow_seconds"],
        "headline_descent_ratio": headline["descent_seconds"] / headline["flow_seconds"],
        "grid_report_ratio": total["report_seconds"] / total["flow_seconds"],
        "grid_descent_ratio": total["descent_seconds"] / total["flow_seconds"],
        "coarse_report_ratio": total["report_seconds"] / total["coarse_seconds"],
        "coarse_descent_ratio": total["descent_seconds"] / total["coarse_seconds"],
        "single_report_ratio": total["report_seconds"] / total["single_seconds"],
        "single_descent_ratio": total["descent_single_seconds"] / total["single_seconds"],
        "equal_descent_ratio": equal["equal_seconds"].sum() / equal["coarse_seconds"].sum(),
        "slowest_cell_ratio": slower.max(),
        "slower_cells": (slower > 1.2).sum(),
        "cells": len(cells),
        "slowest_equal_ratio": equally_slow.max(),
        "slower_equal_cells": (equally_slow > 1.2).sum(),
        "equal_cells": len(equal),
        "width_exponent": np.polyfit(logs[:, 0], logs[:, 1], 1)[0] if len(logs) > 1 else None,
        "grid_report_seconds": total["report_seconds"],
    }
    # as plain numbers, which JSON takes
    return {key: getattr(value, "item", lambda value=value: value)() for key, value in ratios.items()}
