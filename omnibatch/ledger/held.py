"""The process lock of a ledger: taken before it is read, held to the end.

The file is never replaced or deleted, since a lock on a file that another process has
renamed away guards nothing. Who holds it stands beside it, for the message only. A ledger
that is kept apart from its manifest has one on either side, so that those who do not know of
each other's folder still meet.
"""

import json
import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from omnibatch import disk
from omnibatch.errors import LedgerHeld, LedgerUnwritable
from omnibatch.ledger.places import LedgerPlace

__all__ = ["Held", "Wait", "hold", "hold_ledger"]

Wait = Callable[[str], None]
"""Called with words for the holder each time the lock is not free; returns to try again."""

# A holder has the lock a moment before it has written who it is.
_LOOKS = 5
_LOOK_S = 0.02


class Held:
    """The lock while it is held; `release` is idempotent."""

    def __init__(self, lock: FileLock, holder: Path) -> None:
        self._lock = lock
        self._holder = holder

    def release(self) -> None:
        """Let the next process in."""
        if self._lock.is_locked:
            try:
                with suppress(OSError):  # it is for a message only; the next holder replaces it
                    disk.remove(self._holder, "holder")
            finally:
                self._lock.release()


def hold(path: Path, *, since: str, wait: Wait | None = None) -> Held:
    """Take the lock at `path` or raise `LedgerHeld`, which names the holder.

    With `wait` it is tried until it is free. The system frees the lock when its process ends, however it ends, so a dead holder
    never has to be cleared away by hand.
    """
    lock = FileLock(path, timeout=0, preserve_lock_file=True, fallback_to_soft=False)
    holder = path.with_name(path.name + "-by")
    while not _is_taken(lock, path):
        who = _who(holder)
        if wait is None:
            raise LedgerHeld(
                f"another omnibatch is working on this ledger: {who}",
                "wait for it with --wait, or interrupt it; whatever it has bought stays recorded",
            )
        wait(who)
    held = Held(lock, holder)
    try:
        own = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
        disk.write_file(holder, json.dumps(own).encode(), "holder", durable=False)
    except OSError as error:
        held.release()
        raise LedgerUnwritable(f"{holder} cannot be written: {error.strerror or error}") from error
    return held


def hold_ledger(place: LedgerPlace, *, since: str, wait: Wait | None = None) -> ExitStack:
    """Take every lock of a ledger, or raise as `hold` does; its `close` lets the next one in.

    In the order of their paths, so that no two processes wait for each other. The one on the
    manifest's side is gone without where it cannot be had there: nobody can buy then, since
    buying is said in the lockfile beside it; or, where there are no locks, shows by that.
    """
    beside = place.as_beside()
    places = [place]
    if not _is_one(place, beside) and _is_made(beside):
        places.append(beside)
    with ExitStack() as taken:
        for each in sorted(places, key=lambda each: os.path.realpath(each.held)):
            try:
                taken.callback(hold(each.held, since=since, wait=wait).release)
            except LedgerUnwritable:
                if each is place:
                    raise
        return taken.pop_all()


def _is_one(place: LedgerPlace, beside: LedgerPlace) -> bool:
    try:
        return os.path.samefile(place.folder, beside.folder)
    except OSError:  # that on the manifest's side is not there
        return False


def _is_made(place: LedgerPlace) -> bool:
    try:
        place.prepare()
    except LedgerUnwritable:
        return False
    return True


def _is_taken(lock: FileLock, path: Path) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    except OSError as error:
        raise LedgerUnwritable(
            f"{path} cannot be locked: {error.strerror or error}",
            "make the folder writable, or give another by --ledger",
        ) from error
    return True


def _who(holder: Path) -> str:
    for _ in range(_LOOKS):
        try:
            data: dict[str, Any] = json.loads(holder.read_text(encoding="utf-8"))
            return f"process {data['pid']} on {data['host']} since {data['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            time.sleep(_LOOK_S)
    return "its process could not be read"
