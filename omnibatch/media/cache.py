"""Each distinct content probed once in a run, however many shots and files have it."""

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Generic, TypeVar

from omnibatch.media.facts import ImageFacts, MediaFault, VideoFacts
from omnibatch.media.image import probe_image
from omnibatch.media.video import probe_video

__all__ = ["ImageProbe", "VideoProbe"]

F = TypeVar("F")


class _Probe(Generic[F]):
    """A probe with two memories: of files, so that none is read twice, and of contents.

    A file counts as the same while path, device, inode, size and modification time are.
    Faults are remembered as well, except for files that cannot even be looked at.
    """

    def __init__(
        self, probe: Callable[[Path, MutableMapping[str, F | MediaFault]], F | MediaFault]
    ) -> None:
        self._probe = probe
        self._of_files: dict[tuple[Path, int, int, int, int], F | MediaFault] = {}
        self._of_contents: dict[str, F | MediaFault] = {}

    def __call__(self, path: Path) -> F | MediaFault:
        """The facts of the file at `path`, or why there are none."""
        try:
            status = path.stat()
        except (OSError, ValueError):
            return self._probe(path, self._of_contents)
        key = (path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        found = self._of_files.get(key)
        if found is None:
            found = self._of_files[key] = self._probe(path, self._of_contents)
        return found


class ImageProbe(_Probe[ImageFacts]):
    """`probe_image` with a memory, made once per run and handed to whoever probes."""

    def __init__(self) -> None:
        super().__init__(probe_image)


class VideoProbe(_Probe[VideoFacts]):
    """`probe_video` with a memory, made once per run and handed to whoever probes."""

    def __init__(self) -> None:
        super().__init__(probe_video)
