"""Clips on the disk against the ledger: the size of each, and the bytes of the latest.

Ten thousand clips of 40 MB are 400 GB, and nobody waits for a status to read them. An edit
changes the date of a file, so the files that changed last are compared byte for byte, up
to a bound; the others by their size, unless all are to be read.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from omnibatch.ledger import Output
from omnibatch.plan import ClipFile
from omnibatch.run import whereabouts

__all__ = ["EVERY_BYTE", "SIZES_ALONE", "ClipCheck", "check_clips"]

SIZES_ALONE = 0
EVERY_BYTE = None
_MOST_BYTES = 512 * 1024 * 1024  # read without being asked to: a second or so


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipCheck:
    """What was found of each clip; how many were compared by all bytes, how many by size."""

    found: dict[Output, ClipFile]
    by_bytes: int
    by_size: int


def check_clips(
    outputs: Iterable[Output], root: Path, *, most_bytes: int | None = _MOST_BYTES
) -> ClipCheck:
    """Compare the files of `outputs` under `root`, reading at most so many bytes of them.

    A file that may not be read is taken by its size. Cost: one stat for each, and reading
    up to 512 MB by default, or `EVERY_BYTE`, or `SIZES_ALONE`.
    """
    found: dict[Output, ClipFile] = {}
    alike: list[tuple[int, Output, Path]] = []
    for output in dict.fromkeys(outputs):
        path = None
        try:
            path = whereabouts(root, output)
            status = path.stat() if path is not None else None
        except (OSError, ValueError):
            status = None
        if path is None or status is None or not S_ISREG(status.st_mode):
            found[output] = ClipFile.MISSING
        elif status.st_size != output.bytes:
            found[output] = ClipFile.EDITED
        else:
            # Whoever sets a date back by hand still leaves the date of that.
            alike.append((max(status.st_mtime_ns, status.st_ctime_ns), output, path))
    left = sum(output.bytes for _, output, _ in alike) if most_bytes is None else most_bytes
    by_bytes = 0
    for _, output, path in sorted(alike, key=lambda each: each[0], reverse=True):
        found[output] = ClipFile.SAME
        digest = _hash_of(path) if output.bytes <= left else None
        if digest is None:
            continue
        left -= output.bytes
        by_bytes += 1
        if digest != output.sha256:
            found[output] = ClipFile.EDITED
    return ClipCheck(found=found, by_bytes=by_bytes, by_size=len(alike) - by_bytes)


def _hash_of(path: Path) -> str | None:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
