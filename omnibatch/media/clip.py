"""Facts of a finished clip: is it a whole MP4 with a picture, and how long is it."""

from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path

from omnibatch.media.boxes import Boxes, ContainerError
from omnibatch.media.facts import MediaFault
from omnibatch.media.tracks import read_index

__all__ = ["ClipFacts", "probe_clip"]

_FTYP = b"ftyp"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """What the container says: `seconds` of its longest stream, pixels of its picture."""

    seconds: float
    width: int
    height: int


def probe_clip(path: Path) -> ClipFacts | MediaFault:
    """Read a video file's container. An HTML page or a cut file is a fault, never a clip.

    A clip whose index stands first opens well however much of its pictures is cut off, so
    every box must be there whole. Nothing is decoded: what a provider sends may be hostile.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(12)
            if head[4:8] != _FTYP:
                return _no_clip(f"it begins with {head[:8]!r}, not as an MP4 does")
            index = read_index(Boxes(file, file.seek(0, SEEK_END)))
    except ContainerError as error:
        return _no_clip(str(error))
    except OSError as error:
        return MediaFault(
            kind="unreadable",
            message=f"cannot be read: {error.strerror}",
            hint="check the folder's permissions",
        )
    if index is None or not index.data_bytes:
        return _no_clip("its index or its pictures are missing")
    if index.picture is None:
        return _no_clip("it has no picture")
    return ClipFacts(
        seconds=float(index.seconds), width=index.picture.width, height=index.picture.height
    )


def _no_clip(what: str) -> MediaFault:
    return MediaFault(kind="damaged", message=what, hint="it is fetched again")
