"""An open ledger: what a run reads from and records into.

The journal is the truth of this machine and a superset of the lockfile: whatever the
lockfile knows and the journal does not (a fresh clone, a pull) is copied in before the
first record. The lockfile is projected from the whole at checkpoints, whose distance
grows with the ledger so that their cost stays linear, and at the end.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from omnibatch.errors import LedgerFull, LedgerUnwritable
from omnibatch.ledger.codec import attempt_to_json
from omnibatch.ledger.guard import clear_guard, leave_guard, read_guard, write_guard
from omnibatch.ledger.held import Held, Wait, hold
from omnibatch.ledger.identity import random_name
from omnibatch.ledger.join import join_attempts, join_openings
from omnibatch.ledger.journal import Journal, Sync, sync_in_thread
from omnibatch.ledger.journaling import Journaling
from omnibatch.ledger.lockfile import Stamp, read_lockfile, stamp_of, write_lockfile
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import (
    Found,
    join_in,
    journal_missing,
    read_both,
    unaccounted_opening,
)
from omnibatch.ledger.records import snapshot
from omnibatch.ledger.scars import (
    DISK_FULL,
    notices_of,
    refuse_reused_sends,
    refuse_sent_strays,
    what_happened,
)

__all__ = ["Book"]

_FIRST_CHECKPOINT = 256


class Book:
    """A ledger held by this process. Use as a context manager, or `close` and `release`."""

    def __init__(
        self,
        place: LedgerPlace,
        held: Held,
        ledger: Ledger,
        found: Found,
        writer: str,
        sync: Sync,
        seen: Stamp,
        unaccounted: Opening | None = None,
    ) -> None:
        self.place = place
        self.batch = ledger.batch
        self.name = ledger.name
        self.writer = writer
        self.attempts: dict[AttemptId, Attempt] = dict(ledger.attempts)
        self._requests: dict[str, Mapping[str, Any]] = dict(ledger.requests)
        self._opening: Opening | None = None
        # A run that began, and whose journal is not here; None once it is answered for,
        # which takes the mark away.
        self.unaccounted = unaccounted
        self._guarded = read_guard(place)
        # What the user or our own journal has already answered for does not come back.
        self._answered = ledger.open.writers if ledger.open else frozenset()
        self._accounted = self._answered | (found.text.writers if found.text else frozenset())
        self._others: Opening | None = None
        self._seen = seen
        self._held = held
        self._journaling = Journaling(place, found, writer=writer, sync=sync)
        self._unprojected = 0
        self.notices = notices_of(place, found)
        if found.text is not None and found.text.torn and found.text.damaged_at is None:
            self._opened_journal()  # the torn end is set aside while the user is told of it

    @classmethod
    def open(
        cls,
        place: LedgerPlace,
        *,
        name: str,
        now: Callable[[], str],
        randomness: Callable[[int], bytes],
        sync: Sync = sync_in_thread,
        without_journal: bool = False,
        wait: Wait | None = None,
    ) -> "Book":
        """Take the lock, perhaps after a `wait`, and read everything.

        Raise `LedgerHeld`; `LedgerDamaged`; `JournalMissing` where a run left the lockfile open
        and its journal is not here, unless `without_journal` says that the user knows and
        goes on. Of a damaged journal then all is read that is whole.
        """
        place.prepare()
        held = hold(place.held, since=now(), wait=wait)
        try:
            seen = stamp_of(place.lockfile)
            found = read_both(place, damaged=without_journal)
            ledger = found.ledger
            unaccounted = unaccounted_opening(ledger, found.text)
            if unaccounted is not None and not without_journal:
                raise journal_missing(place, unaccounted)
            if not ledger.batch:
                ledger = replace(ledger, batch=random_name("b-", randomness(5)))
            ledger = replace(ledger, name=ledger.name or name)
            # A name for this process alone: see Journal.open.
            writer = random_name("", randomness(5))
            return cls(place, held, ledger, found, writer, sync, seen, unaccounted)
        except BaseException:
            held.release()
            raise

    @property
    def ledger(self) -> Ledger:
        """The ledger as a value, as of now."""
        return Ledger(
            batch=self.batch,
            name=self.name,
            open=self._openings(self._opening),
            requests=self._requests,
            attempts=self.attempts,
        )

    def begin_buying(self, since: str) -> None:
        """Say in the lockfile, which is refused without its journal from then on, that a run buys."""
        if self._opening is None:
            self._journaling.begin_buying(self.ledger)
            opening = Opening(self.writer, since)
            write_guard(self.place, self._openings(opening) or opening)
            self._project(opening)

    def account_for_all(self) -> None:
        """Take the mark of a run that is not accounted for away: all it may have bought is known."""
        self._journaling.renew_damaged(self.ledger)
        self.unaccounted = None

    async def record(
        self, *deltas: Attempt, requests: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Join `deltas` in and return once they are durable. Raise `LedgerUnwritable`."""
        position = self._append(deltas, requests or {})
        try:
            await self._opened_journal().durable(position)
        except LedgerUnwritable as error:
            self._rescue(deltas, error, written=True)
            raise
        if self._unprojected >= max(_FIRST_CHECKPOINT, len(self.attempts)):
            self._project(self._opening)

    def record_now(self, *deltas: Attempt) -> None:
        """As `record`, for commands that run no event loop."""
        self._append(deltas, {})
        self._opened_journal().sync_now()

    def _append(self, deltas: Iterable[Attempt], requests: Mapping[str, Mapping[str, Any]]) -> int:
        deltas = tuple(deltas)
        refuse_reused_sends(self.attempts, deltas)
        if named := self._journaling.name_strays(deltas):
            self.record_now(*named)
            refuse_sent_strays(named, deltas)
        fresh = {d: r for d, r in requests.items() if d not in self._requests}
        record: dict[str, Any] = {"attempts": [attempt_to_json(delta) for delta in deltas]}
        if fresh:
            record["requests"] = fresh
        try:
            position = self._opened_journal().append([record])
        except LedgerUnwritable as error:
            self._rescue(deltas, error)
            raise
        self._requests.update(fresh)
        for delta in deltas:
            join_in(self.attempts, delta)
        self._unprojected += len(deltas)
        return position

    def _rescue(
        self, deltas: tuple[Attempt, ...], error: LedgerUnwritable, *, written: bool = False
    ) -> None:
        """Keep what has happened, if not in the journal then in the lockfile, at `close`.

        Raise `LedgerFull` where the journal has it, `written` before the disk was full or
        with the ballast's room.
        """
        happened = tuple(what_happened(deltas))
        for delta in happened:
            join_in(self.attempts, delta)
        records = [] if written else snapshot(happened, {})
        if happened and self._opened_journal().rescue(records):
            raise LedgerFull(error.message, DISK_FULL) from error

    def _opened_journal(self) -> Journal:
        return self._journaling.current or self._journaling.opened(self.ledger)

    def _project(self, opening: Opening | None) -> None:
        """Write the lockfile, with what a pull or a checkout brought into it meanwhile."""
        if stamp_of(self.place.lockfile) != self._seen:
            self._take_in(read_lockfile(self.place.lockfile) or Ledger())
        write_lockfile(self.place.lockfile, replace(self.ledger, open=self._openings(opening)))
        self._opening = opening
        self._seen = stamp_of(self.place.lockfile)
        self._unprojected = 0

    def _take_in(self, found: Ledger) -> None:
        requests = {d: r for d, r in found.requests.items() if d not in self._requests}
        changed: list[Attempt] = []
        for attempt in found.attempts.values():
            held = self.attempts.get(attempt.id)
            joined = attempt if held is None else join_attempts(held, attempt)
            if joined != held:
                changed.append(joined)
        if found.open and (others := found.open.writers - self._answered - {self.writer}):
            brought = Opening("+".join(sorted(others)), found.open.since)
            self._others = join_openings(self._others, brought)
        self._requests.update(requests)
        for attempt in changed:
            self.attempts[attempt.id] = attempt
        if (journal := self._journaling.current) is not None:
            journal.append(snapshot(changed, requests))
            journal.sync_now()

    def _openings(self, own: Opening | None) -> Opening | None:
        return join_openings(own, join_openings(self._others, self.unaccounted))

    def close(self) -> None:
        """Project the lockfile, open by runs alone that are not accounted for. Raise `LedgerUnwritable`."""
        if self.attempts or self.unaccounted or self.place.lockfile.exists():
            self._project(None)
        if self.unaccounted is None:
            clear_guard(self.place, self._accounted | {self.writer})
        else:
            leave_guard(self.place, self._guarded, self.unaccounted)
        self._journaling.drop_ballast()

    def release(self) -> None:
        """Close the files and let the next process in. Idempotent; records nothing."""
        self._journaling.close()
        self._held.release()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()
