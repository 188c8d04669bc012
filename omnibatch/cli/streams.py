"""The standard streams, so that no failure of theirs stops a run or spoils a file.

A terminal goes away with its ssh connection (EIO), a reader leaves (`| head`: EPIPE), a
disk that holds the output fills up. None of that may end a run that has paid tasks under
way, so what cannot be written is dropped there, and the exit code is that of the command.
"""

import io
import os
import sys
from typing import Any, TextIO

__all__ = ["failure_of", "guard_streams"]

_STREAMS = ("stdin", "stdout", "stderr")


class _Guarded(io.FileIO):
    """A descriptor whose failures are kept, and not raised."""

    failure: OSError | None = None

    def write(self, data: Any) -> int:  # bytes or a view of them: io's own interface
        """Write, or drop."""
        try:
            written = super().write(data)
        except OSError as error:
            self.failure = error
            return len(data)
        # None: somebody made it non-blocking, and its reader is slow.
        return len(data) if written is None else written


def guard_streams() -> None:
    """Guard stdout and stderr; put the null device where a standard stream was closed.

    A descriptor that was closed would else be given to the next file that is opened, the
    journal perhaps, and what a library prints would go into it.
    """
    for number, name in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if number == 0 else "w", closefd=False))  # noqa: SIM115 - it stays open
    sys.stdout = _guarded(sys.stdout)
    sys.stderr = _guarded(sys.stderr, line_buffering=True)


def failure_of(stream: TextIO) -> OSError | None:
    """What went wrong with writing to a guarded stream, if anything."""
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw.failure if isinstance(raw, _Guarded) else None


def _guarded(stream: TextIO, *, line_buffering: bool = False) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    # What a terminal's encoding lacks is shown by its number, and stops nothing.
    lossless = "backslashreplace"
    is_terminal = stream.isatty()
    if os.name == "nt" and is_terminal:  # a console is no file there, and has no other end
        stream.reconfigure(errors=lossless)
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_Guarded(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=lossless,
        line_buffering=line_buffering or is_terminal,
    )
