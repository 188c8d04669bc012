"""The `.part` file of a download, and what of a broken one the next try may build on.

A note beside it, `.part.kept`, says how far the file is good: where it came from, the
server's strong validator, the length of the whole, and the SHA-256 of what is there. A
prefix counts only if it still has that hash, so that neither a power cut nor anybody's
edit can get into a clip, and only if the server says that its file is still the same one.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from omnibatch import disk

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = [
    "Begun",
    "Kept",
    "PartFile",
    "Unwritable",
    "begun_at",
    "discard",
    "fraction_kept",
    "note_of",
]

_PIECE = 1024 * 1024  # bytes written or read at once
_LONGEST_NOTE = 16 * 1024
_HEX = re.compile(r"[0-9a-f]{64}")


class Unwritable(Exception):
    """The disk did not take a step of a download. Its text names the file and the cause.

    `is_full` tells that there was no room for it.
    """

    def __init__(self, text: str, *, is_full: bool) -> None:
        super().__init__(text)
        self.is_full = is_full


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How far a part file is good. `source` is its URL without the query, which may be secret."""

    source: str
    etag: str
    total: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A part file to go on with: how far it is good, and the running hash of that."""

    kept: Kept
    running: "_Hash"


def note_of(part: Path) -> Kept | None:
    """Read the note beside `part`; None if there is none that can be used."""
    try:
        with open(_note_path(part), "rb") as file:
            fields = json.loads(file.read(_LONGEST_NOTE))
        kept = Kept(**fields)
        whole = all(type(n) is int for n in (kept.bytes, kept.total))
        text = all(type(t) is str for t in (kept.source, kept.etag, kept.sha256))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    if not (whole and text and _HEX.fullmatch(kept.sha256)):
        return None
    return kept if 0 < kept.bytes < kept.total else None


def begun_at(part: Path, source: str) -> Begun | None:
    """What of `part` came from `source` and is still as it was."""
    kept = note_of(part)
    if kept is None or kept.source != source:
        return None
    running = hashlib.sha256()
    left = kept.bytes
    try:
        with open(part, "rb") as file:
            while left and (piece := file.read(min(left, _PIECE))):
                running.update(piece)
                left -= len(piece)
    except OSError:
        return None
    if left or running.hexdigest() != kept.sha256:
        return None
    return Begun(kept=kept, running=running)


def fraction_kept(part: Path) -> float:
    """How much of the clip is kept for another try, from 0 to 1."""
    kept = note_of(part)
    return 0.0 if kept is None else kept.bytes / kept.total


def discard(part: Path, *, note_only: bool = False) -> None:
    """Remove what was kept, as far as the disk allows."""
    for path in (_note_path(part),) if note_only else (_note_path(part), part):
        with suppress(OSError):
            disk.remove(path, "kept" if path != part else "part")


class PartFile:
    """A part file being written; leaving it keeps what came for another try, if that may be.

    Small pieces are gathered, so that a small clip is one write. Whatever of its steps
    the disk refuses raises `Unwritable`, and nothing is tried after that.
    """

    def __init__(self, part: Path, *, after: Begun | None = None) -> None:
        self._part = part
        self._hash = hashlib.sha256() if after is None else after.running
        self.size = 0 if after is None else after.kept.bytes
        self._gathered = bytearray()
        self._began_at = self.size
        self._is_over = False
        self._promise: tuple[str, str, int] | None = None
        with self._steps():
            if after is None:
                discard(part, note_only=True)
                disk.make_folder(part.parent)
                self._fd = disk.create(part)
            else:
                self._fd = disk.append_to(part)
                self._cut_to_size()

    def _cut_to_size(self) -> None:
        try:
            disk.cut(self._fd, self.size, "clip")
        except OSError:
            disk.close(self._fd)
            raise

    def promise(self, source: str, etag: str, total: int) -> None:
        """Say that the rest may be asked for by its range later."""
        self._promise = (source, etag, total)

    def write(self, chunk: bytes) -> None:
        """Take and count a chunk."""
        self._gathered += chunk
        self.size += len(chunk)
        if len(self._gathered) >= _PIECE:
            self._write_out()

    def finish(self) -> str:
        """Make the whole durable, with no note beside it; return its SHA-256."""
        self._write_out()
        with self._steps():
            disk.sync(self._fd, "clip")
        self._is_over = True
        discard(self._part, note_only=True)
        return self._hash.hexdigest()

    def _write_out(self) -> None:
        if not self._gathered:
            return
        with self._steps():
            disk.write(self._fd, bytes(self._gathered), "clip")
        self._hash.update(self._gathered)
        self._gathered = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if not self._is_over and self._promise is not None:
                self._keep(*self._promise)
        finally:
            with self._steps():
                disk.close(self._fd)

    def _keep(self, source: str, etag: str, total: int) -> None:
        """Write out what came, and a note of it; what brought nothing is not gone on with."""
        if not self._began_at < self.size < total:
            discard(self._part, note_only=True)
            return
        self._write_out()
        digest = self._hash.hexdigest()
        kept = Kept(source=source, etag=etag, total=total, bytes=self.size, sha256=digest)
        with self._steps():
            # Not durable: what a power cut leaves of either file shows by the hash.
            note = json.dumps(asdict(kept)).encode()
            disk.write_file(_note_path(self._part), note, "kept", durable=False)

    @contextmanager
    def _steps(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._is_over = True
            text = f"{self._part}: {error.strerror or error}"
            raise Unwritable(text, is_full=disk.is_full(error)) from error


def _note_path(part: Path) -> Path:
    return part.with_name(f"{part.name}.kept")
