"""Bytes of files: read whole within a bound, hashed, and compared with what was seen."""

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from omnibatch.media.facts import MediaFault

__all__ = [
    "MAX_READ_BYTES",
    "content_hash",
    "open_file",
    "read_bounded",
    "read_unchanged",
    "unreadable",
]

# Far over what any provider takes for an image, far under what hurts a machine.
MAX_READ_BYTES = 64 * 1024 * 1024


def content_hash(path: Path) -> str:
    """The SHA-256 of a file's content, 64 hexadecimal digits, in constant memory.

    Raises `OSError` where the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_file(path: Path) -> BinaryIO | MediaFault:
    """A regular file, open for reading; never waits for a named pipe."""
    try:
        file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - the caller closes it
    except FileNotFoundError:
        return MediaFault("missing", "does not exist", "create it, or correct the path")
    except IsADirectoryError:
        return _not_a_file()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return unreadable(error)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        return _not_a_file()
    return file


def unreadable(error: Exception) -> MediaFault:
    """The fault of a file that the system does not let us read."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return MediaFault("unreadable", f"cannot be read: {why}", "correct its path or permissions")


def read_bounded(path: Path) -> bytes | MediaFault:
    """All bytes of a regular file that is neither empty nor over `MAX_READ_BYTES`."""
    file = open_file(path)
    if isinstance(file, MediaFault):
        return file
    with file:
        try:
            size = os.fstat(file.fileno()).st_size
            content = file.read(MAX_READ_BYTES + 1)
        except OSError as error:
            return unreadable(error)
    if not content:
        return MediaFault("empty", "is empty, 0 bytes", "export or download it again")
    if len(content) > MAX_READ_BYTES:
        size = max(size, len(content))
        return MediaFault(
            "too_many_bytes",
            f"has {size:,} bytes, over the {MAX_READ_BYTES:,} that are read of an image",
            "save a smaller copy and refer to that",
        )
    return content


def read_unchanged(path: Path, sha256: str) -> bytes | MediaFault:
    """The bytes of a file whose content still has the hash `sha256`, else a fault."""
    content = read_bounded(path)
    if isinstance(content, bytes) and hashlib.sha256(content).hexdigest() != sha256:
        return MediaFault(
            "changed",
            "has changed since it was checked",
            "leave the file alone while a run is going, and run again",
        )
    return content


def _not_a_file() -> MediaFault:
    return MediaFault("not_a_file", "is a folder or a device, not a file", "name one file in it")


def _without_waiting(path: str, flags: int) -> int:
    """Open without hanging on a named pipe that nobody writes to."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
