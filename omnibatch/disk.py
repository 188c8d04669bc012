"""Every step by which a run changes the disk; no other module of a run writes.

Each step passes a failpoint before and after, named after `what` is written: `journal.write`
and `journal.written`, `clip.sync` and `clip.synced`. Opening and closing a file have
none: what they do is undone by nothing, and the step after them has. The tests replace the `os` of this
module to make any one of them fail, or to forget what was not synced.

A step that fails raises `OSError`; a write that the disk has room for only in part fails
with ENOSPC, since half a record is none.
"""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from omnibatch.failpoints import reach

__all__ = [
    "append_to",
    "close",
    "create",
    "cut",
    "is_full",
    "make_folder",
    "place",
    "remove",
    "remove_folder",
    "replace",
    "room_at",
    "sync",
    "sync_folder",
    "write",
    "write_file",
]

# Windows translates line ends unless told not to, and lets children inherit.
_PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def _full_sync() -> Callable[[int], object] | None:
    """macOS: fsync leaves data in the drive's own cache there; F_FULLFSYNC does not.

    File systems that do not know it are given an fsync, as fsync(2) of macOS advises.
    """
    try:
        import fcntl
    except ImportError:
        return None
    command: int | None = getattr(fcntl, "F_FULLFSYNC", None)
    if command is None:
        return None

    def full_sync(fd: int) -> None:
        try:
            fcntl.fcntl(fd, command)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.EINVAL, errno.ENOTTY):
                raise
            os.fsync(fd)

    return full_sync


_FULL_SYNC = _full_sync()


def room_at(folder: Path) -> int | None:
    """The bytes that may still be written at `folder` or, before it is made, above it.

    None where the system cannot tell.
    """
    for place in (folder, *folder.absolute().parents):
        try:
            told = os.statvfs(place)
        except FileNotFoundError:
            continue
        except (OSError, AttributeError):
            return None
        return told.f_bavail * told.f_frsize
    return None


def is_full(error: OSError) -> bool:
    """Tell whether a step failed because the disk, or what may be used of it, has no room."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def create(path: Path) -> int:
    """Open `path` for writing, empty; return its descriptor."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _PLAIN, 0o644)


def append_to(path: Path) -> int:
    """Open `path` for reading and writing, made if it is not there, at its end."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | _PLAIN, 0o644)
    os.lseek(fd, 0, os.SEEK_END)
    return fd


def write(fd: int, data: bytes | memoryview, what: str) -> None:
    """Write all of `data`, unbuffered: a full disk is told here, not at some later close."""
    reach(f"{what}.write")
    left = memoryview(data)
    while left:
        written = os.write(fd, left)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left = left[written:]
    reach(f"{what}.written")


def sync(fd: int, what: str) -> None:
    """Return once what was written to `fd`, and its length, would survive a power cut."""
    reach(f"{what}.sync")
    if _FULL_SYNC is not None:
        _FULL_SYNC(fd)
    else:
        getattr(os, "fdatasync", os.fsync)(fd)
    reach(f"{what}.synced")


def cut(fd: int, size: int, what: str) -> None:
    """Cut a file down to its first `size` bytes, durably, and go to its end."""
    reach(f"{what}.cut")
    os.ftruncate(fd, size)
    reach(f"{what}.shortened")
    os.fsync(fd)
    reach(f"{what}.synced")
    os.lseek(fd, 0, os.SEEK_END)


def close(fd: int) -> None:
    """Close a descriptor."""
    os.close(fd)


def write_file(path: Path, data: bytes, what: str, *, durable: bool = True) -> None:
    """Write a whole small file in place, `durable` or only for as long as all goes well."""
    fd = create(path)
    try:
        write(fd, data, what)
        if durable:
            sync(fd, what)
    finally:
        close(fd)


def replace(source: Path, target: Path, what: str) -> None:
    """Put `source` in the place of `target`, at once and durably."""
    reach(f"{what}.rename")
    os.replace(source, target)
    reach(f"{what}.renamed")
    sync_folder(target.parent)


def place(source: Path, target: Path, what: str) -> None:
    """Give `source` the name `target`, durably and never in the place of another file.

    Raise `FileExistsError` where something stands there.
    """
    reach(f"{what}.rename")
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here; os.rename refuses an existing target on Windows, and
        # elsewhere the caller has just seen that there is none.
        os.rename(source, target)
    else:
        reach(f"{what}.linked")
        os.unlink(source)
    reach(f"{what}.renamed")
    sync_folder(target.parent)


def remove(path: Path, what: str = "file") -> None:
    """Remove a file that is ours and of no more use, if it is there."""
    reach(f"{what}.remove")
    with suppress(FileNotFoundError):
        os.unlink(path)
    reach(f"{what}.removed")


def remove_folder(folder: Path) -> None:
    """Remove a folder that is ours, if it is empty. Raise `OSError` if it is not."""
    reach("folder.remove")
    os.rmdir(folder)
    reach("folder.removed")


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it, each name durable."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    reach("folder.make")
    try:
        os.mkdir(folder)
    except FileExistsError:
        if not folder.is_dir():
            raise
    reach("folder.made")
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in `folder` survive a power cut; a no-op where folders cannot be synced."""
    if os.name == "nt":
        return
    reach("folder.sync")
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    reach("folder.synced")
