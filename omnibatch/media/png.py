"""How much of its picture a PNG lacks: it may end in good order with most rows missing."""

import zlib
from collections.abc import Iterator
from typing import Final

__all__ = ["missing_bytes"]

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
