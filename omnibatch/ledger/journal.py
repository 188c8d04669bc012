"""The journal: an append-only file of deltas, each durable before it is acted on.

The first record is the header. Each process that records begins by naming itself, so
that its sends have a name of their own even where the file was copied to a second
machine. Each further record is a small ledger that joins to the rest, so that replay
needs no order and no care about repeats. `records` owns how a line looks.

A torn tail is set aside in a file of its own, cut off, and gone on from.
"""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import anyio
import anyio.to_thread

from omnibatch import disk
from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger.records import VERSION, JournalText, Record, read_journal, record_line

__all__ = ["Journal", "Sync", "sync_in_thread"]

Sync = Callable[[int], Awaitable[None]]

_WHAT = "journal"


async def sync_in_thread(fd: int) -> None:
    """The default sync: off the event loop, so that records gather while the disk works."""
    await anyio.to_thread.run_sync(disk.sync, fd, _WHAT)


class Journal:
    """An open journal. `append` writes at once; `durable` waits until the disk has it.

    Group commit: whoever waits first syncs for all that was written by then, and the
    next batch fills meanwhile. After any error of a write or a sync the journal is
    broken for good: a second sync of the same descriptor may lie, so none is tried.
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

    @classmethod
    def open(
        cls, path: Path, *, batch: str, writer: str, sync: Sync = sync_in_thread
    ) -> "tuple[Journal, JournalText | None]":
        """Open for appending: cut a torn tail off, or begin a new file with a header.

        `writer` names this process, and no other ever: two that go on from copies of one
        journal must not give two sends one name. The caller holds the ledger's process
        lock.
        """
        text = read_journal(path)
        try:
            fd = disk.append_to(path)
        except OSError as error:
            raise LedgerUnwritable(
                f"{path} cannot be opened for writing: {error.strerror}",
                "nothing was bought; make the folder writable, or give another by --ledger",
            ) from error
        journal = cls(fd, path, writer, sync)
        try:
            journal._prepare(text, batch)
        except BaseException:
            disk.close(fd)
            raise
        return journal, text

    def _prepare(self, text: JournalText | None, batch: str) -> None:
        good = text.good_bytes if text else 0
        torn = text.torn if text else self._path.read_bytes()
        try:
            if torn:
                _set_aside(self._path, torn)
                disk.cut(self._fd, good, _WHAT)
        except OSError as error:
            raise self._break(error) from error
        if text is None:
            self.append([{"journal": VERSION, "batch": batch, "writer": self.writer}])
        elif self.writer not in text.writers:
            self.append([{"writer": self.writer}])
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
            disk.write(self._fd, data, _WHAT)
        except OSError as error:
            raise self._break(error) from error
        self._written += len(data)
        return self._written

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
                raise self._break(error) from error
            finally:
                self._syncing = None
                done.set()

    def sync_now(self) -> None:
        """Sync in place, for the few records outside an event loop."""
        try:
            disk.sync(self._fd, _WHAT)
        except OSError as error:
            raise self._break(error) from error
        self._synced = self._written

    @property
    def is_broken(self) -> bool:
        """Tell whether a write or a sync has failed: then nothing more is appended."""
        return self._broken is not None

    def close(self) -> None:
        """Close the file. What was appended but not waited for may be lost."""
        disk.close(self._fd)

    def _break(self, error: OSError) -> LedgerUnwritable:
        self._broken = LedgerUnwritable(
            f"{self._path} cannot be written: {error.strerror or error}",
            "no more shots are sent; make room (or the folder writable) and run again",
        )
        return self._broken


def _set_aside(path: Path, torn: bytes) -> None:
    """Keep a torn tail for a person to look at; the ledger itself never reads it."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}.torn-{number}")
        if not aside.exists():
            disk.write_file(aside, torn, "torn")
            disk.sync_folder(path.parent)
            return
