"""Run a command while no other process makes or prints the site: ``python -m book.build.locked make ...``."""

from __future__ import annotations

import subprocess
import sys

import click
from filelock import FileLock, Timeout

from book.build.errors import one_sentence
from book.build.toc import ROOT


@one_sentence()
def main() -> int:
    """Run the command that the arguments are, and return its exit status."""
    lock = FileLock(ROOT / "_build" / ".lock")
    (ROOT / "_build").mkdir(exist_ok=True)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        click.echo("Another make is at work on the site: this one waits until it has ended.")
        lock.acquire()
    with lock:
        # What make hands over to a make that it calls, so that both share their jobs, are open files.
        process = subprocess.Popen(sys.argv[1:], close_fds=False)
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # which the command has been sent, too, and ends by itself
                continue


if __name__ == "__main__":
    sys.exit(main())
