"""What an image file is made of, counted before it is decoded.

Decoders do something for each chunk, segment and scan, however little it holds: a few
megabytes of nothing else take minutes and gigabytes. So the parts are counted first, at
a fraction of the cost.
"""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["MOST_PARTS", "Jpeg", "count_png", "read_jpeg"]

# A PNG of ten megabytes has some 1,200 chunks at libpng's usual size; a JPEG with the
# longest colour profile and metadata has some 300 segments.
MOST_PARTS: Final = 20_000

_PNG_SIGNATURE: Final = 8
_CHUNK: Final = 12  # length, name and checksum

# A marker is a byte of ones and its number; 0 and the restarts (D0-D7) stand in the data
# of a scan (ITU-T T.81, sections B.1.1.2 and B.1.1.5).
_MARKER: Final = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_WITHOUT_LENGTH: Final = frozenset({0x01, 0xD8})
_END: Final = 0xD9
_SCAN: Final = 0xDA
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1})


@dataclass(slots=True)
class Jpeg:
    """Parts of a JPEG: segments before its first scan with bytes between them, and scans.

    `samples` counts the values of all components. Where `is_buffered`, all of them are in
    memory at once, whatever size it is decoded to.
    """

    parts: int = 0
    scans: int = 0
    samples: int = 0
    is_buffered: bool = False


def count_png(content: bytes) -> int:
    """How many chunks a PNG has; counting stops over `MOST_PARTS`."""
    at, count = _PNG_SIGNATURE, 0
    while at < len(content) and count <= MOST_PARTS:
        count += 1
        if content[at + 4 : at + 8] == b"IEND":
            break  # what stands behind it is nobody's
        at += _CHUNK + int.from_bytes(content[at : at + 4])
    return count


def read_jpeg(content: bytes) -> Jpeg:
    """Count the parts of a JPEG; counting stops over `MOST_PARTS`."""
    found = Jpeg()
    at, components = 0, 0
    while found.parts <= MOST_PARTS and (marker := _MARKER.search(content, at)) is not None:
        number = marker[1][0]
        if number == _END:
            break
        found.parts += 1
        if not found.scans:
            found.parts += marker.start() - at  # decoders walk over these one by one
        at = marker.end()
        if number in _WITHOUT_LENGTH:
            continue
        segment = content[at + 2 : at + max(2, int.from_bytes(content[at : at + 2]))]
        at += 2 + len(segment)
        if number in _FRAMES:
            samples, components = _samples(segment)
            found.samples = max(found.samples, samples)
            found.is_buffered = found.is_buffered or number not in _SEQUENTIAL
        elif number == _SCAN:
            found.scans += 1
            is_whole = found.scans == 1 and segment[:1] == bytes([components])
            found.is_buffered = found.is_buffered or not is_whole
    return found


def _samples(frame: bytes) -> tuple[int, int]:
    """Samples of all components of a frame, and how many components (T.81, B.2.2)."""
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5]:
        return 0, 0
    pixels = int.from_bytes(frame[1:3]) * int.from_bytes(frame[3:5])
    factors = [(frame[at] >> 4, frame[at] & 15) for at in range(7, 6 + 3 * frame[5], 3)]
    across = max((h for h, _ in factors), default=1) or 1
    down = max((v for _, v in factors), default=1) or 1
    return sum(pixels * h * v // (across * down) for h, v in factors), len(factors)
