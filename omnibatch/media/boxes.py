"""Boxes of an MP4 or MOV file (ISO/IEC 14496-12, section 4.2), walked without trust.

A box says how long it is, and what it says may be a lie. Nothing here reads or keeps more
than the bytes that are really there, and the number of boxes is bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["MOST_BOXES", "Box", "Boxes", "ContainerError"]

# A clip of ten seconds has a few hundred, one whose every frame is a fragment some ten
# thousand.
MOST_BOXES = 100_000
# The tables of all tracks together; enough for a million frames.
_MOST_BYTES = 16 * 1024 * 1024

_HEADER = 8
_LONG_HEADER = 16


class ContainerError(ValueError):
    """The boxes contradict each other or the file. The words say how, for a sentence."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its four-letter kind, and where in the file its payload begins and ends."""

    kind: bytes
    start: int
    end: int


class Boxes:
    """The boxes of `file`, which has `size` bytes."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._left = MOST_BOXES
        self._bytes_left = _MOST_BYTES

    def outermost(self) -> Iterator[Box]:
        """The boxes that make up the file. Raise `ContainerError` where its end is missing."""
        for box in self._between(0, self._size):
            if box.end > self._size:
                raise ContainerError(f"its end is missing: {box.end - self._size:,} bytes at least")
            yield box

    def within(self, box: Box) -> Iterator[Box]:
        """The boxes in the payload of `box`. Raise `ContainerError` where one is too long."""
        for inner in self._between(box.start, box.end):
            if inner.end > box.end:
                raise ContainerError("a box is longer than the one around it")
            yield inner

    def payload(self, box: Box) -> bytes:
        """The bytes of `box`. Raise `ContainerError` where they are too many in all."""
        self._bytes_left -= box.end - box.start
        if self._bytes_left < 0:
            raise ContainerError(f"its tables have more than {_MOST_BYTES:,} bytes")
        self._file.seek(box.start)
        return self._file.read(box.end - box.start)

    def _between(self, at: int, end: int) -> Iterator[Box]:
        while end - at >= _HEADER:  # QuickTime ends some lists with four bytes of zero
            self._left -= 1
            if self._left < 0:
                raise ContainerError(f"it has more than {MOST_BOXES:,} boxes")
            self._file.seek(at)
            header = self._file.read(_LONG_HEADER)
            size, start = int.from_bytes(header[:4]), at + _HEADER
            if size == 1:  # 64 bits follow
                size, start = int.from_bytes(header[_HEADER:]), at + _LONG_HEADER
            elif size == 0:  # to the end
                size = end - at
            if size < start - at or len(header) < start - at:
                raise ContainerError("a box is shorter than its own header")
            yield Box(header[4:_HEADER], start, at + size)
            at += size
