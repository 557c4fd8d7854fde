"""Records kept in a folder, one file a condition: written in one piece or not at all, and never trusted blindly."""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from pathlib import Path
from typing import Any

import psutil

__all__ = ["RecordWarning", "open_folder", "read_record", "record_key", "records_folder", "write_record"]


class RecordWarning(UserWarning):
    """Records cannot be read, kept or used again: the results are right, and only their computation is not saved."""


def records_folder(cache: str | os.PathLike | None) -> Path | None:
    """Resolve the ``cache`` argument of :func:`book.sweeps.sweep`: the folder, or None for none."""
    if cache == "auto":
        cache = os.environ.get("SIGAE_CACHE", "") or Path(".cache") / "sigae"
        cache = None if cache == "off" else cache
    return None if cache is None else Path(cache).absolute()


def record_key(made_by: str, condition: str) -> str:
    """Name the record of one condition.

    Parameters
    ----------
    made_by
        Digest of all else that the record depends on, from :func:`book.sweeps.origin.origin`.
    condition
        As JSON; the order of its names does not count.

    Returns
    -------
    str
        Forty hexadecimal digits.
    """
    ordered = json.dumps(json.loads(condition), sort_keys=True)
    return hashlib.sha256(f"{made_by}\0{ordered}".encode()).hexdigest()[:40]


def open_folder(folder: Path) -> bool:
    """Make a folder of records where it is missing, and clear it of what killed processes left half written.

    Parameters
    ----------
    folder
        Where the records are.

    Returns
    -------
    bool
        Whether records can be kept there; if not, a warning says why.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for draft in folder.glob("*.draft"):
            process = draft.suffixes[-2].removeprefix(".")
            if not (process.isdigit() and psutil.pid_exists(int(process))):
                draft.unlink(missing_ok=True)
    except OSError as error:
        warn_not_kept(folder, str(error))
        return False
    return True


def warn_not_kept(folder: Path, why: str) -> None:
    """Warn that records are not kept, which costs nothing but the next run's time."""
    warnings.warn(
        f"results cannot be kept in {folder} ({why}): the table is right all the same, but will be computed again next"
        " time. Free some space there, or name another folder in the environment variable SIGAE_CACHE.",
        RecordWarning,
        stacklevel=4,
    )


def read_record(folder: Path, key: str) -> dict[str, Any] | None:
    """Read a kept record.

    Parameters
    ----------
    folder, key
        Where, and under which name.

    Returns
    -------
    dict
        The record, or None where there is none.

    Raises
    ------
    ValueError
        If the file is there and cannot be read, or holds no record.
    """
    try:
        record = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(str(error)) from None
    if not isinstance(record, dict):
        raise ValueError(f"{key} holds no record")
    return record


def write_record(folder: Path, key: str, text: str) -> str:
    """Keep a record.

    Parameters
    ----------
    folder
        Where.
    key
        Under which name.
    text
        The record as JSON.

    Returns
    -------
    str
        Why that failed, or an empty text; nothing half written stays behind.
    """
    draft = folder / f"{key}.{os.getpid()}.draft"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / f"{key}.json")
    except OSError as error:
        try:
            draft.unlink(missing_ok=True)
        except OSError:
            pass  # a folder that has gone, say: then there is nothing to clear
        return str(error.strerror or error)
    return ""
