"""The moment of sending: the bytes of a shot's files, if they are still those checked."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from omnibatch.checks.checked import CheckedShot, Clip
from omnibatch.media import MediaFault, content_hash, frame_of, read_unchanged
from omnibatch.shots import FileSource, FrameSource

__all__ = ["load_files"]


def load_files(checked: CheckedShot) -> Mapping[Path | FrameSource, bytes] | MediaFault:
    """The bytes of every local image of the shot, by absolute path, and of every frame.

    A file that cannot be read any more, or whose content is not what was checked and
    priced, is a fault whose message begins with the file as the manifest names it. So is
    a clip that is not the one that was collected. Of an open shot the frames are left out.
    """
    loaded: dict[Path | FrameSource, bytes] = {}
    for image, facts in zip(checked.shot.images, checked.image_facts, strict=True):
        source = image.source
        if isinstance(source, FrameSource) and source in checked.clips:
            clip = checked.clips[source]
            content = _frame(source, clip)
            if isinstance(content, MediaFault):
                return replace(content, message=f"{clip.shown} {content.message}")
            loaded[source] = content
        elif isinstance(source, FileSource) and facts is not None:
            content = read_unchanged(source.path, facts.sha256)
            if isinstance(content, MediaFault):
                return replace(content, message=f"{source.shown} {content.message}")
            loaded[source.path] = content
    return loaded


def _frame(source: FrameSource, clip: Clip) -> bytes | MediaFault:
    """The frame, if the clip still is the one that the digest was made of."""
    try:
        if content_hash(clip.path) != clip.sha256:
            return MediaFault(
                "changed",
                "is not the clip that was collected, and a frame of it is needed",
                "put that clip back, or name the picture: first_frame: {image: ...}",
            )
    except OSError as error:
        hint = "put the clip back; `omnibatch run` fetches one that is gone"
        return MediaFault("missing", f"cannot be read: {error.strerror}", hint)
    return frame_of(clip.path, source.at)
