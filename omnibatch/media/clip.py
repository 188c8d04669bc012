"""Facts of a finished clip: is it a whole MP4 with a picture, and how long is it."""

from dataclasses import dataclass
from pathlib import Path

from omnibatch.media.facts import MediaFault

__all__ = ["ClipFacts", "probe_clip"]

_FTYP = b"ftyp"


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
    except OSError as error:
        return MediaFault(
            kind="unreadable",
            message=f"cannot be read: {error.strerror}",
            hint="check the folder's permissions",
        )
    if head[4:8] != _FTYP:
        return _no_clip(f"it begins with {head[:8]!r}, not as an MP4 does")
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


def _no_clip(what: str) -> MediaFault:
    return MediaFault(kind="damaged", message=what, hint="it is fetched again")
