"""Each distinct image probed once in a run, however many shots use it."""

from pathlib import Path

from omnibatch.media.facts import ImageFacts, MediaFault
from omnibatch.media.image import probe_image

__all__ = ["ImageProbe"]


class ImageProbe:
    """`probe_image` with a memory, made once per run and handed to whoever probes.

    A file counts as the same while path, device, inode, size and modification time are.
    Faults are remembered as well, except for files that cannot even be looked at.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Path, int, int, int, int], ImageFacts | MediaFault] = {}

    def __call__(self, path: Path) -> ImageFacts | MediaFault:
        """The facts of the image at `path`, or why there are none."""
        try:
            status = path.stat()
        except (OSError, ValueError):
            return probe_image(path)
        key = (path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in self._known:
            self._known[key] = probe_image(path)
        return self._known[key]
