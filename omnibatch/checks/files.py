"""The moment of sending: the bytes of a shot's files, if they are still those checked."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from omnibatch.checks.checked import CheckedShot
from omnibatch.media import MediaFault, read_unchanged
from omnibatch.shots import FileSource

__all__ = ["load_files"]


def load_files(checked: CheckedShot) -> Mapping[Path, bytes] | MediaFault:
    """The bytes of every local image of the shot, by absolute path.

    A file that cannot be read any more, or whose content is not what was checked and
    priced, is a fault whose message begins with the file as the manifest names it.
    """
    loaded: dict[Path, bytes] = {}
    for image, facts in zip(checked.shot.images, checked.image_facts, strict=True):
        if not isinstance(image.source, FileSource) or facts is None:
            continue
        content = read_unchanged(image.source.path, facts.sha256)
        if isinstance(content, MediaFault):
            return replace(content, message=f"{image.source.shown} {content.message}")
        loaded[image.source.path] = content
    return loaded
