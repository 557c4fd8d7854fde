"""What ends a program of the build in one sentence instead of a traceback."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import click

FULL_OR_LOCKED = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)


class UsageError(click.ClickException):
    """A mistake in what the user asked for."""

    exit_code = 2


class NotebookError(click.ClickException):
    """A notebook that could not be executed to its end."""


@contextmanager
def one_sentence() -> Iterator[None]:
    """End a click command with a sentence where the disk is full or may not be written to, and after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Error: interrupted: the same command goes on from here, what was computed is kept.", err=True)
        raise click.exceptions.Exit(130) from None
    except OSError as error:
        if error.errno not in FULL_OR_LOCKED:
            raise
        raise click.ClickException(
            f"{error.strerror} ({error.filename}): free some space or make it writable, and run the same command "
            "again; what is done is kept."
        ) from None
