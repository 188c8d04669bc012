"""What can be known of an image file, and why it sometimes cannot."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

__all__ = ["FaultKind", "ImageFacts", "ImageFormat", "MediaFault", "VideoFacts", "VideoFormat"]

ImageFormat = Literal["jpeg", "png"]
VideoFormat = Literal["mp4", "mov"]

FaultKind = Literal[
    "missing",
    "not_a_file",
    "unreadable",
    "empty",
    "too_many_bytes",
    "too_many_pixels",
    "too_many_parts",
    "other_format",
    "unknown_format",
    "damaged",
    "changed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What the bytes of one image file say, whatever its name is.

    `width` and `height` are in pixels as a viewer shows the picture: EXIF orientation
    is applied. `sha256` is 64 hexadecimal digits over the whole file.
    """

    format: ImageFormat
    width: int
    height: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """What the container of one video file says, whatever the file's name is.

    `codec` is the four-letter code of its pictures, such as `avc1`. `width` and `height`
    are in pixels as a viewer shows them, `seconds` those of the longest track with edit
    lists applied, `frame_rate` the average of the pictures in a second, both exact.
    """

    format: VideoFormat
    codec: str
    width: int
    height: int
    seconds: Fraction
    frame_rate: Fraction
    has_sound: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class MediaFault:
    """Why a file has no facts: a stable kind, what is the matter, and the cure.

    The message leaves out the file's name: who asked knows how the user wrote it.
    """

    kind: FaultKind
    message: str
    hint: str
