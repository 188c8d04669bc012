"""The journal: an append-only file of deltas, each durable before it is acted on.

The first record is the header. Each process that records begins by naming itself, so
that its sends have a name of their own even where the file was copied to a second
machine. Each further record is a small ledger that joins to the rest, so that replay
needs no order and no care about repeats. `records` owns how a line looks.

A torn tail is set aside in a file of its own, cut off, and gone on from. A damaged
journal is recorded in further, if the user knows of it, until it is `renew`ed.
"""

import errno
import os
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from pathlib import Path

import anyio
import anyio.to_thread

from omnibatch import disk
from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger.records import VERSION, JournalText, Record, read_journal, record_line

__all__ = ["Journal", "Sync", "next_aside", "renew", "set_aside", "sync_in_thread"]

Sync = Callable[[int], Awaitable[None]]

_WHAT = "journal"


async def sync_in_thread(fd: int) -> None:
    """The default sync: off the event loop, so that records gather while the disk works."""
    await anyio.to_thread.run_sync(disk.sync, fd, _WHAT)


class Journal:
    """An open journal. `append` writes at once; `durable` waits until the disk has it.

    Group commit: whoever waits first syncs for all that was written by then, and the
    next batch fills meanwhile. After any error of a write or a sync the journal is
    broken for good: a second sync of the same descriptor may lie, so none is tried. What
    happened meanwhile may still be `rescue`d where there was no room for a write.
    """

    def __init__(self, fd: int, path: Path, writer: str, sync: Sync = sync_in_thread) -> None:
        self._fd = fd
        self._path = path
        self._sync = sync
        self.writer = writer
        self._written = 0
        self._synced = 0
        self._syncing: anyio.Event | None = None
        self._broken: LedgerUnwritable | None = None
        self._is_full = False
        self._lifeboat: int | None = None
        self._base = os.fstat(fd).st_size
        self.ballast: Path | None = None
        """A file whose room may be given back for what happens once the disk is full."""

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        batch: str,
        writer: str,
        sync: Sync = sync_in_thread,
        damaged: bool = False,
        of: str = "",
    ) -> "tuple[Journal, JournalText | None]":
        """Open for appending: cut a torn tail off, or begin a new file with a header.

        `writer` names this process, and no other ever: two that go on from copies of one
        journal must not give two sends one name. `of` names the lockfile of a journal that
        is kept apart from it. The caller holds the ledger's process lock.
        """
        text = read_journal(path, damaged=damaged)
        try:
            fd = disk.append_to(path)
        except OSError as error:
            raise LedgerUnwritable(
                f"{path} cannot be opened for writing: {error.strerror}",
                "nothing was bought; make the folder writable, or give another by --ledger",
            ) from error
        journal = cls(fd, path, writer, sync)
        try:
            journal._prepare(text, batch, of)
        except BaseException:
            disk.close(fd)
            raise
        return journal, text

    def _prepare(self, text: JournalText | None, batch: str, of: str) -> None:
        good = text.good_bytes if text else 0
        torn = text.torn if text else self._path.read_bytes()
        is_damaged = text is not None and text.damaged_at is not None
        try:
            if is_damaged and torn:  # one bad line more; what comes must not join it
                disk.write(self._fd, b"\n", _WHAT)
            elif torn:
                set_aside(self._path, torn, "torn")
                disk.cut(self._fd, good, _WHAT)
            self._base = self._path.stat().st_size
        except OSError as error:
            raise self._break(error) from error
        named = {"writer": self.writer, **({"of": of} if of else {})}
        if text is None:
            self.append([{"journal": VERSION, "batch": batch, **named}])
        elif self.writer not in text.writers:
            self.append([named])
        self.sync_now()
        if text is None:
            try:
                disk.sync_folder(self._path.parent)
            except OSError as error:
                raise self._break(error) from error

    def append(self, records: Iterable[Record]) -> int:
        """Write records in one go; return the position to wait for with `durable`."""
        if self._broken is not None:
            raise self._broken
        data = b"".join(map(record_line, records))
        try:
            self._require_name()
            disk.write(self._fd, data, _WHAT)
        except OSError as error:
            self._is_full = disk.is_full(error)
            raise self._break(error) from error
        self._written += len(data)
        return self._written

    def _require_name(self) -> None:
        """What is written to a file that somebody has deleted is lost with this process."""
        if not os.path.samestat(os.fstat(self._fd), os.stat(self._path)):
            raise FileNotFoundError(errno.ENOENT, "it was replaced while the run was recording")

    async def durable(self, position: int) -> None:
        """Return once everything up to `position` would survive a power cut."""
        while self._synced < position:
            if self._broken is not None:
                raise self._broken
            if self._syncing is not None:
                await self._syncing.wait()
                continue
            self._syncing = done = anyio.Event()
            target = self._written
            try:
                await self._sync(self._fd)
                self._synced = target
            except OSError as error:
                self._is_full = False
                raise self._break(error) from error
            finally:
                self._syncing = None
                done.set()

    def sync_now(self) -> None:
        """Sync in place, for the few records outside an event loop."""
        try:
            disk.sync(self._fd, _WHAT)
        except OSError as error:
            self._is_full = False
            raise self._break(error) from error
        self._synced = self._written

    def rescue(self, records: Iterable[Record]) -> bool:
        """Record what has happened although the disk is full; tell whether it is durable.

        What was half written is cut off, and the ballast given back. All goes through
        another descriptor, and only where no sync has ever failed.
        """
        if self.ballast is None or not self._is_full:
            return False
        try:
            if self._lifeboat is None:
                disk.remove(self.ballast, "ballast")
                self._lifeboat = disk.append_to(self._path)
                disk.cut(self._lifeboat, self._base + self._written, _WHAT)
            disk.write(self._lifeboat, b"".join(map(record_line, records)), _WHAT)
            disk.sync(self._lifeboat, _WHAT)
        except OSError:
            self._is_full = False  # nothing more is tried
            return False
        return True

    @property
    def is_broken(self) -> bool:
        """Tell whether a write or a sync has failed: then nothing more is appended."""
        return self._broken is not None

    def close(self) -> None:
        """Close the file. What was appended but not waited for may be lost."""
        disk.close(self._fd)
        if self._lifeboat is not None:
            disk.close(self._lifeboat)

    def _break(self, error: OSError) -> LedgerUnwritable:
        self._broken = LedgerUnwritable(
            f"{self._path} cannot be written: {error.strerror or error}",
            "no more shots are sent; make room (or the folder writable) and run again",
        )
        return self._broken


def set_aside(path: Path, data: bytes, word: str) -> Path:
    """Keep bytes for a person to look at, in `film.journal.torn-1` or the next number.

    The ledger itself never reads them. Raise `OSError`.
    """
    aside = next_aside(path, word)
    disk.write_file(aside, data, word)
    disk.sync_folder(path.parent)
    return aside


def next_aside(path: Path, word: str) -> Path:
    """The first free name `film.journal.WORD-N`."""
    asides = (path.with_name(f"{path.name}.{word}-{number}") for number in count(1))
    return next(aside for aside in asides if not aside.exists())


def renew(path: Path, records: Iterable[Record], *, batch: str, writer: str, of: str = "") -> None:
    """Put a journal that begins with these records in the place of a damaged one.

    A copy of that one is kept as `film.journal.damaged-1`. At every moment the one or the
    other stands whole at `path`. Raise `LedgerUnwritable`.
    """
    header = {"journal": VERSION, "batch": batch, "writer": writer, **({"of": of} if of else {})}
    fresh = path.with_name(f"{path.name}.new")
    try:
        set_aside(path, path.read_bytes(), "damaged")
        disk.write_file(fresh, b"".join(map(record_line, [header, *records])), "renewed")
        disk.replace(fresh, path, "renewed")
    except OSError as error:
        raise LedgerUnwritable(
            f"{path} cannot be replaced: {error.strerror or error}",
            "nothing was bought; make room (or the folder writable) and run again",
        ) from error
