"""One frame of a clip as a picture that a provider takes: the same bytes each time.

PyAV decodes, Pillow writes. The same clip, moment and versions of both give the same PNG.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from omnibatch.media.facts import MediaFault

if TYPE_CHECKING:
    import av
    from PIL.Image import Image

__all__ = ["frame_of"]

# Both providers ask for 300 pixels a side at least and for 10 MB at most. A PNG of two
# megapixels has at most some 6 MB; Omni clips have no more pixels than that.
_LEAST_SIDE = 300
_MOST_PIXELS = 1920 * 1088
# How far before the end the search for the last frame begins, in seconds.
_TAIL_S = 2


def frame_of(path: Path, at: Decimal | Literal["first", "last"]) -> bytes | MediaFault:
    """The frame of the clip at `path` that is shown `at` a moment, as a PNG.

    `at` in seconds: the frame on the screen at that time. Sizes outside of what providers
    take are scaled. A fault for a file that cannot be decoded, or that ends before.
    """
    import av

    try:
        with av.open(str(path), mode="r") as container:
            picture = next(iter(container.streams.video), None)
            if picture is None:
                return _no_frame("it has no picture")
            frame = _find(container, picture, at)
            if frame is None:
                return _no_frame(f"it has no frame at {at}" + ("" if isinstance(at, str) else " s"))
            image: Image = frame.to_image()  # type: ignore[no-untyped-call]  # untyped there
            image = _fitting(image)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        return _no_frame(f"it cannot be decoded ({error})")
    file = BytesIO()
    image.save(file, "PNG", compress_level=6)
    return file.getvalue()


def _find(
    container: "av.container.InputContainer",
    picture: "av.VideoStream",
    at: Decimal | Literal["first", "last"],
) -> "av.VideoFrame | None":
    if at == "first":
        return next(container.decode(picture), None)
    if at == "last":
        return _last(container, picture)
    found = None
    for frame, seconds in _timed(container, picture):
        if seconds > at:
            return found or frame
        found = frame
    # The last frame is on the screen to the end of the clip, and no longer.
    length = Fraction(container.duration or 0, 1_000_000)
    return found if at <= length else None


def _last(
    container: "av.container.InputContainer", picture: "av.VideoStream"
) -> "av.VideoFrame | None":
    """The frame shown last, looked for near the end, and from the start if none is there."""
    ends_at = container.duration or 0
    for start in (max(0, ends_at - _TAIL_S * 1_000_000), 0):
        container.seek(start)
        last, shown_at = None, Fraction(-1)
        for frame, seconds in _timed(container, picture):
            if seconds >= shown_at:
                last, shown_at = frame, seconds
        if last is not None:
            return last
    return None


def _timed(
    container: "av.container.InputContainer", picture: "av.VideoStream"
) -> "Iterator[tuple[av.VideoFrame, Fraction]]":
    """Each frame with the time at which it is shown, in seconds from the clip's start."""
    start = (picture.start_time or 0) * (picture.time_base or Fraction(0))
    for frame in container.decode(picture):
        if frame.pts is not None and frame.time_base is not None:
            yield frame, frame.pts * frame.time_base - start


def _fitting(image: "Image") -> "Image":
    """`image` with as many pixels a side, and in all, as providers take."""
    from PIL import Image

    width, height = image.size
    scale = max(1.0, _LEAST_SIDE / min(width, height))
    if width * height > _MOST_PIXELS:
        scale = (_MOST_PIXELS / (width * height)) ** 0.5
    if scale == 1.0:
        return image
    size = (max(_LEAST_SIDE, round(width * scale)), max(_LEAST_SIDE, round(height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _no_frame(what: str) -> MediaFault:
    return MediaFault(kind="damaged", message=f"gives no frame: {what}", hint="see the clip")
