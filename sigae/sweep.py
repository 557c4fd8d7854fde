"""Many conditions to one table: worker processes, one kept record a condition, the same table every time."""

from __future__ import annotations

import functools
import hashlib
import inspect
import itertools
import json
import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import psutil
import torch
from tqdm import tqdm

from sigae.checks import check_positive, check_whole

__all__ = ["grid", "sweep"]

PACKAGE = Path(__file__).parent
IMPORT = re.compile(r"^\s*(?:from|import)\s+sigae(?:\.(\w+))?\b", re.MULTILINE)


def grid(**axes: Any) -> list[dict[str, Any]]:
    """Combine every value of each axis with every value of the others.

    Parameters
    ----------
    **axes
        A list, tuple or range holds the values of an axis; anything else is one value for all conditions.

    Returns
    -------
    list of dict
        One condition a combination; the last axis varies fastest.
    """
    values = [axis if isinstance(axis, list | tuple | range) else [axis] for axis in axes.values()]
    return [dict(zip(axes, combination, strict=True)) for combination in itertools.product(*values)]


def sweep(
    experiment: Callable[..., Mapping[str, Any]],
    conditions: Iterable[Mapping[str, Any]],
    *,
    cache: str | os.PathLike | None = "auto",
    workers: int | None = None,
    memory: float | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Run one experiment under many conditions.

    Every record is written, in one piece, the moment it is done, and reused as long as the condition, the code that
    computes it and the versions of torch and numpy are unchanged: a sweep that was killed goes on where it stopped.

    Parameters
    ----------
    experiment
        A function of a module, called as ``experiment(**condition)``, that returns a mapping of names to plain
        numbers, strings, lists or arrays. It must depend on the condition alone, seeds included.
    conditions
        Mappings of argument names to JSON values, as :func:`grid` makes them.
    cache
        Folder that keeps the records; None to keep and reuse nothing. ``"auto"`` takes it from the environment
        variable SIGAE_CACHE (``off`` for none), or else is ``.cache/sigae`` in the working directory.
    workers
        Number of processes, each with one thread; by default SIGAE_WORKERS, or else one a processor.
    memory
        Bytes that the most demanding condition needs (:func:`sigae.training.memory_needed`): no more processes run
        than fit in the memory that is free.
    progress
        Show a progress bar: True, False, or None to show it on a terminal only.

    Returns
    -------
    pandas.DataFrame
        One row a condition, in the order given, whatever the order they finish in: the condition, then
        the measurements, then ``error``, None unless the experiment raised; such a condition is tried again next time.

    Raises
    ------
    ValueError
        If there are no conditions, or a measurement bears the name of a condition's argument.
    TypeError
        If a condition is no mapping of names to JSON values.
    """
    rows = [_plain_condition(condition) for condition in conditions]
    if not rows:
        raise ValueError("conditions is empty: give at least one condition.")
    workers = check_whole("workers", workers or int(os.environ.get("SIGAE_WORKERS", 0)) or joblib.cpu_count())
    if memory is not None:
        free = psutil.virtual_memory().available
        workers = min(workers, max(1, int(free / check_positive("memory", memory))))
    folder = _cache_folder(cache)
    origin = _origin(experiment)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)

    keys = [
        hashlib.sha256(f"{origin}\0{json.dumps(json.loads(row), sort_keys=True)}".encode()).hexdigest()[:40]
        for row in rows
    ]
    found: dict[str, dict[str, Any]] = {}
    missing: dict[str, str] = {}
    for key, row in zip(keys, rows, strict=True):
        if key in found or key in missing:
            continue
        record = None if folder is None else _read(folder / f"{key}.json")
        if record is None:
            missing[key] = row
        else:
            found[key] = record

    jobs = (joblib.delayed(_run)(experiment, key, row, folder) for key, row in missing.items())
    done = joblib.Parallel(n_jobs=min(workers, max(1, len(missing))), return_as="generator_unordered")(jobs)
    name = getattr(experiment, "__name__", "sweep")
    hidden = None if progress is None else not progress
    with warnings.catch_warnings():
        # A worker that has grown large is replaced by a fresh one, which harms nothing.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
        for key, record in tqdm(done, desc=name, total=len(missing), disable=hidden):
            found[key] = record

    table = []
    for key, row in zip(keys, rows, strict=True):
        condition, record = json.loads(row), found[key]
        if clash := condition.keys() & record.keys():
            raise ValueError(f"both the condition and the record have {', '.join(sorted(clash))}: rename one of them.")
        table.append({**condition, **record})
    frame = pd.DataFrame(table)
    frame["error"] = pd.Series([row.get("error") for row in table], dtype=object)
    return frame[[column for column in frame if column != "error"] + ["error"]]


def _run(experiment: Callable, key: str, row: str, folder: Path | None) -> tuple[str, dict[str, Any]]:
    """Measure one condition, in a worker or here, on one thread, and keep the record."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        record = dict(experiment(**json.loads(row)))
    except Exception as error:  # a condition that fails is a row of the table, not the end of it
        return key, {"error": f"{type(error).__name__}: {error}"}
    finally:
        torch.set_num_threads(threads)
    text = json.dumps(record, default=_plain)
    if folder is not None:
        draft = folder / f"{key}.{os.getpid()}.draft"
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / f"{key}.json")
    return key, json.loads(text)  # as it will be read back: a fresh table equals a kept one


def _read(path: Path) -> dict[str, Any] | None:
    """Return a kept record, or None where there is none or it cannot be read."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict):
        warnings.warn(f"the record {path} cannot be read: it is computed anew.", stacklevel=3)
        return None
    return record


def _plain(value: Any) -> Any:
    """Turn arrays and array scalars into lists and numbers; Python's JSON keeps every digit of a float64."""
    if isinstance(value, torch.Tensor | np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{value!r} is neither a number, a string, a list nor an array: turn it into one.")


def _plain_condition(condition: Mapping[str, Any]) -> str:
    if not isinstance(condition, Mapping):
        raise TypeError(f"a condition is {condition!r}: give a mapping of argument names to values.")
    return json.dumps(dict(condition), default=_plain)


def _cache_folder(cache: str | os.PathLike | None) -> Path | None:
    if cache == "auto":
        cache = os.environ.get("SIGAE_CACHE", "") or Path(".cache") / "sigae"
        cache = None if cache == "off" else cache
    return None if cache is None else Path(cache).absolute()


def _origin(experiment: Callable) -> str:
    """Name the code that computes the records: the experiment with all it imports from here, torch and numpy."""
    target = experiment.func if isinstance(experiment, functools.partial) else experiment
    options = repr((experiment.args, experiment.keywords)) if target is not experiment else ""
    digest = hashlib.sha256()
    module = str(target.__module__)
    inside = module.startswith("sigae.")
    if not inside:
        digest.update(inspect.getsource(target).encode())
    for path in _imported(module.removeprefix("sigae.") if inside else "__init__"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    versions = f"torch {torch.__version__} numpy {np.__version__}"
    return f"{module}.{target.__qualname__}{options} {digest.hexdigest()} {versions}"


def _imported(name: str) -> list[Path]:
    """List the files of a module of the package and of all modules of the package that it imports, directly or not."""
    found, waiting = set(), {name}
    while waiting:
        found |= waiting
        texts = [(PACKAGE / f"{module}.py").read_text(encoding="utf-8") for module in waiting]
        waiting = {module or "__init__" for text in texts for module in IMPORT.findall(text)} - found
    return [PACKAGE / f"{module}.py" for module in sorted(found)]
