"""Ctrl-C and SIGTERM: the first ends a run softly, the second leaves at once."""

import os
import signal
import sys
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from omnibatch.cli.saying import say_warning
from omnibatch.errors import Exit
from omnibatch.run import Stopper

__all__ = ["exit_code_of", "soft_signals"]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_SOFT = "stopping: nothing new is sent; once more to leave at once"


def exit_code_of(number: int) -> Exit:
    """130 for Ctrl-C, 143 for the others."""
    return Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED


@contextmanager
def soft_signals(stopper: Stopper, loop: AbstractEventLoop) -> Iterator[list[int]]:
    """While inside, signals stop the run through `stopper`; yields those that came."""
    came: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's interface
        if came:
            # The journal is safe against a kill at any moment; that is what this is.
            os._exit(int(exit_code_of(number)))
        came.append(number)
        loop.call_soon_threadsafe(stopper.stop)
        if sys.stderr.isatty():
            click.echo(err=True)  # behind the ^C that the terminal shows
        say_warning(_SOFT)

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    previous = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield came
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
