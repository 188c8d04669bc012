"""A video file probed: container, seconds, pixels, frame rate, sound, by its index alone."""

import hashlib
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import BinaryIO, Final

from omnibatch.media.boxes import Boxes, ContainerError
from omnibatch.media.facts import MediaFault, VideoFacts, VideoFormat
from omnibatch.media.files import open_file, unreadable
from omnibatch.media.sniff import sniff
from omnibatch.media.tracks import read_index

__all__ = ["MAX_VIDEO_BYTES", "probe_video"]

# Over the 200 MB that providers take, so that their limit is told with the real size.
MAX_VIDEO_BYTES = 256 * 1024 * 1024

_FORMATS: Final[dict[str, VideoFormat]] = {"MP4 video": "mp4", "MOV video": "mov"}
_HEAD = 4096
_CHUNK = 1024 * 1024
_CURES = {
    "Git LFS pointer": "fetch the video itself: git lfs pull",
    "HTML": "this is a web page saved under a video's name: download the video itself",
}


def probe_video(
    path: Path, known: MutableMapping[str, VideoFacts | MediaFault] | None = None
) -> VideoFacts | MediaFault:
    """Read the facts of one video from the index of its container; nothing is decoded.

    The file must be a regular one of 1 byte to 256 MiB, an MP4 or MOV whose boxes are all
    there; otherwise the fault says which of these fails. `known` holds what was found of
    contents, by their SHA-256: looked up there first, and added.
    """
    file = open_file(path)
    if isinstance(file, MediaFault):
        return file
    with file:
        try:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                return MediaFault("empty", "is empty, 0 bytes", "export or download it again")
            if size > MAX_VIDEO_BYTES:
                return MediaFault(
                    "too_many_bytes",
                    f"has {size:,} bytes, over the {MAX_VIDEO_BYTES:,} that are read of a video",
                    "cut it, or save it with a lower bit rate",
                )
            sha256 = _hash(file, size)
            found = None if known is None else known.get(sha256)
            if found is None:
                found = _facts(file, size)
                if known is not None:
                    known[sha256] = found
            return found
        except OSError as error:
            return unreadable(error)


def _hash(file: BinaryIO, size: int) -> str:
    """The hash of the first `size` bytes: a file that still grows has an end as well."""
    digest = hashlib.sha256()
    left = size
    while left and (chunk := file.read(min(left, _CHUNK))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _facts(file: BinaryIO, size: int) -> VideoFacts | MediaFault:
    file.seek(0)
    kind = sniff(file.read(_HEAD))
    if kind is None:
        hint = "use an MP4 or MOV file"
        return MediaFault("unknown_format", "is not a video that can be recognised", hint)
    if kind not in _FORMATS:
        cure = _CURES.get(kind, "convert it to MP4; renaming is not enough")
        shown = kind.upper() if kind in ("jpeg", "png") else kind  # the others have their names
        return MediaFault("other_format", f"holds {shown}, not MP4 or MOV", cure)
    try:
        index = read_index(Boxes(file, size))
    except ContainerError as error:
        return _damaged(str(error))
    if index is None:
        return _damaged("it has no index: it was cut short, or is still being written")
    picture = index.picture
    if picture is None:
        return _damaged("it has no moving pictures")
    if not index.data_bytes:
        return _damaged("it is an index without the pictures")
    sides = (picture.width, picture.height)
    width, height = reversed(sides) if picture.turned else sides
    return VideoFacts(
        format=_FORMATS[kind],
        codec=picture.codec,
        width=width,
        height=height,
        seconds=index.seconds,
        frame_rate=picture.frame_rate,
        has_sound=index.has_sound,
        size_bytes=size,
    )


def _damaged(why: str) -> MediaFault:
    return MediaFault("damaged", f"cannot be played: {why}", "export or download it again")
