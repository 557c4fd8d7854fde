"""What the system refuses, told in a sentence instead of a traceback."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

FULL = (errno.ENOSPC, errno.EDQUOT)
LOCKED = (errno.EACCES, errno.EPERM, errno.EROFS)


def told(error: OSError) -> str | None:
    """Say what a disk that is full or may not be written to means for a build; None of other errors."""
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        return f"the disk is full{place}: free some space and run the same command again; what is done is kept."
    if error.errno in LOCKED:
        return f"{(error.strerror or '').lower()}{place}: make it writable, then run the same command again."
    return None


@contextmanager
def faults_told() -> Iterator[None]:
    """End the program with that sentence where there is one.

    Yields
    ------
    None
        Once.
    """
    try:
        yield
    except OSError as error:
        sentence = told(error)
        if sentence is None:
            raise
        sys.exit(f"error: {sentence}")
