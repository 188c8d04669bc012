"""Ctrl-C, SIGTERM and a terminal that hangs up: what a signal does depends on what goes on.

While a run works or ends, the first one stops it softly and the second leaves at once.
Before anything is under way, the first one ends the command as an exception does.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click

from omnibatch.errors import Exit

__all__ = ["Signals", "Terminated"]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_STDERR = 2


class Terminated(BaseException):
    """A signal other than Ctrl-C came while nothing was under way; the command ends."""


class Signals:
    """Hears signals while inside, as a context manager; `code` is that of the one that came.

    What the shell was told to ignore stays ignored: that is what `nohup` is for.
    """

    def __init__(self) -> None:
        self.code: Exit | None = None
        self._words = ""
        self._stop: Callable[[], None] | None = None
        self._previous: dict[int, signal.Handlers | Callable[[int, FrameType | None], object]] = {}

    def __enter__(self) -> "Signals":
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is None:
                continue
            previous = signal.getsignal(number)
            if previous is not None and previous is not signal.SIG_IGN:
                self._previous[number] = previous  # type: ignore[assignment]  # a handler is no int
                signal.signal(number, self._handle)
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextmanager
    def softly(self, words: str, stop: Callable[[], None] = lambda: None) -> Iterator[None]:
        """While inside, the first signal says `words` and calls `stop`, and nothing is torn off.

        One that came before, in a `softly` around this one, calls `stop` at once.
        """
        outer = self._words, self._stop
        self._words, self._stop = words, stop
        try:
            if self.code is not None:
                stop()
            yield
        finally:
            self._words, self._stop = outer

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signal's interface
        code = Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED
        if self.code is not None:
            # The journal is safe against a kill at any moment; that is what this is.
            os._exit(int(code))
        if self._stop is None:
            raise KeyboardInterrupt if code is Exit.INTERRUPTED else Terminated
        self.code = code
        self._stop()
        _say_now(f"{self._words}; once more to leave at once")


def _say_now(words: str) -> None:
    """Say it past Python's buffers, which a handler may have interrupted, and which then refuse."""
    line = f"omnibatch: {words}"
    if sys.stderr.isatty():
        colour = None if os.environ.get("NO_COLOR") else "yellow"
        line = "\n" + click.style(line, fg=colour)  # behind the ^C that the terminal shows
    with suppress(OSError):
        os.write(_STDERR, f"{line}\n".encode())
