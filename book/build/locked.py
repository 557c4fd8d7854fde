"""Run a command that makes or prints the site while no other one does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
from filelock import FileLock, Timeout

from book.build.errors import one_sentence
from book.build.toc import ROOT


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--stamp", type=click.Path(path_type=Path), help="File that a success writes.")
@click.option("--made-for", default="", help="What it holds.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@one_sentence()
def main(stamp: Path | None, made_for: str, command: tuple[str, ...]) -> None:
    """Run COMMAND, unless another one has written the stamp while this one waited for it."""
    (ROOT / "_build").mkdir(exist_ok=True)
    lock = FileLock(ROOT / "_build" / ".lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        click.echo("Another make is at work on the site: this one waits until it has ended.")
        lock.acquire()
        if stamp is not None and stamp.exists() and stamp.read_text(encoding="utf-8").strip() == made_for:
            return
    with lock:
        start, process = time.time(), subprocess.Popen(command)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # which the command is sent, too, and ends by itself
        if process.wait() == 0 and stamp is not None:
            stamp.write_text(f"{made_for}\n", encoding="utf-8")
            os.utime(stamp, (start, start))  # what is changed while the site is made is newer
        sys.exit(process.returncode)


if __name__ == "__main__":
    main()
