"""An open ledger: what a run reads from and records into.

The journal is the truth of this machine and a superset of the lockfile: whatever the
lockfile knows and the journal does not (a fresh clone, a pull) is copied in before the
first record. The lockfile is projected from the whole at checkpoints, whose distance
grows with the ledger so that their cost stays linear, and at the end.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

from omnibatch.errors import LedgerDamaged, LedgerTooNew, LedgerUnwritable, LockfileUnwritable
from omnibatch.ledger.guard import clear_guard, leave_guard, read_guard, write_guard
from omnibatch.ledger.held import Wait, hold_ledger
from omnibatch.ledger.identity import random_name
from omnibatch.ledger.join import join_openings
from omnibatch.ledger.journal import Sync, sync_in_thread
from omnibatch.ledger.journaling import Journaling
from omnibatch.ledger.lockfile import Stamp, stamp_of
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening, SendState
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.projecting import News, Projecting
from omnibatch.ledger.reading import Found, journal_missing, read_held, unaccounted_opening
from omnibatch.ledger.recording import Recording
from omnibatch.ledger.scars import notices_of

__all__ = ["Book"]

_FIRST_CHECKPOINT = 256


class Book:
    """A ledger held by this process. Use as a context manager, or `close` and `release`."""

    def __init__(
        self,
        place: LedgerPlace,
        held: ExitStack,
        ledger: Ledger,
        found: Found,
        writer: str,
        sync: Sync,
        seen: Stamp,
        unaccounted: Opening | None = None,
    ) -> None:
        self.place = place
        self.writer = writer
        self._opening: Opening | None = None
        # A run that began, and whose journal is not here; None once it is answered for,
        # which takes the mark away.
        self.unaccounted = unaccounted
        self._guarded = read_guard(place)
        # What the user or our own journal has already answered for does not come back.
        answered = ledger.open.writers if ledger.open else frozenset()
        if found.text is not None and found.text.damaged_at is None:
            answered |= found.text.writers
        self._accounted = answered | (found.text.writers if found.text else frozenset())
        self._projecting = Projecting(place.lockfile, seen, answered | {writer})
        self.brought: list[News] = []
        """What others have put into the lockfile since it was read, and is joined in."""
        self._held = held
        self._journaling = Journaling(place, found, writer=writer, sync=sync)
        self._recording = Recording(ledger, self._journaling)
        self._unprojected = 0
        self.notices = notices_of(place, found)
        self.was_damaged = found.text is not None and found.text.damaged_at is not None
        if found.text is not None and found.text.torn and not self.was_damaged:
            _ = self._recording.journal  # the torn end is set aside while the user is told of it

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
        held = hold_ledger(place, since=now(), wait=wait)
        try:
            seen = stamp_of(place.lockfile)
            found = read_held(place, damaged=without_journal)
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
            held.close()
            raise

    @property
    def batch(self) -> str:
        """The ledger's own random name, which ids of attempts are made of."""
        return self._recording.batch

    @property
    def attempts(self) -> dict[AttemptId, Attempt]:
        """All that is known, as of now."""
        return self._recording.attempts

    @property
    def ledger(self) -> Ledger:
        """The ledger as a value, as of now."""
        return self._recording.as_ledger(self._openings(self._opening))

    def begin_buying(self, since: str) -> bool:
        """Say in the lockfile, which is refused without its journal from then on, that a run buys.

        Tell whether the ledger is as it was when it was planned with: where a pull has brought
        something into the lockfile meanwhile, it is to be planned with again, and then this to
        be called once more. Raise `JournalMissing` where that was a run which has not ended.
        """
        known = len(self.brought)
        self.take_in()
        if (others := self._projecting.others) is not None:
            raise journal_missing(self.place, others)
        if self._opening is None and len(self.brought) == known:
            self._journaling.begin_buying(self.ledger)
            opening = Opening(self.writer, since)
            write_guard(self.place, self._openings(opening) or opening)
            self._project(opening)
        return len(self.brought) == known

    def account_for_all(self) -> None:
        """Take the mark of a run that is not accounted for away: all it may have bought is known."""
        self._journaling.renew_damaged(self.ledger)
        self.unaccounted = None

    async def record(
        self, *deltas: Attempt, requests: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Join `deltas` in and return once they are durable.

        Raise `LedgerUnwritable`; where they are durable all the same, one of those that say so:
        `LedgerFull`, `LockfileUnwritable`.
        """
        position = self._append(deltas, requests or {})
        await self._recording.durable(position, deltas)
        # Not between a send's record and its first byte: what fails there would leave a doubt.
        is_sending = any(SendState.OPEN in delta.sends.values() for delta in deltas)
        if not is_sending and self._unprojected >= max(_FIRST_CHECKPOINT, len(self.attempts)):
            self._checkpoint()

    def _checkpoint(self) -> None:
        try:
            self._project(self._opening)
        except LedgerUnwritable as error:
            raise LockfileUnwritable(error.message, error.hint) from error

    def record_now(self, *deltas: Attempt) -> None:
        """As `record`, for commands that run no event loop."""
        self._append(deltas, {})
        self._recording.journal.sync_now()

    def _append(
        self, deltas: tuple[Attempt, ...], requests: Mapping[str, Mapping[str, Any]]
    ) -> int:
        self._unprojected += len(deltas)
        return self._recording.append(deltas, requests)

    def _project(self, opening: Opening | None) -> None:
        """Write the lockfile, with what a pull or a checkout brought into it meanwhile."""
        self.take_in()
        self._projecting.write(replace(self.ledger, open=self._openings(opening)))
        self._opening = opening
        self._unprojected = 0

    def look(self) -> None:
        """Take in what a pull has brought, where that is cheap to see and can be read now.

        A file in the middle of a merge, say, is left to the next checkpoint.
        """
        if self._projecting.is_touched():
            with suppress(LedgerDamaged, LedgerTooNew):
                self.take_in()

    def take_in(self) -> None:
        """Join in what somebody else has put into the lockfile, and note it as `brought`."""
        news = self._projecting.read_news(self.ledger)
        if news is None:
            return
        if news.attempts:
            self.brought.append(news)
        self._recording.take_in(news)

    def _openings(self, own: Opening | None) -> Opening | None:
        return join_openings(own, join_openings(self._projecting.others, self.unaccounted))

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
        self._held.close()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()
