"""An open ledger: what a run reads from and records into.

The journal is the truth of this machine and a superset of the lockfile: whatever the
lockfile knows and the journal does not (a fresh clone, a pull) is copied in before the
first record. The lockfile is projected from the whole at checkpoints, whose distance
grows with the ledger so that their cost stays linear, and at the end.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from omnibatch.errors import LedgerUnwritable
from omnibatch.ledger.codec import attempt_to_json
from omnibatch.ledger.guard import clear_guard, write_guard
from omnibatch.ledger.held import Held, hold
from omnibatch.ledger.identity import random_name
from omnibatch.ledger.join import join_attempts, join_openings
from omnibatch.ledger.journal import Journal, Sync, sync_in_thread
from omnibatch.ledger.lockfile import Stamp, read_lockfile, stamp_of, write_lockfile
from omnibatch.ledger.model import Attempt, AttemptId, Ledger, Opening, SendState
from omnibatch.ledger.places import LedgerPlace
from omnibatch.ledger.reading import (
    join_in,
    journal_missing,
    read_both,
    replay,
    unaccounted_opening,
)
from omnibatch.ledger.records import JournalText, snapshot

__all__ = ["Book"]

_FIRST_CHECKPOINT = 256


class Book:
    """A ledger held by this process. Use as a context manager, or `close` and `release`."""

    def __init__(
        self,
        place: LedgerPlace,
        held: Held,
        ledger: Ledger,
        text: JournalText | None,
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
        # What the user or our own journal has already answered for does not come back.
        self._answered = ledger.open.writers if ledger.open else frozenset()
        self._others: Opening | None = None
        self._seen = seen
        self._known = replay(text)
        self._held = held
        self._sync = sync
        self._journal: Journal | None = None
        self._unprojected = 0

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
    ) -> "Book":
        """Take the lock and read everything.

        Raise `LedgerHeld`; `LedgerDamaged`; `JournalMissing` where the lockfile was left
        open by a run whose journal is not here, unless `without_journal` says that the
        user knows and goes on.
        """
        place.prepare()
        held = hold(place.held, since=now())
        try:
            seen = stamp_of(place.lockfile)
            ledger, text = read_both(place)
            unaccounted = unaccounted_opening(ledger, text)
            if unaccounted is not None and not without_journal:
                raise journal_missing(place, unaccounted)
            if not ledger.batch:
                ledger = replace(ledger, batch=random_name("b-", randomness(5)))
            ledger = replace(ledger, name=ledger.name or name)
            # A name for this process alone: see Journal.open.
            writer = random_name("", randomness(5))
            return cls(place, held, ledger, text, writer, sync, seen, unaccounted)
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
        """Say in the lockfile that a run is buying, before its first send of all.

        From then on a lockfile without its journal is refused: it may know too little.
        """
        if self._opening is None:
            self._opened_journal()
            opening = Opening(self.writer, since)
            write_guard(self.place, self._openings(opening) or opening)
            self._project(opening)

    async def record(
        self, *deltas: Attempt, requests: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Join `deltas` in and return once they are durable. Raise `LedgerUnwritable`."""
        position = self._append(deltas, requests or {})
        await self._opened_journal().durable(position)
        if self._unprojected >= max(_FIRST_CHECKPOINT, len(self.attempts)):
            self._project(self._opening)

    def record_now(self, *deltas: Attempt) -> None:
        """As `record`, for commands that run no event loop."""
        self._append(deltas, {})
        self._opened_journal().sync_now()

    def _append(self, deltas: Iterable[Attempt], requests: Mapping[str, Mapping[str, Any]]) -> int:
        deltas = tuple(deltas)
        self._refuse_reused_sends(deltas)
        fresh = {d: r for d, r in requests.items() if d not in self._requests}
        record: dict[str, Any] = {"attempts": [attempt_to_json(delta) for delta in deltas]}
        if fresh:
            record["requests"] = fresh
        try:
            position = self._opened_journal().append([record])
        except LedgerUnwritable:
            self._keep_what_happened(deltas)
            raise
        self._requests.update(fresh)
        for delta in deltas:
            join_in(self.attempts, delta)
        self._unprojected += len(deltas)
        return position

    def _refuse_reused_sends(self, deltas: tuple[Attempt, ...]) -> None:
        """A second POST under a send's name would hide its doubt behind the first's verdict."""
        for delta in deltas:
            held = self.attempts.get(delta.id)
            for key, state in delta.sends.items():
                if held is not None and state is SendState.OPEN < held.sends.get(key, state):
                    raise ValueError(f"BUG: {key} of {delta.id} was already sent")

    def _keep_what_happened(self, deltas: tuple[Attempt, ...]) -> None:
        """Keep facts that the journal has no room for: the lockfile, at `close`, may have it.

        An open send is no fact yet: it is recorded before it is made, and now it will not be.
        """
        for delta in deltas:
            made = {k: state for k, state in delta.sends.items() if state is not SendState.OPEN}
            if made or delta.tasks:
                join_in(self.attempts, replace(delta, sends=made))

    def _opened_journal(self) -> Journal:
        if self._journal is None:
            self._journal, _ = Journal.open(
                self.place.journal, batch=self.batch, writer=self.writer, sync=self._sync
            )
            self._copy_in()
        return self._journal

    def _copy_in(self) -> None:
        """Give the journal what only the lockfile knew, so that losing that loses nothing."""
        assert self._journal is not None
        known = self._known
        records = snapshot(
            (a for a in self.attempts.values() if known.attempts.get(a.id) != a),
            {d: r for d, r in self._requests.items() if d not in known.requests},
        )
        if records:
            self._journal.append(records)
            self._journal.sync_now()

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
        if self._journal is not None and not self._journal.is_broken:
            self._journal.append(snapshot(changed, requests))
            self._journal.sync_now()

    def _openings(self, own: Opening | None) -> Opening | None:
        return join_openings(own, join_openings(self._others, self.unaccounted))

    def close(self) -> None:
        """Project the lockfile, no longer open. Raise `LedgerUnwritable`.

        A run that is not accounted for stays named in it.
        """
        if self.attempts or self.unaccounted or self.place.lockfile.exists():
            self._project(None)
        if self.unaccounted is None:
            clear_guard(self.place)

    def release(self) -> None:
        """Close the files and let the next process in. Idempotent; records nothing."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._held.release()

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()
