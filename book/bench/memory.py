"""How much memory training takes."""

from __future__ import annotations

import multiprocessing
import resource

from book.bench.contenders import Cell

__all__ = ["peak_memory"]


def _memory_in_child(cell: Cell, queue: multiprocessing.Queue) -> None:
    model, points = cell.model(), cell.points()
    weights = sum(w.numel() * w.element_size() for w in model.weights)
    import sigae

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sigae.train(model, points, max_steps=2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    # Making the weights peaks at three copies of them, so the peak is counted from an empty process.
    baseline = before - 3 * weights
    queue.put((weights, peak - max(baseline, 0)))


def peak_memory(cell: Cell) -> dict:
    """Measure the peak memory of training in a process of its own, in units of the weights' own."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    child = context.Process(target=_memory_in_child, args=(cell, queue))
    child.start()
    weights, peak = queue.get()
    child.join()
    return {"width": cell.width, "weights_bytes": weights, "peak_over_weights": peak / weights}
