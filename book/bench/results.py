"""What the benchmark's measurements amount to: the ratios that the page quotes, a table and a plot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from book.figures import training_times


def summarise(results: dict) -> dict:
    """Work out the ratios that the page quotes."""
    headline, cells, widths = results["headline"], pd.DataFrame(results["grid"]), results["width"]
    total = cells.filter(regex="_seconds$").sum()
    slower = cells["flow_seconds"] / cells["descent_seconds"]
    equal = cells.dropna(subset="equal_seconds")
    equally_slow = equal["coarse_seconds"] / equal["equal_seconds"]
    wide = [row for row in widths if row["width"] >= 10_000]
    logs = np.log([[row["width"], row["flow_seconds"]] for row in wide])
    ratios = {
        "headline_report_ratio": headline["report_seconds"] / headline["flow_seconds"],
        "headline_descent_ratio": headline["descent_seconds"] / headline["flow_seconds"],
        "grid_report_ratio": total["report_seconds"] / total["flow_seconds"],
        "grid_descent_ratio": total["descent_seconds"] / total["flow_seconds"],
        "coarse_report_ratio": total["report_seconds"] / total["coarse_seconds"],
        "coarse_descent_ratio": total["descent_seconds"] / total["coarse_seconds"],
        "single_report_ratio": total["report_seconds"] / total["single_seconds"],
        "single_descent_ratio": total["descent_single_seconds"] / total["single_seconds"],
        "sweep_report_ratio": total["report_seconds"] / results["sweep_seconds"],
        "equal_descent_ratio": equal["equal_seconds"].sum() / equal["coarse_seconds"].sum(),
        "slowest_cell_ratio": slower.max(),
        "slower_cells": (slower > 1.2).sum(),
        "cells": len(cells),
        "slowest_equal_ratio": equally_slow.max(),
        "slower_equal_cells": (equally_slow > 1.2).sum(),
        "equal_cells": len(equal),
        "width_exponent": np.polyfit(logs[:, 0], logs[:, 1], 1)[0] if len(wide) > 1 else None,
        "peak_share": next((row["peak_share"] for row in widths if row["width"] == 100_000), None),
        "memory_over_weights": results["memory"]["peak_over_weights"],
        "large_seconds": results["large"]["flow_seconds"],
        "sweep_seconds": results["sweep_seconds"],
    } | {f"grid_{key}": value for key, value in total.items()}
    ratios |= _of_pieces(**{name: results["pieces"].get(name) for name in ("after", "before")})
    ratios |= {f"make_{target}": results.get("house", {}).get(target) for target in ("book", "test", "ci")}
    # as plain numbers, which JSON takes
    return {key: getattr(value, "item", lambda value=value: value)() for key, value in ratios.items()}


def _of_pieces(after: dict, before: dict | None) -> dict:
    """Work out what the pieces' times amount to, of the present version and against the one before."""
    steps = pd.DataFrame(after["steps"]).set_index(["n_points", "width"])
    wide = steps[steps.index.get_level_values("width") >= 10_000]
    found = {f"share_{n}_{m}": steps["peak_share"].get((n, m)) for n, m in ((10, 10_000), (20, 10_000), (20, 100_000))}
    found |= {"least_product_share": wide["product_share"].min(), "limit_seconds": max(after["limit"].values())}
    slices = [seconds for piece, seconds in after.get("large_limits", {}).items() if " x " in piece]
    found["slice_seconds"] = max(slices, default=None)
    found |= {f"hard_{row['n_points']}_seconds": row["seconds"] for row in after["hard"] if row["converged"]}
    if before:
        gained = pd.DataFrame(before["steps"]).set_index(["n_points", "width"])["milliseconds"] / steps["milliseconds"]
        found["narrow_gain"] = gained[gained.index.get_level_values("width") == 1_000].min()
        found["wide_gain"] = gained[gained.index.get_level_values("width") >= 10_000].min()
    return found


def write_table_and_plot(results: dict, folder: Path) -> list[Path]:
    """Write every measured row as one CSV table, and the times as a log-log plot; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    sections = ("headline", "steps_check", "large", "width", "conditioning", "grid")
    tables = [pd.json_normalize(results[section]).assign(section=section) for section in sections]
    table, plot = folder / "benchmark.csv", folder / "benchmark.svg"
    pd.concat(tables).to_csv(table, index=False)
    training_times(
        {
            "width $m$": ("width", pd.DataFrame(results["width"])),
            "steps of the report's descent": ("report_steps", pd.DataFrame(results["conditioning"])),
        }
    ).savefig(plot)
    return [table, plot]
