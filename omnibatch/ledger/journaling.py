"""This process's hold on the journal: opened with the first record, and then a superset.

Whatever the lockfile knows and the journal does not is copied in before that record. A
damaged journal is recorded in as it is, until buying begins: then a new one takes its
place. While a run is buying, a ballast lies beside it, whose room is given back once the
disk is full: what sends that are already out have come to can then still be written.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from omnibatch import disk
from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger.backups import forget_damage
from omnibatch.ledger.journal import Journal, Sync, renew
from omnibatch.ledger.model import Attempt, AttemptId, Ledger
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import Found, replay
from omnibatch.ledger.records import snapshot

__all__ = ["Journaling"]

_BALLAST_BYTES = 256 * 1024


class Journaling:
    """The journal of a book. `writer` names this process: see `Journal.open`."""

    def __init__(self, place: LedgerPlace, found: Found, *, writer: str, sync: Sync) -> None:
        self._place = place
        self._writer = writer
        self._sync = sync
        self._journal: Journal | None = None
        self._known = replay(found.text)
        self.is_damaged = found.text is not None and found.text.damaged_at is not None
        self.strays: dict[AttemptId, Attempt] = dict(found.strays)
        """Records of attempts whose intent is lost: they are kept, and known by their ids."""

    def opened(self, ledger: Ledger) -> Journal:
        """The open journal, which knows all of `ledger` from then on."""
        if self._journal is None:
            self._journal, _ = Journal.open(
                self._place.journal,
                batch=ledger.batch,
                writer=self._writer,
                sync=self._sync,
                damaged=self.is_damaged,
                of=self._place.owner,
            )
            self._copy_in(self._journal, ledger)
        return self._journal

    def _copy_in(self, journal: Journal, ledger: Ledger) -> None:
        known = self._known
        records = snapshot(
            (a for a in ledger.attempts.values() if known.attempts.get(a.id) != a),
            {d: r for d, r in ledger.requests.items() if d not in known.requests},
        )
        if records:
            journal.append(records)
            journal.sync_now()

    @property
    def current(self) -> Journal | None:
        """The journal, if it is open and can still be written."""
        return None if self._journal is None or self._journal.is_broken else self._journal

    def name_strays(self, deltas: Iterable[Attempt]) -> list[Attempt]:
        """The strays that `deltas` give an intent; they are strays no more."""
        return [
            replace(self.strays.pop(delta.id), intent=delta.intent)
            for delta in deltas
            if delta.intent is not None and delta.id in self.strays
        ]

    def begin_buying(self, ledger: Ledger) -> None:
        """Open it for a run that buys: whole, and with a ballast. Raise `LedgerUnwritable`."""
        self.renew_damaged(ledger)
        self._lay_ballast()
        self.opened(ledger).ballast = self._place.ballast

    def renew_damaged(self, ledger: Ledger) -> None:
        """Leave a damaged journal for a new one that knows all of `ledger`."""
        if self.is_damaged:
            self.close()
            whole = {**ledger.attempts, **self.strays}
            records = snapshot(whole.values(), ledger.requests)
            renew(
                self._place.journal,
                records,
                batch=ledger.batch,
                writer=self._writer,
                of=self._place.owner,
            )
            forget_damage(self._place)
            self._known = ledger
            self.is_damaged = False

    def _lay_ballast(self) -> None:
        path = self._place.ballast
        if path.is_file() and path.stat().st_size == _BALLAST_BYTES:
            return
        # Not zeros, of which some file systems keep nothing.
        data = hashlib.shake_128(b"ballast").digest(_BALLAST_BYTES)
        try:
            disk.write_file(path, data, "ballast")
        except OSError as error:
            raise LedgerUnwritable(
                f"{path} cannot be written: {error.strerror or error}",
                "nothing was bought; make room (or the folder writable) and run again",
            ) from error

    def drop_ballast(self) -> None:
        """The run is over; a ballast that stays is used by the next one."""
        with suppress(OSError):
            disk.remove(self._place.ballast, "ballast")

    def close(self) -> None:
        """Close the file. Idempotent."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
