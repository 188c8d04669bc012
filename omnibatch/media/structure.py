"""The parts that an image file is made of, looked at before any decoder is let at them.

A PNG is a row of chunks, and a JPEG is painted in scans, one over the other. A few
megabytes may hold millions of either, and a decoder goes through all of them for hours.
A PNG may also end in good order with most of its rows missing.
"""

import re
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

__all__ = ["missing_bytes", "too_many_parts"]

# A camera's PNG has a few hundred chunks, one for every 8 or 32 KB of pixels.
_MOST_CHUNKS: Final = 20_000
# A progressive JPEG has some ten scans, and as many segments as its metadata fill.
_MOST_SCANS: Final = 100
_MOST_SEGMENTS: Final = 10_000

# ISO/IEC 10918-1, table B.1. Between segments stand pixels, where FF is followed by 00, or
# by D0 to D7 for a fresh start.
_MARKER: Final = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
_SCAN: Final = b"\xda"
_END: Final = b"\xd9"
_ALONE: Final = frozenset({b"\x01", b"\xd8"})
_PIECE: Final = 1 << 20
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # PNG, third edition, table 8
# PNG, third edition, 8.1: first column and row of each pass, and the steps between them.
_PASSES: Final = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The name of each chunk of a PNG, and where its data begin and end."""
    at, name = 8, b""
    while at + 8 <= len(content) and name != b"IEND":
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        yield name, at + 8, at + 8 + length
        at += length + 12


def too_many_parts(content: bytes, kind: str) -> str | None:
    """What a PNG or JPEG has more of than is decoded; None where it is in bounds."""
    if kind == "png":
        chunks = sum(1 for _ in islice(_chunks(content), _MOST_CHUNKS + 1))
        return f"has more than {_MOST_CHUNKS:,} chunks" if chunks > _MOST_CHUNKS else None
    scans = 0
    for segments, marker in enumerate(_segments(content), 1):
        scans += marker == _SCAN
        if scans > _MOST_SCANS:
            return f"has more than {_MOST_SCANS} scans"
        if segments > _MOST_SEGMENTS:
            return f"has more than {_MOST_SEGMENTS:,} segments"
    return None


def _segments(content: bytes) -> Iterator[bytes]:
    """The marker of each segment of a JPEG, up to the end of its picture."""
    at = 2
    while found := _MARKER.search(content, at):
        marker, at = found[1], found.end()
        if marker == _END:
            return
        yield marker
        if marker not in _ALONE:
            at += max(int.from_bytes(content[at : at + 2]), 2)


def missing_bytes(content: bytes) -> int:
    """How many bytes of its pixels a PNG lacks, whose chunks are in order."""
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    depth, colour, interlaced = content[24], content[25], content[28]
    bits = depth * _CHANNELS.get(colour, 1)
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    missing = 0
    for x, y, across, down in passes:
        columns, rows = -(-(width - x) // across), -(-(height - y) // down)
        if columns > 0 and rows > 0:
            missing += rows * (1 + (columns * bits + 7) // 8)
    inflate = zlib.decompressobj()
    for kind, start, end in _chunks(content):
        if kind != b"IDAT":
            continue
        waiting = content[start:end]
        while waiting and missing > 0:
            missing -= len(inflate.decompress(waiting, _PIECE))
            waiting = inflate.unconsumed_tail
    if missing > 0:
        missing -= len(inflate.flush())
    return max(missing, 0)
