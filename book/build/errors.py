"""What ends a program of the build in one sentence instead of a traceback."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from book.build.toc import UsageError

FULL = (errno.ENOSPC, errno.EDQUOT)
LOCKED = (errno.EACCES, errno.EPERM, errno.EROFS)


class NotebookError(Exception):
    """A notebook that could not be executed to its end."""


def sentence(error: OSError) -> str | None:
    """Say what a disk that is full or may not be written to means for a build; None of other errors."""
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in FULL:
        return f"the disk is full{place}: free some space and run the same command again; what is done is kept."
    if error.errno in LOCKED:
        return f"{(error.strerror or '').lower()}{place}: make it writable, then run the same command again."
    return None


@contextmanager
def one_sentence() -> Iterator[None]:
    """End the program with a sentence where what went wrong is known, Ctrl-C included.

    Yields
    ------
    None
        Once.
    """
    try:
        yield
    except (UsageError, NotebookError) as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1 if isinstance(error, NotebookError) else 2)
    except KeyboardInterrupt:
        click.echo("Interrupted: the same command goes on from here, what was computed is kept.", err=True)
        sys.exit(130)
    except OSError as error:
        if (known := sentence(error)) is None:
            raise
        sys.exit(f"error: {known}")
    except ValueError as error:
        from book.parameters import ParameterError  # with torch, which takes seconds

        if not isinstance(error, ParameterError):
            raise
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
