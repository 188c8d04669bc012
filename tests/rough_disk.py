"""A rough disk: an `os` for `omnibatch.disk` whose n-th step fails, or is the last one.

`OMNIBATCH_TEST_DISK=KIND:N` in the environment of a command line puts it in; the file that
`OMNIBATCH_TEST_DISK_TOLD` names says afterwards whether anything went wrong, and what.

| kind | the N-th step |
|---|---|
| `ENOSPC`, `EIO` | fails, and the next one works again |
| `SHORT` | if a write: half is written, and what is left follows |
| `TORN` | if a write: half is written, and there is no room for the rest |
| `FULL` | and every later one that needs room fails; what is removed or cut gives room back |
| `CLIPS` | of those that write clips, and every later one, finds no room |
| `GONE` | and all later ones fail with EIO |
| `READONLY` | and all later ones fail with EROFS |
| `VANISH` | finds that the folder of the journal was removed |
| `SMALL` | is none: the disk says that it has N MB left |
| `CUT` | is the last: all bytes and names that were not synced are lost |
| `CUTBYTES` | is the last: names stay, bytes that were not synced are lost |
| `CUTNAMES` | is the last: bytes stay, names that were not synced are lost |
| `CUTZEROS` | is the last: names and lengths stay, bytes that were not synced are zeros |
| `CUTSOME` | is the last: of names and bytes a part stays, drawn by N |

What was on the disk when the process began counts as synced.
"""

import errno
import os
import shutil
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, NoReturn

__all__ = ["CUTS", "FAULTS", "RoughDisk"]

FAULTS = ("ENOSPC", "EIO", "SHORT", "TORN", "FULL", "GONE", "READONLY", "VANISH")
CUTS = ("CUT", "CUTBYTES", "CUTNAMES", "CUTZEROS", "CUTSOME")

_WRITES = ("SHORT", "TORN")  # kinds that count writes alone
_GIVES = ("unlink", "rmdir")  # steps that need no room
_ERRNO = {"GONE": errno.EIO, "READONLY": errno.EROFS}


@dataclass(slots=True)
class _File:
    """A file by its inode: the bytes that a power cut would leave, and a name to keep it by."""

    synced: bytes
    kept: Path


@dataclass(frozen=True, slots=True)
class _Named:
    """A change of a name in `folder` that is not synced, and what takes it back."""

    folder: Path
    undo: Callable[[], None]


@dataclass(slots=True)
class _Memory:
    """What a power cut takes back: files and names in the order they were changed."""

    home: Path
    files: dict[int, _File] = field(default_factory=dict)
    named: list[_Named] = field(default_factory=list)

    def see(self, path: Path, *, new: bool = False) -> None:
        """Remember a file's bytes before they change."""
        inode = os.stat(path).st_ino
        if inode not in self.files:
            kept = self.home / str(len(self.files))
            os.link(path, kept)  # so that its inode stays its own
            self.files[inode] = _File(b"" if new else path.read_bytes(), kept)

    def sync(self, fd: int) -> None:
        """What is so durable is forgotten."""
        state = os.fstat(fd)
        path = Path(os.readlink(f"/proc/self/fd/{fd}"))
        if path.is_dir():
            self.named = [named for named in self.named if named.folder != path]
        elif (file := self.files.get(state.st_ino)) is not None:
            file.synced = file.kept.read_bytes()

    def named_now(self, path: Path, undo: Callable[[], None]) -> None:
        self.named.append(_Named(path.parent, undo))

    def lose(self, kind: str, random: Random) -> None:
        """Take back what was not synced."""
        names, bytes_ = kind in ("CUT", "CUTNAMES"), kind != "CUTNAMES"
        kept = 0 if names else len(self.named)
        if kind == "CUTSOME":
            kept = random.randint(0, len(self.named))
        for file in self.files.values():
            if bytes_:
                now = file.kept.read_bytes()
                file.kept.write_bytes(_left_of(now, file.synced, kind, random))
        for named in reversed(self.named[kept:]):
            named.undo()


def _left_of(now: bytes, synced: bytes, kind: str, random: Random) -> bytes:
    grown = now[: len(synced)] == synced
    if kind == "CUTZEROS" and grown:
        return synced + bytes(len(now) - len(synced))
    if kind == "CUTSOME" and grown:
        return now[: random.randint(len(synced), len(now))]
    return synced


class RoughDisk:
    """Stands in for `os`. Steps are counted across threads, one at a time."""

    def __init__(self, spec: str, told: Path) -> None:
        kind, _, nth = spec.partition(":")
        self._kind = kind
        self._nth = int(nth)
        self._told = told
        self._memory: _Memory | None = None
        if kind in CUTS:
            home = told.with_suffix(".kept")
            home.mkdir()
            self._memory = _Memory(home)
        self._passed = 0
        self._room = 0
        self._half_written = False
        self._lock = threading.RLock()

    def __getattr__(self, name: str) -> Any:  # whatever os has
        return getattr(os, name)

    def open(self, path: Any, flags: int, mode: int = 0o777) -> int:
        path = _whole(path)
        with self._lock:
            if not flags & (os.O_CREAT | os.O_TRUNC):
                return os.open(path, flags, mode)
            is_new = not path.exists()
            self._step("open", path)
            if self._memory is not None and not is_new:
                self._memory.see(path)
            if flags & os.O_TRUNC and not is_new:
                self._room += path.stat().st_size
            fd = os.open(path, flags, mode)
            if self._memory is not None and is_new:
                self._memory.see(path, new=True)
                self._memory.named_now(path, lambda: path.unlink(missing_ok=True))
            return fd

    def write(self, fd: int, data: Any) -> int:
        with self._lock:
            if self._half_written:
                self._half_written = False
                if self._kind == "TORN":
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self._kind in _WRITES:
                self._passed += 1
                if self._passed == self._nth and len(data) > 1:
                    self._tell(f"write of {len(data)} bytes")
                    self._half_written = True
                    return os.write(fd, data[: len(data) // 2])
            elif self._kind == "FULL" and self._passed >= self._nth:
                fits = min(self._room, len(data))
                self._room -= fits
                if not fits:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return os.write(fd, data[:fits])
            else:
                self._step("write", Path(os.readlink(f"/proc/self/fd/{fd}")))
            return os.write(fd, data)

    def statvfs(self, path: Any) -> Any:
        told = os.statvfs(path)
        if self._kind != "SMALL":
            return told
        return SimpleNamespace(f_bavail=self._nth * 1_000_000, f_frsize=1)

    def fsync(self, fd: int) -> None:
        self._sync(fd, os.fsync)

    def fdatasync(self, fd: int) -> None:
        self._sync(fd, os.fdatasync)

    def _sync(self, fd: int, sync: Callable[[int], None]) -> None:
        with self._lock:
            self._step("sync", Path(os.readlink(f"/proc/self/fd/{fd}")))
            sync(fd)
            if self._memory is not None:
                self._memory.sync(fd)

    def ftruncate(self, fd: int, size: int) -> None:
        with self._lock:
            self._step("unlink", Path(os.readlink(f"/proc/self/fd/{fd}")))
            self._room += max(0, os.fstat(fd).st_size - size)
            os.ftruncate(fd, size)

    def mkdir(self, path: Any, mode: int = 0o777) -> None:
        path = _whole(path)
        with self._lock:
            if not path.exists():
                self._step("mkdir", path)
            os.mkdir(path, mode)
            if self._memory is not None:
                self._memory.named_now(path, lambda: shutil.rmtree(path, ignore_errors=True))

    def link(self, source: Any, target: Any) -> None:
        target = _whole(target)
        with self._lock:
            self._step("link", target)
            os.link(source, target)
            if self._memory is not None:
                self._memory.named_now(target, lambda: target.unlink(missing_ok=True))

    def unlink(self, path: Any) -> None:
        path = _whole(path)
        with self._lock:
            if path.exists():
                self._step("unlink", path)
                self._room += path.stat().st_size
                self._keep(path)
            os.unlink(path)

    def rename(self, source: Any, target: Any) -> None:
        self._rename(_whole(source), _whole(target))

    def replace(self, source: Any, target: Any) -> None:
        self._rename(_whole(source), _whole(target))

    def _rename(self, source: Path, target: Path) -> None:
        with self._lock:
            self._step("rename", target)
            if target.exists():
                self._keep(target)
            os.replace(source, target)
            if self._memory is not None:
                self._memory.named_now(target, lambda: _back(target, source))

    def _keep(self, path: Path) -> None:
        """A name that goes: what it named can come back."""
        if self._memory is not None:
            self._memory.see(path)
            kept = self._memory.files[path.stat().st_ino].kept
            self._memory.named_now(path, lambda: _link_back(kept, path))

    def _step(self, what: str, path: Path) -> None:
        """Pass one step, or fail there."""
        if self._kind in (*_WRITES, "SMALL"):
            return
        if self._kind == "CLIPS" and (what != "write" or path.suffix != ".part"):
            return
        self._passed += 1
        if self._passed == self._nth:
            self._tell(f"{what} of {path}")
            if self._memory is not None:
                self._end()
            if self._kind == "VANISH":
                self._vanish(path)
        if self._kind in ("ENOSPC", "EIO") and self._passed == self._nth:
            raise _error(getattr(errno, self._kind))
        if self._kind == "CLIPS" and self._passed >= self._nth:
            raise _error(errno.ENOSPC)
        if self._kind in _ERRNO and self._passed >= self._nth:
            raise _error(_ERRNO[self._kind])
        is_full = self._kind == "FULL" and self._passed >= self._nth
        if is_full and what not in (*_GIVES, "sync", "write") and not self._room:
            raise _error(errno.ENOSPC)

    def _vanish(self, path: Path) -> None:
        for folder in (path, *path.parents):
            if (folder / ".omnibatch").is_dir():
                shutil.rmtree(folder / ".omnibatch")
                return

    def _tell(self, what: str) -> None:
        self._told.write_text(f"{self._kind}:{self._nth} at the {what}")

    def _end(self) -> NoReturn:
        assert self._memory is not None
        self._memory.lose(self._kind, Random(self._nth))
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("BUG: outlived its own end")


def _whole(path: Any) -> Path:
    return Path(os.path.abspath(path))


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _back(target: Path, source: Path) -> None:
    if target.exists():
        os.replace(target, source)


def _link_back(kept: Path, path: Path) -> None:
    if not path.exists() and path.parent.is_dir():
        os.link(kept, path)
