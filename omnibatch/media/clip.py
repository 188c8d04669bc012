"""Facts of a finished clip: is it a whole MP4 with a picture, and how long is it."""

from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from omnibatch.media.facts import MediaFault

__all__ = ["ClipFacts", "probe_clip"]

_FTYP = b"ftyp"
_HEADER = 8
_LONG_HEADER = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """What the container says: `seconds` of its longest stream, pixels of its picture."""

    seconds: float
    width: int
    height: int


def probe_clip(path: Path) -> ClipFacts | MediaFault:
    """Read a video file's container. An HTML page or a cut file is a fault, never a clip."""
    try:
        with open(path, "rb") as file:
            head = file.read(12)
            missing = _bytes_missing(file)
    except OSError as error:
        return MediaFault(
            kind="unreadable",
            message=f"cannot be read: {error.strerror}",
            hint="check the folder's permissions",
        )
    if head[4:8] != _FTYP:
        return _no_clip(f"it begins with {head[:8]!r}, not as an MP4 does")
    if missing:
        return _no_clip(f"its end is missing: {missing} bytes at least")
    # PyAV takes some 0.1 s to import, and only runs that download need it.
    import av

    try:
        with av.open(str(path), mode="r") as container:
            picture = next(iter(container.streams.video), None)
            if picture is None:
                return _no_clip("it has no picture")
            microseconds = container.duration or 0
            return ClipFacts(
                seconds=microseconds / 1_000_000, width=picture.width, height=picture.height
            )
    except (av.error.FFmpegError, ValueError, OSError) as error:
        return _no_clip(f"its container cannot be read ({error})")


def _bytes_missing(file: BinaryIO) -> int:
    """How many bytes the outermost boxes announce beyond the end of the file.

    A clip whose index stands first opens well however much of its pictures is cut off,
    so the boxes are walked (ISO/IEC 14496-12, section 4.2: 32-bit size and type; size 1
    means that 64 bits follow, 0 that the box runs to the end).
    """
    end = file.seek(0, SEEK_END)
    at = 0
    while at < end:
        file.seek(at)
        header = file.read(_LONG_HEADER)
        size = int.from_bytes(header[:4])
        if size == 0:
            return 0
        if size == 1:
            size = int.from_bytes(header[_HEADER:_LONG_HEADER])
        if size < _HEADER or len(header) < _HEADER:
            return _HEADER
        at += size
    return at - end


def _no_clip(what: str) -> MediaFault:
    return MediaFault(kind="damaged", message=what, hint="it is fetched again")
